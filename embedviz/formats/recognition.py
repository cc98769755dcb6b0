"""Which columns are the vector and which names the rows: rules that a person can overrule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from embedviz.errors import FormatError, InvalidParameterError
from embedviz.formats.as_table import NAMING
from embedviz.formats.columns import ColumnInfo, KeyChoice, Recognised, Role, Tabular
from embedviz.formats.notes import Note
from embedviz.formats.set_aside import REASONS, codes_of
from embedviz.formats.vector_columns import (
    dimensions_of,
    has_decimal_comma,
    is_bracketed,
    is_elided,
    is_list,
    is_number,
    is_text,
    numbers_among,
    numbers_in,
    vectors_of,
)
from embedviz.spelling import nearest_spellings

KEY_NAMES = ("embedviz_key", "key", "id", "ids", "uuid", "name", "word", "token", "label", "title", "text",
             "path", "file", "filename", "sentence", "", "index", "__index_level_0__")  # fmt: skip
"""Columns of these names are the key where their values are unique; the first one wins."""

_UNNAMED = ("", "index", "__index_level_0__")
_VECTOR_NAMES = ("vector", "vectors", "embedding", "embeddings", "emb", "features")
_COUNTED = re.compile(r"(.*?)(\d{1,9})(\D*)", re.DOTALL)
_LOOKED_AT = 20


@dataclass(frozen=True)
class _Vector:
    """The columns of the vector, and what to say about the choice."""

    names: tuple[str, ...]
    notes: tuple[Note, ...] = ()


def recognised_in(
    tabular: Tabular, format_name: str, vectors: Sequence[str] = (), key: KeyChoice = None
) -> Recognised:
    """What the columns of an opened file are; ``vectors`` and ``key`` overrule the rules.

    With ``key=False`` no column names the rows.

    Raises
    ------
    InvalidParameterError
        If there is no column of a name that was given.
    FormatError
        If no columns make a vector; the message lists those there are.
    """
    names = tabular.schema.names
    _known([*vectors, *([key] if isinstance(key, str) else [])], names)
    vector = _Vector(tuple(vectors)) if vectors else _vector_in(tabular)
    _refuse_elided(tabular.sample, vector.names)
    chosen = _key_in(tabular, vector.names) if key is None else None if key is False else key
    _refuse_texts(tabular.sample, vector.names)
    dimensions = dimensions_of(tabular.sample, vector.names)
    if not dimensions:
        raise FormatError(
            f"column {vector.names[0]!r} was expected to hold lists of numbers, and holds none. "
            f"{_listed(tabular)}"
        )
    roles: dict[str, Role] = dict.fromkeys(names, "metadata")
    roles |= dict.fromkeys(vector.names, "vector")
    if chosen is not None:
        roles[chosen] = "key"
    notes = (*tabular.notes(), *vector.notes)
    counted = _set_aside(tabular.sample, vector.names, dimensions)
    return Recognised(
        format_name, tuple(_info(tabular.sample, name, roles[name]) for name in names),
        vector.names, chosen, tabular.rows, dimensions, tabular.sample.num_rows, counted, notes,
    )  # fmt: skip


def _vector_in(tabular: Tabular) -> _Vector:
    """The vector by the rules, the first that fits: what the file itself says; a column of lists
    whose name says that it is a vector; numbered columns; any column of lists of one length; all
    decimal columns.
    """
    schema, sample = tabular.schema, tabular.sample
    if tabular.vector is not None and tabular.vector in schema.names:
        return _Vector((tabular.vector,))
    running = _running_number(tabular)
    wide = [name for name in schema.names if is_number(schema.field(name).type) and name != running]
    import pyarrow as pa

    run = _numbered(tabular, wide)
    lists = [name for name in schema.names if _holds_lists(sample, name, not run)]
    named = [name for name in lists if _rank(name) < 2]
    # Lists of whole numbers without a telling name are ids or counts where fractions stand elsewhere.
    fractions = [name for name in lists if not _whole_lists(sample, name)]
    decimal = sum(pa.types.is_floating(schema.field(name).type) for name in wide)
    if named or ((fractions or (lists and decimal < 3)) and not run):
        return _list_among(tabular, named or fractions or lists, lists, run)
    if len(run) >= 2 or (len(run) == 1 and len(schema.names) <= 2 + (running is not None)):
        return _Vector(run, (*_lists_left(lists), *_left_out(tabular, run, wide, running)))
    decimals = tuple(
        name
        for name in wide
        if pa.types.is_floating(schema.field(name).type) and name.lower() not in NAMING
    )
    if len(decimals) >= 3:
        said = Note(
            f"No columns are numbered like a vector's: all {len(decimals)} columns of decimal "
            "numbers were taken."
        )
        left = _lists_left(lists)
        return _Vector(decimals, (said, *left, *_left_out(tabular, decimals, wide, running)))
    _refuse_elided(sample, schema.names)
    raise FormatError(
        "expected columns that make a vector: one that holds lists of numbers, numbered ones (x0, x1, …) "
        f"or three or more of decimal numbers. {_listed(tabular)}"
    )


def _list_among(
    tabular: Tabular, candidates: Sequence[str], lists: Sequence[str], run: Sequence[str]
) -> _Vector:
    """The best column of lists, and what else could have been the vector."""
    sample = tabular.sample
    best = min(candidates, key=lambda name: (_rank(name), -dimensions_of(sample, [name])))
    said = []
    others = ", ".join(repr(name) for name in lists if name != best)
    if others:
        said.append(Note(f"There are other columns of lists: {others}. {best!r} was taken."))
    if len(run) >= 2:
        said.append(
            Note(
                f"The lists in {best!r} were taken for the vector, not the {len(run)} numbered columns "
                f"{run[0]!r} to {run[-1]!r}: vectors= takes those.",
                (("vectors", tuple(run)),),
                "Take the numbered columns",
            )
        )
    if is_text(sample.column(best).type):
        said += _text_list_notes(sample.column(best), best)
    return _Vector((best,), tuple(said))


def _text_list_notes(column: Any, name: str) -> list[Note]:
    texts = [text for text in column.to_pylist() if text and text.strip()]
    said = []
    commas = next(filter(has_decimal_comma, texts), None)
    if commas is not None:
        numbers = ", ".join(f"{value:g}" for value in (numbers_in(commas) or [])[:4])
        said.append(Note(f"Lists in {name!r} have decimal commas: {commas[:40]!r} is {numbers}."))
    if not any(map(is_bracketed, texts)):
        said.append(
            Note(f"The text in {name!r} was taken for lists of numbers, such as {texts[0][:40]!r}.")
        )
    elided = sum(map(is_elided, texts))
    if elided:
        said.append(
            Note(
                f"In {name!r} lists have numbers left out by '...' ({elided:,} of the first "
                f"{len(texts):,}): those rows are set aside."
            )
        )
    deep = sum(text.count("[") > 2 or text.count("(") > 4 for text in texts)
    if deep:
        said.append(
            Note(
                f"Cells in {name!r} hold lists of lists: their numbers were read one after the other."
            )
        )
    return said


def _refuse_elided(sample: Any, names: Sequence[str]) -> None:
    """Raise FormatError where lists as text were cut short when they were written."""
    for name in names:
        column = sample.column(name)
        if not is_text(column.type):
            continue
        texts = [text for text in column.slice(0, _LOOKED_AT).to_pylist() if text]
        if texts and all(map(is_elided, texts)):
            raise FormatError(
                f"column {name!r} holds arrays as NumPy prints them, with numbers left out by '...': "
                "they are not in the file. Save the arrays as lists (df[column].map(list)), as Parquet "
                "or as npy."
            )


def _holds_lists(sample: Any, name: str, alone: bool) -> bool:
    """Whether a column holds lists of numbers that can be vectors.

    Where its name says so most rows must; else all, of one length. Text without brackets counts
    where its name says so, or, if it is ``alone``, where fractions are among its numbers: dates,
    telephone numbers and prices are none.
    """
    column = sample.column(name)
    named = _rank(name) < 2
    if is_list(column.type):
        return named or _one_length(column)
    if not is_text(column.type):
        return False
    texts = [text for text in column.slice(0, _LOOKED_AT).to_pylist() if text and text.strip()]
    found = [numbers_in(text) for text in texts]
    long = [
        numbers is not None and len(numbers) >= (1 if named and is_bracketed(text) else 2)
        for numbers, text in zip(found, texts, strict=True)
    ]
    if named:
        return bool(texts) and 2 * sum(long) > len(texts)
    if not texts or not all(long) or len({len(numbers or ()) for numbers in found}) > 1:
        return False
    if all(map(is_bracketed, texts)):
        return True
    return alone and all("." in text or "e-" in text for text in texts) and not _is_code(texts)


def _whole_lists(sample: Any, name: str) -> bool:
    import pyarrow as pa

    kind = sample.column(name).type
    return is_list(kind) and bool(pa.types.is_integer(kind.value_type))


def _lists_left(lists: Sequence[str]) -> tuple[Note, ...]:
    """What to say of columns of lists that are not the vector."""
    return tuple(
        Note(
            f"The lists in {name!r} are metadata: vectors= takes them.",
            (("vectors", name),),
            f"Take {name!r} for the vector",
        )
        for name in lists[:2]
    )


def _is_code(texts: Sequence[str]) -> bool:
    """Whether numbers begin with 0 or +, as those of telephones and days do."""
    parts = [part for text in texts for part in text.replace(",", " ").split()]
    return any(part[:1] == "+" or (part[:1] == "0" and part[1:2].isdigit()) for part in parts)


def _one_length(column: Any) -> bool:
    import pyarrow.compute as pc

    lengths = pc.unique(pc.list_value_length(column).drop_null())
    return len(lengths) == 1 and bool(lengths[0].as_py())


def _numbered(tabular: Tabular, wide: Sequence[str]) -> tuple[str, ...]:
    """The numbered columns of numbers; a few cells of them may be text."""
    names = tabular.schema.names
    run = _longest_run([name for name in names if name in wide or _broken(tabular, name)])
    return run if set(run) & set(wide) else _longest_run(wide)


def _running_number(tabular: Tabular) -> str | None:
    """A column without a name that counts the rows: what pandas and R write before them."""
    import pyarrow as pa

    for name in tabular.schema.names:
        bare = name.lower()
        first = tabular.headless and name == tabular.schema.names[0]
        if not first and bare not in _UNNAMED and not bare.startswith("unnamed: "):
            continue
        column = tabular.sample.column(name)
        if first and not _others_have_fractions(tabular, name):
            continue
        if not pa.types.is_integer(column.type) and not pa.types.is_floating(column.type):
            continue
        values = column.to_numpy()
        if len(values) > 2 - (not first) and values[0] in (0, 1) and (np.diff(values) == 1).all():
            return str(name)
    return None


def _others_have_fractions(tabular: Tabular, name: str) -> bool:
    import pyarrow as pa

    kinds = [field.type for field in tabular.schema if field.name != name]
    return any(map(pa.types.is_floating, kinds))


def _left_out(
    tabular: Tabular, taken: Sequence[str], wide: Sequence[str], running: str | None
) -> tuple[Note, ...]:
    """What to say of columns of numbers that look like more of the vector, and are not in it."""
    said = []
    if running is not None and tabular.headless:
        said.append(
            Note(
                "The first column counts the rows: it was taken for their names, not for a dimension.",
                (("vectors", (running, *taken)),),
                "Take it for a dimension",
            )
        )
    stem = _COUNTED.fullmatch(taken[0])
    rest = [name for name in wide if name not in taken and stem is not None and (
        ((found := _COUNTED.fullmatch(name)) is not None and (found[1], found[3]) == (stem[1], stem[3]))
        or name == stem[1]
    )]  # fmt: skip
    if rest:
        listed = ", ".join(map(repr, rest[:5])) + (", …" if len(rest) > 5 else "")
        said.append(
            Note(
                f"The vector is {taken[0]!r} to {taken[-1]!r}, {len(taken)} columns that follow each "
                f"other; {listed} {'is' if len(rest) == 1 else 'are'} metadata: vectors= takes them too.",
                (("vectors", (*taken, *rest)),),
                "Take them for the vector too",
            )
        )
    empty = [
        name
        for name in tabular.schema.names
        if name and tabular.sample.column(name).null_count == tabular.sample.num_rows
        and (found := _COUNTED.fullmatch(name)) is not None
        and stem is not None and (found[1], found[3]) == (stem[1], stem[3])
    ]  # fmt: skip
    if empty:
        said.append(Note(f"{', '.join(map(repr, empty[:5]))} held nothing and was left out."))
    return tuple(said)


def _broken(tabular: Tabular, name: str) -> bool:
    """Whether it is a numbered column of numbers that a few cells made text."""
    column = tabular.sample.column(name)
    if not is_text(column.type) or not _COUNTED.fullmatch(name):
        return False
    return _reads_as_numbers(column)


def _reads_as_numbers(column: Any) -> bool:
    """Whether more cells of a column of text are numbers than are neither that nor blank."""
    numbers, unreadable = numbers_among(column)
    return int((~np.isnan(numbers) & ~unreadable).sum()) > int(unreadable.sum())


def _refuse_texts(sample: Any, names: Sequence[str]) -> None:
    for name in names if len(names) > 1 else ():
        column = sample.column(name)
        if is_text(column.type) and len(column) and not _reads_as_numbers(column):
            raise FormatError(f"Column {name!r} was to hold numbers, and holds text.")


def _rank(name: str) -> int:
    """Names that say what a column is go first."""
    plain = name.lower()
    if plain in _VECTOR_NAMES:
        return 0
    return 1 if any(part in plain for part in ("vec", "emb")) else 2


def _longest_run(names: Sequence[str]) -> tuple[str, ...]:
    """The columns that count up by one within one pattern (x0, x1, …), the most of them."""
    runs: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for name in names:
        found = _COUNTED.fullmatch(name)
        if f"{name}.1" in names:  # v, v.1, v.2: what repeated names become
            runs.setdefault((f"{name}.", ""), []).append((0, name))
        if found:
            runs.setdefault((found[1], found[3]), []).append((int(found[2]), name))
    best: tuple[str, ...] = ()
    for numbered in runs.values():
        numbered.sort()
        breaks = [0, *(np.flatnonzero(np.diff([n for n, _ in numbered]) != 1) + 1), len(numbered)]
        for start, end in pairwise(breaks):
            if end - start > len(best):
                best = tuple(name for _, name in numbered[start:end])
    return best


def _key_in(tabular: Tabular, vector: Sequence[str]) -> str | None:
    if tabular.key in tabular.schema.names:
        return tabular.key
    running = _running_number(tabular) if tabular.headless else None
    if running is not None and running not in vector:
        return running
    by_name = {name.lower(): name for name in reversed(tabular.schema.names) if name not in vector}
    candidates = [by_name[name] for name in KEY_NAMES if name in by_name]
    if tabular.headless:
        candidates += [name for name in by_name.values() if name not in candidates]
    return next((name for name in candidates if _names_rows(tabular, name)), None)


def _names_rows(tabular: Tabular, name: str) -> bool:
    """Whether the values are text, or whole numbers where the name says so, and unique."""
    import pyarrow as pa

    kind = tabular.schema.field(name).type
    whole = pa.types.is_integer(kind) and name.lower() in NAMING
    if not (is_text(kind) or whole or (pa.types.is_dictionary(kind) and is_text(kind.value_type))):
        return False
    values = tabular.sample.column(name).to_pylist()
    # Without a header the one column of text is what names the rows, repeats or not.
    return len(set(values)) * (2 if tabular.headless else 1) >= len(values)


def _info(sample: Any, name: str, role: Role) -> ColumnInfo:
    column = sample.column(name)
    example = next(
        (value for value in column.slice(0, _LOOKED_AT).to_pylist() if value is not None), ""
    )
    text = str(example[:4])[:-1] + ", …]" if isinstance(example, list) else str(example)
    return ColumnInfo(name, _kind(column.type), role, text[:80])


def _kind(kind: Any) -> str:  # noqa: PLR0911 - one for each kind
    import pyarrow as pa

    if pa.types.is_boolean(kind):
        return "yes or no"
    if pa.types.is_dictionary(kind):
        return "category"
    if pa.types.is_temporal(kind):
        return "date or time"
    if is_list(kind):
        return "list of numbers"
    if pa.types.is_integer(kind):
        return "whole number"
    if is_number(kind):
        return "decimal number"
    return "text" if is_text(kind) else str(kind)[:40]


def _set_aside(sample: Any, names: Sequence[str], dimensions: int) -> tuple[tuple[str, int], ...]:
    counts = np.zeros(len(REASONS), int)
    for batch in sample.to_batches():
        rows, codes = vectors_of(batch, names, dimensions)
        found = codes_of(rows, True, codes)
        if found is not None:
            counts += np.bincount(found, minlength=len(REASONS))
    return tuple(
        (REASONS[code], int(counts[code])) for code in range(1, len(REASONS)) if counts[code]
    )


def _known(asked: Sequence[str], names: Sequence[str]) -> None:
    for name in asked:
        if name not in names:
            near = nearest_spellings(name, names) or names[:8]
            raise InvalidParameterError(
                f"No column {name!r}. There are {len(names):,}, such as "
                f"{', '.join(map(repr, near))}."
            )


def _listed(tabular: Tabular) -> str:
    shown = [f"{field.name} ({_kind(field.type)})" for field in tabular.schema][:12]
    more = ", …" if len(tabular.schema.names) > len(shown) else ""
    return f"It has: {', '.join(shown)}{more}. Say which they are: ev.read(path, vectors=[names])."
