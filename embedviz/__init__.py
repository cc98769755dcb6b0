"""See what an embedding knows. ``import embedviz as ev`` is light: names load when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from embedviz.version import __version__ as __version__

if TYPE_CHECKING:
    from embedviz import (
        collections,
        encodings,
        errors,
        metric_agreement,
        network,
        plots,
        residual,
        search_cost,
    )
    from embedviz.comparison.alignment import align
    from embedviz.comparison.compared import compare
    from embedviz.exporting import export
    from embedviz.formats import read, write
    from embedviz.groups.clustering import cluster
    from embedviz.projections import project
    from embedviz.search import neighbors
    from embedviz.space import EmbeddingSpace
    from embedviz.things import embed_images, find, look_alikes, near_duplicates
    from embedviz.trust import (
        concentration,
        hubness,
        intrinsic_dimension,
        quality,
        scree,
        shepard,
        stability,
        torn,
    )
    from embedviz.vector_samples import sample
    from embedviz.words.analogies import analogy
    from embedviz.words.evaluation import evaluate_analogies, evaluate_similarity
    from embedviz.words.pretrained import load, models
    from embedviz.words.training import train_words

# Public name → the module that holds it; a name that is a module itself maps to None.
_HOMES: dict[str, str | None] = {
    "EmbeddingSpace": "embedviz.space",
    "align": "embedviz.comparison.alignment",
    "analogy": "embedviz.words.analogies",
    "cluster": "embedviz.groups.clustering",
    "collections": None,
    "compare": "embedviz.comparison.compared",
    "concentration": "embedviz.trust",
    "embed_images": "embedviz.things",
    "encodings": None,
    "errors": None,
    "evaluate_analogies": "embedviz.words.evaluation",
    "evaluate_similarity": "embedviz.words.evaluation",
    "export": "embedviz.exporting",
    "find": "embedviz.things",
    "hubness": "embedviz.trust",
    "intrinsic_dimension": "embedviz.trust",
    "load": "embedviz.words.pretrained",
    "look_alikes": "embedviz.things",
    "metric_agreement": None,
    "models": "embedviz.words.pretrained",
    "near_duplicates": "embedviz.things",
    "neighbors": "embedviz.search",
    "network": None,
    "plots": None,
    "project": "embedviz.projections",
    "quality": "embedviz.trust",
    "read": "embedviz.formats",
    "residual": None,
    "sample": "embedviz.vector_samples",
    "scree": "embedviz.trust",
    "search_cost": None,
    "shepard": "embedviz.trust",
    "stability": "embedviz.trust",
    "torn": "embedviz.trust",
    "train_words": "embedviz.words.training",
    "write": "embedviz.formats",
}

__all__ = [
    "EmbeddingSpace",
    "align",
    "analogy",
    "cluster",
    "collections",
    "compare",
    "concentration",
    "embed_images",
    "encodings",
    "errors",
    "evaluate_analogies",
    "evaluate_similarity",
    "export",
    "find",
    "hubness",
    "intrinsic_dimension",
    "load",
    "look_alikes",
    "metric_agreement",
    "models",
    "near_duplicates",
    "neighbors",
    "network",
    "plots",
    "project",
    "quality",
    "read",
    "residual",
    "sample",
    "scree",
    "search_cost",
    "shepard",
    "stability",
    "torn",
    "train_words",
    "write",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'embedviz' has no attribute {name!r}")
    home = _HOMES[name]
    value = (
        import_module(f"embedviz.{name}") if home is None else getattr(import_module(home), name)
    )
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
