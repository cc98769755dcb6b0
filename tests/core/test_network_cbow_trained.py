"""CBOW trained on real text: gensim's own numbers, and what it puts into a blank."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.network.blanks import blank_in, guessing_score, most_probable
from embedviz.network.news_text import news_sentences
from embedviz.network.trained_cbow import TrainedCbow, train_cbow
from embedviz.network.vocabulary import Vocabulary
from embedviz.words.training import train_words
from embedviz.words.training_params import TrainingParams

SMALL = TrainingParams(vector_size=12, window=2, min_count=2, sample=0.0, epochs=3, alpha=0.05)


@pytest.fixture(scope="module")
def sentences() -> tuple[tuple[str, ...], ...]:
    return news_sentences()[:400]


@pytest.fixture(scope="module")
def negative(sentences) -> TrainedCbow:
    return train_cbow(sentences, "negative", SMALL)


@pytest.fixture(scope="module")
def hierarchical(sentences) -> TrainedCbow:
    return train_cbow(sentences, "hierarchical", SMALL)


def _gensim(sentences, **settings):
    from gensim.models import Word2Vec

    return Word2Vec(
        [list(words) for words in sentences], sg=0, vector_size=12, window=2, min_count=2,
        sample=0.0, epochs=3, alpha=0.05, min_alpha=1e-4, seed=0, workers=1, **settings,
    )  # fmt: skip


def test_negative_sampling_predicts_what_gensim_predicts(sentences, negative) -> None:
    theirs = _gensim(sentences, negative=5)
    np.testing.assert_array_equal(negative.W, theirs.wv.vectors)
    context = ["the", "of", "the", "new"]
    expected = theirs.predict_output_word(context, topn=10)
    ids = negative.vocabulary.ids(context)
    found = most_probable(negative.probabilities(ids), negative.vocabulary, 10)
    assert [word for word, _ in found] == [word for word, _ in expected]
    np.testing.assert_allclose([p for _, p in found], [p for _, p in expected], rtol=1e-5)


def test_its_words_are_those_of_the_apps_own_training(sentences, negative) -> None:
    ours = train_words(
        [list(words) for words in sentences], algorithm="cbow", vector_size=12, window=2,
        min_count=2, sample=0.0, epochs=3, alpha=0.05,
    )  # fmt: skip
    assert list(ours.space.keys) == list(negative.vocabulary.words)
    np.testing.assert_array_equal(ours.space.vectors, negative.W)


def test_hierarchical_softmax_is_a_distribution_over_gensims_tree(sentences, hierarchical) -> None:
    theirs = _gensim(sentences, hs=1, negative=0)
    np.testing.assert_array_equal(hierarchical.W, theirs.wv.vectors)
    for context in ((0, 5, 9), (1,), (2, 2, 40, 17)):
        p = hierarchical.probabilities(context)
        assert p.sum() == pytest.approx(1)
        h = theirs.wv.vectors[list(context)].mean(axis=0)
        for word in (0, 3, 200):
            # gensim scores a word so: code 0 is σ(x), code 1 is σ(−x).
            points = theirs.wv.get_vecattr(word, "point")
            codes = theirs.wv.get_vecattr(word, "code").astype(float)
            margins = (1 - 2 * codes) * (theirs.syn1[points] @ h)
            assert p[word] == pytest.approx(np.prod(1 / (1 + np.exp(-margins))), rel=1e-4)
            turns = hierarchical.turns_to(word, context)
            assert [node for node, *_ in turns] == points.tolist()
            assert np.prod([chance for *_, chance in turns]) == pytest.approx(p[word])
    assert hierarchical.mean_path > 1


def test_the_order_of_the_context_does_not_matter(negative, hierarchical) -> None:
    for model in (negative, hierarchical):
        np.testing.assert_allclose(
            model.probabilities((4, 8, 15)), model.probabilities((15, 4, 8)), rtol=1e-4
        )


def test_trained_longer_it_knows_the_prime_minister() -> None:
    params = TrainingParams(
        vector_size=30, window=3, min_count=3, sample=0.0, epochs=12, alpha=0.05
    )
    model = train_cbow(news_sentences(), "hierarchical", params)
    blank = blank_in("The prime ___ John Howard", model.vocabulary, model.window)
    ((word, p),) = most_probable(model.probabilities(blank.context), model.vocabulary, 1)
    assert word == "minister"
    assert p > 0.1
    ids = [
        [model.vocabulary.index(w) for w in s if w in model.vocabulary] for s in news_sentences()
    ]
    score = guessing_score(model.probabilities, ids, model.window, most=100)
    assert score.windows == 100
    assert 0 < score.first <= score.first_ten < 1
    assert score.cross_entropy < np.log(len(model.vocabulary)) - 1


def test_a_stop_is_heard_and_nonsense_refused(sentences, negative) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        train_cbow(sentences, "negative", SMALL, cancel=stop)
    with pytest.raises(InvalidParameterError, match="'hierarchical'"):
        train_cbow(sentences, "adaptive", SMALL)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError):
        train_cbow([["a", "b"]], "negative", SMALL)
    with pytest.raises(InvalidParameterError, match="no context word"):
        negative.probabilities(())
    with pytest.raises(InvalidParameterError, match="paths"):
        negative.turns_to(1, (2,))


KNOWN = Vocabulary(("the", "west", "bank", "and", "gaza"))


def test_a_blank_has_the_words_of_its_window() -> None:
    blank = blank_in("He saw: in the West ____, and Gaza the end", KNOWN, 3)
    assert blank.before == ("in", "the", "west")
    assert blank.after == ("and", "gaza", "the")
    assert blank.unknown == ("in",)
    assert blank.context == (0, 1, 3, 4, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no blank here", "0 blanks"),
        ("", "0 blanks"),
        ("___ and ___", "2 blanks"),
        ("___", "no word near"),
        ("🐈 ___ 🐈", "no word near"),
        ("zzz ___ qqq", "None of the 2 words"),
        ("<script>alert(1)</script> ___", "None of the 3 words"),
        ("x " * 5000 + "___" + " y" * 5000, "None of the 6 words"),
    ],
)
def test_a_sentence_that_cannot_be_asked_is_told_so(text: str, said: str) -> None:
    with pytest.raises(InvalidParameterError, match=said):
        blank_in(text, KNOWN, 3)


def test_guessing_is_scored_by_rank_and_by_probability() -> None:
    p = np.array([0.5, 0.3, 0.2])
    score = guessing_score(lambda _: p, [[0, 1], [0, 2]], 1)
    assert score.windows == 4
    assert score.first == 0.5
    assert score.first_ten == 1
    assert score.cross_entropy == pytest.approx(-np.log([0.5, 0.3, 0.5, 0.2]).mean())
    with pytest.raises(InvalidParameterError, match="no word"):
        guessing_score(lambda _: p, [[1]], 1)
