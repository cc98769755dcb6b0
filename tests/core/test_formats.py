"""Every format keeps what it was given; reading mends, counts, limits, reports and stops."""

from __future__ import annotations

import gzip
import io
import re
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import embedviz as ev
from embedviz.errors import CancelledError, FormatError, InvalidParameterError
from embedviz.formats import FORMATS, describe, format_of, read, write
from embedviz.progress import Progress
from embedviz.space import EmbeddingSpace
from embedviz.word_model import SubwordModel

WRITTEN = [name for name, kind in FORMATS.items() if kind.write]
GZIPPED = [name for name in WRITTEN if FORMATS[name].gzip]
ANY_KEY = st.text(min_size=1, max_size=8)
PLAIN_KEY = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=" \t\n\r\v\f\ufeff"),
    min_size=1,
    max_size=8,
)
NUMBERS = st.floats(width=32, allow_nan=False, allow_infinity=False)


KEYS = {name: FORMATS[name].keys for name in WRITTEN}
SETS_ZEROS_ASIDE = [name for name in WRITTEN if FORMATS[name].chooses or name == "projector"]


def numbered(n: int) -> list[str]:
    return [f"row-{row}" for row in range(1, n + 1)]


def packed(space: EmbeddingSpace, name: str) -> bytes:
    file = io.BytesIO()
    write(space, file, name)
    return file.getvalue()


def spaces(keys: st.SearchStrategy[str]) -> st.SearchStrategy[EmbeddingSpace]:
    def of(names: list[str], d: int) -> st.SearchStrategy[EmbeddingSpace]:
        rows = st.lists(st.lists(NUMBERS, min_size=d, max_size=d), min_size=len(names),
                        max_size=len(names))  # fmt: skip
        return rows.map(lambda vectors: EmbeddingSpace(names, np.array(vectors, np.float32)))

    names = st.lists(keys, min_size=1, max_size=6, unique=True)
    return st.tuples(names, st.integers(1, 5)).flatmap(lambda pair: of(*pair))


def random_space(n: int = 300, d: int = 7, name: str = "") -> EmbeddingSpace:
    """With keys that the format ``name`` can hold."""
    rng = np.random.default_rng(n)
    keys = [f"wort{i}·é日本" for i in range(n)] if KEYS.get(name) != "rows" else numbered(n)
    return EmbeddingSpace(keys, rng.normal(size=(n, d)).astype(np.float32), name="random")


def fitting(space: EmbeddingSpace, name: str) -> EmbeddingSpace:
    """``space`` as the format can hold it: files of any columns set rows of zeros aside."""
    vectors = np.array(space.vectors)
    if name in SETS_ZEROS_ASIDE and name != "npz":
        vectors[~vectors.any(axis=1)] = 1
    keys = numbered(len(space)) if KEYS[name] == "rows" else space.keys
    return EmbeddingSpace(keys, vectors)


def mended(content: bytes, **kwargs: object) -> tuple[EmbeddingSpace, dict[str, int]]:
    space = read(io.BytesIO(content), **kwargs)  # type: ignore[arg-type]
    assert isinstance(space, EmbeddingSpace)
    return space, space.origin["read"]


# The contract of every format that is written


@pytest.mark.parametrize("name", WRITTEN)
@given(data=st.data())
def test_round_trip_is_exact(name: str, data: st.DataObject) -> None:
    space = fitting(data.draw(spaces(PLAIN_KEY)), name)
    back, counts = mended(packed(space, name), format=name)
    assert back.vectors_fingerprint == space.vectors_fingerprint
    assert back.origin["format"] == name
    assert (counts["rows"], counts["duplicates"], counts["undecodable"]) == (len(space), 0, 0)


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_content_tells_the_format_whatever_the_name(name: str, suffix: str, tmp_path: Path) -> None:
    space = random_space(name=name)
    content = packed(space, name)
    path = tmp_path / f"misleading.dat{suffix}"
    path.write_bytes(gzip.compress(content) if suffix and name in GZIPPED else content)
    back = read(path)
    assert isinstance(back, EmbeddingSpace)
    assert back.origin["format"] == name
    assert back.vectors_fingerprint == space.vectors_fingerprint


