"""The line under a map that leaves the page: what it shows, and how far to trust it."""

from __future__ import annotations

import numpy as np

from embedviz.projections import PROJECTIONS
from embedviz.projections.projection import Projection
from embedviz.trust import Quality


def caption_of(projection: Projection, quality: Quality | None = None) -> str:
    """``PCA of 1,797 vectors with 64 dimensions: the axes hold 29 % of the variance. …``"""
    n, d = len(projection.space), projection.space.dimensions
    method = PROJECTIONS.get(projection.method)
    label = projection.method if method is None else method.label
    said = f"{label} of {n:,} vectors with {d:,} dimensions"
    variance = projection.details.get("explained_variance_ratio")
    if variance is not None:
        said += f": the axes hold {100 * float(np.sum(variance)):.3g} % of the variance"
    elif method is not None and method.keeps == "neighbors":
        seed = f" (seed {projection.seed})" if method.uses_seed else ""
        said += f"{seed}: distances between far groups and axes have no unit"
    if quality is None:
        return f"{said}."
    return (
        f"{said}. Trustworthiness {quality.trustworthiness:.2f}, continuity "
        f"{quality.continuity:.2f}, recall {quality.recall:.2f} of the {quality.k} nearest."
    )
