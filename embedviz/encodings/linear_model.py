"""The same linear model on each encoding of a feature: what the encoding costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.encodings.encoding import Encoding
from embedviz.errors import InvalidParameterError

# One-hot columns add up to the intercept's column. This much decides between the many equal
# solutions, and changes no prediction by more than a hundredth of a percent of the spread.
_ALPHA = 1e-3

Fit = Callable[[Sequence[str], NDArray[np.float64]], Encoding]


@dataclass(frozen=True, eq=False)
class LinearErrors:
    """How far a linear model is off on rows that it was not fitted on.

    Attributes
    ----------
    by_fold : ndarray of shape (folds,), float64
        Root mean squared error on each fold's test rows, in units of the target.
    columns : int
        How many numbers the encoding gives a category.
    learned : int
        How many numbers were learned from a fold's training rows: the model's weights and its
        constant, and what the encoding itself learned from the target.
    rows : int
        The training rows of a fold.
    """

    by_fold: NDArray[np.float64]
    columns: int
    learned: int = 0
    rows: int = 0

    @property
    def mean(self) -> float:
        """The mean over the folds."""
        return float(self.by_fold.mean())


@dataclass(frozen=True, eq=False)
class FittedLine:
    """A line through a feature that is coded by one number.

    Attributes
    ----------
    categories : tuple of str
        The k categories, in the order of their codes.
    codes, means, said : ndarray of shape (k,), float64
        The code of each, the mean target of its rows, and what the line says for it.
    """

    categories: tuple[str, ...]
    codes: NDArray[np.float64]
    means: NDArray[np.float64]
    said: NDArray[np.float64]


def fitted_line(encoding: Encoding, values: Sequence[str], target: ArrayLike) -> FittedLine:
    """The least-squares line of ``target`` (n,) over the codes of ``values``, fitted on all rows.

    Every category of the encoding must be among the values. Raises InvalidParameterError if the
    encoding has more than one column, or does not know a value.
    """
    if encoding.vectors.shape[1] != 1:
        raise InvalidParameterError(
            f"A line needs one number for each category; this encoding has "
            f"{encoding.vectors.shape[1]}."
        )
    goal = np.asarray(target, dtype=np.float64)
    codes = encoding.encode(values)[:, 0]
    apart = codes - codes.mean()
    slope = float(apart @ (goal - goal.mean())) / (float(apart @ apart) or 1.0)
    own = encoding.vectors[:, 0]
    means = np.array([goal[codes == code].mean() for code in own])
    return FittedLine(encoding.categories, own, means, goal.mean() + slope * (own - codes.mean()))


def cross_validated(
    values: Sequence[str], target: ArrayLike, fit: Fit | None, folds: int = 5, seed: int = 0
) -> LinearErrors:
    """Fit a linear model on an encoding of ``values``, ``folds`` times.

    The model is scikit-learn's Ridge with next to no penalty: least squares.

    Parameters
    ----------
    values : sequence of str
        A category for each of the n rows.
    target : array of shape (n,)
    fit : callable or None
        Makes the encoding from a fold's training rows alone (values, target); what it does not
        know in the test rows gets its value for unknowns. None for no feature at all: the model
        then says the training rows' mean.

    Raises InvalidParameterError for fewer rows than folds, or a target that is not finite.
    """
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import KFold

    goal = np.asarray(target, dtype=np.float64)
    if goal.shape != (len(values),) or not np.isfinite(goal).all() or not 2 <= folds <= len(values):
        raise InvalidParameterError(
            f"{len(values)} values, a target of shape {goal.shape}, {folds} folds. Each value needs "
            "a finite target, and there must be 2 folds at least and no more than rows."
        )
    named = np.asarray(values, dtype=object)
    errors, columns, learned, rows = [], 0, 0, 0
    for train, test in KFold(folds, shuffle=True, random_state=seed).split(named):
        seen, asked, made = _features(fit, named[train], goal[train], named[test])
        columns, learned, rows = seen.shape[1], made + seen.shape[1] + 1, len(train)
        said = np.full(len(test), goal[train].mean())
        if columns:
            said = Ridge(alpha=_ALPHA).fit(seen, goal[train]).predict(asked)
        errors.append(float(np.sqrt(np.mean((said - goal[test]) ** 2))))
    return LinearErrors(np.array(errors), columns, learned, rows)


def _features(
    fit: Fit | None,
    train: NDArray[np.object_],
    target: NDArray[np.float64],
    test: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    if fit is None:
        return np.empty((len(train), 0)), np.empty((len(test), 0)), 0
    encoding = fit(list(train), target)
    asked = encoding.encode(list(test), unknown="value")
    return encoding.encode(list(train)), asked, encoding.learned
