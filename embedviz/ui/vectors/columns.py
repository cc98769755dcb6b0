"""The metadata of a set as it stands now: read once per edit, with the kind of each column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import ref

import pandas as pd
import streamlit as st

from embedviz.metadata.kinds import Kind, kinds_of
from embedviz.space import EmbeddingSpace
from embedviz.ui.session import session
from embedviz.ui.vectors.set_state import VERSIONS, SetState
from embedviz.ui.vectors.vector_set import VectorSet

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Columns:
    """A table that is only read, what its columns hold, and a name for this state of it.

    ``version`` begins with the set's identity: another edit has another one.
    """

    table: pd.DataFrame
    kinds: dict[str, Kind]
    version: tuple[str, int]

    def of_kind(self, *kinds: Kind) -> list[str]:
        """The names of the columns of these kinds."""
        return [name for name, kind in self.kinds.items() if kind in kinds]

    def column(self, name: str) -> pd.Series[Any]:
        """The column of this name."""
        return self.table.iloc[:, list(self.kinds).index(name)]

    def kept(self, what: str, more: object, compute: Callable[[], T]) -> T:
        """What was computed from this state of the table, once."""
        return session().kept((what, *self.version, more), compute)


def columns_of(vectors: VectorSet, space: EmbeddingSpace, state: SetState) -> Columns:
    """The metadata of ``space``, which is ``vectors`` as edited in ``state``."""
    version = (vectors.identity, _version(vectors, state))

    def read() -> Columns:
        table = _named_once(space.table)
        return Columns(table, kinds_of(table), version)

    return session().kept(("columns", *version), read)


def _version(vectors: VectorSet, state: SetState) -> int:
    """Counts up when another table stands there. Neither is kept alive by being known here."""
    seen = st.session_state.setdefault(VERSIONS, {})
    known, edited, version = seen.get(vectors.identity, (_nothing, _nothing, 0))
    if known() is not vectors.space or edited() is not state.table:
        version += 1
        table = _nothing if state.table is None else ref(state.table)
        seen[vectors.identity] = (ref(vectors.space), table, version)
    return int(version)


def _nothing() -> None:
    """A reference to nothing."""


def _named_once(table: pd.DataFrame) -> pd.DataFrame:
    """Column names as text, each once: a table may say anything."""
    names: list[str] = []
    for column in table.columns:
        name, number = str(column), 2
        while name in names:
            name, number = f"{column}#{number}", number + 1
        names.append(name)
    return table.set_axis(names, axis=1)
