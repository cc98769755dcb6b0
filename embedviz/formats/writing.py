"""Files that are whole or not there, and keys that their format can hold."""

from __future__ import annotations

import gzip
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from embedviz.errors import FormatError
from embedviz.space import EmbeddingSpace

_ROWS_AT_ONCE = 1024


def check_keys(keys: Sequence[str], forbidden: bytes, label: str) -> None:
    """Raise FormatError, naming some, for keys that hold a ``forbidden`` byte or are not text."""
    marks = set(forbidden.decode())
    bad = [key for key in keys if not marks.isdisjoint(key) or not _encodes(key)]
    if bad:
        shown = ", ".join(repr(key) for key in bad[:3]) + (", …" if len(bad) > 3 else "")
        raise FormatError(
            f"{label} cannot hold {len(bad):,} of {len(keys):,} keys ({shown}): spaces and line "
            "ends separate its parts, and it is UTF-8. Rename them, or write npz, which holds any."
        )


def write_text_rows(space: EmbeddingSpace, file: IO[bytes], number: bytes) -> None:
    """A line for each key: the key, then its numbers in the printf form ``number``."""
    row = b" ".join([number] * space.dimensions)
    for start in range(0, len(space), _ROWS_AT_ONCE):
        keys = space.keys[start : start + _ROWS_AT_ONCE]
        values = space.vectors[start : start + _ROWS_AT_ONCE].tolist()
        pairs = zip(keys, values, strict=True)
        file.write(b"".join(b"%s %s\n" % (key.encode(), row % tuple(v)) for key, v in pairs))


def write_whole(path: str | os.PathLike[str], write: Callable[[Any], None], zipped: bool) -> None:
    """Write beside ``path`` and move it there when it is complete; raises FormatError."""
    target = Path(path)
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open(unfinished, "xb") as file:
            if zipped:
                # No name and no time inside: the same space gives the same bytes.
                with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                    write(packed)
            else:
                write(file)
        os.replace(unfinished, target)
    except OSError as error:
        raise FormatError(f"'{target}' cannot be written: {error.strerror or error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _encodes(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True
