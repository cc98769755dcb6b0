"""A picture moved by some pixels, as numbers and as a network sees it."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from embedviz.images.kind import IMAGE, opened
from embedviz.images.moving import compare_moved, moved
from embedviz.images.network import as_network
from embedviz.images.raw_pixels import pixel_space
from embedviz.images.samples import SAMPLES
from embedviz.items.embedding import embed_sample
from embedviz.registry import open_encoder


def test_everything_moves_to_the_left_and_the_edge_mirrors() -> None:
    values = np.arange(2 * 10 * 3, dtype=np.uint8).reshape(2, 10, 3)
    copy = np.asarray(moved(Image.fromarray(values), 0.3))
    np.testing.assert_array_equal(copy[:, :7], values[:, 3:])
    np.testing.assert_array_equal(copy[:, 7:], values[:, :6:-1])
    np.testing.assert_array_equal(np.asarray(moved(Image.fromarray(values), 0)), values)


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "dot"])
def test_a_moved_picture_stands_where_its_scores_say(metric: str) -> None:
    network = as_network(open_encoder("efficientnet-lite0"))
    embedded = embed_sample(IMAGE, SAMPLES["photos"], network)
    space = embedded.space
    prepared = network.encoder.preprocessing
    pixels = pixel_space(SAMPLES["photos"].open(), space, prepared)
    key = "animals/chelsea.png"
    view = opened(embedded.pictures.view(str(space.table["hash"].iloc[space.index(key)])))
    found = compare_moved(network, view, 48, key, pixels, space, metric)
    copy = prepared(found.picture)
    assert found.changed > 0.9
    for name, standing, own, other in (
        ("pixels", found.pixels, prepared(view).ravel(), copy.ravel()),
        ("network", found.network, *network.embed(IMAGE.name, np.stack([prepared(view), copy]))),
    ):
        product = float(own.astype(float) @ other)
        wanted = {
            "cosine": product
            / np.linalg.norm(own.astype(float))
            / np.linalg.norm(other.astype(float)),
            "euclidean": float(np.linalg.norm(own.astype(float) - other)),
            "dot": product,
        }[metric]
        assert standing.score == pytest.approx(wanted, rel=1e-4), name
        assert standing.others == len(space) - 1
    still = compare_moved(network, view, 0, key, pixels, space, metric)
    assert still.changed == 0
    if metric != "dot":  # the length of another may be larger
        assert (still.pixels.nearer, still.network.nearer) == (0, 0)
