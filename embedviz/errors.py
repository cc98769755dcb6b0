"""What embedviz raises: messages that say what was wrong, what was got and what is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class EmbedvizError(Exception):
    """The parent of every error that embedviz raises on purpose; its text is meant for people."""


class EmbedvizWarning(UserWarning):
    """Something was done, but not all as it was asked for; the message says what and why."""


class InvalidSpaceError(EmbedvizError):
    """Keys, vectors or table cannot form an :class:`~embedviz.space.EmbeddingSpace`."""


class InvalidParameterError(EmbedvizError):
    """A parameter is unknown, of the wrong type or out of its range."""


class UnknownKeyError(EmbedvizError):
    """A key is not in the space.

    Attributes
    ----------
    key : str
        What was asked for.
    suggestions : tuple of str
        Keys of the space that are spelled alike, nearest first.
    """

    def __init__(self, message: str, key: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.key = key
        self.suggestions = tuple(suggestions)


class FormatError(EmbedvizError):
    """A file is not what its format promises; the message says where it broke, by line or byte."""


class UntrustedFileError(FormatError):
    """A file would have to be unpickled, which can run any code, and was not declared trusted."""


class MissingDependencyError(EmbedvizError):
    """An optional package is not installed; the message has its ``pip install`` line."""

    def __init__(self, package: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the package '{package}', which is not installed. "
            f"Install it with: pip install {package}"
        )
        self.package = package


class DownloadError(EmbedvizError):
    """A download failed or arrived damaged."""


class NothingReadError(EmbedvizError):
    """None of the files could be read.

    Attributes
    ----------
    failures : tuple
        What they were, and why each could not be read.
    """

    def __init__(self, message: str, failures: Sequence[Any]) -> None:
        super().__init__(message)
        self.failures = tuple(failures)


class CancelledError(EmbedvizError):
    """The work was stopped on request; nothing of it was kept unless the message says so."""


def shown(value: object, longest: int = 60) -> str:
    """``repr`` of what a person gave, short enough to stand in a message."""
    # A slice first: repr of megabytes takes its time, and most of it is thrown away.
    given = value[: 4 * longest] if isinstance(value, str | bytes | list | tuple) else value
    text = repr(given)
    return text if len(text) <= longest and given == value else f"{text[: longest - 1]}…"
