"""The terms of the field that the lessons touch: what each means, and where to touch it.

They stand in ``terms.md``, a block for each, in the order of the lessons::

    see: learn_search part=curve
    en: recall@k: the share of the true nearest k that was found.
    ko: 재현율(recall@k): 진짜 가까운 k개 가운데 찾아낸 비율.

``see`` names a page and the state of its address; a line in a language holds the term, a colon, and
its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from embedviz.metadata.folding import folded_text
from embedviz.ui.learn.texts import LANGUAGES

_FILE = Path(__file__).parent / "terms.md"


@dataclass(frozen=True, eq=False)
class Term:
    """One term.

    Attributes
    ----------
    page : str
        The page where it is touched: a lesson, or a tool.
    state : mapping
        The address parameters that open the page at the right part.
    names, meanings : mapping
        By the code of a language, one of :data:`embedviz.ui.learn.texts.LANGUAGES`.
    """

    page: str
    state: Mapping[str, str]
    names: Mapping[str, str]
    meanings: Mapping[str, str]

    @cached_property
    def name(self) -> str:
        """Its names in all languages, as :func:`folded_text` writes them."""
        return folded_text("\n".join(self.names.values()))

    @cached_property
    def folded(self) -> str:
        """All that it can be found by, written so."""
        return folded_text("\n".join((*self.names.values(), *self.meanings.values())))


@cache
def terms() -> tuple[Term, ...]:
    """Every term, in the order of the lessons."""
    blocks = _FILE.read_text(encoding="utf-8").strip().split("\n\n")
    return tuple(_read(block) for block in blocks)


def found(query: str) -> tuple[Term, ...]:
    """The terms that hold every word of ``query``, in either language; names before meanings."""
    words = folded_text(query).split()
    matching = [term for term in terms() if all(word in term.folded for word in words)]
    return tuple(sorted(matching, key=lambda term: not all(word in term.name for word in words)))


def _read(block: str) -> Term:
    lines = dict(line.split(": ", 1) for line in block.splitlines())
    page, *state = lines["see"].split()
    said = {language: lines[language].split(": ", 1) for language in LANGUAGES}
    return Term(
        page,
        dict(part.split("=", 1) for part in state),
        {language: name for language, (name, _) in said.items()},
        {language: meaning for language, (_, meaning) in said.items()},
    )
