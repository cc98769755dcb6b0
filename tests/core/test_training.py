"""Trained vectors are gensim's own, and learn what is in the text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.models import FastText, Word2Vec
from gensim.models.word2vec import LineSentence
from gensim.test.utils import common_texts, datapath
from hypothesis import given
from hypothesis import strategies as st

import embedviz as ev
from embedviz.errors import FormatError, InvalidParameterError, UnknownKeyError
from embedviz.params import specs
from embedviz.word_model import SubwordModel
from embedviz.words.probes import moved
from embedviz.words.sentences import LONGEST_SENTENCE, StoppableSentences
from embedviz.words.training import ALGORITHMS, TrainedWords
from embedviz.words.training_watch import Watch

LEE = datapath("lee_background.cor")
GENSIM = {"cbow": (Word2Vec, 0), "skip-gram": (Word2Vec, 1), "fasttext": (FastText, 1)}
SMALL: dict[str, Any] = {"vector_size": 24, "epochs": 3, "min_count": 5, "seed": 7}
BUCKET = {"cbow": {}, "skip-gram": {}, "fasttext": {"bucket": 5000}}

every_algorithm = pytest.mark.parametrize("algorithm", list(ALGORITHMS))


@pytest.fixture(scope="module")
def lee() -> list[list[str]]:
    """News of 30,000 words: three of gensim's batches, so that the learning rate changes."""
    return list(LineSentence(LEE, limit=150))


