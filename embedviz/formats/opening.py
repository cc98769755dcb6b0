"""What can be read: a path, or a binary file that can go back to its beginning."""

from __future__ import annotations

import io
import os
from typing import IO

from embedviz.errors import FormatError

Readable = str | os.PathLike[str] | IO[bytes]


def file_name(file: Readable) -> str:
    """The base name of a path or an open file; empty if it has none."""
    named = os.fspath(file) if isinstance(file, str | os.PathLike) else getattr(file, "name", "")
    return os.path.basename(named) if isinstance(named, str) else ""


def opened(file: Readable) -> tuple[IO[bytes], int]:
    """``file`` open at its beginning, and its size in bytes; raises FormatError."""
    stream = _stream(file)
    try:
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        if isinstance(stream.read(0), bytes):
            return stream, size
    except (OSError, ValueError) as error:
        raise FormatError(
            f"'{file_name(file)}' cannot be read from its beginning: {error}. "
            "Give a path or a seekable binary file."
        ) from error
    raise FormatError(f"'{file_name(file)}' is open as text. Open it in binary mode ('rb').")


def _stream(file: Readable) -> IO[bytes]:
    if isinstance(file, str | os.PathLike):
        try:
            return open(file, "rb")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise FormatError(f"'{file}' cannot be opened: {reason}.") from error
    if not hasattr(file, "read") or not hasattr(file, "seek"):
        raise FormatError(f"Expected a path or a seekable binary file, got {type(file).__name__}.")
    return file
