"""Damaged, lying and hostile files: a sentence that says where, no other error, no memory."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.test.utils import datapath
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.errors import EmbedvizError, FormatError, UntrustedFileError
from embedviz.formats import FORMATS, describe, read, write
from embedviz.space import EmbeddingSpace
from embedviz.word_model import as_space
from tests.counts import examples


def _written(name: str) -> bytes:
    import pandas as pd

    rng = np.random.default_rng(3)
    keys = [f"word{i}é" if FORMATS[name].keys != "rows" else f"row-{i + 1}" for i in range(20)]
    table = pd.DataFrame({"n": range(20), "label": keys})
    space = EmbeddingSpace(keys, rng.normal(size=(20, 4)), table)
    file = io.BytesIO()
    write(space, file, name)
    return file.getvalue()


GOOD = {
    **{name: _written(name) for name, kind in FORMATS.items() if kind.write},
    "fasttext-bin": Path(datapath("toy-model.bin")).read_bytes(),
    "fasttext-bin, old": Path(datapath("cp852_fasttext.bin")).read_bytes(),
}
GOOD |= {f"{name}, gzipped": gzip.compress(data, mtime=0) for name, data in GOOD.items()}


def only_speaks(content: bytes, **kwargs: Any) -> None:
    """Reading gives a valid space or an error meant for people; describing too."""
    said = []
    try:
        space = as_space(read(io.BytesIO(content), max_bytes=1 << 22, **kwargs))
        assert len(space) > 0
        assert np.isfinite(space.vectors).all()
    except EmbedvizError as error:
        said.append(str(error))
    try:
        describe(io.BytesIO(content), max_bytes=1 << 22)
    except EmbedvizError as error:
        said.append(str(error))
    assert all(len(message) > 30 for message in said)


def refused(content: bytes, said: str, **kwargs: Any) -> str:
    with pytest.raises(FormatError) as caught:
        read(io.BytesIO(content), **kwargs)
    assert re.search(said, str(caught.value)), str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", GOOD)
@given(data=st.data())
def test_truncated_files_only_speak(name: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(GOOD[name]) - 1))
    only_speaks(GOOD[name][:cut])


@pytest.mark.parametrize("name", GOOD)
@given(data=st.data())
def test_corrupted_files_only_speak(name: str, data: st.DataObject) -> None:
    content = bytearray(GOOD[name])
    place = st.integers(0, min(len(content) - 1, 300)) | st.integers(0, len(content) - 1)
    for at, value in data.draw(st.lists(st.tuples(place, st.integers(0, 255)), max_size=4)):
        content[at] = value
    only_speaks(bytes(content))


@pytest.mark.parametrize("kind", FORMATS)
@given(content=st.binary(max_size=300))
def test_noise_only_speaks(kind: str, content: bytes) -> None:
    only_speaks(content)
    only_speaks(content, format=kind)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_wrong_choice_of_format_is_said(kind: str) -> None:
    wrong = []
    also = "glove-text" if kind == "space-separated" else kind  # words and numbers are a table too
    for name in (name for name in GOOD if not name.startswith((kind, also))):
        said = _refusal(GOOD[name], format=kind)
        if not re.search("line|byte|member|pickle|expected", said) or "Traceback" in said:
            wrong.append((name, said))
    assert not wrong


def _refusal(content: bytes, **kwargs: Any) -> str:
    """The sentence of its FormatError; empty where the content is read."""
    try:
        read(io.BytesIO(content), **kwargs)
    except FormatError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", ["word2vec-text", "word2vec-binary", "npz", "fasttext-bin"])
def test_no_truncation_goes_unnoticed(name: str) -> None:
    for cut in range(
        len(GOOD[name]) * 3 // 4, len(GOOD[name]) - 16, 7
    ):  # text: half a number is one
        if name == "fasttext-bin" and cut > 2770:
            break  # only the output layer is missing there, which word vectors do not need
        with pytest.raises(FormatError):
            read(io.BytesIO(GOOD[name][:cut]))


# Where it broke


@pytest.mark.parametrize("header", [b"", b"5 3\n"])
@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"c 1.5 2", "a word and 3 numbers"),
        (b"c 1.5 2 x3", "'c' stands 'x3', which is not a number"),
        (b"c 1.5 2 1_0", "'1_0'"),
        (b"c 1,5 2,0 3,0", "not a number"),
        (b"c 1.5 2.5 3.5 4.5 5.5 6.5", "a word and 3 numbers"),
        (b"c", "a word and 3 numbers"),
    ],
)
def test_text_says_the_line(header: bytes, line: bytes, said: str) -> None:
    rows = [b"a 1.5 2 3", b"b 4 5 6.5", line, b"d 1 2 3", b"e 1 2 3"]
    number = 3 + bool(header)
    refused(header + b"\n".join(rows) + b"\n", rf"line {number}: .*{said}")


def test_an_even_row_behind_an_uneven_one_does_not_hide_it() -> None:
    refused(b"2 3\na 1.5 2\nb 1.5 2 3 4\n", "line 2: ")


def test_binary_says_the_byte() -> None:
    good = GOOD["word2vec-binary"]
    refused(good[:-5], r"byte \d+: the file ends in row 20 of the 20|its header says")
    refused(b"3 2\na " + bytes(8) + b"b " + bytes(20), r"byte 36: .*row 3 of the 3")
    refused(b"2 20000\n" + b"x" * 300_000, r"byte 8: .*row 1, a word", format="word2vec-binary")


@pytest.mark.parametrize("name", ["word2vec-text", "word2vec-binary"])
def test_rows_beyond_the_header_are_not_dropped_in_silence(name: str) -> None:
    for said, limits in ((19, (None, 20, 100)), (1, (None, 100))):
        content = GOOD[name].replace(b"20 4", b"%d 4" % said, 1)
        whole = as_space(read(io.BytesIO(GOOD[name])))
        for limit in limits:
            space = as_space(read(io.BytesIO(content), limit=limit))
            assert space.vectors_fingerprint == whole.vectors_fingerprint
            (note,) = space.origin["notes"]
            assert f"counts {said} rows" in note
            assert "20 were read" in note
        part = as_space(read(io.BytesIO(content), limit=said))
        assert part.keys == whole.keys[:said]
    for limit in (None, 21, 1000):
        refused(GOOD[name].replace(b"20 4", b"21 4", 1), "21 rows|of the 21", limit=limit)
    assert len(as_space(read(io.BytesIO(GOOD[name].replace(b"20 4", b"21 4", 1)), limit=20))) == 20


@pytest.mark.parametrize("limit", [None, 5, 20, 1000])
@pytest.mark.parametrize("said", [3, 5])
@pytest.mark.parametrize("name", ["word2vec-text", "word2vec-binary"])
def test_other_dimensions_than_the_header_says_are_refused(
    name: str, said: int, limit: int | None
) -> None:
    content = GOOD[name].replace(b"20 4", b"20 %d" % said, 1)
    refused(content, f"says {said} numbers .*hold 4.*'20 4'", limit=limit)


@pytest.mark.parametrize("limit", [None, 19, 20, 1000])
def test_what_is_no_row_behind_the_rows_is_refused(limit: int | None) -> None:
    for name in ("word2vec-text", "word2vec-binary"):
        content = GOOD[name].replace(b"20 4", b"19 4", 1)[:-8] + b"\0 \x02"
        if limit == 19:
            assert len(as_space(read(io.BytesIO(content), limit=limit))) == 19
        else:
            refused(content, "limit=19", limit=limit)


SPARSE = b"3 10\nriver 1:0.41 4:0.12 9:0.77\nbank 0:0.3 4:0.5\nmoney 0:0.9\n"
NO_ROWS = {
    "sparse": (SPARSE, "index:value"),
    "sparse, many": (
        b"200 30\n" + b"".join(b"w%d 1:0.35 3:0.24 17:1e-3\n" % i for i in range(200)), "index:value",
    ),
    "lists": (b"2 3\na [0.5, 1.5, 2]\nb [1, 2, 3]\n", "brackets"),
    "hexadecimal": (b"2 2\na 0x1.8p+1 0x1p-3\nb 0x1p0 0x1.4p0\n", "hexadecimal"),
    "prose": (b"12 30\nIt was the best of times, it was the worst\nof times\n" * 9, "text"),
    "commas": (b"2 3\na,0.5,1.5,2\nb,1,2,3\n", "commas"),
    "decimal commas": (b"2 2\na 0,5 1,5\nb 1,5 2,5\n", "decimal comma"),
}  # fmt: skip


@pytest.mark.parametrize("limit", [None, 1, 2, 150, 10_000])
@pytest.mark.parametrize("name", NO_ROWS)
def test_rows_that_are_no_words_and_numbers_are_never_binary(name: str, limit: int | None) -> None:
    content, look = NO_ROWS[name]
    said = refused(content, f"line 2:.*looks like .*{look}", limit=limit)
    assert "limit=" not in said
    with pytest.raises(FormatError, match=look):
        describe(io.BytesIO(content), limit=limit)
    if name != "decimal commas":  # which ends where binary rows would: who insists gets them
        refused(content, "line 2", limit=limit, format="word2vec-binary")


def test_glove_and_word2vec_mistaken_for_each_other() -> None:
    refused(GOOD["word2vec-text"], "line 1: ", format="glove-text")
    refused(GOOD["glove-text"], "glove-text", format="word2vec-text")


def test_an_endless_line_is_not_gathered() -> None:
    content = gzip.compress(b"1 3\na" + b"1" * (12 << 20))
    refused(content, "longer than", format="word2vec-text")


@pytest.mark.parametrize("content", [b"", b"\n", b"\n\n\n", b"0 50\n", b"5 0\n", b"a nan nan\n"])
def test_nothing_to_read_is_an_error(content: bytes) -> None:
    refused(content, "nothing|empty|no row|no format|numbers")


def test_paths_that_cannot_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.vec", tmp_path):
        with pytest.raises(FormatError, match="cannot be opened"):
            read(path)
    with pytest.raises(FormatError, match="binary mode"):
        read(io.StringIO("a 1 2"))  # type: ignore[arg-type]
    with pytest.raises(FormatError, match="path or a seekable"):
        read(3)  # type: ignore[arg-type]


# Claims that cost nothing


def _lying_fasttext(**claims: int) -> bytes:
    values = {"dim": 5, "bucket": 100, "words": 22} | claims
    content = bytearray(GOOD["fasttext-bin"])
    struct.pack_into("<i", content, 8, values["dim"])
    struct.pack_into("<i", content, 40, values["bucket"])
    struct.pack_into("<2i", content, 64, values["words"], values["words"])
    return bytes(content)


def _lying_npz(shape: tuple[int, int]) -> bytes:
    header = io.BytesIO()
    described = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, described)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("keys.npy", GOOD["npz"][:80])
        archive.writestr("vectors.npy", header.getvalue() + bytes(64))
    return file.getvalue()


LIES: dict[str, Callable[[], bytes]] = {
    "rows of binary": lambda: b"100000000000 300\nthe " + bytes(1200),
    "rows of text": lambda: b"100000000000 3\na 1 2 3\n",
    "dimensions of binary": lambda: b"2 100000000000\nthe " + bytes(1200),
    "dimensions of text": lambda: b"1 100000000000\na 1 2 3\n",
    "more than 64 bits": lambda: b"9" * 40 + b" 3\na 1 2 3\n",
    "gzipped binary": lambda: gzip.compress(b"100000000000 300\nthe " + bytes(1200)),
    "gzipped text": lambda: gzip.compress(b"100000000000 3\na 1 2 3\n"),
    "words of fastText": lambda: _lying_fasttext(words=2_000_000_000),
    "negative words of fastText": lambda: _lying_fasttext(words=-5),
    "buckets of fastText": lambda: _lying_fasttext(bucket=2_000_000_000),
    "buckets of gzipped fastText": lambda: gzip.compress(_lying_fasttext(bucket=2_000_000_000)),
    "dimensions of fastText": lambda: _lying_fasttext(dim=60_000),
    "shape of npz": lambda: _lying_npz((10**9, 300)),
    "overflowing shape of npz": lambda: _lying_npz((2**40, 2**40)),
    "negative shape of npz": lambda: _lying_npz((-1, -4)),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_header_takes_no_memory(lie: str) -> None:
    content = LIES[lie]()
    only_speaks(GOOD["npz"])  # what is imported on the way does not count
    tracemalloc.start()
    try:
        refused(content, ".")
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("lie", ["rows of binary", "rows of text", "buckets of fastText"])
def test_a_lying_header_is_not_described_as_true(lie: str) -> None:
    with pytest.raises(FormatError, match=r"header|take"):
        describe(io.BytesIO(LIES[lie]()))


def test_a_limit_makes_a_partial_download_readable() -> None:
    half = GOOD["word2vec-binary"][:300]
    refused(half, "header")
    assert len(as_space(read(io.BytesIO(half), limit=5))) == 5


def test_only_the_limit_is_read_of_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "news.bin"
    with open(path, "wb") as file:  # sparse: 3.6 GB in name, some kB on disk
        file.write(b"3000000 300\n")
        for row in range(50):
            file.write(b"word%d " % row + np.full(300, row, "<f4").tobytes())
        file.truncate(3_644_258_522)
    assert describe(path).rows == 3_000_000
    assert describe(path).bytes_needed == 3_000_000 * (1200 + 160)
    tracemalloc.start()
    try:
        space = as_space(read(path, limit=50))
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
    np.testing.assert_array_equal(space.vectors[:, 299], np.arange(50))
    assert space.origin["read"]["rows_in_file"] == 3_000_000


@pytest.mark.parametrize("compress", ["gzip", "npz"])
def test_a_bomb_is_bounded(compress: str) -> None:
    rows = b"".join(b"w%d 0.5 0 0 0 0 0 0 0\n" % i for i in range(100_000))
    if compress == "gzip":
        content = gzip.compress(rows)
    else:
        file = io.BytesIO()
        np.savez_compressed(
            file, keys=np.arange(400_000).astype("U"), vectors=np.zeros((400_000, 2))
        )
        content = file.getvalue()
    refused(content, "1,000,000.*max_bytes", max_bytes=1_000_000)
    assert len(as_space(read(io.BytesIO(content), max_bytes=100 << 20))) >= 100_000


# A limit


PARTS = st.sampled_from(
    [
        "a",
        "bc",
        "0.5",
        "1.5",
        "-2.25",
        "3",
        "12",
        "nan",
        "1:0.5",
        "[1, 2]",
        "0,5",
        "é",
        "",
        '"',
        "x0",
        "1e5",
    ]
)
LINES = st.lists(st.lists(PARTS, min_size=1, max_size=4), min_size=1, max_size=6)


@settings(max_examples=examples(150, 5000))
@given(
    LINES, st.sampled_from(" ,;\t"), st.sampled_from(["", "3 2\n", "2 1\n", "id,x0,x1\n", "5 3\n"])
)
def test_a_limit_gives_the_first_of_the_rows_that_reading_all_gives(
    lines: list[list[str]], delimiter: str, first: str
) -> None:
    content = (first + "\n".join(map(delimiter.join, lines)) + "\n").encode()
    _check_limits(content, len(lines))


@pytest.mark.parametrize("name", ["csv", "tsv", "word2vec-text", "word2vec-binary", "glove-text"])
@given(data=st.data())
def test_a_limit_does_not_change_how_a_damaged_file_is_read(name: str, data: st.DataObject) -> None:
    content = bytearray(GOOD[name])
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=2)):
        content[at] = data.draw(st.integers(0, 255))
    _check_limits(bytes(content), 20, (1, 2, 19, 20, 21))


def _check_limits(content: bytes, rows: int, limits: Any = None) -> None:
    """Each limit gives the rows of all that stand before it; what is refused is refused at its place."""
    try:
        whole = as_space(read(io.BytesIO(content), max_bytes=1 << 22))
    except EmbedvizError:
        return  # a limit may end before the damage, which is what it is for
    listed = whole.origin["read"].get("set_aside", [])
    aside = {row for row, _, _ in listed}
    ragged = {
        row for row, _, why in listed if why == "ragged"
    }  # which are passed over, not counted
    order = [row for row in range(1, len(whole) + len(aside) + 1) if row not in ragged]
    for limit in limits or range(1, rows + 2):
        if set(order[:limit]) <= aside:
            with pytest.raises(FormatError, match="no row of finite numbers"):
                read(io.BytesIO(content), limit=limit, max_bytes=1 << 22)
            continue
        part = as_space(read(io.BytesIO(content), limit=limit, max_bytes=1 << 22))
        assert part.origin["format"] == whole.origin["format"]
        assert list(part.vectors.tobytes()) == list(whole.vectors[: len(part)].tobytes())
        assert len(part) >= min(limit, len(whole)) - len(aside)
        if not whole.origin["read"]["duplicates"]:  # of which later ones may have names by chance
            assert part.keys == whole.keys[: len(part)]


# Pickles


class Trap:
    """Raises if it is ever unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (_sprung, ())


