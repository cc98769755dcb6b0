"""What a person did with a set of vectors in this browser session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from embedviz.space import EmbeddingSpace
from embedviz.ui.session import is_own, session
from embedviz.ui.vectors.vector_set import VectorSet

Rows = NDArray[np.intp]
_STATE = "vectors_state"
SEARCHES, VERSIONS = "vectors_groups_wanted", "vectors_table_versions"
"""What else is kept by a set's identity: the searches for groups, the versions of tables."""

_NOTHING = np.empty(0, np.intp)
_UNDO_STEPS = 50


@dataclass
class SetState:
    """Edits, filters, selections and groups of one set; a rerun of the page draws from here.

    Attributes
    ----------
    table : DataFrame or None
        The metadata as edited; None while nothing was.
    filters : mapping from column name to a condition (see :mod:`embedviz.metadata.filters`)
    groups : Any
        What the groups panel found and named, or None.
    added : Any
        Points placed into the map afterwards, or None.
    told : int
        Counts what the map must be told: selections that were not made on it.
    """

    table: pd.DataFrame | None = None
    filters: dict[str, Any] = field(default_factory=dict)
    groups: Any = None
    added: Any = None
    told: int = 0
    _selections: list[Rows] = field(default_factory=lambda: [_NOTHING])
    _at: int = 0

    @property
    def selected(self) -> Rows:
        """The selected rows of the space, ascending; empty for none."""
        return self._selections[self._at]

    def select(self, rows: Any, on_map: bool = False) -> None:
        """Select these rows in place of the present ones, which undo brings back.

        ``on_map`` says that the person did it on the map, which knows it then.
        """
        chosen = np.unique(np.asarray(rows, np.intp))
        if np.array_equal(chosen, self.selected):
            return
        self.told += not on_map
        self._selections = [*self._selections[: self._at + 1], chosen][-_UNDO_STEPS:]
        self._at = len(self._selections) - 1

    def undo(self) -> None:
        """Back to the selection before."""
        self._at = max(0, self._at - 1)
        self.told += 1

    def redo(self) -> None:
        """Forward to the selection that was undone."""
        self._at = min(len(self._selections) - 1, self._at + 1)
        self.told += 1

    @property
    def can_undo(self) -> bool:
        """True if there is a selection before this one."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """True if a selection was undone."""
        return self._at < len(self._selections) - 1


def state_of(vectors: VectorSet) -> SetState:
    """What this session did with ``vectors``; empty at first."""
    known: dict[str, SetState] = st.session_state.setdefault(_STATE, {})
    return known.setdefault(vectors.identity, SetState())


def forget_states() -> None:
    """Let go of what was done with sets of this session that it no longer holds."""
    owned = session().owned
    for kept in (_STATE, SEARCHES, VERSIONS):
        known: dict[str, Any] = st.session_state.get(kept, {})
        for identity in [name for name in known if is_own(name) and name not in owned]:
            del known[identity]
            # Widgets of a set, and what they first showed, have its identity in their keys.
            for key in [key for key in st.session_state if f"-{identity}" in str(key)]:
                del st.session_state[key]


def edited(vectors: VectorSet) -> EmbeddingSpace:
    """The space with the metadata as edited; the vectors and their fingerprint stay the same."""
    table = state_of(vectors).table
    return vectors.space if table is None else vectors.space.with_table(table)
