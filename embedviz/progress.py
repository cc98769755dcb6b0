"""How long work says how far it is, and how it is asked to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from embedviz.errors import CancelledError


@dataclass(frozen=True)
class Progress:
    """One report from long work.

    Attributes
    ----------
    fraction : float or None
        From 0 to 1; None while the end cannot be known.
    message : str
        What is being done, in plain words with its numbers, e.g. ``"iteration 250 of 750"``.
    details : Any
        What this kind of work can show while it runs (a loss curve so far), or None.
    """

    fraction: float | None
    message: str
    details: Any = None


OnProgress = Callable[[Progress], None]


class Cancel(Protocol):
    """Anything that can say whether to stop: a :class:`threading.Event` fits."""

    def is_set(self) -> bool: ...


def report(
    on_progress: OnProgress | None, fraction: float | None, message: str, details: Any = None
) -> None:
    """Call ``on_progress`` if there is one."""
    if on_progress is not None:
        on_progress(Progress(fraction, message, details))


def stop_if(cancel: Cancel | None, what: str) -> None:
    """Raise :class:`CancelledError` if a stop was asked for; ``what`` names the work."""
    if cancel is not None and cancel.is_set():
        raise CancelledError(f"{what} was stopped.")
