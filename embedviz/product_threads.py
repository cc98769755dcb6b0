"""Matrix products on one thread each, while several threads of ours compute them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Limit:
    """The number of product threads, which belongs to the process, and who asked for one.

    Two users that each restored what they found could leave it at one for good: they are counted.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._limits: Any = None

    def enter(self) -> None:
        from threadpoolctl import threadpool_limits

        with self._lock:
            self._users += 1
            if self._users == 1:
                self._limits = threadpool_limits(1, user_api="blas")

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._limits.restore_original_limits()


_limit = _Limit()


@contextmanager
def one_product_thread() -> Iterator[None]:
    """Products use one thread until the last user has left; then as many as before."""
    _limit.enter()
    try:
        yield
    finally:
        _limit.leave()
