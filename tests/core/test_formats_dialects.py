"""Tables as programs write them: the numbers and names come back, or it is said what does not."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import embedviz as ev
from embedviz.errors import FormatError
from embedviz.formats import recognised
from embedviz.space import EmbeddingSpace
from tests.counts import examples

Numbers = NDArray[np.float64]


def space_in(content: bytes | str, **kwargs: Any) -> EmbeddingSpace:
    space = ev.read(io.BytesIO(content.encode() if isinstance(content, str) else content), **kwargs)
    assert isinstance(space, EmbeddingSpace)
    return space


def notes_of(space: EmbeddingSpace) -> str:
    return " ".join(space.origin.get("notes", []))


# What wins, what is kept, what is said


@pytest.mark.parametrize(
    "cells",
    [
        ("48.1, 11.5", "47.5, 10.25"), ("1.234,50", "7,00"), ("[3]", "[4]"), ("[1, 2]", "[3]"),
        ("12.06.2019", "11.06.2019"), ("2019-06-12", "2020-01-02"), ("030 123456", "040 99 12"),
        ("+49 30 12", "+49 40 13"), ("10:30", "11:15"), ("3.5, 4.5, 5.5, 6.5", "1.5 2.5 3.5 4.5"),
        ("1,2,3", "4,5,6"), ("0.1 0.2", "0.3 0.4"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_cell_that_splits_into_numbers_never_beats_numbered_columns(
    cells: tuple[str, str], delimiter: str
) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["name", "extra", "x0", "x1"])
    writer.writerows([["a", cells[0], ".1", ".2"], ["b", cells[1], ".3", ".4"]])
    found = recognised(io.BytesIO(file.getvalue().encode()))
    assert found.vector == ("x0", "x1")
    space = space_in(file.getvalue())
    np.testing.assert_array_equal(space.vectors, np.float32([[0.1, 0.2], [0.3, 0.4]]))
    assert space.keys == ("a", "b")


def test_numbers_of_a_european_spreadsheet_are_read() -> None:
    rows = ["name;date;price;x1;x2;x3", "Anna;12.06.2019;1.234,50;28,7;-9999,0;0,5",
            "Bodo;11.06.2019;7,00;28,95;1,25;-0,5", "Cléa;10.06.2019;0,99;29,08;2;1e-3"]  # fmt: skip
    wanted = np.float32([[28.7, -9999, 0.5], [28.95, 1.25, -0.5], [29.08, 2, 0.001]])
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        space = space_in("\r\n".join(rows).encode(encoding))
        np.testing.assert_array_equal(space.vectors, wanted)
        assert space.keys == ("Anna", "Bodo", "Cléa")
        assert space.table["price"].tolist()[0] in ("1.234,50", 1234.5)
        assert space.table["date"].tolist()[0] == "12.06.2019"
        assert "'28,7' was read as 28.7" in notes_of(space)
        assert ("cp1252" in notes_of(space)) == (encoding == "cp1252")


def test_thousands_are_no_decimals() -> None:
    space = space_in("id;x0;x1\na;1.234,5;1,5\nb;3,25;4\nc;12.345.678,5;1\n")
    np.testing.assert_array_equal(
        space.vectors, np.float32([[1234.5, 1.5], [3.25, 4], [12345678.5, 1]])
    )
    american = space_in('id,n,x0,x1\na,"1,234",.5,1\nb,"5,678",.25,2\n')
    assert american.table["n"].tolist() == ["1,234", "5,678"]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("[0,5; 1,25; -3]", [0.5, 1.25, -3]), ("[0,5 1,25 -3]", [0.5, 1.25, -3]),
        ("[1,2,3]", [1, 2, 3]), ("[1, 2, 3]", [1, 2, 3]), ("[0.5;1.25;-3]", [0.5, 1.25, -3]),
        ("array([0.5, 1.25, -3.], dtype=float32)", [0.5, 1.25, -3]),
        ("np.array([0.5, 1.25, -3.])", [0.5, 1.25, -3]),
        ("tensor([ 0.5000,  1.2500, -3.0000])", [0.5, 1.25, -3]),
        ("tensor([0.5, 1.25, -3], device='cuda:0', grad_fn=<AddBackward0>)", [0.5, 1.25, -3]),
        ("tensor([0.5, 1.25, -3.], dtype=torch.float16, requires_grad=True)", [0.5, 1.25, -3]),
        ("[np.float64(0.5), np.float64(1.25), np.float64(-3.0)]", [0.5, 1.25, -3]),
        ("[np.float32(0.5), np.float32(1e-05), np.float32(-3.0)]", [0.5, 1e-05, -3]),
        ("[0.5\n  1.25\n -3. ]", [0.5, 1.25, -3]), ("(0.5, 1.25, -3)", [0.5, 1.25, -3]),
    ],
)  # fmt: skip
def test_lists_as_text_in_any_dialect(written: str, wanted: list[float]) -> None:
    quoted = written.replace('"', '""')
    for delimiter in ",;\t":
        content = f'id{delimiter}embedding\na{delimiter}"{quoted}"\nb{delimiter}"{quoted}"\n'
        space = space_in(content)
        np.testing.assert_array_equal(space.vectors, np.float32([wanted] * 2))
        assert space.keys == ("a", "b")


def test_a_column_of_vectors_in_tab_separated_text() -> None:
    space = space_in("id\tembedding\na\t[0.5,0.25]\nb\t[0.75,1]\n")
    np.testing.assert_array_equal(space.vectors, [[0.5, 0.25], [0.75, 1]])


def test_arrays_with_numbers_left_out_are_refused_or_set_aside() -> None:
    cut = '"[-1.59301088 -0.23539835 -0.84439552 ...  0.76521244  1.27963447\n -0.67029517]"'
    for limit in (None, 1, 2):
        with pytest.raises(FormatError, match=r"left out by '\.\.\.'.*not in the file"):
            space_in(f"id,embedding\na,{cut}\nb,{cut}\n", limit=limit)
        with pytest.raises(FormatError, match=r"left out by '\.\.\.'"):
            space_in(f"id,v\na,{cut}\nb,{cut}\n", limit=limit)
    space = space_in(f'id,embedding\na,{cut}\nb,"[1. 2. 3.]"\nc,"[1. 2. 4.]"\n')
    assert space.keys == ("b", "c")
    assert "left out by '...'" in notes_of(space)


def test_lists_of_different_lengths_are_no_vectors() -> None:
    space = space_in('id,tags,x0,x1\na,"[1, 2]",.5,.6\nb,"[3]",.5,.7\n')
    assert space.dimensions == 2
    with pytest.raises(FormatError, match="columns that make a vector"):
        space_in('id,tags\na,"[1, 2]"\nb,"[3]"\nc,"[1, 2]"\n')
    with pytest.raises(FormatError, match="columns that make a vector"):
        space_in("name,phone\na,030 123456\nb,040 9912\n")
    assert "'geo' was taken for lists" in notes_of(
        space_in('n,geo\na,"48.1, 11.5"\nb,"4.1, 1.5"\n')
    )


@pytest.mark.parametrize(
    "written", ["v,v,v", "# f1,f2,f3", "f1,f2,f3", "f.1,f.2,f.3", "0,1,2", "1,2,3"]
)
@pytest.mark.parametrize("key", [False, True])
def test_no_dimension_is_dropped(written: str, key: bool) -> None:
    if key and written.startswith("#"):
        written = "# id," + written[2:]
    elif key:
        written = "id," + written
    rows = [("a," if key else "") + "1.5,2,3", ("b," if key else "") + "4,5,6.5"]
    space = space_in("\n".join([written, *rows]))
    np.testing.assert_array_equal(space.vectors, [[1.5, 2, 3], [4, 5, 6.5]])
    assert space.keys == (("a", "b") if key else ("row-1", "row-2"))


def test_columns_left_out_of_the_numbered_ones_are_said() -> None:
    space = space_in("id,x1,x2,x4\na,1.5,2,3\nb,2,3,4\n")
    assert (space.dimensions, list(space.table.columns)) == (2, ["x4"])
    assert "'x4' is metadata" in notes_of(space)
    empty = space_in("id,x0,x1,x2\na,1,2,\nb,3,4,\n")
    assert empty.dimensions == 2
    assert "'x2' held nothing" in notes_of(empty)


@pytest.mark.parametrize("header", ["id,x0,x1,", "id,x0,x1"])
@pytest.mark.parametrize("ending", ["", ","])
def test_an_empty_last_column_costs_nothing(header: str, ending: str) -> None:
    space = space_in(f"{header}\na,1,2{ending}\nb,3,4{ending}\n")
    np.testing.assert_array_equal(space.vectors, [[1, 2], [3, 4]])
    assert space.keys == ("a", "b")


@pytest.mark.parametrize(
    ("first", "second", "rows"),
    [("1,2,3", "4,5,7", 3), ("0,1,2", "3,4,5", 3), ("0,1,2", "9,5,7", 2), ("5,6,7", "8,1,2", 3)],
)
def test_a_first_line_that_counts_is_kept_or_said(first: str, second: str, rows: int) -> None:
    content = f"{first}\n{second}\n7,8,10\n"
    space = space_in(content)
    assert len(space) == rows
    if first[0] in "01":
        other = rows == 2
        assert f"header={not other}" in notes_of(space)
        assert len(space_in(content, header=not other)) == 5 - rows


@pytest.mark.parametrize(
    "content",
    [
        ",f1,f2\n0,1.5,2\n1,3,4.5\n2,5,6\n", ",Unnamed: 0,0,1\n0,0,1.5,2\n1,1,3,4.5\n2,2,5,6\n",
        "row,f1,f2\n0,1.5,2\n1,3,4.5\n2,5,6\n", "0,1.5,2\n1,3,4.5\n2,5,6\n", "1,1.5,2\n2,3,4.5\n3,5,6\n",
        ",f1,f2\n0.0,1.5,2\n1.0,3,4.5\n2.0,5,6\n", "Unnamed: 0,f1,f2\n0,1.5,2\n1,3,4.5\n2,5,6\n",
    ],
)  # fmt: skip
def test_a_running_number_is_no_dimension(content: str) -> None:
    space = space_in(content)
    np.testing.assert_array_equal(space.vectors, [[1.5, 2], [3, 4.5], [5, 6]])
    assert space.table.shape[1] <= 1


def test_a_running_number_among_unnumbered_columns_is_no_dimension() -> None:
    for index in ("0 1 2", "0.0 1.0 2.0", "1 2 3"):
        rows = [f"{n},{n}.25,1.5,2.5\n" for n in index.split()]
        rows = [f"{n},{i}.25,1.5,2.5\n" for i, n in enumerate(index.split())]
        space = space_in(",mass,width,height\n" + "".join(rows))
        np.testing.assert_array_equal(space.vectors[:, 0], np.float32([0.25, 1.25, 2.25]))
        assert space.dimensions == 3


@pytest.mark.parametrize(
    ("above", "said"),
    [
        ("sep=,\r\n", "'sep=' was obeyed"), ('"sep=,"\n', "'sep=' was obeyed"),
        ("\ufeffsep=,\r\n", "'sep=' was obeyed"), ("My table of things\n", "line 1 ('My table"),
        ("My table,,,\n", "line 1 ('My table')"), ("My table\n\n", "begins in line 3"),
        ("# made by x, on y\n# again\n", "begins in line 3"), ("\n\n", ""),
    ],
)  # fmt: skip
def test_what_stands_above_a_table_is_passed_over_and_said(above: str, said: str) -> None:
    space = space_in(above + "id,n,x0,x1\na,7,1.5,2\nb,8,3,4\nc,9,5,6\n")
    np.testing.assert_array_equal(space.vectors, [[1.5, 2], [3, 4], [5, 6]])
    assert space.keys == ("a", "b", "c")
    assert space.table["n"].tolist() == [7, 8, 9]
    assert said in notes_of(space)


def test_a_ragged_row_is_set_aside_with_its_line() -> None:
    for broken in ("b,3,4,5", "b,3", "New York, NY,3,4"):
        space = space_in(f"id,x0,x1\na,1,2\n{broken}\nc,5,6\nd,7,8\n")
        assert space.keys == ("a", "c", "d")
        assert "Line 3 has" in notes_of(space)
        assert space.origin["read"]["ragged"] == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,1,2\nb,1\nc,1,2,3,4\nd,5,6,7,7,8\n", "line 1 has 3, line 2 has 2"),
        ("1 1:0.41 4:0.12 9:0.77\n0 0:0.3 4:0.5\n", "index:value"),
        ("a 0,5 1,5\nb 1,5 2,5\n", "decimal comma"),
    ],
)
def test_a_refusal_says_what_was_nearly_recognised(content: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        space_in(content)


def test_letters_of_old_encodings_in_header_and_cells() -> None:
    content = "clé,x0,x1,été\na,1.5,2,où\nb,3,4,là\n"
    space = space_in(content.encode("cp1252"))
    assert list(space.table.columns) == ["clé", "été"]
    assert space.table["été"].tolist() == ["où", "là"]
    assert "cp1250 ('oů')" in notes_of(space)
    other = space_in(content.encode("cp1252"), encoding="cp1250")
    assert other.table["été"].tolist()[0] == "oů"
    assert "notes" not in other.origin
    broken = space_in("clé,x0,x1,n\xffm\na,1,2,é\n".encode().replace(b"\xc3\xbf", b"\xff"))
    assert "1 sign is broken" in notes_of(broken)


def test_a_file_keeps_to_one_line_end_of_an_old_mac() -> None:
    assert space_in("id,x0,x1\ra,1.5,2\rb,3,4\r").keys == ("a", "b")


# What programs write


@pytest.mark.parametrize("fmt", ["%.18e", "%d", "%g"])
@pytest.mark.parametrize("delimiter", [" ", ",", "\t", ";"])
@pytest.mark.parametrize("names", [0, 1, 2])
def test_what_savetxt_writes(fmt: str, delimiter: str, names: int) -> None:
    array = np.arange(12).reshape(4, 3) * (1 if fmt == "%d" else 0.5) + 2
    header = ["", delimiter.join(["f1", "f2", "f3"]), "made today\n" + delimiter.join("abc")][names]
    file = io.BytesIO()
    np.savetxt(file, array, fmt=fmt, delimiter=delimiter, header=header)
    if names == 2 and fmt == "%d":
        with pytest.raises(FormatError, match=r"a \(whole number\)"):  # three counts, by no numbers
            space_in(file.getvalue())
        return
    space = space_in(file.getvalue())
    if space.origin["format"] == "glove-text":  # its first numbers may be words: it is said
        assert "format='space-separated'" in notes_of(space)
        space = space_in(file.getvalue(), format="space-separated")
    np.testing.assert_array_equal(space.vectors, array.astype(np.float32))


@pytest.mark.parametrize("block", [1, 3, 7, 1 << 20])
def test_columns_with_several_spaces_between(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedviz.formats.recoded._BLOCK", block)
    array = np.arange(200).reshape(100, 2) / 8 - 3
    file = io.BytesIO()
    np.savetxt(file, array, fmt="%10.3f", header="f1 f2")
    space = space_in(file.getvalue())
    np.testing.assert_array_equal(space.vectors, array.astype(np.float32))
    frame = pd.DataFrame(array, columns=["f1", "f2"], index=[f"é{n}" for n in range(100)])
    space = space_in(frame.to_string())
    np.testing.assert_array_equal(space.vectors, array.astype(np.float32))
    assert space.keys == tuple(frame.index)


def test_names_without_rows_are_refused() -> None:
    with pytest.raises(FormatError, match="a row behind the header"):
        space_in("id,x0,x1\n")


def _pandas(index: bool, delimiter: str = ",", decimal: str = ".") -> Callable[..., bytes]:
    def write(ids: Sequence[str], numbers: Numbers, names: Sequence[str]) -> bytes:
        frame = pd.DataFrame(numbers, columns=list(names), index=list(ids))
        if not index:
            frame.insert(0, "id", list(ids))
        return frame.to_csv(index=index, sep=delimiter, decimal=decimal).encode()

    return write


def _by_hand(
    delimiter: str, *, quotes: bool = False, short: bool = False, first: str = "", comma: bool = False,
    encoding: str = "utf-8", end: str = "\n", above: str = "",
) -> Callable[..., bytes]:  # fmt: skip
    """Polars, R and Excel after their documentation: who quotes what, and what stands where."""

    def quoted(text: str) -> str:
        special = quotes or any(mark in text for mark in (delimiter, '"', "\n", "\r"))
        return '"' + text.replace('"', '""') + '"' if special else text

    def write(ids: Sequence[str], numbers: Numbers, names: Sequence[str]) -> bytes:
        header = [*([] if short else [quoted(first)]), *map(quoted, names)]
        lines = [delimiter.join(header)]
        for name, row in zip(ids, numbers.tolist(), strict=True):
            cells = [f"{value:.15g}".replace(".", "," if comma else ".") for value in row]
            lines.append(delimiter.join([quoted(name), *cells]))
        return (above + end.join(lines) + end).encode(encoding)

    return write


DIALECTS = {
    "pandas with index": _pandas(True),
    "pandas without index": _pandas(False),
    "pandas with tabs": _pandas(True, "\t"),
    "pandas for Europe": _pandas(False, ";", ","),
    "polars": _by_hand(",", first="id"),
    "R write.csv": _by_hand(",", quotes=True),
    "R write.csv2": _by_hand(";", quotes=True, comma=True),
    "R write.table": _by_hand(" ", quotes=True, short=True),
    "R write.table with tabs": _by_hand("\t", quotes=True, short=True),
    "R write.table with commas": _by_hand(",", quotes=True, short=True),
    "Excel": _by_hand(",", first="id", end="\r\n", encoding="utf-8-sig"),
    "Excel, sep=": _by_hand(",", first="id", end="\r\n", above="sep=,\r\n"),
    "Excel for Europe": _by_hand(";", first="id", comma=True, end="\r\n", encoding="utf-8-sig"),
    "Excel for Europe, sep=": _by_hand(
        ";", first="id", comma=True, end="\r\n", encoding="utf-8-sig", above="sep=;\r\n"
    ),
    "Excel, Unicode text": _by_hand("\t", first="id", end="\r\n", encoding="utf-16"),
    "Excel for Europe, Unicode text": _by_hand(
        "\t", first="id", comma=True, end="\r\n", encoding="utf-16"
    ),
}
COLUMNS = {
    "x0": lambda d: [f"x{n}" for n in range(d)],
    "dim_1": lambda d: [f"dim_{n}" for n in range(1, d + 1)],
    "0": lambda d: [str(n) for n in range(d)],
    "V1": lambda d: [f"V{n}" for n in range(1, d + 1)],
    "v": lambda d: ["v"] * d,
}
IDS = st.text(
    st.sampled_from("abcXYZ019 ,;.'\"#-_/éüß日한\u00a0\u2028"), min_size=1, max_size=8
).filter(lambda text: text.strip() == text and text != '"')  # fmt: skip
VALUES = st.floats(-1e6, 1e6, width=32).filter(lambda value: abs(value) > 1e-30) | st.integers(
    1, 99
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], Numbers, list[str]]:
    d = draw(st.integers(2, 5))
    ids = draw(st.lists(IDS, min_size=2, max_size=6, unique=True))
    row = st.lists(VALUES, min_size=d, max_size=d)
    numbers = draw(st.lists(row, min_size=len(ids), max_size=len(ids)))
    names = COLUMNS[draw(st.sampled_from(list(COLUMNS)))](d)
    return ids, np.array(numbers, np.float64), names


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=examples(20, 200))
@given(table=tables())
def test_numbers_and_names_come_back(
    dialect: str, table: tuple[list[str], Numbers, list[str]]
) -> None:
    ids, numbers, names = table
    numbers = np.array([[float(f"{value:.15g}") for value in row] for row in numbers])
    content = DIALECTS[dialect](ids, numbers, names)
    space = space_in(content)
    np.testing.assert_array_equal(space.vectors, numbers.astype(np.float32))
    assert space.keys == tuple(ids)
    assert len(space.table.columns) == 0
    for limit in {1, len(ids) - 1, len(ids), len(ids) + 1}:
        part = space_in(content, limit=limit)
        assert part.keys == space.keys[:limit]
        np.testing.assert_array_equal(part.vectors, space.vectors[:limit])
        assert part.origin.get("notes") == space.origin.get("notes")


NO_DIGITS = str.maketrans("0123456789", "qrstuvwxyz")


def _orients(ids: Sequence[str], numbers: Numbers, names: Sequence[str]) -> dict[str, Any]:
    """The five usual shapes of a table as JSON."""
    rows = [dict(zip(names, row, strict=True)) for row in numbers.tolist()]
    return {
        "records": [{"id": name} | row for name, row in zip(ids, rows, strict=True)],
        "columns": {
            name: dict(zip(ids, numbers[:, place].tolist(), strict=True))
            for place, name in enumerate(names)
        },
        "split": {"columns": list(names), "index": list(ids), "data": numbers.tolist()},
        "index": dict(zip(ids, rows, strict=True)),
        "lists": numbers.tolist(),
    }


@pytest.mark.parametrize("orient", ["records", "columns", "split", "index", "lists"])
@settings(max_examples=examples(20, 200))
@given(table=tables(), indent=st.sampled_from([None, 1]))
def test_shapes_of_json_come_back(
    orient: str, table: tuple[list[str], Numbers, list[str]], indent: int | None
) -> None:
    ids, numbers, names = table
    # Names that count would be those of columns as well.
    ids = [f"{name.translate(NO_DIGITS)}-{'abcdef'[row]}" for row, name in enumerate(ids)]
    names = [f"x{place}" for place in range(len(names))]
    content = json.dumps(_orients(ids, numbers, names)[orient], indent=indent)
    space = space_in(content)
    np.testing.assert_array_equal(space.vectors, numbers.astype(np.float32))
    numbered = tuple(f"row-{row}" for row in range(1, len(ids) + 1))
    assert space.keys == (numbered if orient == "lists" else tuple(ids))
    part = space_in(content, limit=1)
    np.testing.assert_array_equal(part.vectors, space.vectors[:1])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_names_in_old_encodings_come_back_or_the_guess_is_said(dialect: str) -> None:
    ids = ["où", "déjà", "ça", "Jürg", "plain"]
    numbers = np.arange(1, 16).reshape(5, 3) / 4
    content = DIALECTS[dialect](ids, numbers, ["x0", "x1", "x2"])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return  # UTF-16 is Unicode in itself
    space = space_in(text.encode("cp1252"))
    assert space.keys == tuple(ids)
    assert "cp1252, a guess" in notes_of(space)
    np.testing.assert_array_equal(space.vectors, numbers.astype(np.float32))
