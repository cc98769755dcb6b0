"""CSV with a limit is read by blocks: what the first block does not show yet is no error."""

from __future__ import annotations

import gzip
import io
from typing import Any

import numpy as np
import pandas as pd
import pytest

import embedviz as ev
from embedviz.errors import FormatError
from embedviz.formats import delimited, recognised


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_BLOCK", 1 << 14)


def _rows(late: str, column: str, n: int = 3000) -> bytes:
    first = {"id": "k{}", "x0": "1", "x1": "2", "m": "007", "e": ""}
    lines = [",".join(first.values()).format(row) for row in range(n)]
    lines += [",".join((first | {column: late}).values()).format(row) for row in range(n, n + 5)]
    return "\n".join([",".join(first), *lines]).encode()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("column", "late"),
    [("m", "x7"), ("m", "7.5"), ("e", "word"), ("e", "3"), ("x0", "1.5"), ("m", "\u00e9")],
)
def test_a_late_change_reads_as_without_a_limit(column: str, late: str, packed: bool) -> None:
    content = _rows(late, column)
    content = gzip.compress(content) if packed else content
    whole: Any = ev.read(io.BytesIO(content))
    streamed: Any = ev.read(io.BytesIO(content), limit=10_000)
    assert streamed.keys == whole.keys
    np.testing.assert_array_equal(streamed.vectors, whole.vectors)
    pd.testing.assert_frame_equal(streamed.table, whole.table, check_dtype=False)
    if (column, late) == ("m", "x7"):
        assert streamed.table["m"].tolist()[0] == "007"  # as text from its first row


def test_a_change_behind_the_limit_is_not_met() -> None:
    space: Any = ev.read(io.BytesIO(_rows("word", "e")), limit=10)
    assert space.table["e"].isna().all()


@pytest.mark.parametrize("limit", [None, 10_000])
@pytest.mark.parametrize("text", ["oops", "1.2.3"])
def test_a_row_with_text_among_its_numbers_is_set_aside(text: str, limit: int | None) -> None:
    space: Any = ev.read(io.BytesIO(_rows(text, "x1")), limit=limit)
    whole: Any = ev.read(io.BytesIO(_rows("7", "x1")), limit=limit)
    aside = space.origin["read"]["set_aside"]
    assert [why for _, _, why in aside] == ["unreadable"] * len(aside)
    assert len(aside) >= 1
    assert len(space) + len(aside) == len(whole)
    assert space.dimensions == whole.dimensions


def test_a_broken_cell_leaves_its_column_in_the_vector() -> None:
    rows = ["x0,x1,x2,x3", *(f"{i},2,3,4" for i in range(1, 9)), "1,oops,3,4", "1,,3,4"]
    found = recognised(io.BytesIO("\n".join(rows).encode()))
    assert found.vector == ("x0", "x1", "x2", "x3")
    assert dict(found.set_aside) == {"unreadable": 1, "missing": 1}


def test_a_column_of_text_is_no_numbers() -> None:
    rows = ["a,b,c", *(f"{i},two,3" for i in range(9))]
    with pytest.raises(FormatError, match=r"Column 'b' was to hold numbers"):
        ev.read(io.BytesIO("\n".join(rows).encode()), vectors=["a", "b", "c"])


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("lines", [False, True])
def test_memory_is_refused_before_it_is_taken(lines: bool, packed: bool) -> None:
    row = b'{"id": "k", "v": [1, 2, 3]}\n'
    content = row * 30_000 if lines else _rows("7", "m", 30_000)
    content = gzip.compress(content) if packed else content
    with pytest.raises(FormatError, match=r"would take (about|more than) .* MB .*fewer rows"):
        ev.read(io.BytesIO(content), limit=100_000, max_memory=1 << 20)
    assert len(ev.read(io.BytesIO(content), limit=100, max_memory=1 << 20)) == 100
    assert len(ev.read(io.BytesIO(content), max_memory=1 << 26)) > 29_000
