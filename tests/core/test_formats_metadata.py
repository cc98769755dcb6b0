"""Metadata in a file of its own: row by row with the vectors, whatever the limit."""

from __future__ import annotations

import codecs
import io

import numpy as np
import pytest

import embedviz as ev
from embedviz.errors import FormatError

LABELS = ["red", "green", "blue", "pink", "gray"]
VECTORS = np.arange(1, 16, dtype=np.float32).reshape(5, 3) / 4
LIMITS = [None, 1, 3, 4, 5, 6, 100]


def file_of(content, name):
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    file.name = name
    return file


def tensors():
    return file_of("".join("\t".join(map(str, row)) + "\n" for row in VECTORS), "tensors.tsv")


def npy():
    file = file_of(b"", "vectors.npy")
    np.save(file, VECTORS)
    return file


def csv():
    lines = [",".join(map(str, row)) for row in VECTORS]
    return file_of("\n".join(["x0,x1,x2", *lines]), "vectors.csv")


def jsonl():
    return file_of("".join(f'{{"vector": {row}}}\n' for row in VECTORS.tolist()), "v.jsonl")


def npz():
    file = file_of(b"", "vectors.npz")
    np.savez(file, e=VECTORS)
    return file


ALL = [tensors, npy, csv, jsonl, npz]


def labels_of(vectors, metadata, limit=None):
    space = ev.read(vectors(), metadata=metadata, limit=limit, max_memory=1 << 30)
    return list(space.keys), space


@pytest.mark.parametrize("vectors", ALL)
@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(
    ("content", "noted"),
    [
        ("\n".join(LABELS) + "\n", False), ("\n".join(LABELS), False),
        ("word\n" + "\n".join(LABELS) + "\n", True), ("\r\n".join(["word", *LABELS]), True),
        ("\r".join(LABELS), False), ("\n".join(LABELS) + "\n\n", True),
        ("word\n" + "\n".join(LABELS) + "\n\n", True),
    ],
)  # fmt: skip
def test_one_column_is_aligned_by_the_files_own_count(vectors, limit, content, noted):
    keys, space = labels_of(vectors, file_of(content, "metadata.tsv"), limit)
    assert keys == LABELS[:limit]
    np.testing.assert_allclose(space.vectors, VECTORS[:limit])
    assert bool(space.origin.get("notes")) is noted


@pytest.mark.parametrize("limit", LIMITS)
def test_a_label_that_looks_like_a_header_is_a_label(limit):
    keys, _ = labels_of(tensors, file_of("label\nred\ngreen\nblue\npink", "m.tsv"), limit)
    assert keys == ["label", "red", "green", "blue", "pink"][:limit]


def test_a_header_before_a_blank_last_label():
    _, space = labels_of(tensors, file_of("label\nred\ngreen\nblue\npink\n\n", "m.tsv"))
    assert list(space.keys) == ["red", "green", "blue", "pink", "row-5"]


def test_blanks_and_quotes_are_rows_of_their_own():
    _, space = labels_of(tensors, file_of('red\n\nblue\n"\ngray', "m.tsv"))
    assert list(space.keys) == ["red", "row-2", "blue", '"', "gray"]


@pytest.mark.parametrize("vectors", ALL)
@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(
    "content", ["a\nb\nc\n", "\n".join(map(str, range(8))), "n\tk\n1\ta\n2\tb\n"]
)
def test_another_number_of_rows_is_said_whatever_the_limit(vectors, limit, content):
    rows = 2 if "\t" in content else content.strip().count("\n") + 1
    with pytest.raises(FormatError, match=rf"{rows} rows of metadata for 5 rows"):
        labels_of(vectors, file_of(content, "m.tsv"), limit)


@pytest.mark.parametrize("limit", LIMITS)
def test_several_columns_with_and_without_a_header(limit):
    rows = [f'{label}\tsay "{at}"' for at, label in enumerate(LABELS)]
    for head in (["word\tnote"], []):
        keys, space = labels_of(tensors, file_of("\n".join([*head, *rows]), "m.tsv"), limit)
        said = [value for name in space.table for value in space.table[name]]
        assert (keys if head else said[: len(space)]) == LABELS[:limit]
        assert 'say "0"' in said
        assert bool(space.origin.get("notes")) is not bool(head)


def test_a_header_of_years_is_names():
    rows = ["2001,2002", *(f"{at},{10 * at}" for at in range(5))]
    _, space = labels_of(npy, file_of("\n".join(rows), "m.csv"))
    assert list(space.table) == ["2001", "2002"]
    assert space.table["2002"].tolist() == [0, 10, 20, 30, 40]


@pytest.mark.parametrize("name", ["m.tsv", "m.csv"])
@pytest.mark.parametrize("limit", [None, 2, 5])
@pytest.mark.parametrize("cells", [1, 3])
@pytest.mark.parametrize("rows", [5, 300])
def test_one_ragged_row_is_said_with_its_line(name, limit, cells, rows):
    mark = "\t" if name == "m.tsv" else ","
    lines = [mark.join([f"l{row}", "x"]) for row in range(rows)]
    lines[3] = mark.join(["pink", "x", "y"][:cells])
    content = "\n".join([mark.join(["word", "note"]), *lines])
    with pytest.raises(FormatError, match=r"line 5[ ,].*'pink'.*2 fields"):
        labels_of(tensors, file_of(content, name), limit)


def test_a_ragged_vector_row_takes_its_label_with_it():
    lines = ["x0,x1,x2", "1,2,3", "4,5", *["7,8,9"] * 18, "1,1", "1,2,2"]
    labels = [f"label{at}" for at in range(22)]
    for limit in (None, 1, 2, 3, 19):
        space = ev.read(
            file_of("\n".join(lines), "v.csv"), metadata=file_of("\n".join(labels), "m.txt"), limit=limit
        )  # fmt: skip
        assert list(space.keys) == [labels[0], *labels[2:20], labels[21]][:limit]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)  # fmt: skip
def test_labels_in_other_encodings(encoding, mark):
    labels = ["où", "été", "한국어", "plain", "ñandú"]
    keys, _ = labels_of(npy, file_of(mark + "\n".join(labels).encode(encoding), "m.txt"))
    assert keys == labels


def test_a_guessed_encoding_is_said():
    text = "où\nété\nmaïs\nforêt\ngarçon"
    keys, space = labels_of(npy, file_of(text.encode("cp1252"), "m.txt"))
    assert keys == text.split("\n")
    assert any("guessed" in note for note in space.origin["notes"])
