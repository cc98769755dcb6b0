"""Exports of collections: each opens again as it was, and nothing in one can do harm."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import zipfile
from pathlib import PurePosixPath

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import embedviz as ev
from embedviz import collections
from embedviz.collections.csv_cells import from_csv, to_csv
from embedviz.collections.csv_zip import safe_name
from embedviz.errors import CancelledError, EmbedvizError, FormatError, InvalidParameterError
from embedviz.space import EmbeddingSpace

ORIGIN = {"encoder": "resnet50", "encoding": "resnet50/avgpool", "settings": {"crop": 224}}
TEXTS = ["=1+1", "'=x", "", None, '"a",\n-b', "@x", "'plain"]
JPEG = b"\xff\xd8\xff"
MOMENTS = pd.to_datetime(["2020-01-01T00:00:00", None, "2021-02-03T04:05:06"])


class Pictures:
    def thumbnail(self, content: str, /) -> bytes | None:
        return self.thumbnails([content]).get(content)

    def view(self, content: str, /) -> bytes | None:
        return b"not exported: " + content.encode()

    def thumbnails(self, hashes):
        return {one: JPEG + one.encode() for one in hashes if one != "hash-9"}


def space_of(rows: int) -> EmbeddingSpace:
    vectors = np.random.default_rng(0).normal(size=(rows, 7))
    names = [
        "../../etc/passwd",
        "a/b.jpg",
        "a_b.jpg",
        "A_B.jpg",
        "고양이.jpg",
        "=cmd|' /C calc'!A0",
        "CON",
    ]
    keys = [names[row] if row < len(names) else f"{row}.png" for row in range(rows)]
    table = pd.DataFrame(
        {
            "hash": [f"hash-{row}" for row in range(rows)],
            "label": [TEXTS[row % len(TEXTS)] for row in range(rows)],
            "number": np.arange(rows) - 3,
            "real": [[0.1, np.nan, -1e300][row % 3] for row in range(rows)],
            "good": [row % 2 == 0 for row in range(rows)],
            "taken": [MOMENTS[row % 3] for row in range(rows)],
            "key": ["taken"] * rows,
            "=name": ["x"] * rows,
            "thumbnail_file": ["y"] * rows,
            "vector": range(rows),
        }
    )  # fmt: skip
    seconds = table["taken"].astype("datetime64[s]")
    return EmbeddingSpace(keys, vectors, table.assign(seconds=seconds), "cats", ORIGIN)


def same(first: EmbeddingSpace, second: EmbeddingSpace) -> None:
    assert first.keys == second.keys
    np.testing.assert_array_equal(first.vectors, second.vectors)
    pd.testing.assert_frame_equal(first.table, second.table)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("collections")
    collections.save("cats", space_of(2500), pictures=Pictures(), root=folder)
    return folder


@pytest.mark.parametrize("name", collections.EXPORTS)
def test_every_export_opens_again_as_it_was(root, tmp_path, name):
    path = tmp_path / f"cats{collections.EXPORTS[name].suffix}"
    collections.export("cats", path, name, root=root)
    back = collections.read_export(path)
    same(back.space, space_of(2500))
    assert back.space.name == "cats"
    assert ORIGIN.items() <= back.space.origin.items()
    # Back into a collection, which is the same again.
    collections.save("again", back, root=tmp_path / "other")
    same(collections.open("again", tmp_path / "other").space, space_of(2500))


@pytest.mark.parametrize("name", collections.EXPORTS)
def test_exports_take_open_files_and_what_was_never_saved(name):
    file = io.BytesIO()
    collections.export(space_of(20), file, name)
    same(collections.read_export(file).space, space_of(20))
    same(collections.read_export(io.BytesIO(file.getvalue()), format=name).space, space_of(20))


@pytest.mark.parametrize("name", collections.EXPORTS)
def test_a_space_without_metadata_opens_again(name):
    file = io.BytesIO()
    bare = EmbeddingSpace(["a", "b\n"], np.eye(2))
    collections.export(bare, file, name)
    back = collections.read_export(file)
    same(back.space, bare)
    assert back.pictures is None


def test_npz_opens_with_the_reader_of_files(root, tmp_path):
    collections.export("cats", tmp_path / "cats.npz", "npz", root=root)
    same(ev.read(tmp_path / "cats.npz"), space_of(2500))


def test_parquet_is_what_pandas_reads(root, tmp_path):
    collections.export("cats", tmp_path / "cats.parquet", "parquet", root=root)
    frame = pd.read_parquet(tmp_path / "cats.parquet")
    assert frame["key"].tolist() == [*space_of(2500).keys]
    np.testing.assert_array_equal(np.stack(frame["vector"]), space_of(2500).vectors)
    assert frame["label"].iloc[0] == "=1+1"


def test_thumbnails_come_back_by_hash(root, tmp_path):
    collections.export("cats", tmp_path / "cats.zip", "csv-zip", root=root)
    back = collections.read_export(tmp_path / "cats.zip")
    assert back.pictures is not None
    assert back.pictures.thumbnail("hash-3") == JPEG + b"hash-3"
    assert back.pictures.thumbnail("hash-9") is None
    assert back.pictures.view("hash-3") is None
    assert len(back.pictures.thumbnails([f"hash-{row}" for row in range(2500)])) == 2499


def test_members_of_the_zip_stay_in_their_folder_and_apart(root, tmp_path):
    collections.export("cats", tmp_path / "cats.zip", "csv-zip", root=root)
    with zipfile.ZipFile(tmp_path / "cats.zip") as archive:
        names = archive.namelist()
        rows = [*csv.DictReader(io.StringIO(archive.read("metadata.csv").decode("utf-8-sig")))]
        assert archive.read(rows[3]["thumbnail_file"]) == JPEG + b"hash-3"
        with archive.open("vectors.npy") as file:
            np.testing.assert_array_equal(np.lib.format.read_array(file), space_of(2500).vectors)
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        path = PurePosixPath(name)
        assert not path.is_absolute()
        assert ".." not in path.parts
        assert len(path.parts) == (2 if name.endswith(".jpg") else 1)
    assert any("고양이" in name for name in names)


@given(st.lists(st.text(max_size=200), min_size=2, max_size=6))
def test_names_of_thumbnails_are_safe(keys):
    names = [safe_name(key, row) for row, key in enumerate(keys)]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert not set('/\\:*?"<>|\0\n') & set(name)
        assert name.endswith(".jpg")
        assert len(name.encode()) <= 255


def test_no_cell_runs_in_a_spreadsheet(root, tmp_path):
    collections.export("cats", tmp_path / "cats.zip", "csv-zip", root=root)
    with zipfile.ZipFile(tmp_path / "cats.zip") as archive:
        text = archive.read("metadata.csv").decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    numbers = {header.index("number"), header.index("real")}
    for row in (header, *rows):
        for column, cell in enumerate(row):
            assert column in numbers or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert rows[0][header.index("number")] == "-3"


@given(st.lists(st.one_of(st.none(), st.text(st.sampled_from("'=+-@\t\r\n\",a가 ")), st.text())))
def test_any_text_survives_the_apostrophes(values):
    table = pa.table({"=a": pa.array([*values, "end"], pa.large_string())})
    assert from_csv(to_csv(table), table.schema).equals(table)


def test_a_csv_that_a_person_has_edited_opens(root, tmp_path):
    collections.export(space_of(3), tmp_path / "cats.zip", "csv-zip")
    text = "key,label,extra\none,,1\ntwo,b,2\nthree,c,3\n"
    with zipfile.ZipFile(tmp_path / "cats.zip") as archive:
        vectors = archive.read("vectors.npy")
    for about in ({}, {"name": "mine", "origin": "?"}):
        with zipfile.ZipFile(tmp_path / "edited.zip", "w") as archive:
            archive.writestr("vectors.npy", vectors)
            archive.writestr("metadata.csv", text)
            if about:
                archive.writestr("about.json", json.dumps(about))
        space = collections.read_export(tmp_path / "edited.zip").space
        assert space.keys == ("one", "two", "three")
        assert space.table["extra"].tolist() == [1, 2, 3]


def test_parquet_of_others_opens(tmp_path):
    vectors = np.arange(6.0).reshape(3, 2)
    columns = {"vector": vectors.tolist(), "key": ["a", "a", None], "x": [1, 2, 3]}
    pq.write_table(pa.table(columns), tmp_path / "theirs.parquet")
    space = collections.read_export(tmp_path / "theirs.parquet").space
    assert space.keys == ("a", "a#2", "row-3")
    np.testing.assert_array_equal(space.vectors, vectors)
    assert space.table["x"].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"id": ["a"], "vector": [[1.0]]}, "no column 'key'"),
        ({"key": ["a"]}, "no column 'vector'"),
        ({"key": ["a"], "vector": ["x"]}, "not a list"),
        ({"key": ["a"], "vector": [["x"]]}, "Parquet"),
        ({"key": ["a", "b"], "vector": [[1.0], [1.0, 2.0]]}, "different lengths"),
        ({"key": ["a", "b"], "vector": [[1.0], None]}, "different lengths"),
        ({"key": ["a"], "vector": [[None]]}, "missing numbers"),
        ({"key": ["a"], "vector": [[float("nan")]]}, "row 0"),
        ({"key": ["k"] * 1025, "vector": [[1.0, 2.0]] * 1024 + [[1.0]]}, "different lengths"),
        ({"key": pa.array([], pa.string()), "vector": pa.array([], pa.list_(pa.float32()))}, "no rows"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)  # fmt: skip
def test_parquet_without_usable_vectors_is_refused(columns, said):
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    with pytest.raises(EmbedvizError, match=said):
        collections.read_export(file)


def test_a_parquet_bomb_is_refused_before_it_is_unpacked():
    file = io.BytesIO()
    many = pa.array(np.zeros(2_000_000, np.float32))
    vectors = pa.FixedSizeListArray.from_arrays(many, 20)
    pq.write_table(pa.table({"key": ["k"] * 100_000, "vector": vectors}), file, compression="zstd")
    assert len(file.getvalue()) < 500_000
    with pytest.raises(FormatError, match="larger max_bytes"):
        collections.read_export(file, max_bytes=1_000_000)
    assert len(collections.read_export(file).space) == 100_000


@pytest.mark.parametrize("name", collections.EXPORTS)
@pytest.mark.parametrize("part", [0.02, 0.5, 0.98])
def test_cut_and_garbled_exports_are_refused_in_a_sentence(name, part):
    file = io.BytesIO()
    collections.export(Saved(space_of(40)), file, name)
    content = file.getvalue()
    place = int(len(content) * part)
    with pytest.raises(EmbedvizError):
        collections.read_export(io.BytesIO(content[:place]), format=name)
    garbled = content[:place] + bytes(255 - byte for byte in content[place : place + 50])
    # A sentence or nothing: where only a thumbnail is garbled, the rest is read.
    with contextlib.suppress(EmbedvizError):
        collections.read_export(io.BytesIO(garbled + content[place + 50 :]), format=name)


class Saved:
    pictures = Pictures()

    def __init__(self, space: EmbeddingSpace) -> None:
        self.space = space


def test_what_is_no_export_is_refused():
    for content in (b"", b"hello", b"PK\x03\x04hello", b"PAR1"):
        with pytest.raises(FormatError):
            collections.read_export(io.BytesIO(content))
    with pytest.raises(InvalidParameterError, match=r"No export 'xlsx'\. There are: parquet"):
        collections.export(space_of(2), io.BytesIO(), "xlsx")
    with pytest.raises(FormatError, match="nothing to write"):
        collections.export(space_of(2).take([]), io.BytesIO(), "npz")
    lists = EmbeddingSpace(["a"], [[1.0]], pd.DataFrame({"x": [[1, 2]]}))
    with pytest.raises(InvalidParameterError, match="CSV cannot hold column 'x'"):
        collections.export(lists, io.BytesIO(), "csv-zip")


def test_only_pictures_are_taken_for_pictures():
    file = io.BytesIO()
    collections.export(Saved(space_of(3)), file, "csv-zip")
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    evil = next(name for name in members if name.endswith("a_b.jpg"))
    members[evil] = b"<svg onload=alert(1)>"
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    pictures = collections.read_export(changed).pictures
    assert pictures is not None
    assert pictures.thumbnail("hash-0") is not None
    assert None in {pictures.thumbnail("hash-1"), pictures.thumbnail("hash-2")}


@pytest.mark.parametrize("name", ["parquet", "csv-zip"])
def test_a_stopped_export_keeps_the_file_that_was_there(tmp_path, name):
    class Stop:
        asked = 0

        def is_set(self):
            self.asked += 1
            return self.asked > 1

    path = tmp_path / "file"
    path.write_bytes(b"before")
    with pytest.raises(CancelledError):
        collections.export(Saved(space_of(2500)), path, name, cancel=Stop())
    assert path.read_bytes() == b"before"
    assert [*tmp_path.iterdir()] == [path]
    with pytest.raises(FormatError, match="cannot be written"):
        collections.export(space_of(3), tmp_path / "no" / "folder", name)


def test_progress_is_told():
    for name in ("parquet", "csv-zip"):
        told: list[float | None] = []
        watch = Saved(space_of(2500))
        collections.export(
            watch, io.BytesIO(), name, on_progress=lambda p, t=told: t.append(p.fraction)
        )
        assert told[-1] == 1
        assert told == sorted(told)  # type: ignore[type-var]
