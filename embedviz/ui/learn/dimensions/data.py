"""What the lesson shows, computed once for everyone: packaged data and what is made here."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.metrics import EUCLIDEAN
from embedviz.space import EmbeddingSpace
from embedviz.trust import (
    Concentration,
    Hubness,
    IntrinsicDimension,
    KeptByComponents,
    Scree,
    concentration,
    hubness,
    intrinsic_dimension,
    kept_by_components,
    scree,
)
from embedviz.trust.concentrated import expected_spread
from embedviz.trust.random_points import random_points, with_dimensions
from embedviz.trust.variance_kept import first_components
from embedviz.vector_samples import sample

REAL = ("words", "digits", "wine")
LABELS = {"words": "Frequent words", "digits": "Handwritten digits", "wine": "Wines"}
"""The samples as the Vectors page's links name them."""

DIMENSIONS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000)
POINTS = 500
"""Points whose pairwise distances are compared, random and real alike."""

NEIGHBORS = 15
"""How many neighbors count as near: for what is kept and for hubs alike."""

_MOST = 1_000
_STEPS = (1, 2, 3, 5, 8, 13, 20, 30, 40, 50)


@st.cache_resource(show_spinner=False)
def real_space(name: str, most: int = _MOST) -> EmbeddingSpace:
    """A packaged sample, at most so many of its points: the first ones."""
    space = sample(name)
    return space.take(np.arange(min(most, len(space))))


@st.cache_resource(show_spinner=False)
def random_measured(distribution: str, d: int) -> Concentration:
    """Distances of random points of d dimensions."""
    return concentration(random_points(distribution, POINTS, d))


@st.cache_resource(show_spinner=False)
def real_measured(name: str, d: int, how: str) -> Concentration:
    """Distances of real vectors in d of their dimensions."""
    vectors = real_space(name).vectors[:POINTS]
    return concentration(with_dimensions(vectors, d, how))


@st.cache_resource(show_spinner=False)
def random_curve(distribution: str) -> tuple[list[float], list[float]]:
    """Measured and expected spread at each of :data:`DIMENSIONS`."""
    found = [random_measured(distribution, d).spread for d in DIMENSIONS]
    return found, [expected_spread(distribution, d) for d in DIMENSIONS]


@st.cache_resource(show_spinner=False)
def real_curve(name: str, how: str) -> tuple[list[int], list[float]]:
    """Dimensions up to all there are, and the spread at each."""
    most = real_space(name).dimensions
    steps = [d for d in DIMENSIONS if d < most] + [most]
    return steps, [real_measured(name, d, how).spread for d in steps]


@st.cache_resource(show_spinner=False)
def real_dimension(name: str) -> IntrinsicDimension:
    """How many numbers the sample really needs."""
    return intrinsic_dimension(real_space(name).vectors)


@st.cache_resource(show_spinner=False)
def real_scree(name: str) -> Scree:
    """The variance of the sample's principal components."""
    return scree(real_space(name).vectors)


@st.cache_resource(show_spinner=False)
def kept_at(name: str, count: int) -> float:
    """The share of true neighbors that the first so many components keep."""
    return float(kept_by_components(real_space(name), [count], NEIGHBORS).recall[0])


def kept_curve(name: str, now: int) -> KeptByComponents:
    """The same at some numbers of components, and at ``now``."""
    space = real_space(name)
    steps = sorted({*(step for step in _STEPS if step < space.dimensions), now, space.dimensions})
    recall = np.array([kept_at(name, step) for step in steps])
    return KeptByComponents(tuple(steps), recall, NEIGHBORS, len(space))


@st.cache_resource(show_spinner=False)
def hubs_at(name: str, count: int) -> Hubness:
    """Hubs among the sample's vectors on so many principal components, by distance."""
    return hubness(first_components(real_space(name), count), NEIGHBORS, EUCLIDEAN.name)


@st.cache_resource(show_spinner=False)
def hubs_of_noise(n: int, d: int) -> NDArray[np.float64]:
    """In how many lists each of n gaussian points stands."""
    points = random_points("gaussian", n, d).astype(np.float32)
    space = EmbeddingSpace([f"point {row}" for row in range(n)], points)
    return hubness(space, NEIGHBORS, EUCLIDEAN.name).counts
