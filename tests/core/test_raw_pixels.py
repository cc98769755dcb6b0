"""Raw pixels, layers and classes of the lesson on CNNs, against their definitions and torch."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity, euclidean_distances

from embedviz.errors import CancelledError, InvalidParameterError
from embedviz.images.activations import activations
from embedviz.images.class_weights import (
    LastLayer,
    class_answer,
    features_for,
    last_layer,
    nearest_classes,
    numbers_for_half,
)
from embedviz.images.kind import IMAGE, opened
from embedviz.images.raw_pixels import pixel_numbers, pixel_space, turned
from embedviz.images.samples import SAMPLES
from embedviz.items import embedding as embedded_samples
from embedviz.items.embedding import embed_sample
from embedviz.registry import ENCODERS, open_encoder
from embedviz.things import embed_images

LITE = ENCODERS["efficientnet-lite0"]


@pytest.fixture(scope="module")
def photos():
    return embed_sample(IMAGE, SAMPLES["photos"], open_encoder(LITE.name))


@pytest.fixture(scope="module")
def picture(photos):
    space = photos.space
    content = space.table["hash"].iloc[space.index("animals/chelsea.png")]
    return opened(photos.pictures.view(content))


@pytest.fixture(scope="module")
def layer() -> LastLayer:
    return last_layer(LITE)


@given(n=st.integers(1, 8), p=st.integers(1, 30), seed=st.integers(0, 99))
def test_turning_keeps_dot_products_lengths_and_distances(n, p, seed):
    points = np.random.default_rng(seed).normal(size=(n, p)).astype(np.float32)
    found = turned(points).astype(np.float64)
    assert found.shape == (n, min(n, p))
    np.testing.assert_allclose(found @ found.T, points @ points.T, atol=1e-4)
    np.testing.assert_allclose(euclidean_distances(found), euclidean_distances(points), atol=1e-2)


def test_pixels_are_compared_as_the_network_is_given_them(photos):
    files = SAMPLES["photos"].open()
    found = pixel_space(files, photos.space, LITE.preprocessing)
    assert pixel_numbers(LITE.preprocessing) == 150_528
    assert found.keys == photos.space.keys
    from PIL import Image

    pixels = np.stack(
        [LITE.preprocessing(Image.open(file.open()).convert("RGB")).ravel() for file in files]
    ).astype(np.float64)
    assert pixels.shape == (18, 150_528)
    np.testing.assert_allclose(
        cosine_similarity(found.vectors), cosine_similarity(pixels), atol=1e-5
    )
    distances = euclidean_distances(pixels)
    np.testing.assert_allclose(
        euclidean_distances(found.vectors.astype(np.float64)),
        distances,
        atol=1e-4 * distances.max(),
    )


def test_pixels_are_kept_and_found(photos, cache_dir, monkeypatch):
    files = SAMPLES["photos"].open()
    first = pixel_space(files, photos.space, LITE.preprocessing, keep=True)
    monkeypatch.setattr("embedviz.images.raw_pixels._prepared", None)  # nothing is read again
    again = pixel_space(files, photos.space, LITE.preprocessing, keep=True)
    np.testing.assert_array_equal(first.vectors, again.vectors)


def test_pixels_of_other_images_are_refused_and_reading_can_be_stopped(photos):
    files = SAMPLES["photos"].open()
    with pytest.raises(InvalidParameterError, match="17 files for 18 embedded images"):
        pixel_space(files[1:], photos.space, LITE.preprocessing)
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        pixel_space(files, photos.space, LITE.preprocessing, cancel=stop)


def test_a_known_sample_is_what_embedding_gives_and_reads_no_picture(photos, monkeypatch):
    embed_sample(IMAGE, SAMPLES["photos"], open_encoder(LITE.name))
    monkeypatch.setattr(embedded_samples, "embed_items", None)
    known = embed_sample(IMAGE, SAMPLES["photos"], open_encoder(LITE.name))
    fresh = embed_images(SAMPLES["photos"].open(), LITE.name, cache=False)
    assert known.space.keys == fresh.space.keys
    np.testing.assert_allclose(known.space.vectors, fresh.space.vectors, rtol=1e-4, atol=1e-4)
    assert known.space.table["hash"].tolist() == fresh.space.table["hash"].tolist()
    assert known.space.table["label"].tolist() == fresh.space.table["label"].tolist()
    assert known.space.origin == fresh.space.origin


def test_stopping_a_sample_gives_nothing_rather_than_a_part(cache_dir):
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        embed_sample(IMAGE, SAMPLES["photos"], open_encoder(LITE.name), cancel=stop)


def test_activations_average_to_the_embedding(picture):
    for place in LITE.layers:
        network = open_encoder(LITE.name, place.name)
        found = activations(network, picture, 4)
        channels, height, width = found.shape
        assert channels == place.dimensions
        # By torch: to take every layer over into another engine takes seconds each.
        (vector,) = network._model().run(
            network.layer.vectors, network.prepare("image", picture)[None]
        )
        np.testing.assert_allclose(found.vector, vector, atol=1e-3 * np.abs(vector).max())
        features = network.feature_maps(network.prepare("image", picture)[None])[0]
        assert found.energy.shape == (height, width)
        np.testing.assert_allclose(found.energy**2, (features**2).mean(axis=0), rtol=1e-4)
        spread = features.std(axis=(1, 2))
        assert spread[list(found.channels)].min() >= np.sort(spread)[-4] - 1e-6
        np.testing.assert_array_equal(found.maps, features[list(found.channels)])
    assert activations(network, picture, 0).maps.shape == (0, height, width)


def test_the_last_layer_gives_the_networks_own_answer(layer, picture):
    network = open_encoder(LITE.name)
    prepared = network.prepare("image", picture)[None]
    (vector,) = network.embed("image", prepared)
    answer = class_answer(layer, vector)
    (theirs,) = network.classify(prepared, top=5)
    names = [LITE.categories()[at] for at in answer.ranking[:5]]
    assert names == [name for name, _ in theirs]
    np.testing.assert_allclose(
        answer.probabilities[answer.ranking[:5]], [share for _, share in theirs], atol=1e-4
    )
    assert answer.probabilities.sum() == pytest.approx(1)
    assert answer.ranking[0] == answer.probabilities.argmax()
    assert names[0] in ("tabby", "tiger cat", "Egyptian cat")
    mine = torch.softmax(torch.tensor(answer.logits), 0).numpy()
    np.testing.assert_allclose(answer.probabilities, mine, rtol=1e-9)


def test_nearest_classes_are_scikit_learns(layer):
    number = layer.classes.index("tabby")
    numbers, cosines = nearest_classes(layer, number, 6)
    expected = cosine_similarity(layer.weights[number : number + 1], layer.weights)[0]
    order = [at for at in np.argsort(-expected) if at != number][:6]
    assert numbers.tolist() == order
    np.testing.assert_allclose(cosines, expected[order], atol=1e-5)
    assert {"tiger cat", "Egyptian cat"} <= {layer.classes[at] for at in numbers}
    for wrong in (-1, 1000):
        with pytest.raises(InvalidParameterError, match="numbered from 0 to 999"):
            nearest_classes(layer, wrong)


def test_features_add_up_to_the_score(layer, photos):
    vector = photos.space.vector("things/coffee.png")
    number = layer.classes.index("espresso")
    every = features_for(layer, vector, number, 1280)
    total = sum(one.share for one in every) + layer.bias[number]
    assert total == pytest.approx(class_answer(layer, vector).logits[number], rel=1e-5)
    shares = [one.share for one in every]
    assert shares == sorted(shares, reverse=True)
    assert all(one.share == pytest.approx(one.value * one.weight, rel=1e-5) for one in every[:9])
    best = every[0]
    assert layer.weights[:, best.index].argmax() == layer.classes.index(best.classes[0])
    half = numbers_for_half(layer, vector, number)
    speaking = [share for share in shares if share > 0]
    assert sum(speaking[:half]) >= sum(speaking) / 2 > sum(speaking[: half - 1])
    assert numbers_for_half(layer, np.zeros(1280), number) == 0


def test_no_two_classes_share_a_name(layer):
    assert len(set(layer.classes)) == len(layer.classes) == 1000


def test_an_embedding_of_another_network_is_refused(layer):
    with pytest.raises(InvalidParameterError, match="takes 1280 numbers"):
        class_answer(layer, np.ones(2048))
