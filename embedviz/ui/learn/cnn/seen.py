"""What the lesson's network makes of the sample images: computed once for the whole server."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

import streamlit as st

from embedviz.images.class_weights import LastLayer, last_layer
from embedviz.images.kind import IMAGE, opened
from embedviz.images.network import ImageEncoder, Network, as_network
from embedviz.images.raw_pixels import pixel_space
from embedviz.images.samples import SAMPLES
from embedviz.items.embedding import Embedded, embed_sample
from embedviz.items.retrieval import Retrieval, precision_at_k
from embedviz.progress import Cancel, OnProgress, Progress
from embedviz.registry import ENCODERS, open_encoder
from embedviz.space import EmbeddingSpace
from embedviz.ui.learn.texts import Fact
from embedviz.ui.learn.work import work

if TYPE_CHECKING:
    from PIL import Image

T = TypeVar("T")
K = 5
"""Look-alikes shown, and the k of precision@k."""
PREFERRED, _OFFLINE = "resnet50", "efficientnet-lite0"


@dataclass(frozen=True, eq=False)
class Seen:
    """A sample as the network sees it, and as its pixels are."""

    embedded: Embedded
    pixels: EmbeddingSpace

    def view(self, key: str) -> bytes:
        """The picture of a key, as a JPEG."""
        space = self.embedded.space
        content = str(space.table["hash"].iloc[space.index(key)])
        pictures = self.embedded.pictures
        found = None if pictures is None else pictures.view(content)
        assert found is not None
        return found

    def picture(self, key: str) -> Image.Image:
        """The picture of a key, RGB."""
        return opened(self.view(key))


def lesson_encoder() -> ImageEncoder:
    """ResNet-50 where its weights are, else the one whose weights come as a package."""
    preferred = ENCODERS[PREFERRED]
    return cast(ImageEncoder, preferred if preferred.installed else ENCODERS[_OFFLINE])


def who_looks() -> dict[str, Fact]:
    """The facts of the lesson's question: how many numbers, and whether ResNet-50 is not here."""
    encoder = lesson_encoder()
    return {"d": encoder.dimensions, "stands_in": encoder.name != PREFERRED}


def lesson_network(layer: str | None = None) -> Network:
    """The lesson's encoder at one of its layers, ready to see."""
    return as_network(open_encoder(lesson_encoder().name, layer))


def for_everyone(title: str, key: Hashable, do: Callable[[OnProgress, Cancel], T]) -> T | None:
    """The result of ``do``, computed once for all sessions; None while it is under way."""
    known = _for_everyone()
    if key not in known:
        found = work(title, ("cnn", key), do)
        if found is None:
            return None
        known[key] = found
    return cast(T, known[key])


def seen(title: str, sample: str) -> Seen | None:
    """The sample by the layer for searching, and by its pixels; None while that is under way."""
    encoder = lesson_encoder()

    def do(on_progress: OnProgress, cancel: Cancel) -> Seen:
        embedded = embed_sample(
            IMAGE,
            SAMPLES[sample],
            lesson_network(),
            on_progress=_part(on_progress, 0.0, 0.8),
            cancel=cancel,
        )
        pixels = pixel_space(
            SAMPLES[sample].open(), embedded.space, encoder.preprocessing, keep=True,
            on_progress=_part(on_progress, 0.8, 0.2), cancel=cancel,
        )  # fmt: skip
        return Seen(embedded, pixels)

    return for_everyone(title, ("seen", encoder.name, sample), do)


def seen_by_layers(title: str, sample: str) -> dict[str, EmbeddingSpace] | None:
    """The sample by every layer of the network; None while that is under way."""
    encoder = lesson_encoder()

    def do(on_progress: OnProgress, cancel: Cancel) -> dict[str, EmbeddingSpace]:
        share = 1 / len(encoder.layers)
        return {
            layer.name: embed_sample(
                IMAGE,
                SAMPLES[sample],
                lesson_network(layer.name),
                on_progress=_part(on_progress, at * share, share),
                cancel=cancel,
            ).space
            for at, layer in enumerate(encoder.layers)
        }

    return for_everyone(title, ("layers", encoder.name, sample), do)


def classifier(title: str) -> LastLayer | None:
    """The network's last layer; None while it is read."""
    encoder = lesson_encoder()
    return for_everyone(title, ("classifier", encoder.name), lambda *_: last_layer(encoder))


def known_classifier() -> LastLayer | None:
    """The network's last layer if it has been read already."""
    return cast("LastLayer | None", _for_everyone().get(("classifier", lesson_encoder().name)))


def precision(space: EmbeddingSpace, metric: str) -> Retrieval:
    """Precision@5 over a whole sample, measured once."""
    known = _for_everyone()
    key = ("precision", space.vectors_fingerprint, metric)
    if key not in known:
        known[key] = precision_at_k(space, k=K, metric=metric)
    return cast(Retrieval, known[key])


@st.cache_resource(show_spinner=False)
def _for_everyone() -> dict[Hashable, object]:
    # Only of packaged samples: three of them, by four layers at most.
    return {}


def _part(on_progress: OnProgress, start: float, share: float) -> OnProgress:
    """Progress of one piece of the work, as progress of the whole."""

    def tell(progress: Progress) -> None:
        on_progress(Progress(start + share * (progress.fraction or 0.0), progress.message))

    return tell
