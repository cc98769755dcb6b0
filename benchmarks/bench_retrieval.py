"""How often look-alikes share a label: every encoder that is here, beside raw pixels and chance."""

from __future__ import annotations

from PIL import Image

import embedviz as ev
from benchmarks.side_by_side import table
from embedviz.images.decoding import ImageLimits, decode
from embedviz.images.raw_pixels import raw_pixels
from embedviz.images.samples import SAMPLES
from embedviz.items.files import read_bytes
from embedviz.items.retrieval import Retrieval, precision_at_k
from embedviz.registry import ENCODERS

_K = 5


def main() -> None:
    """precision@5 by label on the labelled samples; the labels are the photo, or the digit."""
    for name in ("photo-patches", "digits"):
        files = SAMPLES[name].open()
        labels = [file.label for file in files]
        pictures = [decode(read_bytes(file, ImageLimits())).picture for file in files]
        measured = {"raw pixels (32 × 32)": _raw(pictures, labels)}
        for encoder in ENCODERS.values():
            if encoder.installed:
                for layer in encoder.layers:
                    space = ev.embed_images(files, encoder.name, layer=layer.name).space
                    measured[f"{encoder.label}, {layer.label}"] = precision_at_k(space, k=_K)
        chance = measured["raw pixels (32 × 32)"].chance
        rows = {"chance": {f"precision@{_K}": f"{chance:.3f}"}}
        rows |= {n: {f"precision@{_K}": f"{m.precision:.3f}"} for n, m in measured.items()}
        table(f"{SAMPLES[name].label}: {len(files)} images, {len(set(labels))} labels", rows)


def _raw(pictures: list[Image.Image], labels: list[str]) -> Retrieval:
    vectors = raw_pixels(pictures)
    space = ev.EmbeddingSpace([str(row) for row in range(len(labels))], vectors)
    # Raw pixels do best by distance; the encoders by angle.
    return precision_at_k(space, labels, k=_K, metric="euclidean")


if __name__ == "__main__":
    main()
