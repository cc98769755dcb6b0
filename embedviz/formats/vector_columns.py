"""Numbers out of columns: wide ones, lists, or lists written as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import FormatError
from embedviz.formats.set_aside import MISSING, RAGGED, UNREADABLE, Codes

_SEPARATORS = re.compile(r"[\s,;\[\]()]+")
# array([…], dtype=float32), tensor([…], device='cuda:0'), and np.float32(0.5) inside of lists.
_WRAPPED = re.compile(
    r"(?:\w+\.)*(?:array|tensor|Tensor|Array|Vector|DenseVector|matrix|Parameter)\((\s*[\[(].*[\])])"
    r"\s*(?:,\s*\w+\s*=\s*(?:[\w.:'\"]+|<[^<>]*>|\([^()]*\))\s*)*,?\s*\)",
    re.DOTALL,
)
_SCALAR = re.compile(r"\b(?:np|numpy|torch)\.\w+\(([^()]*)\)")
_ELIDED = re.compile(r"\.\.\.|\u2026")
_COMMA_NUMBER = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")


def is_list(kind: Any) -> bool:
    """Whether an Arrow type is a list of numbers."""
    import pyarrow as pa

    listed = (
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )
    return bool(listed and is_number(kind.value_type))


def is_number(kind: Any) -> bool:
    """Whether an Arrow type is a number."""
    import pyarrow as pa

    types = pa.types
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def is_text(kind: Any) -> bool:
    """Whether an Arrow type is text."""
    import pyarrow as pa

    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def numbers_in(text: str | None) -> list[float] | None:
    """The numbers of a list written as text, such as ``[0.1, 0.2]`` or ``0.1 0.2``; None if not.

    Also as NumPy and PyTorch print them, and with decimal commas between semicolons or spaces:
    ``[0,5; 1,25]``.
    """
    try:
        return [float(part) for part in _parts(text or "") if part] or None
    except ValueError:
        return None


def is_elided(text: str | None) -> bool:
    """Whether a list as text has numbers left out, as NumPy prints long arrays."""
    return is_bracketed(text) and _ELIDED.search(text or "") is not None


def is_bracketed(text: str | None) -> bool:
    """Whether text is a list in brackets, whatever stands before them."""
    bare = (text or "").strip()
    return bare[:1] in ("[", "(") or _WRAPPED.fullmatch(bare) is not None


def has_decimal_comma(text: str | None) -> bool:
    """Whether the numbers of a list as text were read with decimal commas."""
    return _with_commas(_bare(text or "")) is not None


def _parts(text: str) -> list[str]:
    bare = _bare(text)
    with_commas = _with_commas(bare)
    return _SEPARATORS.split(bare) if with_commas is None else with_commas


def _bare(text: str) -> str:
    """The list without what NumPy and PyTorch print about it."""
    bare = text.strip()
    if bare[:1].isalpha():
        found = _WRAPPED.fullmatch(bare)
        bare = bare if found is None else found[1]
    return _SCALAR.sub(r"\1", bare) if "(" in bare else bare


def _with_commas(bare: str) -> list[str] | None:
    """The numbers with points where they have decimal commas; None where a comma parts them."""
    if "," not in bare or "." in bare:
        return None
    inner = bare.strip("[]() \t\r\n")
    parts = [part.strip() for part in inner.split(";")] if ";" in inner else inner.split()
    with_comma = [part for part in parts if "," in part]
    if len(parts) < 2 or not all(map(_COMMA_NUMBER.fullmatch, with_comma)):
        return None
    return [part.replace(",", ".") for part in parts]


def vectors_of(
    batch: Any, names: Sequence[str], dimensions: int, dtype: Any = np.float32
) -> tuple[NDArray[Any], Codes]:
    """The vectors in a RecordBatch, of shape (m, d), and what is wrong with each row.

    They are of type ``dtype``, float32 or float64. Raises FormatError for a column that holds no numbers.
    """
    if len(names) == 1:
        column = batch.column(names[0])
        if is_list(column.type):
            return _of_lists(column, dimensions, dtype)
        if is_text(column.type):
            return _of_texts(column.to_pylist(), dimensions, dtype)
    rows = np.empty((batch.num_rows, len(names)), dtype)
    codes = np.zeros(len(rows), np.uint8)
    with np.errstate(over="ignore", invalid="ignore"):
        for place, name in enumerate(names):
            column = batch.column(name)
            if is_text(column.type):
                rows[:, place], unreadable = numbers_among(column)
                codes[unreadable] = UNREADABLE
            else:
                rows[:, place] = _numbers(column, name)
    return rows, codes


def numbers_among(column: Any) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """A column of text as numbers, of shape (m,), and which of it are none but are not blank.

    Blanks are NaN; what cannot be read is 1, so that it counts as nothing else.
    """
    texts = column.to_pylist()
    numbers = np.full(len(texts), np.nan)
    unreadable = np.zeros(len(texts), bool)
    for row, text in enumerate(texts):
        try:
            numbers[row] = float(text) if text and text.strip() else np.nan
        except ValueError:
            numbers[row], unreadable[row] = 1.0, True
    return numbers, unreadable


def dimensions_of(table: Any, names: Sequence[str]) -> int:
    """How many numbers most rows of ``table`` have in these columns; 0 if none has any."""
    if len(names) != 1:
        return len(names)
    column = table.column(names[0])
    if is_list(column.type):
        import pyarrow.compute as pc

        lengths = pc.list_value_length(column).drop_null().to_numpy()
    elif is_text(column.type):
        found = [numbers_in(text) for text in column.to_pylist()]
        lengths = np.array([len(numbers) for numbers in found if numbers], int)
    else:
        return 1
    return int(np.bincount(lengths).argmax()) if len(lengths) else 0


def _of_lists(column: Any, dimensions: int, dtype: Any) -> tuple[NDArray[Any], Codes]:
    import pyarrow as pa
    import pyarrow.compute as pc

    valid = column.is_valid().to_numpy(zero_copy_only=False)
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    sound = valid & (lengths == dimensions)
    codes = np.where(valid, np.where(sound, 0, RAGGED), MISSING).astype(np.uint8)
    flat = (column if sound.all() else column.filter(pa.array(sound))).flatten()
    with np.errstate(over="ignore", invalid="ignore"):
        numbers = _numbers(flat, "").astype(dtype, copy=False).reshape(-1, dimensions)
    if sound.all():
        return numbers, codes
    rows = np.ones((len(column), dimensions), dtype)
    rows[sound] = numbers
    return rows, codes


def _of_texts(
    texts: Sequence[str | None], dimensions: int, dtype: Any
) -> tuple[NDArray[Any], Codes]:
    rows = np.ones((len(texts), dimensions), dtype)
    codes = np.zeros(len(texts), np.uint8)
    with np.errstate(over="ignore", invalid="ignore"):
        for row, text in enumerate(texts):
            numbers = numbers_in(text)
            if numbers is None:
                codes[row] = UNREADABLE if text and text.strip("[]() ") else MISSING
            elif len(numbers) != dimensions:
                codes[row] = RAGGED
            else:
                rows[row] = numbers
    return rows, codes


def _numbers(column: Any, name: str) -> NDArray[Any]:
    """A column as NumPy numbers; what is missing becomes NaN."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_decimal(column.type) or is_text(column.type):
        try:
            column = pc.cast(column, pa.float64())
        except pa.ArrowInvalid as error:
            raise FormatError(f"Column {name!r} was to hold numbers: {error}.") from error
    if pa.types.is_null(column.type):
        return np.full(len(column), np.nan, np.float32)
    if not is_number(column.type) and not pa.types.is_boolean(column.type):
        raise FormatError(f"Column {name!r} holds {column.type}, which makes no vectors.")
    numbers: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return numbers