def _sprung() -> None:
    raise AssertionError("a pickle was opened")


def _object_npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([Trap()], dtype=object), allow_pickle=True)
    return file.getvalue()


def _object_npz(member: str) -> bytes:
    file = io.BytesIO()
    arrays: dict[str, Any] = {"keys": np.array(["a"]), "vectors": np.ones((1, 2))}
    arrays[member] = np.array([Trap()], dtype=object)
    np.savez(file, **arrays)
    return file.getvalue()


def _torch_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Trap()))
        archive.writestr("archive/version", "3")
    return file.getvalue()


PICKLES: dict[str, Callable[[], bytes]] = {
    **{f"protocol {p}": lambda p=p: pickle.dumps(Trap(), protocol=p) for p in range(6)},  # type: ignore[misc]
    **{f"dict, {p}": lambda p=p: pickle.dumps({"a": Trap()}, protocol=p) for p in range(6)},  # type: ignore[misc]
    "gzipped": lambda: gzip.compress(pickle.dumps(Trap())),
    "torch": _torch_zip,
    "npy of objects": _object_npy,
    "npz with keys of objects": lambda: _object_npz("keys"),
    "npz with vectors of objects": lambda: _object_npz("vectors"),
}


@pytest.mark.parametrize("name", PICKLES)
@pytest.mark.parametrize("filename", ["model.kv", "vectors.bin"])
def test_no_pickle_is_opened_untrusted(name: str, filename: str, tmp_path: Path) -> None:
    content = PICKLES[name]()
    (tmp_path / filename).write_bytes(content)
    with pytest.raises(FormatError) as caught:
        read(tmp_path / filename)
    if not re.match("dict, [01]|protocol [01]", name):  # text pickles look like any text
        assert isinstance(caught.value, UntrustedFileError)
        assert re.search("save_word2vec_format|ev.write", str(caught.value))


