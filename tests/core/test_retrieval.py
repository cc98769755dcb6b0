"""Precision@k: scikit-learn's neighbors, chance by drawing, the raw pixels to beat."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.images.raw_pixels import raw_pixels
from embedviz.items import retrieval
from embedviz.items.retrieval import precision_at_k
from embedviz.space import EmbeddingSpace
from tests.counts import examples


@pytest.fixture(scope="module")
def digits() -> tuple[EmbeddingSpace, np.ndarray]:
    data, target = load_digits(return_X_y=True)
    keys = [f"digit {row}" for row in range(700)]
    labels = target[:700].astype(str)
    return EmbeddingSpace(keys, data[:700], pd.DataFrame({"label": labels})), labels


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("k", [1, 5, 40])
def test_the_neighbors_are_scikit_learns(digits, metric, k):
    space, labels = digits
    search = NearestNeighbors(n_neighbors=k, metric=metric, algorithm="brute")
    near = search.fit(space.vectors.astype(np.float64)).kneighbors(return_distance=False)
    hits = (labels[near] == labels[:, None]).mean(axis=1)
    found = precision_at_k(space, labels.tolist(), k, metric)
    assert found.precision == pytest.approx(hits.mean(), abs=1e-3)  # equal up to tied distances
    assert found.per_label.keys() == set(labels)
    for label, share in found.per_label.items():
        assert share == pytest.approx(hits[labels == label].mean(), abs=0.01)
    assert (found.k, found.n, found.metric) == (k, 700, metric)


def test_the_column_of_the_table_serves(digits):
    space, labels = digits
    assert precision_at_k(space) == precision_at_k(space, labels.tolist())


def test_chance_is_what_drawing_gives(digits):
    space, labels = digits
    uneven = np.where(labels < "7", "low", labels)
    found = precision_at_k(space, uneven.tolist(), k=5)
    rng = np.random.default_rng(0)
    drawn = np.empty((200, 700))
    for row in drawn:
        shift = rng.integers(1, 700, size=700)  # another image, all equally likely
        row[:] = uneven[(np.arange(700) + shift) % 700] == uneven
    assert found.chance == pytest.approx(drawn.mean(), abs=0.005)
    assert found.precision > found.chance


@settings(max_examples=examples(30, 300))
@given(
    codes=st.lists(st.integers(0, 3), min_size=3, max_size=25),
    k=st.integers(1, 6),
    seed=st.integers(0, 999),
)
def test_between_nothing_and_the_ceiling(codes, k, seed):
    k = min(k, len(codes) - 1)
    vectors = np.random.default_rng(seed).normal(size=(len(codes), 4))
    space = EmbeddingSpace([f"k{row}" for row in range(len(codes))], vectors)
    found = precision_at_k(space, codes, k)
    assert 0 <= found.precision <= found.ceiling + 1e-12
    # With the label as the vector nothing is found but the label, as often as it is there.
    told = EmbeddingSpace(space.keys, np.eye(4)[codes])
    perfect = precision_at_k(told, codes, k)
    assert perfect.precision == pytest.approx(perfect.ceiling)
    assert perfect.chance == found.chance
    everyone = precision_at_k(space, codes, len(codes) - 1)
    assert everyone.precision == pytest.approx(everyone.chance)


def test_images_without_a_label_are_left_out():
    vectors = np.array([[1, 0], [1, 0.1], [1, 0.01], [0, 1], [0.1, 1], [1, 0.02]])
    space = EmbeddingSpace(list("abcdef"), vectors)
    found = precision_at_k(space, ["x", "x", None, "y", "y", float("nan")], k=1)
    assert (found.precision, found.n) == (1.0, 4)
    assert found.per_label == {"x": 1.0, "y": 1.0}
    assert found == precision_at_k(space, ["x", "x", "", "y", "y", ""], k=1)


def test_black_pictures_have_no_direction_and_no_error():
    pixels = raw_pixels([Image.new("RGB", (9, 9))] * 3 + [Image.new("RGB", (9, 9), "red")] * 2)
    space = EmbeddingSpace([f"p{row}" for row in range(5)], pixels)
    assert precision_at_k(space, list("bbbrr"), k=1).per_label["r"] == 1.0


@pytest.mark.parametrize(
    ("labels", "options", "says"),
    [
        (["a"], {}, "1 labels for 700"),
        ("colour", {}, "no column 'colour' here. Columns: 'label'"),
        ([""] * 698 + ["a", "a"], {"k": 2}, "1 to 1, because 2 of 700"),
        ("label", {"k": 0}, "k=0"),
        ("label", {"k": 700}, "1 to 699"),
        ("label", {"k": True}, "k=True"),
        ("label", {"metric": "cosinus"}, "'cosine'"),
    ],
    ids=["too few", "no column", "few labeled", "k 0", "k all", "k bool", "metric"],
)
def test_bad_questions_are_named(digits, labels, options, says):
    with pytest.raises(InvalidParameterError, match=says):
        precision_at_k(digits[0], labels, **options)


def test_progress_and_stop(digits, monkeypatch):
    monkeypatch.setattr(retrieval, "_QUERIES_AT_ONCE", 100)
    seen: list[float] = []
    precision_at_k(digits[0], on_progress=lambda progress: seen.append(progress.fraction))
    assert seen == pytest.approx([part / 7 for part in range(1, 8)])
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        precision_at_k(digits[0], cancel=stop)


def test_raw_pixels_are_the_central_square():
    wide = Image.new("RGB", (30, 10), "red")
    wide.paste((0, 0, 255), (10, 0, 20, 10))
    grey = Image.new("L", (8, 8), 51)
    pixels = raw_pixels([wide, grey], size=4)
    assert pixels.shape == (2, 48)
    assert pixels.dtype == np.float32
    np.testing.assert_allclose(pixels[0].reshape(16, 3), np.tile([0, 0, 1], (16, 1)))
    np.testing.assert_allclose(pixels[1], 0.2)
    assert raw_pixels([]).shape == (0, 3072)
    with pytest.raises(InvalidParameterError, match="size=0"):
        raw_pixels([wide], size=0)
