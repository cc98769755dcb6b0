"""One toy entry for each table, as a newcomer would bring it: one object, one entry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from embedviz.formats.base import FileSummary, Format, ReadOptions
from embedviz.formats.source import Source
from embedviz.indexes.exact import ExactIndex
from embedviz.metrics import Metric
from embedviz.params import param
from embedviz.projections.base import ProjectionMethod, Task
from embedviz.space import EmbeddingSpace

TOY_METRIC = Metric(
    name="toy-manhattan",
    label="Toy distance",
    short_label="Toy",
    adjective="toy",
    is_distance=True,
    works_on="The sum of the differences of the entries.",
    distance_label="toy distance",
    between=lambda query, vectors: np.abs(
        vectors.astype(np.float64) - np.asarray(query, np.float64)
    ).sum(axis=1),
    called={
        "openTSNE": "manhattan", "umap": "manhattan", "scikit-learn": "manhattan",
        "scipy": "cityblock",
    },
)  # fmt: skip


@dataclass(frozen=True)
class ToyParams:
    """Parameters of the toy projection."""

    stretch: float = param(2.0, "How far apart.", minimum=0.5, maximum=10.0, step=0.5)


@dataclass(frozen=True)
class FittedToy:
    """The first axes, stretched."""

    coordinates: Any
    details: dict[str, Any]
    stretch: float
    axes: int

    def transform(self, vectors: Any, _on_progress: Any, _cancel: Any) -> Any:
        """New points by the same rule."""
        return vectors[:, : self.axes] * self.stretch


def _fit(task: Task, params: ToyParams) -> FittedToy:
    axes = task.n_components
    return FittedToy(task.vectors[:, :axes] * params.stretch, {"axes": axes}, params.stretch, axes)


def _restore(params: ToyParams, details: Mapping[str, Any]) -> FittedToy:
    return FittedToy(None, dict(details), params.stretch, details["axes"])


TOY_PROJECTION = ProjectionMethod(
    name="toy-axes",
    label="Toy axes",
    help="The first axes as they are, stretched.",
    params=ToyParams,
    transforms="exact",
    reports_progress=False,
    keeps="distances",
    uses_seed=False,
    is_quick=True,
    libraries=("numpy",),
    least_points=2,
    components=lambda _n, d: (1, d),
    limits=lambda _n, _d: {"stretch": (0.5, 5.0)},
    check=lambda *_: None,
    fit=_fit,
    works_on=lambda _: "The first axes.",
    metric=lambda _: "euclidean",
    restore=_restore,
)


def _read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    source.exactly(4, "its mark")
    rows = json.loads(source.read(1 << 20))
    keys = list(rows)[: options.limit]
    vectors = [rows[key] for key in keys]
    return EmbeddingSpace(keys, vectors, name=options.name, origin={"format": "toy-json"})


def _describe(source: Source, limit: int | None) -> FileSummary:
    return FileSummary("toy-json", None, None, None)


def _write(space: EmbeddingSpace, file: IO[bytes]) -> None:
    rows = {key: space.vector(key).tolist() for key in space.keys}
    file.write(b"TOY\n" + json.dumps(rows).encode())


TOY_FORMAT = Format(
    name="toy-json",
    label="Toy JSON",
    suffixes=(".toy",),
    help="Keys and numbers behind a mark.",
    sniff=lambda head, _: head.startswith(b"TOY\n"),
    read=_read,
    describe=_describe,
    write=_write,
    keys="text",
)


class ToyIndex(ExactIndex):
    """Exact, under another name."""

    label = "Toy index"
    help = "Every vector is compared."
