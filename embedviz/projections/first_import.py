"""scikit-learn imported by one thread at a time."""

from __future__ import annotations

import threading

_importing = threading.Lock()


def import_scikit_learn() -> None:
    """Import what all projections use of scikit-learn, before any of them imports its own part.

    Two threads that import different parts of it for the first time wait for each other; Python
    then lets one of them see a module that is half there (``cannot import name 'clone'``).
    """
    with _importing:
        import sklearn.base
        import sklearn.decomposition
        import sklearn.metrics
        import sklearn.neighbors  # noqa: F401
