"""What a projection gives: coordinates, how they came about, and a way to place new points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import EmbedvizError, InvalidParameterError
from embedviz.metrics import EUCLIDEAN
from embedviz.progress import Cancel, OnProgress
from embedviz.projections.base import Fitted
from embedviz.projections.checks import check_directions
from embedviz.space import EmbeddingSpace

# Of the picture's width: beyond this a refitted picture is another one.
_SAME_PICTURE = 1e-3


class LazyModel:
    """The fitted model, or the way to make it again when it is first asked for."""

    def __init__(
        self,
        fitted: Fitted | None,
        refit: Callable[[OnProgress | None, Cancel | None], Fitted] | None = None,
    ) -> None:
        self._fitted = fitted
        self._refit = refit
        self._lock = Lock()

    def get(self, on_progress: OnProgress | None, cancel: Cancel | None) -> Fitted:
        """The model, fitted now if it is not there yet."""
        with self._lock:
            if self._fitted is None:
                if self._refit is None:
                    raise EmbedvizError(
                        "These coordinates were not made by a model, so new points cannot be "
                        "placed among them. Use ev.project."
                    )
                self._fitted = self._refit(on_progress, cancel)
            return self._fitted


@dataclass(frozen=True, eq=False)
class Projection:
    """A space drawn in few dimensions.

    Attributes
    ----------
    coordinates : ndarray of shape (n, c), float32, read-only
        One row per key of ``space``.
    space : EmbeddingSpace
        What was drawn.
    method : str
        A name in ``PROJECTIONS``.
    params : mapping
        Every parameter of the method with the value that was used.
    n_components, seed : int
        c, and what random draws started from.
    seconds : float
        How long the fit took; for a result from the store, how long it took then.
    details : mapping
        What the method tells about this fit: PCA ``explained_variance_ratio`` (c,),
        ``explained_variance``, ``components`` (c, d) and ``mean`` (d,); t-SNE ``kl_divergence``.
    works_on : str
        What the distances are made from, as one sentence.
    metric : str
        The metric of the full space that the picture tries to keep.
    from_cache : bool
        True if it was kept on disk and not computed now.
    """

    coordinates: NDArray[np.float32]
    space: EmbeddingSpace
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    n_components: int = 2
    seed: int = 0
    seconds: float = 0.0
    details: Mapping[str, Any] = field(default_factory=dict)
    works_on: str = ""
    metric: str = EUCLIDEAN.name
    from_cache: bool = False
    model: LazyModel = field(default_factory=lambda: LazyModel(None), repr=False)

    def __post_init__(self) -> None:
        coordinates = np.array(self.coordinates, np.float32, order="C")
        if coordinates.shape != (len(self.space), self.n_components):
            raise InvalidParameterError(
                f"Coordinates of shape {coordinates.shape} do not fit {len(self.space):,} points "
                f"in {self.n_components} dimensions."
            )
        coordinates.flags.writeable = False
        object.__setattr__(self, "coordinates", coordinates)

    @property
    def keys(self) -> tuple[str, ...]:
        """The n keys, in the order of the coordinates."""
        return self.space.keys

    def transform(
        self,
        new_space: EmbeddingSpace,
        *,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> NDArray[np.float32]:
        """Coordinates of new points in the same picture, of shape (m, c), float32.

        The points of the picture stay where they are. PCA applies its formula; t-SNE places each
        new point by itself; UMAP's result depends on which points come together (the method's
        ``transforms`` says so). After a restart t-SNE and UMAP fit their model again first, which
        takes as long as the fit took: the same seed leads to the same picture.

        Raises
        ------
        InvalidParameterError
            If the dimensions differ, or a new vector has no direction where only that counts.
        EmbedvizError
            If the picture that was kept cannot be made again on this machine.
        CancelledError
            If ``cancel`` is set.
        """
        if new_space.dimensions != self.space.dimensions:
            raise InvalidParameterError(
                f"The new vectors have {new_space.dimensions} dimensions, the picture was made "
                f"from vectors of {self.space.dimensions}. Use vectors of the same model."
            )
        if not len(new_space):
            return np.empty((0, self.n_components), np.float32)
        check_directions(new_space, self.metric, "New points")
        model = self.model.get(on_progress, cancel)
        placed = model.transform(new_space.vectors, on_progress, cancel)
        return np.asarray(placed, np.float32)


def check_same_picture(fitted: Fitted, kept: NDArray[np.float32]) -> None:
    """Raise EmbedvizError if a refitted model drew another picture than the one kept."""
    width = float(np.ptp(kept, axis=0).max())
    if float(np.abs(fitted.coordinates - kept).max()) > _SAME_PICTURE * width:
        raise EmbedvizError(
            "The kept picture cannot be made again exactly here (another processor or library "
            "build made it), so new points would be misplaced. Project again with cache=False."
        )
