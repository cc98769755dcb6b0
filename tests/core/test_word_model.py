"""Word models: vectors of known and unknown words, held to gensim's fastText."""

from __future__ import annotations

import numpy as np
import pytest
from gensim.models.fasttext import FastTextKeyedVectors, ft_ngram_hashes
from gensim.models.fasttext_inner import compute_ngrams_bytes
from hypothesis import given
from hypothesis import strategies as st

from embedviz.errors import InvalidSpaceError, UnknownKeyError
from embedviz.formats.fasttext_subwords import ngram_hashes
from embedviz.space import EmbeddingSpace
from embedviz.word_model import (
    SubwordModel,
    WordModel,
    as_space,
    character_ngrams,
    ngram_hash,
    vector_of,
)

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LENGTHS = st.tuples(st.integers(1, 4), st.integers(0, 4)).map(lambda t: (t[0], t[0] + t[1]))


@pytest.fixture
def space() -> EmbeddingSpace:
    return EmbeddingSpace(["king", "queen"], [[1, 2], [3, 4]], name="tiny")


@pytest.fixture
def model(space: EmbeddingSpace) -> SubwordModel:
    rng = np.random.default_rng(0)
    return SubwordModel(space, rng.normal(size=(50, 2)).astype(np.float32), 3, 6)


@given(WORDS, LENGTHS)
def test_ngrams_are_fasttexts(word: str, lengths: tuple[int, int]) -> None:
    ours = [ngram.encode() for ngram in character_ngrams(word, *lengths)]
    assert ours == compute_ngrams_bytes(word, *lengths)


@given(WORDS, LENGTHS)
def test_hashes_are_fasttexts(word: str, lengths: tuple[int, int]) -> None:
    ours = [ngram_hash(ngram) % 1000 for ngram in character_ngrams(word, *lengths)]
    assert ours == ft_ngram_hashes(word, *lengths, 1000)


@given(st.lists(WORDS, min_size=1, max_size=6), LENGTHS)
def test_hashes_of_many_words_equal_one_by_one(words: list[str], lengths: tuple[int, int]) -> None:
    owners, hashes = ngram_hashes([word.encode() for word in words], *lengths)
    for position, word in enumerate(words):
        one_by_one = sorted(map(ngram_hash, character_ngrams(word, *lengths)))
        assert sorted(hashes[owners == position].tolist()) == one_by_one


@given(st.binary(max_size=12), LENGTHS)
def test_hashes_of_damaged_utf8_do_not_fail(word: bytes, lengths: tuple[int, int]) -> None:
    owners, hashes = ngram_hashes([word, b"ok"], *lengths)
    assert len(owners) == len(hashes)
    assert (np.diff(owners) >= 0).all()


@given(WORDS.filter(bool))
def test_unknown_words_equal_gensims(word: str) -> None:
    theirs = FastTextKeyedVectors(vector_size=4, min_n=3, max_n=5, bucket=97)
    theirs.vectors_ngrams = np.random.default_rng(1).normal(size=(97, 4)).astype(np.float32)
    known = EmbeddingSpace(["\ud800 never asked"], [[0, 0, 0, 0]])
    ours = SubwordModel(known, theirs.vectors_ngrams, 3, 5)
    np.testing.assert_allclose(ours.vector(word), theirs.get_vector(word), rtol=1e-6, atol=1e-7)
    assert ours.vector(word).dtype == np.float32


def test_known_words_keep_their_vector(model: SubwordModel, space: EmbeddingSpace) -> None:
    np.testing.assert_array_equal(model.vector("queen"), [3, 4])
    assert model.space is space
    assert "queen" in model
    assert "queens" not in model
    assert model.ngrams("at") == ("<at", "<at>", "at>")


def test_a_word_without_ngrams_has_no_vector(model: SubwordModel) -> None:
    long = SubwordModel(model.space, model.ngram_vectors, 6, 8)
    for word in ("", "at"):
        with pytest.raises(UnknownKeyError, match="6 to 8 characters"):
            long.vector(word)
        with pytest.raises(UnknownKeyError):
            long.ngrams(word)


def test_a_plain_model_knows_its_vocabulary_only(space: EmbeddingSpace) -> None:
    plain = WordModel(space)
    np.testing.assert_array_equal(plain.vector("king"), [1, 2])
    with pytest.raises(UnknownKeyError, match="king"):
        plain.vector("kign")
    assert (len(plain), plain.name, plain.nbytes) == (2, "tiny", 16)
    assert plain.renamed("other").name == "other"


def test_renaming_keeps_the_ngrams(model: SubwordModel) -> None:
    renamed = model.renamed("other")
    assert renamed.name == "other"
    np.testing.assert_array_equal(renamed.vector("kings"), model.vector("kings"))
    assert model.nbytes == 2 * 2 * 4 + 50 * 2 * 4


def test_space_and_model_answer_alike(model: SubwordModel, space: EmbeddingSpace) -> None:
    assert as_space(model) is space
    assert as_space(space) is space
    np.testing.assert_array_equal(vector_of(space, "king"), vector_of(model, "king"))
    with pytest.raises(UnknownKeyError):
        vector_of(space, "kings")
    assert vector_of(model, "kings").shape == (2,)


def test_parts_must_fit(space: EmbeddingSpace) -> None:
    good = np.zeros((5, 2), dtype=np.float32)
    for buckets, lengths in ((good[:, :1], (3, 6)), (good[:0], (3, 6)), (good, (6, 3))):
        with pytest.raises(InvalidSpaceError):
            SubwordModel(space, buckets, *lengths)


def test_ngram_vectors_are_read_only(model: SubwordModel) -> None:
    with pytest.raises(ValueError, match="read-only"):
        model.ngram_vectors[0, 0] = 1
