"""gensim is the oracle on good files; each file of its test data is read or refused in words."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.models import FastText, KeyedVectors, Word2Vec
from gensim.models.fasttext import load_facebook_vectors
from gensim.test.utils import common_texts, datapath

from embedviz.errors import FormatError, UntrustedFileError
from embedviz.formats import FORMATS, describe, read, write
from embedviz.space import EmbeddingSpace
from embedviz.word_model import SubwordModel, as_space

DATA = Path(datapath(""))

# What of gensim's data holds word vectors in a format read here: file → format, rows, dimensions.
READ = {
    "EN.1-10.cbow1_wind5_hs0_neg10_size300_smpl1e-05.txt": ("word2vec-text", 20, 300),
    "IT.1-10.cbow1_wind5_hs0_neg10_size300_smpl1e-05.txt": ("word2vec-text", 20, 300),
    "cp852_fasttext.bin": ("fasttext-bin", 171, 2),
    "crime-and-punishment.bin": ("fasttext-bin", 291, 5),
    "crime-and-punishment.vec": ("word2vec-text", 291, 5),
    "euclidean_vectors.bin": ("word2vec-binary", 2747, 10),
    "high_precision.kv.bin": ("word2vec-binary", 2, 2),
    "high_precision.kv.txt": ("word2vec-text", 2, 2),
    "lee_fasttext.bin": ("fasttext-bin", 1762, 10),
    "lee_fasttext.vec": ("word2vec-text", 1762, 10),
    "lee_fasttext_new.bin": ("fasttext-bin", 1763, 10),
    "non_ascii_fasttext.bin": ("fasttext-bin", 171, 2),
    "pang_lee_polarity_fasttext.vec": ("word2vec-text", 1694, 100),
    "poincare_vectors.bin": ("word2vec-binary", 1182, 10),
    "test_glove.txt": ("glove-text", 76, 50),
    "toy-model-pretrained.bin": ("fasttext-bin", 24, 5),
    "toy-model.bin": ("fasttext-bin", 22, 5),
    "toy-model.vec": ("word2vec-text", 22, 5),
    "w2v_keyedvectors_load_test.modeldata": ("word2vec-text", 2, 3),
    "word2vec_pre_kv_c": ("word2vec-text", 1750, 10),
}

# Pickles that this version of gensim still opens to word vectors, and how many.
TRUSTED = {
    "compatible-hash-true.model": 22,
    "model-from-gensim-3.8.0.w2v": 3,
    "old_keyedvectors_320.dat": 12,
    "word2vec_3.3": 4,
    "word2vec_old": 12,
    "word2vec_old_sep": 12,
    "poincare_test_3.4.0": 239,
    "old_w2v_models/w2v_3.4.0.mdl": 3,
}


# Arrays without words, and a table of numbers, whose rows are numbered: format, rows, dimensions.
NUMBERED = {
    "atmodel_3_0_1_model.expElogbeta.npy": ("npy", 2, 12),
    "doc2vec_old_sep.syn1neg.npy": ("npy", 3955, 100),
    "fasttext_old_sep.syn1neg.npy": ("npy", 9, 100),
    "lda_3_0_1_model.expElogbeta.npy": ("npy", 2, 12),
    "ldamodel_python_2_7.expElogbeta.npy": ("npy", 2, 12),
    "ldamodel_python_3_5.expElogbeta.npy": ("npy", 2, 12),
    "DTM/sstats_test.txt": ("space-separated", 562, 2),
    "similarities0-1.txt": ("tsv", 50, 50),
    "word2vec_old_sep.syn1neg.npy": ("npy", 9, 100),
    "word2vec_pre_kv_sep_py2.syn0.npy": ("npy", 9, 2),
    "word2vec_pre_kv_sep_py2.syn1neg.npy": ("npy", 9, 2),
    "word2vec_pre_kv_sep_py3.syn0.npy": ("npy", 9, 2),
    "word2vec_pre_kv_sep_py3.syn1neg.npy": ("npy", 9, 2),
    "word2vec_pre_kv_sep_py3_4.syn0.npy": ("npy", 9, 2),
    "word2vec_pre_kv_sep_py3_4.syn1neg.npy": ("npy", 9, 2),
}
# Tables of numbers, and of whole numbers (sparse matrices, bags of words), for who insists.
TABLES = {"DTM/sstats_test.txt", "similarities0-1.txt"}
SPACED = {
    "DTM/sstats_test.txt", "dtm_test.mm", "fb-ngrams.txt", "para2para_text1.txt",
    "w2v_keyedvectors_load_test.vocab", "similarities0-1.txt", "test_corpus_ok.mm",
    "test_corpus_small.mm", "test_mmcorpus_corrupt.mm", "test_mmcorpus_no_index.mm",
    "test_mmcorpus_no_index.mm.gz", "test_mmcorpus_overflow.mm", "test_mmcorpus_with_index.mm",
    "testcorpus.mm", "testcorpus.uci",
}  # fmt: skip


def others(but: Collection[str] = READ) -> list[str]:
    files = (Path(folder, name) for folder, _, names in os.walk(DATA) for name in names)
    return sorted(str(p.relative_to(DATA)) for p in files if p.name not in but)


@pytest.mark.parametrize("name", READ)
def test_word_vectors_of_gensims_data_are_read(name: str) -> None:
    kind, rows, dimensions = READ[name]
    space = as_space(read(DATA / name))
    assert (space.origin["format"], *space.vectors.shape) == (kind, rows, dimensions)
    assert isinstance(read(DATA / name), SubwordModel) == (kind == "fasttext-bin")
    summary = describe(DATA / name)
    assert (summary.format, summary.rows, summary.dimensions) == READ[name]


@pytest.mark.parametrize("name", NUMBERED)
def test_numbers_of_gensims_data_are_read_with_numbered_rows(name: str) -> None:
    space = as_space(read(DATA / name))
    assert (space.origin["format"], *space.vectors.shape) == NUMBERED[name]
    if name.endswith(".npy"):
        array = np.load(DATA / name).astype(np.float32)
        rows = np.flatnonzero(array.any(axis=1))  # rows of zeros are set aside
        assert space.keys == tuple(f"row-{row + 1}" for row in rows)
        np.testing.assert_array_equal(space.vectors, array[rows])


def test_the_rest_of_gensims_data_is_refused_in_words() -> None:
    wrong = []
    for name in others(but=READ | {Path(name).name: None for name in NUMBERED}):
        try:
            read(DATA / name)
            wrong.append(f"{name} was read")
        except FormatError as error:
            if Path(name).name not in str(error) or len(str(error)) <= 60:
                wrong.append(f"{name}: {error}")
    assert not wrong


@pytest.mark.parametrize("kind", [name for name in FORMATS if name != "gensim"])
def test_forcing_a_format_on_them_is_refused_in_words_too(kind: str) -> None:
    taken = []
    for name in others():
        try:
            read(DATA / name, format=kind)
            taken.append(name)
        except FormatError as error:
            said = str(error)
        assert name in taken or Path(name).name in said
    # Lines that end in numbers are GloVe text, if one insists.
    numbers = {
        "DTM/sstats_test.txt",
        "head500.noblanks.cor_wordids.txt",
        "ldavowpalwabbit.dict.txt",
        "similarities0-1.txt",
        "w2v_keyedvectors_load_test.vocab",
    }
    arrays = {name for name, (format_name, *_) in NUMBERED.items() if format_name == "npy"}
    wanted = {
        "glove-text": numbers,
        "csv": TABLES,
        "tsv": TABLES,
        "npy": arrays,
        "space-separated": SPACED,
    }
    assert set(taken) == wanted.get(kind, set())


def test_what_the_refused_files_are_told() -> None:
    for name, said in {
        "pang_lee_polarity_fasttext.bin": "supervised",
        "pretrained.vec": "1 of the 3 rows",
        "head500.noblanks.cor.bz2": "bzip2",
        "simlex999.txt": "columns that make a vector",
    }.items():
        with pytest.raises(FormatError, match=said):
            read(DATA / name)


@pytest.mark.parametrize("name", [n for n, (kind, *_) in READ.items() if "word2vec" in kind])
@pytest.mark.parametrize("limit", [None, 7])
def test_word2vec_equals_gensim(name: str, limit: int | None) -> None:
    if name.startswith("pang"):  # of which we guess it, and say so
        theirs = KeyedVectors.load_word2vec_format(DATA / name, encoding="cp1252", limit=limit)
    elif name == "w2v_keyedvectors_load_test.modeldata":
        theirs = KeyedVectors.load_word2vec_format(
            DATA / name, unicode_errors="replace", limit=limit
        )
    else:
        binary = READ[name][0] == "word2vec-binary"
        theirs = KeyedVectors.load_word2vec_format(DATA / name, binary=binary, limit=limit)
    ours = as_space(read(DATA / name, limit=limit))
    assert list(ours.keys) == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)


def test_glove_equals_gensim() -> None:
    theirs = KeyedVectors.load_word2vec_format(DATA / "test_glove.txt", no_header=True)
    ours = as_space(read(DATA / "test_glove.txt"))
    assert list(ours.keys) == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)


@pytest.mark.parametrize("name", ["word2vec-text", "word2vec-binary", "glove-text"])
def test_gensim_reads_what_is_written(name: str, tmp_path: Path) -> None:
    space = as_space(read(DATA / "lee_fasttext.vec"))
    write(space, tmp_path / "file", name)
    theirs = KeyedVectors.load_word2vec_format(
        tmp_path / "file", binary="binary" in name, no_header="glove" in name
    )
    assert theirs.index_to_key == list(space.keys)
    np.testing.assert_array_equal(theirs.vectors, space.vectors)


# fastText


UNKNOWN = ["zebrafish", "Достоевский", "x", "příliš", "日本語", "it's", "</s>s", "a b"]


@pytest.mark.parametrize("name", [n for n, (kind, *_) in READ.items() if kind == "fasttext-bin"])
def test_fasttext_equals_gensim(name: str) -> None:
    ours = read(DATA / name)
    assert isinstance(ours, SubwordModel)
    theirs = load_facebook_vectors(str(DATA / name))
    assert (ours.min_n, ours.max_n) == (theirs.min_n, theirs.max_n)
    np.testing.assert_array_equal(ours.ngram_vectors, theirs.vectors_ngrams)
    # gensim differs where the bytes are not UTF-8 (it hashes their escapes, fastText the bytes)
    # and, in files of version 12, for </s> (see the next test).
    version_12 = name.startswith("crime")
    same = [
        row
        for row, key in enumerate(ours.space.keys)
        if theirs.index_to_key[row] == key and not (key == "</s>" and version_12)
    ]
    assert len(same) >= len(ours.space) - (70 if name.startswith("cp852") else 1)
    np.testing.assert_allclose(ours.space.vectors[same], theirs.vectors[same], rtol=1e-6, atol=1e-6)
    for word in UNKNOWN:
        np.testing.assert_allclose(ours.vector(word), theirs.get_vector(word), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("stem", ["lee_fasttext", "toy-model", "crime-and-punishment"])
def test_fasttext_bin_equals_the_vec_that_fasttext_wrote(stem: str) -> None:
    ours = as_space(read(DATA / f"{stem}.bin"))
    written = as_space(read(DATA / f"{stem}.vec"))
    assert ours.keys == written.keys
    np.testing.assert_allclose(ours.vectors, written.vectors, rtol=1e-4, atol=1e-5)


def test_fasttext_limit_and_counts() -> None:
    whole, part = read(DATA / "lee_fasttext.bin"), read(DATA / "lee_fasttext.bin", limit=20)
    assert isinstance(part, SubwordModel)
    np.testing.assert_array_equal(part.space.vectors, as_space(whole).vectors[:20])
    np.testing.assert_array_equal(part.vector("zebrafish"), whole.vector("zebrafish"))
    counts = as_space(whole).table["count"]
    assert counts.iloc[0] == max(counts.iloc[1:10].max(), counts.iloc[0])
    assert describe(DATA / "lee_fasttext.bin").bytes_needed > part.ngram_vectors.nbytes  # type: ignore[operator]


def test_a_whole_fasttext_model_saved_for_facebook(tmp_path: Path) -> None:
    from gensim.models.fasttext import save_facebook_model

    model = FastText(common_texts, vector_size=6, min_count=1, bucket=50, seed=1, workers=1)
    save_facebook_model(model, str(tmp_path / "model.bin"))
    ours = read(tmp_path / "model.bin")
    np.testing.assert_allclose(as_space(ours).vectors, model.wv.vectors, rtol=1e-6, atol=1e-7)
    assert list(as_space(ours).table["count"]) == [
        model.wv.get_vecattr(w, "count") for w in model.wv.index_to_key
    ]


# gensim's own files


@pytest.mark.parametrize("name", TRUSTED)
def test_old_pickles_of_gensim_are_read_when_trusted(name: str) -> None:
    with pytest.raises(UntrustedFileError):
        read(DATA / name)
    assert len(as_space(read(DATA / name, trusted=True))) == TRUSTED[name]


def saved(tmp_path: Path, kind: str) -> tuple[Path, Any]:
    cls: Any = FastText if "fasttext" in kind else Word2Vec
    more = {"bucket": 100} if "fasttext" in kind else {}
    model = cls(common_texts, vector_size=5, min_count=1, seed=1, workers=1, **more)
    path = tmp_path / f"{kind}.model"
    (model.wv if kind.endswith("kv") else model).save(str(path))
    return path, model.wv


@pytest.mark.parametrize("kind", ["word2vec", "word2vec-kv", "fasttext", "fasttext-kv"])
def test_gensim_native_equals_gensim(kind: str, tmp_path: Path) -> None:
    path, vectors = saved(tmp_path, kind)
    ours = read(path, trusted=True)
    assert isinstance(ours, SubwordModel if "fasttext" in kind else EmbeddingSpace)
    assert as_space(ours).keys == tuple(vectors.index_to_key)
    np.testing.assert_array_equal(as_space(ours).vectors, vectors.vectors)
    assert as_space(ours).table["count"].tolist() == [
        vectors.get_vecattr(k, "count") for k in as_space(ours).keys
    ]
    if isinstance(ours, SubwordModel):
        np.testing.assert_allclose(ours.vector("humans"), vectors.get_vector("humans"), rtol=1e-6)
    assert len(as_space(read(path, trusted=True, limit=3))) == 3


def test_gensim_native_with_arrays_beside_it(tmp_path: Path) -> None:
    _, vectors = saved(tmp_path, "word2vec-kv")
    vectors.save(str(tmp_path / "big.kv"), separately=["vectors"])
    assert (tmp_path / "big.kv.vectors.npy").exists()
    ours = as_space(read(tmp_path / "big.kv", trusted=True))
    np.testing.assert_array_equal(ours.vectors, vectors.vectors)
    (tmp_path / "big.kv.vectors.npy").unlink()
    with pytest.raises(FormatError, match="beside it"):
        read(tmp_path / "big.kv", trusted=True)


def test_models_without_word_vectors_say_so() -> None:
    with pytest.raises(FormatError, match="FrozenPhrases, which has no word vectors"):
        read(DATA / "phraser-3.6.0.model", trusted=True)
    with pytest.raises(FormatError, match="cannot load"):
        read(DATA / "varembed_vectors.pkl", trusted=True)