@pytest.mark.parametrize("name", WRITTEN)
@given(data=st.data())
def test_one_dimension_and_one_row_are_recognised(name: str, data: st.DataObject) -> None:
    key = data.draw(st.from_regex(r"[a-z]{1,5}|[1-9]", fullmatch=True))
    space = fitting(EmbeddingSpace([key], [[data.draw(NUMBERS)]]), name)
    # Four bytes that are a number in digits, too: a file of that alone is one of text as well.
    assume(not re.fullmatch(rb"\s*[-+.0-9a-zA-Z]+\s*|[ -~]{3}\n", space.vectors.tobytes()))
    assert mended(packed(space, name))[0].vectors_fingerprint == space.vectors_fingerprint


def test_a_binary_row_that_begins_like_digits_is_binary() -> None:
    space, _ = mended(b"1 1\na 0\n9[")
    assert space.origin["format"] == "word2vec-binary"
    assert space.vectors.tobytes() == b"0\n9["
    assert "notes" not in space.origin


@pytest.mark.parametrize("limit", [None, 1, 5])
def test_what_is_text_and_binary_alike_says_so_and_can_be_read_both_ways(limit: int | None) -> None:
    content = b"1 1\na 0.25"
    space, _ = mended(content, limit=limit)
    (note,) = space.origin["notes"]
    assert "text and one of word2vec binary alike" in note
    assert "format='word2vec-binary'" in note
    assert (space.origin["format"], space.vectors.tolist()) == ("word2vec-text", [[0.25]])
    other, _ = mended(content, format="word2vec-binary", limit=limit)
    assert isinstance(other, EmbeddingSpace)
    assert other.vectors.tobytes() == b"0.25"


@pytest.mark.parametrize("name", WRITTEN)
def test_limit_reads_the_first_rows(name: str) -> None:
    space = random_space(name=name)
    back, counts = mended(packed(space, name), limit=10)
    assert back.vectors_fingerprint == space.take(np.arange(10)).vectors_fingerprint
    assert counts["rows_in_file"] in (300, None)
    assert len(mended(packed(space, name), limit=10**9)[0]) == 300


@pytest.mark.parametrize("name", WRITTEN)
def test_description_is_what_reading_gives(name: str) -> None:
    space = random_space(name=name)
    summary = describe(io.BytesIO(packed(space, name)))
    assert (summary.format, summary.rows, summary.dimensions) == (name, 300, 7)
    assert summary.bytes_needed is not None
    assert space.nbytes < summary.bytes_needed < 100_000
    limited = describe(io.BytesIO(packed(space, name)), limit=3)
    assert limited.rows == 300
    assert limited.bytes_needed == summary.bytes_needed // 100


@pytest.mark.parametrize("name", WRITTEN)
def test_same_space_same_bytes(name: str, tmp_path: Path) -> None:
    paths = [tmp_path / "a" / "x.gz", tmp_path / "b" / "y.gz"]
    for path in paths:
        path.parent.mkdir()
        write(random_space(name=name), path if name in GZIPPED else path.with_suffix(""), name)
    first, second = (next(path.parent.iterdir()).read_bytes() for path in paths)
    assert first == second


@pytest.mark.parametrize("name", WRITTEN)
def test_progress_grows_to_one_and_cancel_stops(name: str) -> None:
    seen: list[Progress] = []
    read(io.BytesIO(packed(random_space(name=name), name)), on_progress=seen.append)
    fractions = [report.fraction for report in seen]
    assert fractions == sorted(fractions)  # type: ignore[type-var]
    assert fractions[-1] == 1
    assert "300 rows" in seen[-1].message
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        read(io.BytesIO(packed(random_space(name=name), name)), cancel=stop)


FITS = {"words": [], "lines": [" "], "text": [" ", "\n"], "any": [" ", "\n", "\ud800"], "rows": []}


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("key", ["New York", "two\nlines", "\ud800"])
def test_keys_that_do_not_fit_are_named(name: str, key: str, tmp_path: Path) -> None:
    if any(mark in key for mark in FITS[KEYS[name]]):
        space = EmbeddingSpace(["fine", key], [[1, 2], [3, 4]])
        assert mended(packed(space, name))[0].keys == space.keys
        return
    path = tmp_path / "old"
    path.write_bytes(b"kept")
    with pytest.raises(FormatError) as caught:
        write(EmbeddingSpace(["row-1", key], [[1, 2], [3, 4]]), path, name)
    assert repr(key) in str(caught.value)
    assert "1 of 2" in str(caught.value)
    assert path.read_bytes() == b"kept"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", [name for name in WRITTEN if KEYS[name] != "rows"])
