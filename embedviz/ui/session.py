"""What belongs to one browser session, and is reachable from no other."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import streamlit as st

from embedviz.errors import InvalidParameterError
from embedviz.space import EmbeddingSpace
from embedviz.words.model import WordModel, as_space

T = TypeVar("T")
Model = EmbeddingSpace | WordModel
_STATE = "embedviz_session"
_RESULTS_KEPT = 48


@dataclass
class Owned:
    """A model that this session uploaded or trained."""

    model: Model
    how: str
    details: Any = None

    @property
    def space(self) -> EmbeddingSpace:
        """The vectors of the model."""
        return as_space(self.model)


@dataclass
class Session:
    """The typed part of ``st.session_state``; widgets keep their own values beside it."""

    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    owned: dict[str, Owned] = field(default_factory=dict)
    results: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    finished: dict[Hashable, str] = field(default_factory=dict)
    trained: dict[Hashable, str] = field(default_factory=dict)
    selected: str = ""

    @property
    def nbytes(self) -> int:
        """Memory of the vectors that this session owns."""
        return sum(item.model.nbytes for item in self.owned.values())

    def add(self, model: Model, how: str, limit_mb: int, details: Any = None) -> str:
        """Keep a model for this session and return its id; refuses what is beyond the limit."""
        size = model.nbytes
        if self.nbytes + size > limit_mb * 2**20:
            raise InvalidParameterError(
                f"This session may hold {limit_mb:,} MB of vectors; it holds "
                f"{self.nbytes / 2**20:,.0f} MB and this would add {size / 2**20:,.0f} MB. "
                "Delete something under 'My data', or read fewer rows."
            )
        identity = f"mine-{uuid.uuid4().hex[:8]}"
        self.owned[identity] = Owned(model, how, details)
        return identity

    def rename(self, identity: str, name: str) -> None:
        """Give a model another name; its vectors, and what was computed from them, stay."""
        item = self.owned[identity]
        item.model = item.model.renamed(name)

    def delete(self, identity: str) -> None:
        """Let go of a model and of all that was computed from it."""
        item = self.owned.pop(identity, None)
        if item is None:
            return
        gone = {identity, item.space.vectors_fingerprint}
        parts = [key for key in self.results if isinstance(key, tuple) and gone & set(key)]
        gone |= {getattr(self.results[key], "vectors_fingerprint", identity) for key in parts}
        for key in [key for key in self.results if isinstance(key, tuple) and gone & set(key)]:
            del self.results[key]

    def kept(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The result under ``key``, computed at most once while it is among the last few."""
        if key not in self.results:
            self.keep(key, compute())
        self.results.move_to_end(key)
        return cast(T, self.results[key])

    def keep(self, key: Hashable, result: Any) -> None:
        """Remember ``result``, letting go of the one not used for longest."""
        self.results[key] = result
        while len(self.results) > _RESULTS_KEPT:
            self.results.popitem(last=False)


def session() -> Session:
    """The session of the browser tab that asks."""
    if _STATE not in st.session_state:
        st.session_state[_STATE] = Session()
    return cast(Session, st.session_state[_STATE])
