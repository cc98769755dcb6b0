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
from embedviz.formats import delimited


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
    space: Any = ev.read(io.BytesIO(_rows("x7", "m")), limit=10)
    assert space.table["m"].tolist() == [7] * 10


@pytest.mark.parametrize("limit", [None, 10_000])
def test_text_among_the_numbers_is_said_with_its_column(limit: int | None) -> None:
    with pytest.raises(FormatError, match=r"Column 'x1' was to hold numbers.*'oops'"):
        ev.read(io.BytesIO(_rows("oops", "x1")), limit=limit)


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