@pytest.mark.parametrize(
    "keys",
    [
        ["é" * 5_000, "b"],
        ["007", "1e5"],
        ["1", "2"],
        ["NA", "null"],
        ['"a"', "it's"],
        ["2020-01-01", "nan"],
    ],
)
def test_long_and_number_like_keys_round_trip(name: str, keys: list[str]) -> None:
    space = EmbeddingSpace(keys, [[1.5, 2], [3, 4.25]])
    back = mended(packed(space, name))[0]
    assert back.origin["format"] == name
    assert back.keys == space.keys
    assert back.vectors_fingerprint == space.vectors_fingerprint


@given(spaces(ANY_KEY))
def test_npz_holds_any_key(space: EmbeddingSpace) -> None:
    back = mended(packed(space, "npz"))[0]
    assert back.vectors_fingerprint == space.vectors_fingerprint


# What npz keeps besides


def test_npz_keeps_table_name_and_origin() -> None:
    table = pd.DataFrame(
        {
            "label": ["a", None, "<img src=x>"],
            "n": [1, 2, 3],
            "share": [0.5, np.nan, -1.0],
            "yes": [True, False, True],
            "kind": pd.Categorical(["x", "y", "x"], categories=["y", "x"], ordered=True),
            "day": pd.to_datetime(["2020-01-01", "2021-02-03", None]),
        }
    )
    origin = {"encoder": "e", "settings": {"window": 5}}
    space = EmbeddingSpace(["a", "b", "c"], np.eye(3), table, "mine", origin)
    back = mended(packed(space, "npz"))[0]
    pd.testing.assert_frame_equal(back.table, table)
    assert (back.name, back.origin["encoder"], back.origin["settings"]) == (
        "mine",
        "e",
        {"window": 5},
    )
    assert back.fingerprint == space.fingerprint
    pd.testing.assert_frame_equal(mended(packed(space, "npz"), limit=2)[0].table, table[:2])


def test_npz_opens_in_numpy_without_pickle() -> None:
    space = random_space()
    with np.load(io.BytesIO(packed(space, "npz")), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["vectors"], space.vectors)
        text, offsets = arrays["keys"].tobytes(), arrays["key_offsets"]
        assert text[offsets[5] : offsets[6]].decode() == space.keys[5]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_made_in_numpy_is_read(save: object) -> None:
    file = io.BytesIO()
    vectors = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    save(file, keys=np.array(["één", "två"]), vectors=vectors)  # type: ignore[operator]
    space = mended(file.getvalue())[0]
    assert space.keys == ("één", "två")
    np.testing.assert_array_equal(space.vectors, vectors)
    np.testing.assert_array_equal(mended(file.getvalue(), limit=1)[0].vectors, vectors[:1])


def test_npz_refuses_a_column_that_json_cannot_hold() -> None:
    table = pd.DataFrame({"odd": [object(), object()]})
    with pytest.raises(FormatError, match="odd"):
        packed(EmbeddingSpace(["a", "b"], np.eye(2), table), "npz")


# Mending


@pytest.mark.parametrize("name", ["word2vec-text", "word2vec-binary", "glove-text"])
def test_repeated_blank_and_damaged_keys_are_mended_and_counted(name: str) -> None:
    keys = [b"a", b"b", b"a", b"", b"a#2", b"a", b"\xffx", b""]
    rows = np.arange(16, dtype="<f4").reshape(8, 2)
    if name == "word2vec-binary":
        body = b"".join(k + b" " + r.tobytes() + b"\n" for k, r in zip(keys, rows, strict=True))
    else:
        body = b"".join(k + b" %g %g\n" % tuple(r) for k, r in zip(keys, rows, strict=True))
    header = b"" if name == "glove-text" else b"8 2\n"
    space, counts = mended(header + body, format=name)
    assert space.keys == ("a", "b", "a#3", "row-4", "a#2", "a#4", "\ufffdx", "row-8")
    assert list(space.table["label"]) == ["a", "b", "a", "", "a#2", "a", "\ufffdx", ""]
    assert (counts["duplicates"], counts["blanks"], counts["undecodable"]) == (2, 2, 1)
    np.testing.assert_array_equal(space.vectors, rows)


