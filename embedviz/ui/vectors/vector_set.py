"""Vectors with metadata as the Vectors and Compare pages hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from embedviz.space import EmbeddingSpace


@dataclass(frozen=True, eq=False)
class VectorSet:
    """A space and where it stands.

    Attributes
    ----------
    identity : str
        Its id in this session, or that of something the server has for everyone.
    name : str
        What people call it.
    space : EmbeddingSpace
        As it was brought; what a person edits stands in :class:`~embedviz.ui.vectors.set_state`.
    shared : bool
        True if it is the server's, so that results may be kept on disk and links may name it.
    how : str
        Where it comes from, for the page.
    reading : str
        The Python expression that gives the same space through the API.
    link : mapping
        Query parameters that open it again; empty if a link cannot.
    """

    identity: str
    name: str
    space: EmbeddingSpace
    shared: bool
    how: str = ""
    reading: str = ""
    link: Mapping[str, str] = field(default_factory=dict)