@pytest.fixture(scope="module")
def lee_file(lee: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("corpus") / "lee.txt"
    path.write_text("".join(f"{' '.join(sentence)}\n" for sentence in lee), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def topics() -> tuple[set[str], set[str]]:
    """Two sets of ten words whose letters do not tell them apart."""
    draw = random.Random(1)
    words = ["".join(draw.sample("abcdefghijklmnopqrstuvwxyz", 5)) for _ in range(20)]
    return set(words[:10]), set(words[10:])


def by_gensim(algorithm: str, **corpus: Any) -> Any:
    """gensim's own training, its settings spelled out here."""
    gensim_class, sg = GENSIM[algorithm]
    return gensim_class(**corpus, sg=sg, workers=1, **SMALL, **BUCKET[algorithm])


@every_algorithm
def test_vectors_are_bit_for_bit_those_of_gensim(algorithm: str, lee: list[list[str]]) -> None:
    trained = ev.train_words(lee, algorithm=algorithm, **SMALL, **BUCKET[algorithm])
    expected = by_gensim(algorithm, sentences=lee)
    assert list(trained.space.keys) == expected.wv.index_to_key
    np.testing.assert_array_equal(trained.space.vectors, expected.wv.vectors)
    assert trained.deterministic
    assert not trained.stopped


@every_algorithm
def test_reading_the_probes_changes_no_vector(algorithm: str, lee: list[list[str]]) -> None:
    trained = ev.train_words(
        lee, algorithm=algorithm, probes=["government", "said"], **SMALL, **BUCKET[algorithm]
    )
    expected = by_gensim(algorithm, sentences=lee)
    np.testing.assert_array_equal(trained.space.vectors, expected.wv.vectors)
    for word in ("government", "said"):
        near = trained.epochs[-1].neighbors[word]
        # By score, not by name: gensim's float32 orders near ties as they fall.
        scores = [expected.wv.similarity(word, key) for key in near]
        best = [score for _, score in expected.wv.most_similar(word, topn=10)]
        assert word not in near
        assert scores == pytest.approx(best, abs=1e-6)


@every_algorithm
def test_epochs_are_kept_as_gensim_left_them(algorithm: str, lee: list[list[str]]) -> None:
    from gensim.models.callbacks import CallbackAny2Vec

    class Recorder(CallbackAny2Vec):
        def __init__(self) -> None:
            self.seen: list[np.ndarray] = []

        def on_epoch_end(self, model: Any) -> None:
            if hasattr(model.wv, "adjust_vectors"):
                model.wv.adjust_vectors()
            self.seen.append(model.wv.vectors[:20].copy())

    recorder = Recorder()
    by_gensim(algorithm, sentences=lee, callbacks=(recorder,))
    trained = ev.train_words(
        lee, algorithm=algorithm, keep_words=20, **SMALL, **BUCKET[algorithm]
    )  # fmt: skip
    spaces = trained.by_epoch
    assert [space.keys for space in spaces] == [trained.space.keys[:20]] * 3
    for space, expected in zip(spaces, recorder.seen, strict=True):
        assert np.array_equal(space.vectors, expected)
    assert ev.train_words(lee, algorithm=algorithm, **SMALL, **BUCKET[algorithm]).by_epoch == ()
    with pytest.raises(InvalidParameterError, match="keep_words=-1"):
        ev.train_words(lee, algorithm=algorithm, keep_words=-1)


@every_algorithm
def test_corpus_file_gives_what_gensim_gives(algorithm: str, lee_file: str) -> None:
    trained = ev.train_words(
        corpus_file=lee_file, algorithm=algorithm, **SMALL, **BUCKET[algorithm]
    )
    expected = by_gensim(algorithm, corpus_file=lee_file)
    assert list(trained.space.keys) == expected.wv.index_to_key
    np.testing.assert_array_equal(trained.space.vectors, expected.wv.vectors)
    assert trained.corpus_words == expected.corpus_total_words


@every_algorithm
def test_gensim_settings_reproduce_the_vectors(algorithm: str) -> None:
    settings = {"min_count": 1, "vector_size": 8, "sample": 0.0, **BUCKET[algorithm]}
    trained = ev.train_words(common_texts, algorithm=algorithm, **settings)
    again = GENSIM[algorithm][0](common_texts, **trained.gensim_settings)
    np.testing.assert_array_equal(trained.space.vectors, again.wv.vectors)


@every_algorithm
def test_the_seed_decides_the_vectors(algorithm: str) -> None:
    def vectors(seed: int) -> Any:
        settings = {"min_count": 1, "vector_size": 8, "sample": 0.0, **BUCKET[algorithm]}
        return ev.train_words(common_texts, algorithm=algorithm, seed=seed, **settings).space

    assert vectors(3).vectors_fingerprint == vectors(3).vectors_fingerprint
    assert vectors(3).vectors_fingerprint != vectors(4).vectors_fingerprint


@every_algorithm
def test_neighbors_stay_within_their_topic(
    algorithm: str, topics: tuple[set[str], set[str]]
) -> None:
    draw = random.Random(2)
    sentences = [draw.choices(sorted(topics[number % 2]), k=8) for number in range(1200)]
    trained = ev.train_words(
        sentences, algorithm=algorithm, vector_size=16, epochs=10, sample=0.0, alpha=0.05,
        probes=sorted(topics[0] | topics[1]), **BUCKET[algorithm],
    )  # fmt: skip
    for topic in topics:
        for word in topic:
            assert set(trained.epochs[-1].neighbors[word][:9]) == topic - {word}


def test_words_come_by_frequency_with_their_counts(lee: list[list[str]]) -> None:
    space = ev.train_words(lee, vector_size=4, epochs=1, min_count=20, name="lee").space
    tokens = [token for sentence in lee for token in sentence]
    counts = space.table["count"]
    assert list(counts) == [tokens.count(key) for key in space.keys]
    assert counts.is_monotonic_decreasing
    assert counts.min() >= 20
    assert space.name == "lee"
    assert space.origin["settings"]["min_count"] == 20


def test_history_tells_each_epoch_and_how_neighbors_moved(lee: list[list[str]]) -> None:
    trained = ev.train_words(lee, probes=["government", "nowhere", "government"], **SMALL)
    assert trained.missing_probes == ("nowhere",)
    assert [record.epoch for record in trained.epochs] == [1, 2, 3]
    assert all(record.complete for record in trained.epochs)
    assert trained.epochs[0].moved == {}
    for before, now in zip(trained.epochs, trained.epochs[1:], strict=False):
        stayed = set(before.neighbors["government"]) & set(now.neighbors["government"])
        assert now.moved == {"government": pytest.approx(1 - len(stayed) / 10)}


def test_fasttext_knows_unseen_words_as_gensim_does(lee: list[list[str]]) -> None:
    model = ev.train_words(lee, algorithm="fasttext", **SMALL, bucket=5000).model
    expected = by_gensim("fasttext", sentences=lee).wv
    assert isinstance(model, SubwordModel)
    assert "governmentally" not in model
    np.testing.assert_allclose(
        model.vector("governmentally"), expected["governmentally"], rtol=1e-5, atol=1e-7
    )
    assert "<gover" in model.ngrams("governmentally")


def test_fasttext_without_ngrams_is_skip_gram_of_words(lee: list[list[str]]) -> None:
    trained = ev.train_words(lee, algorithm="fasttext", max_n=0, **SMALL)
    assert not isinstance(trained.model, SubwordModel)
    with pytest.raises(UnknownKeyError):
        trained.model.vector("governmentally")
    expected = FastText(lee, sg=1, max_n=0, workers=1, **SMALL)
    np.testing.assert_array_equal(trained.space.vectors, expected.wv.vectors)


def test_a_sentence_beyond_gensims_limit_is_not_cut_off() -> None:
    long = [f"w{number % 50}" for number in range(LONGEST_SENTENCE)] + ["late", "words"] * 200
    whole = ev.train_words([long], vector_size=4, sample=0.0, epochs=2)
    cut = Word2Vec([long[:LONGEST_SENTENCE], long[LONGEST_SENTENCE:]], **whole.gensim_settings)
    np.testing.assert_array_equal(whole.space.vectors, cut.wv.vectors)
    assert whole.epochs[0].words == len(long)


@given(st.lists(st.integers(0, 3 * LONGEST_SENTENCE), max_size=4))
def test_pieces_hold_every_word_in_order(lengths: list[int]) -> None:
    sentences = [[str(n)] * length for n, length in enumerate(lengths)]
    pieces = list(StoppableSentences(sentences, Watch(lambda: None)))
    assert all(len(piece) <= LONGEST_SENTENCE for piece in pieces)
    assert [t for piece in pieces for t in piece] == [t for s in sentences for t in s]


@given(st.lists(st.sampled_from("abcdefghijkl"), min_size=1, max_size=10, unique=True), st.data())
def test_moved_counts_newcomers_whatever_the_order(near: list[str], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(near))
    assert moved({"w": tuple(near)}, {"w": tuple(shuffled)}) == {"w": 0.0}
    assert moved({"w": tuple(near)}, {"w": tuple(word.upper() for word in near)}) == {"w": 1.0}
    assert moved({}, {"w": tuple(near)}) == {}


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        ("a text in one string", "got one string"),
        (["one two", "three four"], "Sentence 0 is the string 'one two'"),
        ([["one", "two"], "three four"], "Sentence 1 is the string"),
        ([["one", 2, "one", 2]], "Sentence 0 holds a int: 2"),
        ([["one", "", "one", ""]], "empty word '' 2 times"),
        ([[["one"], ["two"]]], r"holds a list: \['one'\]"),
        ([], "no words"),
        ([[], []], "no words"),
        ([["only", "only"]], "single word, 'only'"),
        (7, "got int"),
    ],
)
def test_what_is_no_text_is_refused_with_a_reason(sentences: Any, said: str) -> None:
    with pytest.raises(InvalidParameterError, match=said):
        ev.train_words(sentences)


