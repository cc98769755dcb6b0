"""Which two sets are compared, and the keys that both have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from embedviz.comparison.matching import Matched, matched
from embedviz.space import EmbeddingSpace
from embedviz.ui.choices import begin_option
from embedviz.ui.compare.ready import EXAMPLES, PIXELS, SHORT, Opener, ready_sets
from embedviz.ui.links import tell_unknown
from embedviz.ui.messages import count
from embedviz.ui.session import session
from embedviz.ui.vectors.set_state import edited
from embedviz.ui.vectors.vector_set import VectorSet

MOST_DRAWN = 5_000
KEY_A, KEY_B = "compare_a", "compare_b"


@dataclass(frozen=True, eq=False)
class Sides:
    """Two sets, cut down to the keys that both have, in the first one's order.

    Attributes
    ----------
    a, b : VectorSet
    space_a, space_b : EmbeddingSpace
        The common keys that take part, row by row the same.
    rows_a, rows_b : ndarray of shape (n,), intp
        Where they stand in each set.
    common, only_a, only_b : int
        Keys that both have, and that one has alone.
    """

    a: VectorSet
    b: VectorSet
    space_a: EmbeddingSpace
    space_b: EmbeddingSpace
    rows_a: NDArray[np.intp]
    rows_b: NDArray[np.intp]
    common: int
    only_a: int
    only_b: int

    @property
    def one_set(self) -> bool:
        """Both sides are the same set: then two maps of it are compared."""
        return self.a.identity == self.b.identity

    @property
    def shared(self) -> bool:
        """Both are the server's, so that results may be kept on disk."""
        return self.a.shared and self.b.shared

    @property
    def identity(self) -> tuple[str, str]:
        """What results are kept under."""
        return self.space_a.vectors_fingerprint, self.space_b.vectors_fingerprint

    def said(self) -> str:
        """Which keys take part, in words."""
        drawn = len(self.space_a)
        part = (
            f"{drawn:,} of {count(self.common, 'common key')}, evenly spread, are compared and drawn"
            if drawn < self.common
            else f"All {count(self.common, 'common key')} are compared and drawn"
        )
        if not self.only_a and not self.only_b:
            return f"{part}."
        stand = "1 stands" if self.only_a == 1 else f"{self.only_a:,} stand"
        return f"{part}; {stand} only in A and {self.only_b:,} only in B."


def choose_sides() -> Sides | None:
    """The title, the two select boxes and examples to try; None while a set is being opened."""
    sets = _sets()
    for key, first in ((KEY_A, PIXELS), (KEY_B, SHORT)):
        tell_unknown(key, sets, "set of vectors")
        begin_option(key, first, sets)
    title, left, right, tries = st.columns([3, 4, 4, 2], vertical_alignment="bottom")
    title.title("Compare", anchor=False)
    names = list(sets)
    with left:
        first = st.selectbox(
            "A", names, index=names.index(PIXELS), key=KEY_A, bind="query-params",
            help="One side. Bring your own on the Vectors page, or train words.",
        )  # fmt: skip
    with right:
        second = st.selectbox(
            "B", names, index=names.index(SHORT), key=KEY_B, bind="query-params",
            help="The other side, with the same keys. The same set as A compares two maps of it.",
        )  # fmt: skip
    with tries, st.popover("Examples", width="stretch"):
        for label, pair in EXAMPLES.items():
            st.button(label, key=f"try-{label}", on_click=_take, args=pair, width="stretch")
    a, b = sets[first](), sets[second]()
    return None if a is None or b is None else _cut(a, b)


def _take(first: str, second: str) -> None:
    st.session_state[KEY_A], st.session_state[KEY_B] = first, second


def _sets() -> dict[str, Opener]:
    from embedviz.ui.vectors.available import available_sets

    return ready_sets() | dict(available_sets())


def _cut(a: VectorSet, b: VectorSet) -> Sides:
    key = (
        "compare-sides", a.identity, b.identity, a.space.vectors_fingerprint,
        b.space.vectors_fingerprint,
    )  # fmt: skip
    return session().kept(key, lambda: _made(a, b))


def _made(a: VectorSet, b: VectorSet) -> Sides:
    both = matched(a.space.keys, b.space.keys)
    picked = _spread(both)
    rows_a, rows_b = both.rows_a[picked], both.rows_b[picked]
    return Sides(
        a, b, a.space.take(rows_a), b.space.take(rows_b), rows_a, rows_b,
        len(both.keys), len(both.only_a), len(both.only_b),
    )  # fmt: skip


def _spread(both: Matched) -> NDArray[np.intp]:
    """All rows, or as many as are drawn, evenly over the order: files are often sorted."""
    n = len(both.keys)
    if n <= MOST_DRAWN:
        return np.arange(n)
    return np.linspace(0, n - 1, MOST_DRAWN).round().astype(np.intp)


def metadata_of(sides: Sides) -> dict[str, np.ndarray]:
    """The columns of both sets as edited, for the keys that take part; A's win."""
    tables = (edited(sides.b).table.iloc[sides.rows_b], edited(sides.a).table.iloc[sides.rows_a])
    return {str(name): table[name].to_numpy() for table in tables for name in table.columns}
