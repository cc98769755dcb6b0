"""What is normal in a collection: plain arithmetic over all pairs, copies that change nothing."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.items import normal_match as normal_match_module
from embedviz.items.look_alikes import look_alikes_of_vectors
from embedviz.items.normal_match import best_matches, normal_match
from embedviz.metrics import METRICS
from embedviz.space import EmbeddingSpace
from embedviz.things import look_alikes
from tests.counts import examples

NUMBERS = ("threshold", "median", "shortfall", "flagged")


def space_of(vectors, hashes=None) -> EmbeddingSpace:
    table = None if hashes is None else pd.DataFrame({"hash": hashes})
    return EmbeddingSpace([f"k{row}" for row in range(len(vectors))], vectors, table)


def random_vectors(seed: int, n: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(n, 6)) + 4 * rng.integers(0, 2, size=(n, 1))).astype(np.float32)


def by_definition(vectors: np.ndarray, metric: str, quantile: float) -> list[float]:
    """Threshold, median, shortfall and flagged share from all pairs of different vectors."""
    measure = METRICS[metric]
    sign = -1 if measure.is_distance else 1
    strengths = np.stack([sign * measure.between(one, vectors) for one in vectors])
    np.fill_diagonal(strengths, -np.inf)
    best, match = strengths.max(axis=1), strengths.argmax(axis=1)
    short = np.maximum(best[match] - best, 0)
    threshold, allowed = np.quantile(best, quantile), np.quantile(short, 1 - quantile)
    flagged = ((best < threshold) | (short > allowed)).mean()
    return [sign * threshold, sign * np.median(best), allowed, flagged]


@settings(max_examples=examples(30, 300))
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(20, 60),
    metric=st.sampled_from(sorted(METRICS)),
    quantile=st.floats(0.01, 0.5),
)
def test_the_numbers_are_their_definition(seed, n, metric, quantile):
    vectors = random_vectors(seed, n)
    found = normal_match(space_of(vectors), metric, quantile=quantile)
    wanted = by_definition(vectors, metric, quantile)
    assert [getattr(found, name) for name in NUMBERS] == pytest.approx(wanted, abs=1e-9)
    assert (found.n, found.n_compared, found.metric) == (n, n, metric)
    assert found.flagged <= 2 * quantile + 2 / n


@settings(max_examples=examples(20, 200))
@given(
    seed=st.integers(0, 10_000),
    copies=st.lists(st.integers(1, 9), min_size=20, max_size=30),
    metric=st.sampled_from(sorted(METRICS)),
    by_hash=st.booleans(),
)
def test_copies_change_nothing(seed, copies, metric, by_hash):
    vectors = random_vectors(seed, len(copies))
    once = normal_match(space_of(vectors), metric)
    repeated, hashes = np.repeat(vectors, copies, axis=0), None
    if by_hash:  # batches may round copies differently: then the hash alone tells
        repeated *= 1 + 1e-7 * np.random.default_rng(seed).integers(0, 5, size=(len(repeated), 1))
        hashes = [f"h{row}" for row in np.repeat(np.arange(len(copies)), copies)]
    often = normal_match(space_of(repeated, hashes), metric)
    assert often.n_compared == once.n_compared == len(copies)
    assert often.n == sum(copies)
    assert [getattr(often, name) for name in NUMBERS[:3]] == pytest.approx(
        [getattr(once, name) for name in NUMBERS[:3]], rel=1e-4, abs=1e-4
    )


def test_pairs_of_nearly_the_same_do_not_make_their_own_kind_strange():
    """Whoever matches an image as well as its twin does is normal, whatever rounding says."""
    base = random_vectors(0, 40)
    space = space_of(np.concatenate([base, base + 0.001 * random_vectors(1, 40)]))
    found = normal_match(space)
    assert found.shortfall == 0
    assert found.flagged == pytest.approx(0.05)  # the weakest pairs, by the threshold alone
    strange = [one for one in space.keys if look_alikes(space, key=one).nothing_like_this]
    assert len(strange) == 4


def test_rounding_makes_nothing_strange():
    """A match and its match back can differ in the last bit when other rows are searched."""
    scores = np.linspace(0.5, 0.9, 40)
    rivals = scores * (1 + 2.0**-50 * (np.arange(40) % 3 - 1))
    found = normal_match_module._summary(scores, rivals, 40, 0.05, "cosine")
    assert (found.shortfall, found.flagged) == (0, 0.05)
    assert not any(found.objection(*pair) for pair in zip(scores[2:], rivals[2:], strict=True))
    assert found.objection(0.8, 0.81)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_what_is_in_the_collection_is_never_strange(metric):
    vectors = random_vectors(3, 40)
    assert not any(
        one.nothing_like_this
        for one in look_alikes_of_vectors(space_of(vectors), vectors, metric=metric)
    )


@pytest.mark.parametrize("metric", METRICS)
def test_each_rule_finds_what_the_other_cannot(metric):
    """One loose and one tight cluster: strange to the tight one can still be normal for the loose."""
    rng = np.random.default_rng(0)
    loose = 10 * np.eye(8)[0] + 2.0 * rng.normal(size=(30, 8))
    tight = 10 * np.eye(8)[1] + 0.05 * rng.normal(size=(30, 8))
    space = space_of(np.concatenate([loose, tight]))
    near_tight = 10 * np.eye(8)[1] - 4 * np.eye(8)[2]
    far = -10 * np.eye(8)[3] - 5 * np.eye(8)[4]
    near, nowhere, member = look_alikes_of_vectors(
        space, np.stack([near_tight, far, tight[0] + 0.01]), metric=metric
    )
    usual = near.normal
    assert nowhere.nothing_like_this
    assert not member.nothing_like_this
    if metric != "dot":  # a product does not fall with the angle alone
        assert usual.objection(float(near.scores[0]), float(near.scores[0])) == ""
        assert "has another one here with" in near.reason
    assert "items here find one of" in nowhere.reason


def test_few_different_images_have_no_normal():
    vectors = random_vectors(0, 19)
    assert normal_match(space_of(vectors)) is None
    assert normal_match(space_of(np.concatenate([vectors, vectors]))) is None
    assert normal_match(space_of(random_vectors(0, 20))) is not None
    twenty = random_vectors(0, 20)
    assert normal_match(space_of(twenty, ["same", "same", *map(str, range(18))])) is None


def test_a_sample_is_drawn_said_and_repeated():
    vectors = random_vectors(1, 60)
    found = normal_match(space_of(vectors), sample=25, seed=3)
    assert (found.n_compared, found.n) == (25, 60)
    assert "25 different items, drawn from the 60" in found.explanation
    assert found == normal_match(space_of(vectors), sample=25, seed=3)
    assert found != normal_match(space_of(vectors), sample=25, seed=4)
    everyone = normal_match(space_of(vectors), sample=60)
    assert everyone == normal_match(space_of(vectors))
    assert "each of the 60 items here" in everyone.explanation


@pytest.mark.parametrize("metric", METRICS)
def test_the_explanation_has_the_numbers(metric):
    found = normal_match(space_of(random_vectors(2, 40)), metric, quantile=0.1)
    for number in (found.threshold, found.median, found.shortfall):
        assert f"{number:.3g}" in found.explanation
    assert "90%" in found.explanation
    assert f"{found.flagged:.1%}" in found.explanation
    assert METRICS[metric].label.lower() in found.explanation.lower()
    assert ("or less" if METRICS[metric].is_distance else "or more") in found.explanation


def test_kept_as_long_as_the_space():
    space = space_of(random_vectors(0, 30))
    assert normal_match(space) is normal_match(space)
    assert normal_match(space, "euclidean") is not normal_match(space)
    gone = weakref.ref(space)
    del space
    gc.collect()
    assert gone() is None


def test_blocks_change_nothing(monkeypatch):
    space = space_of(np.repeat(random_vectors(5, 50), [1, 3] * 25, axis=0))
    rows = np.arange(len(space))
    whole = best_matches(space, rows, "cosine")
    monkeypatch.setattr(normal_match_module, "_QUERIES_AT_ONCE", 7)
    blocked = best_matches(space, rows, "cosine")
    np.testing.assert_array_equal(blocked.rows, whole.rows)
    np.testing.assert_allclose(blocked.scores, whole.scores, rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"metric": "cosinus"}, "'cosine'"),
        ({"sample": 19}, "20 or more"),
        ({"sample": 30.0}, "whole number"),
        ({"quantile": 0}, "between 0 and 1"),
        ({"quantile": 1.0}, "between 0 and 1"),
    ],
    ids=["metric", "sample", "sample float", "quantile 0", "quantile 1"],
)
def test_bad_numbers_are_named(options, says):
    with pytest.raises(InvalidParameterError, match=says):
        normal_match(space_of(random_vectors(0, 30)), **options)


def test_progress_and_stop(monkeypatch):
    monkeypatch.setattr(normal_match_module, "_QUERIES_AT_ONCE", 10)
    space = space_of(random_vectors(0, 40))
    seen: list[float] = []
    normal_match(space, on_progress=lambda progress: seen.append(progress.fraction))
    assert seen == sorted(seen)
    assert seen[:4] == pytest.approx(np.arange(1, 5) / 8)
    assert seen[-1] == 1
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError, match="normal"):
        normal_match(space, "dot", cancel=stop)
    assert normal_match(space, "dot") is not None
