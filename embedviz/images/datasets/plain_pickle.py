"""Pickles of plain data, read without anything that a pickle names being called."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import FormatError, UntrustedFileError

# How NumPy under Python 2 wrote an array. Any other name in a pickle refuses it.
_ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"), ("numpy", "ndarray"), ("numpy", "dtype")
}  # fmt: skip


class _Inert:
    """What stands for everything that a pickle names: it keeps what it is given, and does nothing."""

    def __init__(self, *args: object) -> None:
        self.args = args
        self.state: object = None

    def __setstate__(self, state: object) -> None:
        self.state = state


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> type[_Inert]:
        if (module, name) not in _ALLOWED:
            raise UntrustedFileError(
                f"it would run {module}.{name}, which no array needs. It was not opened."
            )
        return _Inert


def read_plain(path: Path) -> dict[bytes, Any]:
    """The dict in a pickle that Python 2 wrote: numbers, byte strings, lists, and arrays of bytes.

    The arrays come out with :func:`byte_array`. No name in the file is ever imported or called.

    Raises
    ------
    UntrustedFileError
        If it names anything but the parts of an array: only code could need that.
    FormatError
        If it is damaged or holds no dict.
    """
    try:
        with path.open("rb") as file:
            found = _Reader(file, encoding="bytes").load()
    except UntrustedFileError as error:
        raise UntrustedFileError(f"{path.name} is not plain data: {error}") from error
    except Exception as error:  # a damaged pickle may fail with anything
        raise FormatError(f"{path.name} is damaged: {error}.") from error
    if not isinstance(found, dict):
        raise FormatError(f"{path.name} should hold a dict and holds a {type(found).__name__}.")
    return found


def byte_array(value: object) -> NDArray[np.uint8]:
    """The array of uint8 that a pickle described; raises ValueError if it described none."""
    state = getattr(value, "state", None)
    if not (isinstance(state, tuple) and len(state) == 5):
        raise ValueError("no array where one should be")
    _, shape, dtype, by_columns, raw = state
    kind = getattr(dtype, "args", ())[:1]
    if kind != (b"u1",) or not isinstance(raw, bytes) or not isinstance(shape, tuple):
        raise ValueError("an array of something else than bytes")
    return np.frombuffer(raw, np.uint8).reshape(shape, order="F" if by_columns else "C")
