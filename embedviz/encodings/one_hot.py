"""One-hot encoding: a binary vector for each category, with a single 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedviz.encodings.encoding import Encoding, check_categories
from embedviz.errors import InvalidParameterError

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def one_hot_encoding(categories: Sequence[str], drop_first: bool = False) -> Encoding:
    """The k categories as k orthogonal vectors of length 1: every two are √2 apart.

    Parameters
    ----------
    categories : sequence of str
        Each once, in the order of the columns.
    drop_first : bool
        Leave out the first column: the first category becomes the row of zeros (dummy coding), so
        that the columns no longer add up to the constant 1 of a linear model.

    The vectors are (k, k), or (k, k − 1); an unknown category is the row of zeros. Raises
    InvalidParameterError if there is no category or one stands twice.
    """
    names = check_categories(categories)
    vectors = np.eye(len(names))[:, 1 if drop_first else 0 :]
    return Encoding(names, vectors, np.zeros(vectors.shape[1]))


def one_hot_sparse(codes: ArrayLike, n_categories: int) -> csr_array:
    """The same for n rows as a SciPy CSR array of shape (n, ``n_categories``), float32.

    ``codes`` holds the place of each row's category, from 0, or −1 for none (a row of zeros).
    Only the ones are stored: 4 bytes each, 4 for the column, and 4 for the row. Raises
    InvalidParameterError for a code outside of −1 to ``n_categories`` − 1.
    """
    from scipy.sparse import csr_array

    places: NDArray[np.int64] = np.asarray(codes, dtype=np.int64)
    if places.size and (places.min() < -1 or places.max() >= n_categories):
        raise InvalidParameterError(
            f"The codes go from {places.min()} to {places.max()}; with {n_categories} categories "
            f"they can be −1 (none) to {n_categories - 1}."
        )
    known = places >= 0
    columns = places[known].astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(known)]).astype(np.int32)
    ones = np.ones(len(columns), dtype=np.float32)
    return csr_array((ones, columns, starts), shape=(len(places), n_categories))