def test_a_sound_file_gets_no_label_column() -> None:
    assert list(mended(b"a 1.5 2\nb 3 4\n")[0].table.columns) == []


@pytest.mark.parametrize("bad", [b"nan", b"inf", b"-Infinity", b"1e39"])
def test_rows_that_are_not_finite_are_set_aside(bad: bytes) -> None:
    space, counts = mended(b"a 1.5 2\n 1 %s\nb 3 4\n 5 6.5\n" % bad)
    assert space.keys == ("a", "b", "row-4")
    assert (counts["not_finite"], counts["rows"], counts["blanks"]) == (1, 3, 1)
    np.testing.assert_array_equal(space.vectors, [[1.5, 2], [3, 4], [5, 6.5]])


def test_words_with_spaces_are_told_from_their_numbers() -> None:
    content = b"4 2\nNew York 0.5 1\ncatch 22 0.25 1\n. . . 3.5 4\nplain\t5.5  6 \r\n"
    space, _ = mended(content)
    assert space.keys == ("New York", "catch 22", ". . .", "plain")
    np.testing.assert_array_equal(space.vectors, [[0.5, 1], [0.25, 1], [3.5, 4], [5.5, 6]])
    assert mended(content[4:])[0].keys == space.keys


TOKENS = (
    "the", "to 3.5", "$ 3.50", ". . .", ".\u00a0.\u00a0.", "1 / 2", "2008", "3.5", "\u2028(x", "1e5",
    "at name@example.org", "0.5 0.5", "x\u0085y", "nan", "end",
)  # fmt: skip


@pytest.mark.parametrize("header", [False, True])
@pytest.mark.parametrize("written", ["{:.5f}", "{:.1f}", "{:.3g}"])
def test_tokens_that_end_in_numbers_keep_them(written: str, header: bool) -> None:
    vectors = np.random.default_rng(5).normal(size=(len(TOKENS), 6))
    rows = [[written.format(value) for value in row] for row in vectors]
    lines = [" ".join([token, *row]) for token, row in zip(TOKENS, rows, strict=True)]
    content = "\n".join([f"{len(TOKENS)} 6"] * header + lines).encode()
    space, counts = mended(content)
    assert space.keys == TOKENS
    np.testing.assert_array_equal(space.vectors, np.array(rows, float).astype(np.float32))
    assert counts["rows"] == len(TOKENS)
    (note,) = space.origin["notes"]
    assert note.startswith("4 lines end in more than 6 numbers")
    assert "'to 3.5'" in note
    for limit in range(1, len(TOKENS) + 1):
        part = mended(content, limit=limit)[0]
        assert part.keys == TOKENS[:limit]
        np.testing.assert_array_equal(part.vectors, space.vectors[:limit])


FRENCH = ["où", "déjà", "ça", "été", "the"]


@pytest.mark.parametrize("name", ["word2vec-text", "word2vec-binary", "glove-text"])
@pytest.mark.parametrize("limit", [None, 1, 3])
def test_words_in_an_old_encoding_are_guessed_and_it_is_said(name: str, limit: int | None) -> None:
    content = b"5 3\n" if name != "glove-text" else b""
    for row, word in enumerate(FRENCH):
        numbers = b"%d.5 1.5 2\n" % row
        if name == "word2vec-binary":
            numbers = np.float32([row, 1.5, 2]).tobytes()
        content += word.encode("cp1252") + b" " + numbers
    space, counts = mended(content, limit=limit)
    assert (space.origin["format"], counts["undecodable"]) == (name, 0)
    assert list(space.keys) == FRENCH[:limit]
    (note,) = space.origin["notes"]
    assert "read as cp1252, a guess that makes 'où', 'déjà', 'ça'" in note
    assert "cp1250 ('oů')" in note


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"])
@pytest.mark.parametrize("header", [b"", b"5 3\n"])
def test_word_vectors_in_any_unicode_are_read(encoding: str, header: bytes) -> None:
    text = header.decode() + "".join(f"{word} {row}.5 1.5 2\n" for row, word in enumerate(FRENCH))
    space, _ = mended(text.encode(encoding))
    assert list(space.keys) == FRENCH
    assert "notes" not in space.origin


