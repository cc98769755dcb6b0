"""Texts that are no running text, marks before the first word, and errors that stay short."""

from __future__ import annotations

import codecs

import pytest

import embedviz as ev
from embedviz.errors import (
    EmbedvizError,
    FormatError,
    InvalidParameterError,
    UnknownKeyError,
    shown,
)
from embedviz.words.corpora import Corpus

TEXT = "the river runs wide\nthe old café is here\n" * 20
WORDS = {"the", "river", "runs", "wide", "old", "café", "is", "here"}


@pytest.mark.parametrize("letters", ["가나다", "한국어", "가"])
def test_korean_without_a_space_is_refused_before_it_takes_minutes(letters):
    with pytest.raises(FormatError, match="on end without a space") as caught:
        Corpus.from_text(letters * (80_000 // len(letters)), tokenizer="korean")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("unit", ["a", "abc", "汉字", "x1", "é"])
def test_a_run_without_a_break_is_cut_and_told(unit):
    corpus = Corpus.from_text(unit * (30_000 // len(unit)) + " and more words", tokenizer="words")
    assert corpus.texts[0].unbroken == 30_000
    assert Corpus.from_text(TEXT).texts[0].unbroken == 0


def test_one_long_line_of_words_is_all_there():
    text = " ".join(f"word{at % 7}" for at in range(10_170))
    corpus = Corpus.from_text(text)
    assert corpus.n_tokens == 10_170
    assert corpus.texts[0].unbroken == 0


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"), (b"", "utf-8"), (b"", "utf-16-le"),
    ],
)  # fmt: skip
def test_no_mark_stays_in_the_first_word_of_a_corpus_file(tmp_path, mark, encoding):
    path = tmp_path / "corpus.txt"
    path.write_bytes(mark + TEXT.encode(encoding))
    trained = ev.train_words(corpus_file=path, min_count=1, vector_size=4, epochs=1)
    assert set(trained.model.space.keys) == WORDS
    assert trained.corpus_words == len(TEXT.split())
    assert [file.name for file in tmp_path.iterdir()] == ["corpus.txt"]


def test_a_corpus_file_in_an_old_encoding_is_refused(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_bytes(TEXT.encode("cp1252"))
    with pytest.raises(FormatError, match="UTF-8"):
        ev.train_words(corpus_file=path, min_count=1, vector_size=4, epochs=1)


def test_errors_shorten_the_text_that_they_are_about(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("x" * 300_000)
    long = "y" * 300_000
    space = ev.EmbeddingSpace(["a", "b"], [[1.0, 2], [2, 1]])
    for call in (
        lambda: ev.train_words(corpus_file=path, min_count=1),
        lambda: ev.train_words([[long]], min_count=1),
        lambda: ev.train_words([[long, "b"]], min_count=5),
        lambda: ev.train_words([long], min_count=1),
        lambda: Corpus.from_sentences([[long + " z"]]),
        lambda: ev.neighbors(space, long),
        lambda: ev.analogy(space, [long]),
    ):
        with pytest.raises(EmbedvizError) as caught:
            call()
        assert len(str(caught.value)) < 500, type(caught.value)
    with pytest.raises(UnknownKeyError) as unknown:
        space.index(long)
    assert unknown.value.key == long


def test_what_is_shown_of_a_value():
    assert shown("short") == "'short'"
    assert len(shown("x" * 10**6)) == 60
    assert len(shown([list(range(1000))] * 1000)) == 60
    assert shown(3.5) == "3.5"
    assert issubclass(InvalidParameterError, EmbedvizError)
