"""Sample images as an encoder sees them; the second time without reading a single picture."""

from __future__ import annotations

import numpy as np

from embedviz.errors import CancelledError
from embedviz.images.embedded_images import EmbeddedImages
from embedviz.images.embedding import embed_images
from embedviz.images.image_cache import ImageCache, default_image_cache
from embedviz.images.network import Network, open_network
from embedviz.images.samples import SAMPLES
from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace
from embedviz.store import default_store, key_of

_KIND = "samples"


def embed_sample(
    sample: str,
    encoder: str,
    layer: str | None = None,
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> EmbeddedImages:
    """All images of ``SAMPLES[sample]`` with their small pictures, from the cache where they are.

    What :func:`~embedviz.images.embedding.embed_images` gives for ``SAMPLES[sample].open()``. It
    has to read every picture to know its content; here the contents of a sample are remembered, by
    the versions of the packages that carry it. Where everything is known the table has the columns
    ``label`` and ``hash`` alone.

    Raises
    ------
    EmbedvizError
        If the encoder's weights, or the packages that carry the sample, are not here.
    CancelledError
        If a stop was asked for: some of a sample is not given as if it were all.
    """
    network = open_network(encoder, layer)
    cache, name = default_image_cache(), _name(sample)
    entry = default_store().get(_KIND, name)
    if entry is not None:
        known = _known(sample, list(entry[1]["hashes"]), network, cache)
        if known is not None:
            return known
    done = embed_images(
        SAMPLES[sample].open(), encoder, layer=layer, cache=cache, pictures=True,
        name=SAMPLES[sample].label, on_progress=on_progress, cancel=cancel,
    )  # fmt: skip
    if done.stopped:
        raise CancelledError(f"Looking at {SAMPLES[sample].label} was stopped.")
    if not done.failures:
        default_store().put(_KIND, name, {}, {"hashes": done.space.table["hash"].tolist()})
    return done


def _name(sample: str) -> str:
    return key_of(["scikit-image", "scikit-learn", "pillow"], sample=sample)


def _known(
    sample: str, hashes: list[str], network: Network, cache: ImageCache
) -> EmbeddedImages | None:
    """What the cache holds of the sample, or None if it is not all."""
    import pandas as pd

    files = SAMPLES[sample].open()
    vectors = cache.vectors(network.encoding, hashes)
    wanted = set(hashes)
    if len(files) != len(hashes) or wanted - vectors.keys() or wanted - _pictured(cache, hashes):
        return None
    cache.touch(network.encoding, hashes)
    table = pd.DataFrame({"label": [file.label for file in files], "hash": hashes})
    rows = np.stack([vectors[content] for content in hashes])
    keys = [file.name for file in files]
    space = EmbeddingSpace(keys, rows, table, SAMPLES[sample].label, network.origin, copy=False)
    return EmbeddedImages(space, (), cache, from_cache=len(files), engine=network.engine)


def _pictured(cache: ImageCache, hashes: list[str]) -> set[str]:
    """Those whose small pictures are kept: thumbnail and view are put, and go, together."""
    return set(cache.thumbnails(hashes))
