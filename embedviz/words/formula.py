"""A sum of words as people write it: ``king - man + woman``, with weights ``0.5*royal``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from embedviz.errors import InvalidParameterError

WeightedWord = tuple[str, float]

_MINUS = {"-", "−", "–", "—"}
_WEIGHTED = re.compile(r"(?P<weight>\d+(?:\.\d+)?)\s*[*×·](?P<word>.+)", re.DOTALL)
_EXAMPLE = "Write for example: king - man + woman, or king - 0.5*man (spaces around + and -)."


@dataclass(frozen=True)
class Formula:
    """Words to add and words to take away, each with its weight (1 unless written)."""

    positive: tuple[WeightedWord, ...]
    negative: tuple[WeightedWord, ...]

    @property
    def has_weights(self) -> bool:
        """True if any weight differs from 1."""
        return any(weight != 1.0 for _, weight in self.positive + self.negative)

    @property
    def words(self) -> tuple[str, ...]:
        """All words, first the added ones."""
        return tuple(word for word, _ in self.positive + self.negative)

    def __str__(self) -> str:
        plus = [f"+ {_written(item)}" for item in self.positive]
        minus = [f"− {_written(item)}" for item in self.negative]
        return " ".join(plus[:1] + minus + plus[1:]).removeprefix("+ ")


def parse_formula(text: str) -> Formula:
    """Read a sum of words. A sign counts only between spaces, so ``vice-president`` is one word.

    Raises
    ------
    InvalidParameterError
        If a word or a sign is missing; the message says where and shows an example.
    """
    signed: dict[bool, list[WeightedWord]] = {True: [], False: []}
    adds, expects_word = True, True
    for position, token in enumerate(text.split()):
        if token == "+" or token in _MINUS:
            if expects_word and position:
                raise InvalidParameterError(f"A word is missing before '{token}'. {_EXAMPLE}")
            adds, expects_word = token == "+", True
        elif expects_word:
            signed[adds].append(_weighted(token))
            expects_word = False
        else:
            raise InvalidParameterError(f"A + or - is missing before '{token}'. {_EXAMPLE}")
    if expects_word:
        what = "The sum is empty" if not text.strip() else "The sum ends with a sign"
        raise InvalidParameterError(f"{what}. {_EXAMPLE}")
    return Formula(tuple(signed[True]), tuple(signed[False]))


def _weighted(token: str) -> WeightedWord:
    matched = _WEIGHTED.fullmatch(token)
    if matched is None:
        return token, 1.0
    return matched["word"], float(matched["weight"])


def _written(item: WeightedWord) -> str:
    word, weight = item
    return word if weight == 1.0 else f"{weight:g}*{word}"
