"""Types of the columns of delimited text, told from all their values and never from the first ones.

A column is numbers only where each of them would come back letter for letter: "01067", "+4930",
"0x1F" and "1E3" are codes, and stay the text that they are. Fixed numbers of decimals ("1.50",
"2.25") and those of programs ("1e-05", "%.18e") are numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from embedviz.formats.vector_columns import is_number

MISSING = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "N/A", "NA", "NULL", "NaN", "n/a", "nan", "null", "None", "<NA>",
)  # fmt: skip
"""What stands for no value where the others are numbers, dates or truth values; Arrow's and pandas'."""

_WHOLE = r"^(0|-?[1-9][0-9]{0,19})$"
_PLAIN = r"-?(0|[1-9][0-9]*)?(\.[0-9]+)?"
_POWER = r"-?(0|[1-9][0-9]*)(\.[0-9]+[eE][+-]?|[eE][+-])[0-9]+"
_DECIMAL = rf"^({_PLAIN}|{_POWER}|[+-]?[iI]nf)$"
_PADDED = r"^[^eE]*\.[0-9]+0$"  # 1.50, and not 1.0
_LONG = r"[0-9].{14}"  # 15 signs and more: perhaps more digits than float64 holds
_CODE = r"^(\+|-?0[0-9]|[0-9]+[eE][0-9]|0[xX])"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
_ZONED = rf"{_MOMENT}(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$"
_TRUTHS = (("true", "false"), ("True", "False"), ("TRUE", "FALSE"))
_PROBLEM = re.compile(r"In CSV column #(\d+):.*?conversion error to (\w+)", re.DOTALL)


class ColumnTypes:
    """What Arrow is to make of each column while it reads: numbers of the vector, all else as written.

    Parameters
    ----------
    schema : pyarrow.Schema
        Of the first rows.
    """

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._wider: dict[str, Any] = {}

    def known(self, vector: Sequence[str], key: str | None) -> dict[str, Any]:
        """Types by column; numbers of the vector may be fractions though the first are whole."""
        import pyarrow as pa

        types = dict.fromkeys(self._schema.names, pa.binary())
        for name in vector:
            numbers = is_number(self._schema.field(name).type)
            types[name] = pa.float64() if numbers else pa.string()
        return types | self._wider | ({} if key is None else {key: pa.binary()})

    def widen(self, problem: str, vector: Sequence[str]) -> bool:
        """Make the column that ``problem`` tells of hold more; False if that cannot be done.

        Numbers become text: as if the column had been seen whole. All of the vector become text
        with it, which bounds how often the file is read.
        """
        import pyarrow as pa

        found = _PROBLEM.search(problem)
        if found is None or found[2] == "binary":
            return False
        name, wider = self._schema.names[int(found[1])], pa.string()
        if found[2] == "string":
            self._wider[name] = pa.binary()
            return True
        again = [*vector, name] if self._wider else [name]
        self._wider |= dict.fromkeys(again, wider)
        return True


def not_codes(rows: Any, raw: Any) -> Any:
    """The first ``rows`` as Arrow typed them, with columns of codes as text.

    ``raw`` are the same rows as they were written (columns of binary).
    """
    import pyarrow as pa

    for at, name in enumerate(rows.schema.names):
        kind = rows.schema.field(name).type
        if is_number(kind) and _holds_codes(raw.column(name), pa.types.is_integer(kind)):
            text = _decoded(raw.column(name))
            if text is not None:
                rows = rows.set_column(at, name, text.cast(pa.string()))
    return rows


def typed(column: Any, decimal_point: str = ".") -> Any:
    """A column as it was written (binary) with the type that all of its values have.

    Whole numbers within 64 bits, decimal numbers, days, moments, truth values; all else is text.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    text = _decoded(column)
    if text is None:
        values = [None if v is None else v.decode("utf-8", "replace") for v in column.to_pylist()]
        return pa.chunked_array([pa.array(values, pa.large_string())])
    bare = pc.utf8_trim_whitespace(text)
    known = pc.invert(pc.is_in(bare, pa.array(MISSING, pa.large_string())))
    values = bare.filter(known)
    if not len(values):
        return (
            text
            if pc.any(pc.not_equal(text, "")).as_py()
            else pa.chunked_array([pa.nulls(len(text))])
        )
    kept = pc.if_else(known, bare, pa.scalar(None, pa.large_string()))
    made = _converted(values, kept, decimal_point)
    return text if made is None else made


def _converted(values: Any, kept: Any, decimal_point: str) -> Any:
    """``kept`` as what all of ``values`` are; None if that is text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for words in _TRUTHS:
        if pc.all(pc.is_in(values, pa.array(words, pa.large_string()))).as_py():
            return pc.equal(kept, words[0])
    if _all(values, _WHOLE):
        made = _cast(kept, pa.int64())
        return _cast(kept, pa.uint64()) if made is None else made
    if decimal_point != "." and not _any(values, r"\."):
        values, kept = (pc.replace_substring(part, decimal_point, ".") for part in (values, kept))
    if _all(values, _DECIMAL):
        return _cast(kept, pa.float64()) if comes_back(values) else None
    if _all(values, _DAY):
        return _cast(kept, pa.date32())
    if _all(values, _MOMENT):
        return _moments(values, kept)
    return None


def _moments(values: Any, kept: Any) -> Any:
    import pyarrow as pa

    unit = "ns" if _any(values, r"\.[0-9]{7}") else "us" if _any(values, r"\.") else "s"
    if _all(values, _ZONED):
        return _cast(kept, pa.timestamp(unit, "UTC"))
    return _cast(kept, pa.timestamp(unit)) if _all(values, rf"{_MOMENT}$") else None


def comes_back(values: Any) -> bool:
    """Whether decimal numbers can be written again as they were."""
    import pyarrow.compute as pc

    if not _any(values, "[0-9]"):
        return False  # infinities alone are words
    if _any(values, _PADDED):
        places = pc.utf8_length(pc.replace_substring_regex(values, r"^[^.]*\.?", ""))
        if pc.min(places).as_py() != pc.max(places).as_py():
            return False
    long = values.filter(pc.match_substring_regex(values, _LONG)).to_pylist()
    return all(map(_same_digits, long))


def _same_digits(text: str) -> bool:
    mantissa, _, power = text.lower().partition("e")
    places = len(mantissa.partition(".")[2])
    if not power:
        return f"{float(text):.{places}f}" == text
    written, _, written_power = f"{float(text):.{places}e}".partition("e")
    return written == mantissa and int(written_power) == int(power)


def _holds_codes(column: Any, whole: bool) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = _decoded(column)
    if text is None:
        return False
    bare = pc.utf8_trim_whitespace(text)
    values = bare.filter(pc.invert(pc.is_in(bare, pa.array(MISSING, pa.large_string()))))
    return not _all(values, _WHOLE) if whole else _any(values, _CODE)


def _decoded(column: Any) -> Any:
    """Bytes as text; None if they are not UTF-8."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return pc.cast(column, pa.large_string())
    except pa.ArrowInvalid:
        return None


def _cast(text: Any, kind: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return pc.cast(text, kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _all(values: Any, pattern: str) -> bool:
    import pyarrow.compute as pc

    return bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())


def _any(values: Any, pattern: str) -> bool:
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())
