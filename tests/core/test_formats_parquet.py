"""Columns of Parquet and Arrow of any type: the right one is the vector, the others are kept."""

from __future__ import annotations

import datetime
import decimal
import io
import uuid

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import feather, parquet

import embedviz as ev
from embedviz.errors import FormatError
from embedviz.formats import bytes_shown
from embedviz.metadata.kinds import kind_of

VECTORS = np.random.default_rng(2).normal(size=(6, 4)).astype(np.float16)
KEYS = list("abcdef")


def written(form="parquet", **columns):
    file = io.BytesIO()
    table = pa.table(columns)
    if form == "parquet":
        parquet.write_table(table, file)
    else:
        feather.write_feather(table, file, compression="uncompressed")
    return file


def lists(kind=None, values=VECTORS):
    kind = pa.list_(pa.float32()) if kind is None else kind
    return pa.array([list(row) for row in values], kind)


@pytest.mark.parametrize("form", ["parquet", "arrow"])
@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.float16(), 4), pa.list_(pa.float16()), pa.large_list(pa.float64()),
        pa.list_(pa.float32(), 4), pa.large_list(pa.float16()),
    ],
)  # fmt: skip
def test_lists_of_any_float_are_the_vector(form, kind):
    space = ev.read(written(form, name=pa.array(KEYS).dictionary_encode(), embedding=lists(kind)))
    np.testing.assert_array_equal(space.vectors, VECTORS.astype(np.float32))
    assert list(space.keys) == KEYS


@pytest.mark.parametrize("kind", [pa.int8(), pa.int16(), pa.int64(), pa.uint8()])
def test_lists_of_whole_numbers_keep_their_signs(kind):
    values = np.arange(24).reshape(6, 4) - (0 if pa.types.is_unsigned_integer(kind) else 9)
    space = ev.read(written(name=KEYS, embedding=lists(pa.list_(kind), values)))
    np.testing.assert_array_equal(space.vectors, values)


def test_tensors_are_lists():
    kind = pa.fixed_shape_tensor(pa.float32(), (4,))
    flat = pa.FixedSizeListArray.from_arrays(pa.array(VECTORS.astype(np.float32).ravel()), 4)
    space = ev.read(written(name=KEYS, v=pa.ExtensionArray.from_storage(kind, flat)))
    np.testing.assert_array_equal(space.vectors, VECTORS.astype(np.float32))


RAGGED = [[1, 2], [3], [], [4, 5, 6], [7, 8], None]
EVEN = [[1, 2, 3]] * 6


@pytest.mark.parametrize("tags", [RAGGED, EVEN])
@pytest.mark.parametrize("family", ["numbered", "named list", "list", "decimals"])
def test_ids_of_tags_are_not_the_vector_beside_a_better_one(tags, family):
    columns = {"name": KEYS, "tag_ids": pa.array(tags, pa.list_(pa.int64()))}
    if family in ("numbered", "decimals"):
        names = [f"x{at}" for at in range(4)] if family == "numbered" else list("pqrs")
        columns |= {name: VECTORS[:, at].astype(np.float64) for at, name in enumerate(names)}
    else:
        columns["embedding" if family == "named list" else "things"] = lists()
    space = ev.read(written(**columns))
    np.testing.assert_allclose(space.vectors, VECTORS.astype(np.float32))
    assert space.table["tag_ids"].tolist()[0] == ("[1, 2]" if tags is RAGGED else "[1, 2, 3]")


def test_ragged_lists_alone_are_no_vectors():
    with pytest.raises(FormatError, match="tag_ids"):
        ev.read(written(name=KEYS, tag_ids=pa.array(RAGGED, pa.list_(pa.int64()))))


def picture():
    file = io.BytesIO()
    Image.new("RGB", (2, 2), (200, 10, 10)).save(file, "PNG")
    return file.getvalue()


