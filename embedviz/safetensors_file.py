"""Weights in the safetensors format: a JSON header and plain numbers, nothing that could run.

Eight bytes say how long the header is (little-endian); the header says of each tensor its dtype,
its shape and where its bytes lie; the bytes follow, without holes
(https://github.com/huggingface/safetensors#format).
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from embedviz.errors import FormatError

if TYPE_CHECKING:
    from torch import Tensor

SUFFIX = ".safetensors"
# The format's own limit; a real header takes some hundred bytes for each tensor.
_LONGEST_HEADER = 100_000_000
_METADATA = "__metadata__"
# What torch calls each dtype, and the bytes of one number.
_DTYPES = {
    "F64": ("float64", 8), "F32": ("float32", 4), "F16": ("float16", 2), "BF16": ("bfloat16", 2),
    "I64": ("int64", 8), "I32": ("int32", 4), "I16": ("int16", 2), "I8": ("int8", 1),
    "U8": ("uint8", 1), "BOOL": ("bool", 1),
}  # fmt: skip
_MOST_SIDES, _LONGEST_SIDE = 64, 2**48


@dataclass(frozen=True)
class _Place:
    """One tensor as the header tells it; its bytes lie from ``begin`` to ``end`` behind it."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file by name, on the CPU, as they are stored.

    Raises
    ------
    FormatError
        If the file cannot be read, is of another format, truncated, or its header claims what is
        not so: nothing is taken into memory before all of it is checked.
    """
    try:
        with path.open("rb") as file:
            header = _header(file, path)
            start = file.tell()
            places = _places(header, os.fstat(file.fileno()).st_size - start, path)
            return {place.name: _tensor(file, start, place, path) for place in places}
    except OSError as error:
        raise FormatError(f"{path.name} cannot be read: {error.strerror or error}.") from error


def _header(file: IO[bytes], path: Path) -> dict[str, Any]:
    whole = os.fstat(file.fileno()).st_size
    first = file.read(8)
    length = int.from_bytes(first, "little")
    if len(first) < 8 or not 2 <= length <= min(_LONGEST_HEADER, whole - 8):
        raise _broken(
            path, f"its first 8 bytes claim a header of {length:,} bytes, the file has {whole:,}"
        )
    text = file.read(length)
    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise _broken(path, f"its header is not the JSON that it must be ({error})") from error
    if not isinstance(header, dict) or not text.startswith(b"{"):
        raise _broken(path, "its header is not a table of tensors by name")
    return header


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands in it twice")
    return found


def _places(header: Mapping[str, Any], size: int, path: Path) -> list[_Place]:
    """The tensors in the order of their bytes, which must fill ``size`` bytes without a hole."""
    places = [_place(name, told, path) for name, told in header.items() if name != _METADATA]
    places.sort(key=lambda place: (place.begin, place.end))
    at = 0
    for place in places:
        if place.begin != at:
            what = "overlaps the one before" if place.begin < at else "leaves a hole before it"
            raise _broken(
                path, f"'{place.name}' {what}: it begins at byte {place.begin:,}, not {at:,}"
            )
        at = place.end
    if at != size:
        raise _broken(path, f"its tensors take {at:,} bytes, {size:,} follow the header")
    return places


def _place(name: str, told: Any, path: Path) -> _Place:
    if not isinstance(told, dict) or told.keys() != {"dtype", "shape", "data_offsets"}:
        raise _broken(
            path, f"'{name}' must have a dtype, a shape and data_offsets, and has {told!r:.80}"
        )
    dtype, shape, offsets = told["dtype"], told["shape"], told["data_offsets"]
    if not isinstance(dtype, str) or dtype not in _DTYPES:
        raise _broken(
            path, f"'{name}' is of dtype {dtype!r:.40}; read here are {', '.join(_DTYPES)}"
        )
    if not _counts(shape) or len(shape) > _MOST_SIDES or any(n > _LONGEST_SIDE for n in shape):
        raise _broken(path, f"'{name}' has the shape {shape!r:.80}, which is none")
    if not _counts(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise _broken(path, f"'{name}' has the offsets {offsets!r:.80}, which are none")
    begin, end = offsets
    needed = math.prod(shape) * _DTYPES[dtype][1]
    if end - begin != needed:
        raise _broken(
            path,
            f"'{name}' of shape {tuple(shape)} and dtype {dtype} takes {needed:,} bytes, its offsets "
            f"give it {end - begin:,}",
        )
    return _Place(name, dtype, tuple(shape), begin, end)


def _counts(values: Any) -> bool:
    return isinstance(values, list) and all(type(n) is int and n >= 0 for n in values)


def _tensor(file: IO[bytes], start: int, place: _Place, path: Path) -> Tensor:
    import torch

    dtype = getattr(torch, _DTYPES[place.dtype][0])
    content = bytearray(place.end - place.begin)
    if not content:
        return torch.empty(place.shape, dtype=dtype)
    file.seek(start + place.begin)
    if file.readinto(content) != len(content):  # type: ignore[attr-defined]
        raise _broken(path, f"it ends within '{place.name}'")
    if dtype == torch.bool and max(content) > 1:
        raise _broken(path, f"'{place.name}' holds a truth value that is neither 0 nor 1")
    return torch.frombuffer(content, dtype=dtype).reshape(place.shape)


def _broken(path: Path, problem: str) -> FormatError:
    return FormatError(
        f"{path.name} is no file of safetensors, or damaged: {problem}. Fetch or save it again."
    )