def test_a_generator_is_refused_because_it_can_be_read_once() -> None:
    def once() -> Iterator[list[str]]:
        yield from common_texts

    with pytest.raises(InvalidParameterError, match=r"only once .*list\(sentences\)"):
        ev.train_words(once())


def test_an_empty_vocabulary_names_the_min_count_that_works() -> None:
    sentences = [["a", "b", "a", "b", "a", "c"]]
    with pytest.raises(InvalidParameterError, match="Use min_count=2 or lower"):
        ev.train_words(sentences, min_count=3)
    assert ev.train_words(sentences, min_count=2).space.keys == ("a", "b")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"algorithm": "glove"}, "'cbow', 'skip-gram', 'fasttext'"),
        ({"vectorsize": 3}, "no parameter 'vectorsize'"),
        ({"min_n": 2}, "no parameter 'min_n'"),
        ({"window": 0}, "window=0 is out of range"),
        ({"epochs": 2.5}, "epochs must be int"),
        ({"alpha": 0.01, "min_alpha": 0.02}, "min_alpha=0.02 is above alpha=0.01"),
        ({"algorithm": "fasttext", "min_n": 4, "max_n": 3}, "max_n=3 is below min_n=4"),
        ({"probes": "king"}, "one string 'king'"),
        ({"corpus_file": LEE}, "got both"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidParameterError, match=said):
        ev.train_words(common_texts, **settings)


def test_a_corpus_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match="got neither"):
        ev.train_words()
    with pytest.raises(InvalidParameterError, match="is not a file"):
        ev.train_words(corpus_file=tmp_path / "none.txt")
    packed = tmp_path / "text.txt.gz"
    packed.write_bytes(b"")
    with pytest.raises(InvalidParameterError, match="compressed"):
        ev.train_words(corpus_file=packed)
    latin = tmp_path / "latin.txt"
    latin.write_bytes("gut so\nschön so\n".encode("latin-1"))
    with pytest.raises(FormatError, match=r"not UTF-8.* behind sentence 1"):
        ev.train_words(corpus_file=latin)


def test_every_setting_has_help_and_reaches_gensim() -> None:
    for algorithm in ALGORITHMS.values():
        described = specs(algorithm.params)
        assert all(spec.help for spec in described.values())
        settings = algorithm.gensim_settings(algorithm.params())
        assert set(settings) == {*described, "sg"}
    assert set(specs(ALGORITHMS["fasttext"].params)) - set(specs(ALGORITHMS["cbow"].params)) == {
        "min_n", "max_n", "bucket",
    }  # fmt: skip


def test_several_workers_are_said_to_differ(lee: list[list[str]]) -> None:
    trained: TrainedWords = ev.train_words(lee, workers=2, **SMALL)
    assert not trained.deterministic
    assert len(trained.space) == len(by_gensim("skip-gram", sentences=lee).wv)