def test_bytes_of_pictures_are_pictures_and_said():
    image = [picture()] * 5 + [None]
    struct = [{"bytes": value, "path": "a.png"} for value in image]
    file = written(name=KEYS, image=pa.array(image, pa.binary()), item=struct, embedding=lists())
    space = ev.read(file)
    for name in ("image", "item"):
        assert space.table[name][0].startswith("data:image/png;base64,")
        assert kind_of(space.table[name]) == "image"
    assert space.table["item"][5] == "a.png"
    assert sum("pictures as bytes" in note for note in space.origin["notes"]) == 2


def test_many_bytes_of_pictures_are_told_only(monkeypatch):
    monkeypatch.setattr(bytes_shown, "_MOST", 100)
    space = ev.read(written(name=KEYS, image=pa.array([picture()] * 6), embedding=lists()))
    assert space.table["image"][0] == f"png picture, {len(picture())} bytes"
    assert "only their sizes" in space.origin["notes"][0]


def test_other_bytes_are_digits_and_said():
    file = written(
        name=KEYS, raw=pa.array([b"\x00\xff"] * 5 + [None]), word=pa.array([b"caf\xc3\xa9"] * 6),
        fixed=pa.array([b"ab\x00d"] * 6, pa.binary(4)), embedding=lists(),
    )  # fmt: skip
    table = ev.read(file).table
    assert table["raw"].tolist()[:1] == ["0x00ff"]
    assert table["fixed"][0] == "0x61620064"
    assert table["word"][0] == "café"
    file.seek(0)
    assert any("hexadecimal" in note for note in ev.read(file).origin["notes"])


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_metadata_of_any_type_are_kept(form):
    zone = datetime.timezone(datetime.timedelta(hours=9))
    moment = datetime.datetime(2024, 3, 10, tzinfo=zone)
    table = ev.read(
        written(
            form, name=KEYS, embedding=lists(),
            whole=pa.array([1, None, 3, 4, 5, 2**60 + 1]),
            unsigned=pa.array([2**64 - 1, *range(5)], pa.uint64()),
            price=pa.array([decimal.Decimal("1.10")] * 6, pa.decimal128(8, 2)),
            big=pa.array([decimal.Decimal(2**60 + 1)] * 6, pa.decimal128(38, 0)),
            exact=pa.array([decimal.Decimal("12345678901234567.25")] * 6, pa.decimal128(30, 2)),
            when=pa.array([moment] * 6, pa.timestamp("us", "Asia/Seoul")),
            day=pa.array([datetime.date(2024, 1, 5)] * 6),
            coded=pa.array([7, 7, 8, 8, 9, 9]).dictionary_encode(),
            labels=pa.array(["x", "y"] * 3).dictionary_encode(),
            tags=pa.array([["x"], [], None, ["y"], [], []]),
            half=pa.array(np.arange(6, dtype=np.float16)), flag=pa.array([True, None] * 3),
        )
    ).table  # fmt: skip
    assert table["whole"].tolist()[5] == 2**60 + 1
    assert pd.isna(table["whole"].tolist()[1])
    assert table["unsigned"].tolist()[0] == 2**64 - 1
    assert table["price"].tolist()[0] == 1.1
    assert table["big"].tolist()[0] == 2**60 + 1
    assert table["exact"].tolist()[0] == "12345678901234567.25"
    assert str(table["when"].dtype).endswith("Asia/Seoul]")
    assert str(table["day"][0].date()) == "2024-01-05"
    assert table["coded"].tolist() == [7, 7, 8, 8, 9, 9]
    assert kind_of(table["labels"]) == "category"
    assert table["tags"].tolist()[:2] == ['["x"]', "[]"]
    assert table["half"].tolist() == list(range(6))
    assert table["flag"].tolist()[0] is True


def test_uuids_are_keys():
    ids = [uuid.UUID(int=at + 1) for at in range(6)]
    file = written(id=pa.array([one.bytes for one in ids], pa.uuid()), embedding=lists())
    assert list(ev.read(file).keys) == [str(one) for one in ids]
