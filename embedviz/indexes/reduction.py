"""Finds the fewest numbers per vector that still find its neighbors, by trying."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedviz.indexes.calibration import NEIGHBORS, candidates_needed, without_own
from embedviz.indexes.directions import leading_directions
from embedviz.indexes.exact import ExactIndex
from embedviz.indexes.shadows import Shadows
from embedviz.indexes.shortcuts import Float32, Shortcuts
from embedviz.metrics import METRICS
from embedviz.progress import Cancel, OnProgress, report, stop_if

_WIDTHS = (64, 128, 256)  # numbers kept of each vector
_SAVES = 4  # times fewer numbers than the vector has, or it is not worth it
_LEAST_ROWS = 1000
_SAMPLE = 128  # rows that are asked for their known neighbors
_MOST, _MOST_SHARE = 200, 100  # candidates for 10: so many, or one row in so many


@dataclass(frozen=True)
class Reduction:
    """Shadows and, by metric, the candidates they need and the recall that was measured."""

    shadows: Shadows | None
    candidates: dict[str, int]
    recall: dict[str, float]


NO_REDUCTION = Reduction(None, {}, {})


class Attempt:
    """What every width is tried on: vectors, a sample of rows and their exact neighbors."""

    def __init__(
        self,
        vectors: Float32,
        norms: Float32,
        shortcuts: Shortcuts,
        every: ExactIndex,
        seed: int,
    ) -> None:
        self.vectors, self.norms, self.shortcuts = vectors, norms, shortcuts
        self._every = every
        self._seed = seed
        usual = np.flatnonzero(norms > 0)
        random = np.random.default_rng(seed)
        self.sample = np.sort(random.choice(usual, min(_SAMPLE, usual.size), replace=False))

    @property
    def widths(self) -> list[int]:
        """The numbers per vector that would save something here."""
        n, d = self.vectors.shape
        pays = n >= _LEAST_ROWS and self.sample.size and self.shortcuts.safe
        return [width for width in _WIDTHS if pays and width * _SAVES <= d]

    def best(self, on_progress: OnProgress | None, cancel: Cancel | None) -> Reduction:
        """The narrowest reduction that serves every metric, else the one that serves most."""
        widths = self.widths
        if not widths:
            return NO_REDUCTION
        report(on_progress, 0.0, "finding the directions that hold the most")
        directions = leading_directions(
            self.vectors, self.norms, widths[-1] - 1, self._seed, cancel
        )
        report(on_progress, 0.4, f"finding the neighbors of {self.sample.size} vectors, to compare")
        # The directions are those of vectors as they are: what looks at others compares all, rather
        # than that every building takes a third longer for what few ask.
        served = [name for name, one in METRICS.items() if one.form is not None and not one.centers]
        truth = {metric: self._truth(metric, cancel) for metric in served}
        best = NO_REDUCTION
        for place, width in enumerate(widths):
            done = 0.6 + 0.4 * place / len(widths)
            report(on_progress, done, f"trying {width} numbers for each vector")
            narrow = np.ascontiguousarray(directions[:, : width - 1])
            reduction = self._with(Shadows(self.vectors, self.norms, narrow, cancel), truth, cancel)
            if len(reduction.candidates) > len(best.candidates):
                best = reduction
            if len(best.candidates) == len(served):
                break
        return best

    def _truth(self, metric: str, cancel: Cancel | None) -> NDArray[np.intp]:
        queries = self.vectors[self.sample]
        rows, _ = self._every.search(queries, NEIGHBORS + 1, metric, cancel=cancel)
        return without_own(rows, self.sample)

    def _with(
        self, shadows: Shadows, truth: dict[str, NDArray[np.intp]], cancel: Cancel | None
    ) -> Reduction:
        most = max(_MOST, len(self.vectors) // _MOST_SHARE)
        candidates, recall = {}, {}
        for metric, rows in truth.items():
            stop_if(cancel, "Building the index")
            full = self.shortcuts.of(metric, self.vectors[self.sample].astype(np.float64))
            if full is None:
                continue
            count, share = candidates_needed(shadows.of(metric, full), self.sample, rows)
            if count <= most:
                candidates[metric], recall[metric] = count, share
        return Reduction(shadows, candidates, recall)
