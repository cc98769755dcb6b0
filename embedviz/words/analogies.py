"""Calculating with words: a is to b as c is to ?, by three methods.

O. Levy and Y. Goldberg (2014), "Linguistic Regularities in Sparse and Explicit Word
Representations", CoNLL. All three work on vectors of length 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.arguments import checked, finite
from embedviz.errors import InvalidParameterError, shown
from embedviz.indexes import index_of
from embedviz.space import EmbeddingSpace
from embedviz.word_model import WordModel, as_space, vector_of
from embedviz.words.formula import WeightedWord

Item = str | WeightedWord
Floats = NDArray[np.float64]

_EPSILON = 1e-6  # as in Levy & Goldberg's equation 4 and in gensim: no division by zero


@dataclass(frozen=True)
class Analogy:
    """The words that answer a sum, best first.

    Attributes
    ----------
    keys : tuple of str
    scores : ndarray of shape (k,), float64
        What the method maximizes: a cosine for 3CosAdd and PairDirection, a quotient of shifted
        cosines for 3CosMul.
    rows : ndarray of shape (k,), intp
    method : str
    """

    keys: tuple[str, ...]
    scores: Floats
    rows: NDArray[np.intp]
    method: str


@dataclass(frozen=True)
class Terms:
    """A sum, ready to calculate: unit vectors (m, d) and weights (m,) of both sides."""

    positive: Floats
    negative: Floats
    plus: Floats
    minus: Floats

    @property
    def total(self) -> Floats:
        """The weighted sum of the unit vectors, of shape (d,)."""
        return np.asarray(self.plus @ self.positive - self.minus @ self.negative)


@dataclass(frozen=True)
class AnalogyMethod:
    """One way to answer. ``best`` gives rows and scores of the best ``k`` words."""

    name: str
    label: str
    help: str
    best: Callable[[EmbeddingSpace, Terms, int], tuple[NDArray[np.intp], Floats]]
    takes_weights: bool = False
    needs_pair: bool = False

    def why_not(self, positive: Sequence[Item], negative: Sequence[Item]) -> str | None:
        """Why this method has no answer to this sum, or None if it has one."""
        items = [weighted(item) for item in (*positive, *negative)]
        if not self.takes_weights and any(weight != 1 for _, weight in items):
            return f"{self.label} knows no weights; only 3CosAdd does."
        if self.needs_pair and (len(positive), len(negative)) != (2, 1):
            return (
                f"{self.label} needs exactly b - a + c (two words added, one taken away); "
                f"this sum adds {len(positive)} and takes away {len(negative)}."
            )
        return None if positive else f"{self.label} needs at least one word that is added."


@checked
def analogy(
    source: EmbeddingSpace | WordModel,
    positive: Sequence[Item],
    negative: Sequence[Item] = (),
    k: int = 10,
    method: str = "3CosAdd",
    exclude_inputs: bool = True,
) -> Analogy:
    """The ``k`` words that come nearest to a sum of words.

    Parameters
    ----------
    source : EmbeddingSpace or WordModel
    positive, negative : sequence of str or (str, float)
        Words to add and to take away, with weights if the method knows them. PairDirection reads
        ``positive=[b, c], negative=[a]`` as a : b :: c : ?.
    method : {"3CosAdd", "3CosMul", "PairDirection"}
    exclude_inputs : bool
        Leave out the words of the sum, as is usual; without that the answer to
        king - man + woman is king.

    Raises
    ------
    UnknownKeyError
        For a word that the source has no vector for.
    InvalidParameterError
        If the method cannot answer this sum, or the sum has length 0.
    """
    if method not in ANALOGY_METHODS:
        names = ", ".join(ANALOGY_METHODS)
        raise InvalidParameterError(f"There is no method {method!r}. Methods: {names}.")
    if k < 1:
        raise InvalidParameterError(f"k={k!r} answers: it must be 1 or more.")
    _check_items(positive, "positive")
    _check_items(negative, "negative")
    if Counter(map(weighted, positive)) == Counter(map(weighted, negative)):
        raise InvalidParameterError(
            "The same words are added and taken away: they cancel out, and nothing is left to be near "
            "to."
        )
    reason = ANALOGY_METHODS[method].why_not(positive, negative)
    if reason:
        raise InvalidParameterError(reason)
    space = as_space(source)
    words = [weighted(item)[0] for item in (*positive, *negative)]
    inputs = {space.index(word) for word in words if word in space} if exclude_inputs else set()
    wanted = min(k + len(inputs), len(space))
    rows, scores = ANALOGY_METHODS[method].best(space, terms(source, positive, negative), wanted)
    keep = [i for i, row in enumerate(rows) if row not in inputs][:k]
    keys = tuple(space.keys[row] for row in rows[keep])
    return Analogy(keys, scores[keep], rows[keep], method)


def _check_items(items: object, name: str) -> None:
    """Raise InvalidParameterError unless these are words, some perhaps with a finite weight."""
    if isinstance(items, str):
        raise InvalidParameterError(
            f"{name}={shown(items)} is one word; give a list of words: [{shown(items)}]."
        )
    if not isinstance(items, Sequence):
        raise InvalidParameterError(
            f"{name} must be a list of words, got a {type(items).__name__}."
        )
    for item in items:
        if isinstance(item, str):
            continue
        if not isinstance(item, tuple | list) or len(item) != 2 or not isinstance(item[0], str):
            raise InvalidParameterError(
                f"{name} holds {shown(item)}. Each must be a word, or a word and its weight, such as "
                "('king', 0.5)."
            )
        finite(f"the weight of {shown(item[0])}", item[1])


def terms(
    source: EmbeddingSpace | WordModel, positive: Sequence[Item], negative: Sequence[Item]
) -> Terms:
    """Unit vectors and weights of a sum; raises UnknownKeyError."""
    added, plus = _side(source, positive)
    taken, minus = _side(source, negative)
    return Terms(added, taken, plus, minus)


def _side(source: EmbeddingSpace | WordModel, items: Sequence[Item]) -> tuple[Floats, Floats]:
    pairs = [weighted(item) for item in items]
    vectors = np.zeros((len(pairs), as_space(source).dimensions))
    for i, (word, _) in enumerate(pairs):
        vector = vector_of(source, word).astype(np.float64)
        length = np.linalg.norm(vector)
        if not length:
            raise InvalidParameterError(
                f"The vector of '{word}' has length 0: it has no direction."
            )
        vectors[i] = vector / length
    return vectors, np.array([weight for _, weight in pairs], dtype=np.float64)


def weighted(item: Item) -> WeightedWord:
    """A word with its weight, 1 unless it was given."""
    return (item, 1.0) if isinstance(item, str) else (item[0], float(item[1]))


def _cos_add(space: EmbeddingSpace, sum_: Terms, k: int) -> tuple[NDArray[np.intp], Floats]:
    total = sum_.total
    if np.linalg.norm(total) < 1e-12:
        raise InvalidParameterError(
            "The words cancel out: their sum has length 0 and no direction."
        )
    rows, scores = index_of(space).search(total[None], k, "cosine")
    return rows[0], scores[0]


def _cos_mul(space: EmbeddingSpace, sum_: Terms, k: int) -> tuple[NDArray[np.intp], Floats]:
    top = np.prod((1 + _cosines(space, sum_.positive)) / 2, axis=1)
    bottom = np.prod((1 + _cosines(space, sum_.negative)) / 2, axis=1)
    return _best(top / (bottom + _EPSILON), k)


def _pair_direction(space: EmbeddingSpace, sum_: Terms, k: int) -> tuple[NDArray[np.intp], Floats]:
    (b, c), a = sum_.positive, sum_.negative[0]
    direction = b - a
    length = np.linalg.norm(direction)
    if not length:
        raise InvalidParameterError("a and b are the same: from one to the other is no direction.")
    along = _cosines(space, np.stack([direction / length, c]))
    # ‖x − c‖ of unit vectors; at x = c there is no direction, and the score is 0.
    away = np.sqrt(np.maximum(2 - 2 * along[:, 1], 0))
    gained = along[:, 0] - c @ direction / length
    return _best(np.divide(gained, away, out=np.zeros_like(gained), where=away > 1e-6), k)


def _cosines(space: EmbeddingSpace, units: Floats) -> Floats:
    """Cosines of all n vectors with the unit vectors (m, d), of shape (n, m)."""
    products = (space.vectors @ units.astype(np.float32).T).astype(np.float64)
    norms = space.norms.astype(np.float64)[:, None]
    return np.divide(products, norms, out=np.zeros_like(products), where=norms > 0)


def _best(scores: Floats, k: int) -> tuple[NDArray[np.intp], Floats]:
    near = np.flatnonzero(scores >= np.partition(scores, len(scores) - k)[len(scores) - k])
    order = near[np.lexsort((near, -scores[near]))][:k]
    return order, scores[order]


ANALOGY_METHODS: dict[str, AnalogyMethod] = {
    method.name: method
    for method in (
        AnalogyMethod(
            "3CosAdd", "3CosAdd",
            "Nearest by angle to the sum b − a + c: the textbook's way.",
            _cos_add, takes_weights=True,
        ),
        AnalogyMethod(
            "3CosMul", "3CosMul",
            "Multiplies the nearness to b and c and divides by that to a, so that no one term "
            "rules: often better.",
            _cos_mul,
        ),
        AnalogyMethod(
            "PairDirection", "PairDirection",
            "Seeks the word whose step from c points the way from a to b, however long it is.",
            _pair_direction, needs_pair=True,
        ),
    )
}  # fmt: skip
