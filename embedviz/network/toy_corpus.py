"""A handful of sentences in which cat, dog and kitten keep the same company, and cars another."""

from __future__ import annotations

from dataclasses import dataclass

from embedviz.errors import InvalidParameterError
from embedviz.network.vocabulary import Vocabulary, words_of

ANIMALS: tuple[str, ...] = (
    "the cat sat on the mat",
    "the dog sat on the mat",
    "the kitten sat on the mat",
    "the cat drinks milk",
    "the dog drinks milk",
    "the kitten drinks milk",
)
CARS: tuple[str, ...] = (
    "a car drove on a road",
    "a bus drove on a road",
    "a car needs fuel",
    "a bus needs fuel",
)
LONGEST = 12
"""Words of a typed sentence that are used: its matrices have to fit on a page."""


@dataclass(frozen=True)
class ToyText:
    """A typed sentence, and all that a network in front of the viewer learns from.

    Attributes
    ----------
    sentence : tuple of str
        The typed sentence's first :data:`LONGEST` words.
    left_out : int
        How many words it had beyond them.
    sentences : tuple of tuple of str
        The typed one first, then the built-in ones, without one that says the same.
    vocabulary : Vocabulary
        Their words; those of the typed sentence come first.
    """

    sentence: tuple[str, ...]
    left_out: int
    sentences: tuple[tuple[str, ...], ...]
    vocabulary: Vocabulary

    @property
    def ids(self) -> tuple[int, ...]:
        """The typed sentence as word ids."""
        return self.vocabulary.ids(self.sentence)


def toy_text(typed: str, cars: bool = True) -> ToyText:
    """The sentence that a person typed, together with :data:`ANIMALS`, and :data:`CARS` if asked.

    Raises InvalidParameterError if it has fewer than two words: nothing could be guessed.
    """
    words = words_of(typed)
    if len(words) < 2:
        raise InvalidParameterError(
            f"The sentence has too few words ({len(words)}): a word can only be guessed from "
            "another one. Type at least two words."
        )
    sentence = tuple(words[:LONGEST])
    given = [tuple(words_of(line)) for line in (*ANIMALS, *(CARS if cars else ()))]
    sentences = (sentence, *(line for line in given if line != sentence))
    return ToyText(sentence, len(words) - len(sentence), sentences, Vocabulary.of(sentences))
