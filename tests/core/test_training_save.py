"""Trained words are written in the formats that others read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors
from gensim.models.fasttext import FastTextKeyedVectors
from gensim.test.utils import common_texts

import embedviz as ev
from embedviz.errors import FormatError, UntrustedFileError
from embedviz.word_model import SubwordModel, as_space
from embedviz.words.training import TrainedWords

SETTINGS = {"vector_size": 6, "min_count": 1, "sample": 0.0, "name": "tiny"}


@pytest.fixture(scope="module")
def trained() -> TrainedWords:
    return ev.train_words(common_texts, **SETTINGS)


@pytest.mark.parametrize("suffix", [".bin", ".txt", ".vec", ".npz"])
def test_what_is_saved_reads_back(trained: TrainedWords, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"words{suffix}"
    trained.save(path)
    space = as_space(ev.read(path))
    assert space.keys == trained.space.keys
    np.testing.assert_allclose(space.vectors, trained.space.vectors, rtol=1e-6, atol=1e-9)


def test_bin_and_txt_are_what_gensim_reads(trained: TrainedWords, tmp_path: Path) -> None:
    for suffix in (".bin", ".txt"):
        path = tmp_path / f"words{suffix}"
        trained.save(path)
        loaded = KeyedVectors.load_word2vec_format(str(path), binary=suffix == ".bin")
        assert tuple(loaded.index_to_key) == trained.space.keys
        np.testing.assert_allclose(loaded.vectors, trained.space.vectors, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("suffix", [".kv", ".model"])
def test_the_native_file_is_gensims_own(trained: TrainedWords, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"words{suffix}"
    trained.save(path)
    assert b"embedviz" not in path.read_bytes()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    loaded = KeyedVectors.load(str(path))
    assert type(loaded) is KeyedVectors
    np.testing.assert_array_equal(loaded.vectors, trained.space.vectors)
    assert loaded.get_vecattr("system", "count") == 4
    with pytest.raises(UntrustedFileError):
        ev.read(path)
    assert as_space(ev.read(path, trusted=True)).keys == trained.space.keys


def test_native_fasttext_keeps_its_pieces(tmp_path: Path) -> None:
    trained = ev.train_words(common_texts, algorithm="fasttext", bucket=500, **SETTINGS)
    path = tmp_path / "words.kv"
    trained.save(path)
    loaded = KeyedVectors.load(str(path))
    assert isinstance(loaded, FastTextKeyedVectors)
    np.testing.assert_array_equal(loaded.vectors, trained.space.vectors)
    again = ev.read(path, trusted=True)
    assert isinstance(again, SubwordModel)
    np.testing.assert_allclose(
        again.vector("systematic"), trained.model.vector("systematic"), rtol=1e-6
    )


def test_a_large_model_is_still_one_file(tmp_path: Path) -> None:
    # gensim puts arrays beyond 10 MB into files of their own unless told not to.
    trained = ev.train_words(
        common_texts, algorithm="fasttext", bucket=30_000, **(SETTINGS | {"vector_size": 100})
    )
    trained.save(tmp_path / "words.kv")
    assert [file.name for file in tmp_path.iterdir()] == ["words.kv"]
    assert isinstance(ev.read(tmp_path / "words.kv", trusted=True), SubwordModel)


def test_a_suffix_that_says_nothing_is_refused(trained: TrainedWords, tmp_path: Path) -> None:
    for name in ("words", "words.docx"):
        with pytest.raises(FormatError, match=r"\.npz"):
            trained.save(tmp_path / name)
    with pytest.raises(FormatError, match="cannot be written"):
        trained.save(tmp_path / "no folder" / "words.kv")
    assert list(tmp_path.iterdir()) == []


def test_a_word_that_a_format_cannot_hold_is_named(tmp_path: Path) -> None:
    trained = ev.train_words([["New York", "is", "New York", "is"]], vector_size=4)
    with pytest.raises(FormatError, match="New York"):
        trained.save(tmp_path / "words.bin")
    trained.save(tmp_path / "words.npz")
    assert "New York" in ev.read(tmp_path / "words.npz")