@pytest.mark.parametrize("kind", [None, *FORMATS])
def test_an_upload_is_never_unpickled_even_if_trusted(kind: str | None) -> None:
    said = {
        name: _refusal(content(), trusted=True, format=kind) for name, content in PICKLES.items()
    }
    assert not {name: one for name, one in said.items() if not one or "was opened" in one}


def test_trusting_a_torch_file_does_not_open_it(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(_torch_zip())
    with pytest.raises(FormatError, match="PyTorch are not read"):
        read(tmp_path / "model.pt", trusted=True)


def test_describing_a_pickle_does_not_open_it() -> None:
    summary = describe(io.BytesIO(pickle.dumps(Trap())))
    assert (summary.format, summary.rows, summary.bytes_needed) == ("gensim", None, None)


# npz from elsewhere


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "object"),
        ({"columns": [{"name": "n", "values": [1]}]}, "1 values for 20 rows"),
        ({"columns": [{"name": "n", "values": 3}]}, "no values"),
        ({"columns": [{"name": 3}]}, "no name"),
        ({"columns": 7}, "no name"),
        ({"columns": [{"name": "n", "array": "vectors"}]}, "one column"),
        ({"columns": [{"name": "n", "array": "gone"}]}, "gone"),
        (
            {"columns": [{"name": "n", "kind": "category", "values": ["a"] * 20, "categories": 3}]},
            "n",
        ),
    ],
)
def test_npz_with_a_damaged_table(about: Any, said: str) -> None:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(GOOD["npz"])) as old,
        zipfile.ZipFile(file, "w") as new,
    ):
        for name in old.namelist():
            if name != "about.json":
                new.writestr(name, old.read(name))
        new.writestr("about.json", about if isinstance(about, str) else json.dumps(about))
    refused(file.getvalue(), said)


def test_npz_without_our_arrays_names_what_it_holds() -> None:
    file = io.BytesIO()
    np.savez(file, weights=np.ones(3), bias=np.ones(2))
    refused(file.getvalue(), "'weights', 'bias'")


def test_a_footer_that_would_end_the_process_is_refused() -> None:
    """Its size statistics hold a histogram of a wrong length, which pyarrow throws past Python."""
    damaged = Path(__file__).parents[1] / "fixtures/parquet-damaged-footer.parquet"
    for file in (damaged, io.BytesIO(damaged.read_bytes())):
        with pytest.raises(FormatError, match=r"damaged|cannot be read"):
            read(file)