def test_unusual_but_sound_text_is_read() -> None:
    content = b"\xef\xbb\xbf2  2 \r\nthe +1 -2e-1\r\n\r\n\xc2\xa0 .5 5.\r\n\r\n"
    space, _ = mended(content)
    assert space.keys == ("the", "\xa0")
    np.testing.assert_array_equal(space.vectors, np.float32([[1, -0.2], [0.5, 5]]))


def test_text_of_many_blocks_equals_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedviz.formats.text_rows._BLOCK", 100)
    monkeypatch.setattr("embedviz.formats.word2vec_binary._BLOCK", 100)
    space = random_space()
    for name in ("word2vec-text", "glove-text", "word2vec-binary"):
        for limit in (None, 123):
            back = mended(packed(space, name), limit=limit)[0]
            wanted = space.take(np.arange(limit or 300))
            assert back.vectors_fingerprint == wanted.vectors_fingerprint


# Names, paths and files


def test_public_names_read_and_write_by_suffix(tmp_path: Path) -> None:
    space = random_space()
    wanted = {
        "a.vec": "word2vec-text", "b.bin": "word2vec-binary", "c.npz": "npz",
        "d.glove": "glove-text", "e.txt.gz": "word2vec-text", "f.BIN.GZ": "word2vec-binary",
    }  # fmt: skip
    for file, name in wanted.items():
        ev.write(space, tmp_path / file)
        back = ev.read(str(tmp_path / file))
        assert isinstance(back, EmbeddingSpace)
        assert back.origin["format"] == name
        assert back.name == file[0]
        zipped = (tmp_path / file).read_bytes()[:2] == b"\x1f\x8b"
        assert zipped == file.lower().endswith(".gz")
    assert ev.read(tmp_path / "a.vec", name="mine").name == "mine"
    assert format_of("model.kv") is FORMATS["gensim"]
    assert format_of("photo.jpg") is None


def test_word_models_are_written_as_their_vocabulary(tmp_path: Path) -> None:
    space = random_space()
    model = SubwordModel(space, np.ones((5, 7), np.float32), 3, 6)
    write(model, tmp_path / "a.bin")
    back = read(tmp_path / "a.bin")
    assert isinstance(back, EmbeddingSpace)
    assert back.vectors_fingerprint == space.vectors_fingerprint


def test_an_open_file_is_read_from_its_beginning_and_left_open(tmp_path: Path) -> None:
    space = random_space()
    write(space, tmp_path / "a.bin")
    with open(tmp_path / "a.bin", "rb") as file:
        file.read(1000)
        assert len(read(file).keys) == 300  # type: ignore[union-attr]
        assert not file.closed


def test_what_cannot_be_written_says_what_can(tmp_path: Path) -> None:
    space = random_space(3)
    for path, name, said in (
        ("x.jpg", None, "format is not clear"),
        ("x.kv", None, "not written"),
        ("x", "fasttext-bin", "not written"),
        ("x.npz.gz", None, "gzipped"),
        ("no/such/folder.vec", None, "cannot be written"),
    ):
        with pytest.raises(FormatError, match=said):
            write(space, tmp_path / path, name)
    with pytest.raises(FormatError, match="open file"):
        write(space, io.BytesIO())
    with pytest.raises(FormatError, match="empty"):
        write(space.take([]), tmp_path / "x.vec")
    with pytest.raises(InvalidParameterError, match="word2vec-binary"):
        write(space, tmp_path / "x", "word")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_must_be_at_least_one(limit: int) -> None:
    with pytest.raises(InvalidParameterError, match="limit"):
        read(io.BytesIO(b"a 1.5 2\n"), limit=limit)


def test_the_table_describes_each_format() -> None:
    for name, kind in FORMATS.items():
        assert kind.name == name
        assert kind.help.endswith(".")
        assert all(suffix.startswith(".") for suffix in kind.suffixes)
    assert [name for name, kind in FORMATS.items() if kind.trusted_only] == ["gensim"]
