"""All-but-the-Top: word vectors without what all of them have in common."""

from __future__ import annotations

import numpy as np

from embedviz.comparison.likeness import products
from embedviz.errors import InvalidParameterError
from embedviz.space import EmbeddingSpace


def all_but_the_top(space: EmbeddingSpace, components: int = 3, name: str = "") -> EmbeddingSpace:
    """The space without its mean and its ``components`` strongest directions.

    Mu & Viswanath (2018) found that these mostly carry how frequent a word is, and that word
    vectors without them agree better with people. They advise about d / 100 directions.

    Parameters
    ----------
    components : int
        From 0 (only the mean is taken away) to d − 1.

    Returns
    -------
    EmbeddingSpace
        The same keys and table, vectors of the same d dimensions.

    Raises
    ------
    InvalidParameterError
        If ``components`` is out of its range, or the space is empty.
    """
    d = space.dimensions
    if isinstance(components, bool) or not 0 <= components < d or not len(space):
        raise InvalidParameterError(
            f"components={components!r} of {len(space):,} vectors with {d} dimensions: it must be "
            f"a whole number from 0 to {d - 1}, and there must be vectors."
        )
    _, directions = np.linalg.eigh(products(space.vectors, space.vectors))
    top = directions[:, d - components :]
    centered = space.vectors - space.vectors.mean(axis=0, dtype=np.float64)
    centered -= (centered @ top) @ top.T
    origin = space.origin | {"all_but_the_top": int(components)}
    named = name or f"{space.name} without its top {components}"
    table = space.table if len(space.table.columns) else None
    return EmbeddingSpace(space.keys, centered, table, named, origin)
