"""The item that was asked for, and its neighbors on both sides."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from embedviz.errors import UnknownKeyError
from embedviz.metrics import METRICS
from embedviz.search import Neighbors, neighbors
from embedviz.ui.compare.measured import Near
from embedviz.ui.messages import plain, show_error

KEY = "compare_ask"


@dataclass(frozen=True, eq=False)
class Asked:
    """An item and its nearest in A and in B."""

    key: str
    a: Neighbors
    b: Neighbors

    @property
    def both(self) -> tuple[str, ...]:
        """Neighbors on both sides, in A's order."""
        there = set(self.b.keys)
        return tuple(key for key in self.a.keys if key in there)


def ask_about(key: str) -> None:
    """Ask this item from the next run on; only from a callback."""
    st.session_state[KEY] = key


def ask_box() -> str:
    """The box to type an item's key into."""
    typed: str = st.text_input(
        "Ask about", key=KEY, bind="query-params", placeholder="or click a point",
        help="Shows this item's nearest on both sides.", width=150,
    )  # fmt: skip
    return typed.strip()


def asked(key: str, near: Near | None) -> Asked | None:
    """The neighbors of ``key`` on both sides; None if nothing was asked, or it is not there."""
    if not key or near is None:
        return None
    try:
        found = [neighbors(space, key, near.k, near.metric) for space in (near.a, near.b)]
    except UnknownKeyError as error:
        show_error(error)
        return None
    return Asked(key, found[0], found[1])


def neighbors_of_both(answer: Asked) -> None:
    """Two lists, one under each map."""
    k, same = len(answer.a.keys), len(answer.both)
    st.markdown(f"**{plain(answer.key)}**: {same} of its {k} nearest are the same in A and B.")
    for column, name, own, other in zip(
        st.columns(2), "AB", (answer.a, answer.b), (answer.b, answer.a), strict=True
    ):
        there = set(other.keys)
        rows = {
            f"nearest in {name}": own.keys,
            METRICS[own.metric].label.lower(): own.scores,
            f"also in {'B' if name == 'A' else 'A'}": [key in there for key in own.keys],
        }
        with column:
            st.dataframe(
                pd.DataFrame(rows), hide_index=True, height=min(36 * k + 38, 400),
                key=f"compare_near_{name}",
            )  # fmt: skip
