"""Label and ordinal encoding: one whole number for each category."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embedviz.encodings.encoding import Encoding, categories_of, check_categories

_UNKNOWN = -1.0


def label_encoding(values: Sequence[str], order: str = "first", start: int = 1) -> Encoding:
    """Number the categories in an order that means nothing: red → 1, green → 2, blue → 3.

    ``order`` is that of :func:`~embedviz.encodings.encoding.categories_of`; ``order="sorted"``
    with ``start=0`` gives the numbers of scikit-learn's ``LabelEncoder``. The vectors are (k, 1);
    an unknown category is −1, as in category_encoders.
    """
    return ordinal_encoding(categories_of(values, order), start)


def ordinal_encoding(order: Sequence[str], start: int = 1) -> Encoding:
    """Number the categories in the order that they have: S → 1, M → 2, L → 3.

    The distances say that the steps are equally long, which the order alone does not. Raises
    InvalidParameterError if ``order`` is empty or names a category twice.
    """
    categories = check_categories(order)
    codes = np.arange(start, start + len(categories), dtype=np.float64)[:, None]
    return Encoding(categories, codes, np.array([_UNKNOWN]))
