"""Sums of words: gensim's answers, Levy & Goldberg's third method, and the plane they lie in."""

import numpy as np
import pytest

import embedviz as ev
from embedviz.errors import InvalidParameterError, UnknownKeyError
from embedviz.words.analogies import ANALOGY_METHODS
from embedviz.words.analogy_plane import plane

CLASSIC = {"positive": ["king", "woman"], "negative": ["man"]}


@pytest.fixture(scope="module")
def words(glove):
    """The 20,000 most frequent words, which hold all that is asked here."""
    return glove.take(np.arange(20_000))


@pytest.fixture(scope="module")
def keyed(words):
    from gensim.models import KeyedVectors

    made = KeyedVectors(words.dimensions)
    made.add_vectors(list(words.keys), words.vectors)
    return made


SUMS = [
    (["king", "woman"], ["man"]),
    (["paris", "italy"], ["france"]),
    (["king"], []),
    (["dog", "cat", "car"], ["tree", "house"]),
]


@pytest.mark.parametrize(("positive", "negative"), SUMS)
@pytest.mark.parametrize("method", ["3CosAdd", "3CosMul"])
def test_same_as_gensim(words, keyed, method, positive, negative):
    ask = {"3CosAdd": keyed.most_similar, "3CosMul": keyed.most_similar_cosmul}[method]
    expected = ask(positive=positive, negative=negative, topn=10)
    found = ev.analogy(words, positive, negative, k=10, method=method)
    assert list(found.keys) == [key for key, _ in expected]
    np.testing.assert_allclose(found.scores, [score for _, score in expected], rtol=2e-6)


def test_weights_are_gensims(words, keyed):
    found = ev.analogy(words, [("king", 1.0), ("woman", 0.5)], [("man", 0.25)])
    expected = keyed.most_similar(positive=[("king", 1.0), ("woman", 0.5), ("man", -0.25)])
    assert list(found.keys) == [key for key, _ in expected]


def test_textbook_sum_on_all_of_glove(glove):
    assert ev.analogy(glove, **CLASSIC).keys[0] == "queen"
    assert ev.analogy(glove, ["paris", "italy"], ["france"]).keys[0] == "rome"


def test_with_its_inputs_king_comes_first(words):
    found = ev.analogy(words, **CLASSIC, exclude_inputs=False)
    assert found.keys[:2] == ("king", "queen")


def test_pair_direction_is_levy_and_goldbergs(words):
    units = words.vectors.astype(np.float64)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    b, c, a = (units[words.index(word)] for word in ("king", "woman", "man"))
    steps = units - c
    with np.errstate(invalid="ignore"):
        scores = steps @ (b - a) / (np.linalg.norm(steps, axis=1) * np.linalg.norm(b - a))
    scores[[words.index(word) for word in ("king", "woman", "man")]] = -np.inf
    expected = np.argsort(-scores)[:10]
    found = ev.analogy(words, **CLASSIC, method="PairDirection")
    assert list(found.rows) == list(expected)
    np.testing.assert_allclose(found.scores, scores[expected], atol=1e-5)


@pytest.mark.parametrize("method", ANALOGY_METHODS)
def test_every_method_says_why_it_cannot(words, method):
    weighted = ([("king", 2.0), ("woman", 1.0)], ["man"])
    entry = ANALOGY_METHODS[method]
    for positive, negative in (weighted, (["king"], []), ([], ["man"])):
        reason = entry.why_not(positive, negative)
        if reason is None:
            assert ev.analogy(words, positive, negative, method=method).keys
        else:
            with pytest.raises(InvalidParameterError, match=reason.split(";")[0][:20]):
                ev.analogy(words, positive, negative, method=method)


def test_which_methods_take_what():
    takes_weights = [m.name for m in ANALOGY_METHODS.values() if not m.why_not([("a", 2.0)], [])]
    takes_one = [m.name for m in ANALOGY_METHODS.values() if not m.why_not(["a"], [])]
    assert takes_weights == ["3CosAdd"]
    assert takes_one == ["3CosAdd", "3CosMul"]


def test_bad_sums_are_named(words):
    with pytest.raises(UnknownKeyError, match="kign"):
        ev.analogy(words, ["kign"], [])
    with pytest.raises(InvalidParameterError, match="cancel out"):
        ev.analogy(words, ["king"], ["king"])
    with pytest.raises(InvalidParameterError, match="PairDirection"):
        ev.analogy(words, ["king"], method="CosAdd")
    zero = ev.EmbeddingSpace(["a", "b"], [[0, 0], [1, 0]])
    with pytest.raises(InvalidParameterError, match="length 0"):
        ev.analogy(zero, ["a"])


def test_plane_closes_the_parallelogram(words):
    found = plane(words, ["king", "woman"], ["man"], ["queen", "throne"])
    assert found.keys == ("king", "woman", "man", "queen", "throne")
    king, woman, man = found.coordinates[:3]
    np.testing.assert_allclose(found.landing, king - man + woman, atol=1e-9)
    landing_arrows = [arrow for arrow in found.arrows if arrow.sum]
    assert {arrow.start for arrow in landing_arrows} == {tuple(king), tuple(woman)}
    assert 0 < found.variance_share <= 1
    # Three points and their sum lie in a plane: nothing of them is lost.
    alone = plane(words, ["king", "woman"], ["man"], [])
    assert alone.variance_share == pytest.approx(1)


def test_plane_of_a_longer_sum_is_a_chain(words):
    found = plane(words, ["king", ("woman", 0.5), "paris"], ["man"], ["queen"])
    assert [arrow.label for arrow in found.arrows] == ["+ woman", "+ paris", "− man"]
    for first, second in zip(found.arrows, found.arrows[1:], strict=False):
        assert first.end == second.start
    np.testing.assert_allclose(found.arrows[-1].end, found.landing, atol=1e-9)
