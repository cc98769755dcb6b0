"""The picture of a sum of words: a plane fitted to them, and the arrows that the sum makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.space import EmbeddingSpace
from embedviz.word_model import WordModel, vector_of
from embedviz.words.analogies import Item, Terms, terms, weighted

Point = tuple[float, float]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Arrow:
    """From one place to another, with what it stands for; ``sum`` for the arithmetic's own."""

    start: Point
    end: Point
    label: str
    sum: bool


@dataclass(frozen=True)
class AnalogyPlane:
    """Words of a sum, its answers and its landing point, on the plane that fits them best.

    Attributes
    ----------
    keys : tuple of str
        The words of the sum first, then the answers.
    inputs : int
        How many of ``keys`` are words of the sum.
    best : int
        Which of ``keys`` is the best answer; a word of the sum, if those may win too.
    coordinates : ndarray of shape (len(keys), 2), float64
        Unit vectors seen on the plane.
    landing : tuple of 2 float
        Where the sum ends.
    arrows : tuple of Arrow
    variance_share : float
        From 0 to 1: how much of the drawn points' variance the plane keeps.
    """

    keys: tuple[str, ...]
    inputs: int
    best: int
    coordinates: Floats
    landing: Point
    arrows: tuple[Arrow, ...]
    variance_share: float


def plane(
    source: EmbeddingSpace | WordModel,
    positive: Sequence[Item],
    negative: Sequence[Item],
    answers: Sequence[str],
) -> AnalogyPlane:
    """Fit the plane by PCA to the sum's words, its landing point and the best of the other words.

    ``answers`` come best first, and may have words of the sum among them. For b − a + c the arrows
    are a → b and, from c, the same arrow again: a parallelogram. Other sums are a chain of arrows.
    Raises UnknownKeyError.
    """
    sum_ = terms(source, positive, negative)
    words = tuple(weighted(item)[0] for item in (*positive, *negative))
    found = tuple(word for word in answers if word not in words)
    near = [_unit(vector_of(source, word)) for word in found]
    drawn = np.vstack([sum_.positive, sum_.negative, *(vector[None] for vector in near)])
    # The plane belongs to the sum: words that only lie near do not turn it.
    fitted = np.vstack([drawn[: len(words) + 1], sum_.total[None]])
    center = fitted.mean(axis=0)
    axes = np.linalg.svd(fitted - center, full_matrices=False)[2][:2]
    axes = np.vstack([axes, np.zeros((2 - len(axes), drawn.shape[1]))])
    shown = (drawn - center) @ axes.T
    landing = _point((sum_.total - center) @ axes.T)
    scattered = np.vstack([drawn, sum_.total[None]]) - center
    share = float(((scattered @ axes.T) ** 2).sum() / max(float((scattered**2).sum()), 1e-30))
    weights = [weight for _, weight in map(weighted, (*positive, *negative))]
    classic = (len(positive), len(negative)) == (2, 1) and weights == [1, 1, 1]
    arrows = _parallelogram(shown, landing) if classic else _chain(sum_, words, center, axes)
    keys = words + found
    best = keys.index(answers[0]) if len(answers) else len(words)
    return AnalogyPlane(keys, len(words), best, shown, landing, arrows, share)


def _parallelogram(shown: Floats, landing: Point) -> tuple[Arrow, ...]:
    b, c, a = (_point(row) for row in shown[:3])
    return (
        Arrow(a, b, "", sum=False),
        Arrow(c, landing, "", sum=True),
        Arrow(a, c, "", sum=False),
        Arrow(b, landing, "", sum=True),
    )


def _chain(sum_: Terms, words: Sequence[str], center: Floats, axes: Floats) -> tuple[Arrow, ...]:
    steps = [*(sum_.plus[:, None] * sum_.positive), *(-sum_.minus[:, None] * sum_.negative)]
    signs = ["+"] * len(sum_.plus) + ["−"] * len(sum_.minus)
    place = steps[0]
    arrows = []
    for step, sign, word in list(zip(steps, signs, words, strict=True))[1:]:
        start, place = place, place + step
        tail, head = (_point((point - center) @ axes.T) for point in (start, place))
        arrows.append(Arrow(tail, head, f"{sign} {word}", sum=True))
    return tuple(arrows)


def _unit(vector: NDArray[np.float32]) -> Floats:
    wide = vector.astype(np.float64)
    return wide / max(float(np.linalg.norm(wide)), 1e-30)


def _point(row: Floats) -> Point:
    return float(row[0]), float(row[1])
