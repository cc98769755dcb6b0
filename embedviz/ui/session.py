"""What belongs to one browser session, and is reachable from no other."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

import streamlit as st

from embedviz.errors import InvalidParameterError
from embedviz.registry import KINDS
from embedviz.space import EmbeddingSpace
from embedviz.word_model import WordModel, as_space

if TYPE_CHECKING:
    from embedviz.items.cache import ItemCache

T = TypeVar("T")
Model = EmbeddingSpace | WordModel
_STATE = "embedviz_session"
_RESULTS_KEPT = 48
_MINE = "mine-"


@dataclass
class Owned:
    """What this session uploaded or trained.

    ``kind`` is ``"words"`` for vectors that the word pages ask, ``"vectors"`` for any others, and a
    name in ``KINDS`` for embedded things of that kind.
    """

    model: Model
    how: str
    details: Any = None
    kind: str = "words"

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
        """Memory of the vectors and previews that this session owns."""
        previews = self.items.nbytes if "items" in self.__dict__ else 0
        return sum(item.model.nbytes for item in self.owned.values()) + previews

    @cached_property
    def items(self) -> ItemCache:
        """Vectors and previews of the things that this session brought, in memory only."""
        from embedviz.items.cache import ItemCache

        return ItemCache(None, max_bytes=2**62)  # `own` refuses more than the session's limit

    def add(self, model: Model, how: str, limit_mb: int, details: Any = None) -> str:
        """Keep a model for this session and return its id; refuses what is beyond the limit."""
        return self.own(new_id(), Owned(model, how, details), limit_mb)

    def own(self, identity: str, item: Owned, limit_mb: int) -> str:
        """Keep ``item`` under this id, in place of what was there; refuses what is too much."""
        size, held = item.model.nbytes, self.nbytes
        if identity in self.owned:
            held -= self.owned[identity].model.nbytes
        if held + size > limit_mb * 2**20:
            raise InvalidParameterError(
                f"This session may hold {limit_mb:,} MB; it holds {held / 2**20:,.0f} MB and this "
                f"would add {size / 2**20:,.0f} MB. Delete something under 'My data', or bring less."
            )
        self.owned[identity] = item
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
        self.forget({identity, item.space.vectors_fingerprint})
        if item.kind in KINDS:
            self.forget({item.space.fingerprint})
            self.forget_previews()

    def forget(self, gone: set[str]) -> None:
        """Let go of results whose key names one of ``gone``, and of what was computed from those."""
        parts = [key for key in self.results if isinstance(key, tuple) and gone & set(key)]
        for key in parts:
            result = self.results[key]
            space = getattr(result, "space", result)
            gone |= {getattr(space, "vectors_fingerprint", ""), getattr(space, "fingerprint", "")}
        gone.discard("")
        for key in [key for key in self.results if isinstance(key, tuple) and gone & set(key)]:
            del self.results[key]

    def forget_previews(self) -> None:
        """Let go of the vectors and previews of things that no set of this session holds."""
        mine = [item.space for item in self.owned.values() if item.kind in KINDS]
        self.items.keep_only({content for space in mine for content in space.table["hash"]})

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


def new_id() -> str:
    """An id for something that a session owns; nobody can guess it."""
    return f"{_MINE}{uuid.uuid4().hex[:12]}"


def is_own(identity: str) -> bool:
    """Whether this is an id of :func:`new_id`, and not of something the server has for everyone."""
    return identity.startswith(_MINE)


def session() -> Session:
    """The session of the browser tab that asks."""
    if _STATE not in st.session_state:
        st.session_state[_STATE] = Session()
    return cast(Session, st.session_state[_STATE])
