"""Small files that would unpack to much, or take for ever: refused before they do."""

from __future__ import annotations

import io
import json

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from embedviz.errors import FormatError
from embedviz.formats import read, recognised
from embedviz.word_model import as_space


def _arrow_bomb(stream: bool) -> bytes:
    zeros = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(4_000_000, np.float32)), 4000)
    table = pa.table({"id": [str(i) for i in range(1000)], "v": zeros})
    file = io.BytesIO()
    opened = pa.ipc.new_stream if stream else pa.ipc.new_file
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with opened(file, table.schema, options=options) as out:
        out.write_table(table)
    return file.getvalue()


def _parquet_bomb(column: pa.Array) -> bytes:
    n = len(column)
    table = pa.table({"note": column, "x0": np.arange(1.0, n + 1), "x1": np.ones(n)})
    file = io.BytesIO()
    parquet.write_table(table, file, compression="zstd")
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        _arrow_bomb(stream=False),
        _arrow_bomb(stream=True),
        _parquet_bomb(pa.array(["x" * 100_000] * 400)),
        _parquet_bomb(pa.array([["x" * 100_000] * 2] * 200)),
        _parquet_bomb(pa.array([[0.0] * 30_000] * 200)),
    ],
    ids=["arrow file", "arrow stream", "same text", "lists of the same text", "lists of zeros"],
)
@pytest.mark.parametrize("limit", [None, 350])
def test_packed_columns_unpack_to_no_more_than_is_allowed(
    content: bytes, limit: int | None
) -> None:
    assert len(content) < 1 << 20
    with pytest.raises(FormatError, match=r"unpack to [\d,]+ bytes"):
        read(io.BytesIO(content), max_bytes=10 << 20, limit=limit)


def test_very_many_columns_of_one_name_are_told_apart() -> None:
    # Were each compared with all, these would take minutes.
    header = ",".join(["same"] * 20_000)
    with pytest.raises(FormatError, match="columns that make a vector"):
        recognised(io.BytesIO(f"{header}\n{header}\n".encode()), format="csv")


def test_json_rows_of_ever_new_fields_are_refused() -> None:
    rows = [{"v": [1, 2], **{f"{r}_{i}": i for i in range(100)}} for r in range(300)]
    content = "\n".join(map(json.dumps, rows)).encode()
    with pytest.raises(FormatError, match="30,001 different fields"):
        read(io.BytesIO(content))


def test_halves_of_surrogate_pairs_in_json_become_question_marks() -> None:
    lines = [
        f'{{"id": "\\ud800{r}", "v": [1, 2], "m\\udfff": "\\udc00", "e": "\\ud83d\\ude00"}}'
        for r in range(3)
    ]
    space = as_space(read(io.BytesIO("\n".join(lines).encode())))
    assert space.keys == ("?0", "?1", "?2")
    assert space.table["m?"].tolist() == ["?"] * 3
    assert space.table["e"].tolist() == ["😀"] * 3


@pytest.mark.parametrize("name", ["id", "note"])
def test_codes_for_a_long_text_are_not_written_out_without_end(name: str) -> None:
    codes = pa.array(np.zeros(3000, np.int32))
    texts = pa.DictionaryArray.from_arrays(codes, pa.array(["x" * 400_000], pa.large_string()))
    table = pa.table({name: texts, "x0": np.arange(1.0, 3001), "x1": np.ones(3000)})
    file = io.BytesIO()
    with pa.ipc.new_file(file, table.schema) as out:
        out.write_table(table)
    with pytest.raises(FormatError, match="repeats long texts"):
        read(file)
