"""Files of columns: what is taken for the vector, the key and metadata, and what is set aside."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

import embedviz as ev
from embedviz.errors import FormatError, InvalidParameterError
from embedviz.formats import read, recognised
from embedviz.formats.listing import listed
from embedviz.space import EmbeddingSpace

RNG = np.random.default_rng(1)


def space_in(content: bytes, **kwargs: Any) -> EmbeddingSpace:
    space = read(io.BytesIO(content), **kwargs)
    assert isinstance(space, EmbeddingSpace)
    return space


# Recognition


@pytest.mark.parametrize(
    ("header", "vector", "key"),
    [
        ("id,x0,x1,x2", ("x0", "x1", "x2"), "id"),
        ("x2,x1,name,x0", ("x0", "x1", "x2"), "name"),
        ("word,dim_1,dim_2,age", ("dim_1", "dim_2"), "word"),
        (",0,1,2", ("0", "1", "2"), ""),
        ("emb.0,emb.1,title", ("emb.0", "emb.1"), "title"),
    ],
)
def test_numbered_columns_are_the_vector(header: str, vector: tuple[str, ...], key: str) -> None:
    names = header.split(",")
    rows = [
        ",".join(f"t{r}" if n == key else f"{r}.{c + 1}" for c, n in enumerate(names))
        for r in range(3)
    ]
    content = "\n".join([header, *rows]).encode()
    found = recognised(io.BytesIO(content))
    assert (found.format, found.vector, found.key) == ("csv", vector, key)
    space = space_in(content)
    assert space.keys == ("t0", "t1", "t2")
    wanted = [[float(f"{r}.{names.index(n) + 1}") for n in vector] for r in range(3)]
    np.testing.assert_array_equal(space.vectors, np.float32(wanted))
    assert list(space.table.columns) == [n for n in names if n not in (*vector, key)]


@pytest.mark.parametrize("written", ["[0.5, 1.5]", "0.5 1.5", "[0.5 1.5]", "(0.5;1.5)"])
def test_lists_written_as_text_are_the_vector(written: str) -> None:
    content = f'word,embedding,n\na,"{written}",1\nb,"{written}",2\n'.encode()
    space = space_in(content)
    np.testing.assert_array_equal(space.vectors, [[0.5, 1.5]] * 2)
    assert space.keys == ("a", "b")
    assert space.table["n"].tolist() == [1, 2]


def test_without_numbered_columns_all_decimal_ones_are_taken_and_it_is_said() -> None:
    content = b"name,mass,width,height,count\na,1.5,2.5,3.5,1\nb,4.5,5.5,6.5,2\n"
    found = recognised(io.BytesIO(content))
    assert found.vector == ("mass", "width", "height")
    assert "all 3 columns" in found.note
    assert [c.role for c in found.columns] == ["key", "vector", "vector", "vector", "metadata"]
    assert [c.type for c in found.columns][-1] == "whole number"


def test_the_choice_can_be_changed() -> None:
    content = b"a,b,c,d\nx,1.5,2,p\ny,3.5,4,q\n"
    space = space_in(content, vectors=["c", "b"], key="d")
    assert space.keys == ("p", "q")
    np.testing.assert_array_equal(space.vectors, [[2, 1.5], [4, 3.5]])
    with pytest.raises(InvalidParameterError, match="'e'"):
        space_in(content, vectors=["e", "b"])
    with pytest.raises(FormatError, match=r"a \(text\), b \(decimal number\)"):
        space_in(content)
    with pytest.raises(InvalidParameterError, match="columns and arrays"):
        space_in(b"a 1.5 2\n", key="a")


def test_rows_can_be_numbered_although_a_column_would_name_them(tmp_path: Path) -> None:
    content = b"id,x0,x1\n7,1.5,2\n8,3.5,4\n"
    space = space_in(content, key=False)
    assert (space.keys, space.table["id"].tolist()) == (("row-1", "row-2"), [7, 8])
    found = ev.formats.recognised(io.BytesIO(content), key=False)
    assert (found.key, found.metadata) == (None, ("id",))
    np.save(tmp_path / "v.npy", np.ones((2, 3), np.float32))
    (tmp_path / "about.csv").write_bytes(b"id,n\na,1\nb,2\n")
    space = ev.read(tmp_path / "v.npy", metadata=tmp_path / "about.csv", key=False)
    assert (space.keys, space.table["id"].tolist()) == (("row-1", "row-2"), ["a", "b"])
    np.savez(tmp_path / "v.npz", vectors=np.ones((2, 3)), names=np.array(["a", "b"]))
    assert ev.read(tmp_path / "v.npz", key=False).keys == ("row-1", "row-2")


def test_keys_that_repeat_are_metadata_and_rows_are_numbered() -> None:
    space = space_in(b"label,x0,x1\n3,1.5,2\n3,2.5,3\n4,1.5,1\n")
    assert space.keys == ("row-1", "row-2", "row-3")
    assert space.table["label"].tolist() == [3, 3, 4]


@pytest.mark.parametrize("head", [b"", b"w,"])
def test_rows_without_a_header_are_read(head: bytes) -> None:
    lines = [b"w%d," % r + b"0.5,%d.25" % r if head else b"0.5,%d.25" % r for r in range(1, 5)]
    space = space_in(b"\n".join(lines) + b"\n")
    assert space.vectors.shape == (4, 2)
    assert space.keys[0] == ("w1" if head else "row-1")


def test_semicolons_and_decimal_commas() -> None:
    space = space_in(b"id;x0;x1\na;0,5;1\nb;2,25;3\n")
    np.testing.assert_array_equal(space.vectors, [[0.5, 1], [2.25, 3]])


def test_a_quote_as_a_word_swallows_no_rows() -> None:
    rows = [("the", 0.5), ('"', 1.5), ("of", 2.5), ('"', 3.5), ("x", 4.5)]
    space = space_in("".join(f"{w}\t{v}\t1.5\n" for w, v in rows).encode())
    assert space.keys == ("the", '"', "of", '"#2', "x")


# Metadata


def test_metadata_keeps_its_types_and_dates_only_if_all_are() -> None:
    rows = [
        {"id": f"k{i}", "vector": [1.5, i + 1], "n": i, "share": i / 2, "yes": i > 1,
         "day": f"2020-01-0{i + 1}", "odd": "2020-01-01" if i else "soon", "deep": {"a": [i]}}
        for i in range(3)
    ]  # fmt: skip
    table = space_in("\n".join(map(json.dumps, rows)).encode()).table
    kinds = {name: table[name].dtype.kind for name in ("n", "share", "yes", "day")}
    assert kinds == {"n": "i", "share": "f", "yes": "b", "day": "M"}
    assert table["odd"].tolist() == ["soon", "2020-01-01", "2020-01-01"]
    assert table["deep"].tolist() == ['{"a": [0]}', '{"a": [1]}', '{"a": [2]}']


@pytest.mark.parametrize("name", ["parquet", "arrow", "jsonl", "csv", "tsv"])
def test_tables_round_trip(name: str) -> None:
    table = pd.DataFrame(
        {"key": ["z", "y"], "vector": [1, 2], "x1": [0.5, 1.5],
         "day": pd.to_datetime(["2020-01-01", "2021-02-03"]), "say": ['a "b", c', "ü\t日"]}
    )  # fmt: skip
    space = EmbeddingSpace(["p", "q"], [[1.5, 2], [3, 4]], table)
    file = io.BytesIO()
    ev.write(space, file, name)
    back = space_in(file.getvalue())
    assert back.vectors_fingerprint == space.vectors_fingerprint
    pd.testing.assert_frame_equal(back.table, table, check_dtype=False)


# What is set aside


def test_unusable_rows_are_counted_and_listed_with_the_reason() -> None:
    rows: list[Any] = [[1, 2], [None, 2], [float("inf"), 1], [1], [0, 0], [3, 4], None]
    content = "\n".join(json.dumps({"id": f"k{i}", "vector": row}) for i, row in enumerate(rows))
    space = space_in(content.encode())
    counts = space.origin["read"]
    assert space.keys == ("k0", "k5")
    assert [counts[why] for why in ("missing", "infinite", "ragged", "zero")] == [2, 1, 1, 1]
    assert counts["set_aside"] == [
        [2, "k1", "missing"], [3, "k2", "infinite"], [4, "k3", "ragged"], [5, "k4", "zero"],
        [7, "k6", "missing"],
    ]  # fmt: skip
    found = recognised(io.BytesIO(content.encode()))
    assert dict(found.set_aside) == {"missing": 2, "infinite": 1, "ragged": 1, "zero": 1}
    json.dumps(space.origin)


def test_ragged_rows_of_csv_are_set_aside_and_the_others_keep_their_numbers() -> None:
    lines = ["x0,x1,n"] + [f"{i}.5,1,{i}" for i in range(1, 31)]
    lines[4] = "4.5,1"
    lines[9] = "9.5,,9"
    space = space_in("\n".join(lines).encode())
    assert len(space) == 28
    assert not {"row-4", "row-9"} & set(space.keys)
    np.testing.assert_array_equal(space.vectors[:, 0], [int(key[4:]) + 0.5 for key in space.keys])
    assert space.table["n"].tolist() == [int(key[4:]) for key in space.keys]
    assert [row[::2] for row in space.origin["read"]["set_aside"]] == [
        [4, "ragged"],
        [9, "missing"],
    ]


def test_a_file_with_nothing_usable_says_why() -> None:
    with pytest.raises(FormatError, match="2 rows: all its numbers are zero"):
        space_in(b"id,x0,x1\na,0,0\nb,0.0,0\n")


# npy, npz and a second file


@pytest.mark.parametrize("dtype", ["f4", "f8", "f2", "i4", ">f4", "u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_of_any_numbers(dtype: str, order: Any, tmp_path: Path) -> None:
    array = np.asarray(RNG.integers(1, 99, (20, 3)), dtype=dtype, order=order)
    np.save(tmp_path / "a.npy", array)
    for given in (tmp_path / "a.npy", io.BytesIO((tmp_path / "a.npy").read_bytes())):
        space = read(given, limit=15)
        assert isinstance(space, EmbeddingSpace)
        np.testing.assert_array_equal(space.vectors, array[:15].astype(np.float32))
        assert space.keys[14] == "row-15"


def test_npy_from_a_path_is_mapped_not_read(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.ones((1000, 8), np.float32))
    vectors = ev.read(tmp_path / "a.npy").vectors  # type: ignore[union-attr]
    while not isinstance(vectors, np.memmap):
        assert isinstance(vectors.base, np.ndarray)
        vectors = vectors.base
    assert not vectors.flags.writeable


@pytest.mark.parametrize("array", [np.ones(3), np.ones((2, 2, 2)), np.array([["a", "b"]])])
def test_npy_of_another_shape_is_refused(array: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(FormatError, match="2-D array of numbers"):
        read(tmp_path / "a.npy")


def test_archives_of_numpy_by_the_shapes_of_their_arrays() -> None:
    file = io.BytesIO()
    np.savez(
        file,
        emb=np.eye(3) + 1,
        names=np.array(["a", "b", "c"]),
        year=np.arange(3),
        other=np.ones(5),
    )
    space = space_in(file.getvalue())
    assert space.keys == ("a", "b", "c")
    assert space.table["year"].tolist() == [0, 1, 2]
    file = io.BytesIO()
    np.savez(file, train=np.ones((4, 2)), test=np.ones((3, 2)))
    with pytest.raises(FormatError, match=r"several 2-D arrays.*'train'"):
        space_in(file.getvalue())
    assert len(space_in(file.getvalue(), vectors="test")) == 3


def test_metadata_from_a_second_file_row_by_row(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.float32([[1, 2], [0, 0], [3, 4]]))
    (tmp_path / "m.csv").write_text("id,kind\n007,x\n008,y\n009,z\n")
    space = ev.read(tmp_path / "v.npy", metadata=tmp_path / "m.csv")
    assert isinstance(space, EmbeddingSpace)
    assert (space.keys, space.table["kind"].tolist()) == (("007", "009"), ["x", "z"])
    (tmp_path / "labels.tsv").write_text("a\nb\nc\n")
    labeled = ev.read(tmp_path / "v.npy", metadata=tmp_path / "labels.tsv")
    assert labeled.keys == ("a", "c")  # type: ignore[union-attr]
    (tmp_path / "m.csv").write_text("id,kind\n007,x\n")
    with pytest.raises(FormatError, match="1 rows of metadata for 3 rows"):
        ev.read(tmp_path / "v.npy", metadata=tmp_path / "m.csv")


# The TensorFlow Projector, Arrow, Parquet, LanceDB, folders


def _config(folder: Path, tensors: str) -> Path:
    (folder / "t.tsv").write_text("1.5\t2\n3\t4\n")
    (folder / "m.tsv").write_text("word\tn\na\t1\nb\t2\n")
    config = {"embeddings": [{"tensorPath": tensors, "metadataPath": "m.tsv"}]}
    (folder / "config.json").write_text(json.dumps(config, indent=2))
    return folder / "config.json"


def test_a_projector_config_opens_the_files_beside_it(tmp_path: Path) -> None:
    space = ev.read(_config(tmp_path, "t.tsv"))
    assert isinstance(space, EmbeddingSpace)
    assert (space.keys, space.table["n"].tolist()) == (("a", "b"), [1, 2])
    assert space.origin["format"] == "projector"
    with pytest.raises(FormatError, match="only names other files"):
        ev.read(io.BytesIO((tmp_path / "config.json").read_bytes()))


@pytest.mark.parametrize(
    "path", ["https://example.org/t.tsv", "../t.tsv", "/etc/passwd", "//host/t"]
)
def test_a_projector_config_reaches_nothing_elsewhere(path: str, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "t.tsv").write_text("1.5\t2\n3\t4\n")
    with pytest.raises(FormatError, match=r"outside its folder|never addresses"):
        ev.read(_config(tmp_path / "inner", path))


def test_a_projector_zip_bomb_is_bounded() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tensors.tsv", "1.5\t2\n" * 500_000)
    with pytest.raises(FormatError, match="1,000,000"):
        space_in(file.getvalue(), max_bytes=1_000_000)


def _frame(n: int = 5) -> pd.DataFrame:
    return pd.DataFrame({"title": [f"t{i}" for i in range(n)], "emb": [[float(i + 1), 2.0] for i in range(n)],
                         "n": range(n)})  # fmt: skip


def test_what_pandas_and_arrow_write_is_read(tmp_path: Path) -> None:
    table = pa.Table.from_pandas(_frame())
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    feather.write_feather(table, tmp_path / "b.feather", compression="zstd")
    with pa.ipc.new_stream(tmp_path / "c.arrow", table.schema) as out:
        out.write_table(table)
    (tmp_path / "ignored.txt").write_text("prose, and more prose.\n")
    for file in listed(tmp_path):
        space = ev.read(file.path)
        assert isinstance(space, EmbeddingSpace)
        assert space.keys == tuple(_frame()["title"])
        np.testing.assert_array_equal(space.vectors[:, 0], np.arange(5) + 1)
        assert space.table["n"].tolist() == list(range(5))
    assert [file.format for file in listed(tmp_path)] == ["parquet", "arrow", "arrow"]


def test_a_lancedb_table_by_its_folder(tmp_path: Path) -> None:
    lancedb = pytest.importorskip("lancedb")
    lancedb.connect(str(tmp_path)).create_table(
        "mine", pa.table({"id": ["a", "b"], "vector": pa.FixedSizeListArray.from_arrays(
            pa.array([1.0, 2, 3, 4], pa.float32()), 2)}))  # fmt: skip
    space = ev.read(tmp_path / "mine.lance", limit=1)
    assert isinstance(space, EmbeddingSpace)
    assert (space.keys, space.name) == (("a",), "mine")
    assert [file.format for file in listed(tmp_path)] == ["lancedb"]


# Damage and claims


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"vector": ' + b"[" * 50_000 + b"\n", "line 1|nested|no format"),
        (b'{"a": [1, 2]}\n[1]\n', "line 2: expected a JSON object"),
        (b"," * 400_000 + b"\n1\n", "columns|no format"),
        (b"PAR1" + b"x" * 40, "truncated or damaged"),
        (b"ARROW1\0\0" + b"\xff" * 60, "truncated or damaged"),
        (b"\xff\xff\xff\xff\xff\xff\xff\x00" + b"x" * 40, "truncated or damaged"),
        (b"FEA1" + bytes(40), "version 1"),
    ],
)  # fmt: skip
def test_damage_is_said(content: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        space_in(content)


def test_a_lying_npy_takes_no_memory() -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f4", "fortran_order": False, "shape": (10**11, 300)}
    )
    with pytest.raises(FormatError, match="100,000,000,000"):
        space_in(header.getvalue() + bytes(64))
