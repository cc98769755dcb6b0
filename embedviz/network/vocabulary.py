"""The words that a network knows, in the order in which a text brings them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from embedviz.errors import UnknownKeyError

MOST_WORDS = 400
"""How many words :func:`words_of` keeps of a typed text: what trains in front of the viewer."""


def words_of(text: str, most: int = MOST_WORDS) -> list[str]:
    """The first ``most`` words of a text in any language, lower-cased; marks and emoji are none."""
    from embedviz.words.tokenizing import WORDS

    # A word is rarely longer than this: an endless line is not cut to its last character.
    return WORDS.tokens(text[: most * 40])[:most]


@dataclass(frozen=True)
class Vocabulary:
    """Different words and their numbers.

    Attributes
    ----------
    words : tuple of str
        Each once; a word's place is its id, its row of W and its column of W_out.
    """

    words: tuple[str, ...]
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ids", {word: row for row, word in enumerate(self.words)})

    @classmethod
    def of(cls, sentences: Iterable[Sequence[str]]) -> Vocabulary:
        """All words of some sentences, in the order of their first appearance."""
        return cls(tuple(dict.fromkeys(word for words in sentences for word in words)))

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def index(self, word: str) -> int:
        """The id of a word; raises UnknownKeyError."""
        if word not in self._ids:
            raise UnknownKeyError(
                f"'{word}' is not among the {len(self)} words: {', '.join(self.words[:20])}.", word
            )
        return self._ids[word]

    def ids(self, words: Iterable[str]) -> tuple[int, ...]:
        """The ids of several words; raises UnknownKeyError."""
        return tuple(self.index(word) for word in words)
