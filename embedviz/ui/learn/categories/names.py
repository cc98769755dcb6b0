"""The names in the lesson's own table, in the language in use, and which of them belong together."""

from __future__ import annotations

from embedviz.encodings import ChoiceTable, choice_table
from embedviz.ui.learn.texts import Texts

FEATURES = ("colors", "cities", "sizes", "films")
STEPS = 200
"""After so many steps the embedding of a small table has settled."""

# Who chose what, by place in the lists of names of the language files. A table made up so that
# what belongs together is chosen together, and so that colors begin with red, green, blue.
_CHOSEN: dict[str, tuple[tuple[int, ...], ...]] = {
    "colors": ((0, 1, 2), (0, 3), (2, 4), (0, 3), (2, 4), (1,), (0, 3), (1, 2, 4)),
    "cities": ((0, 1), (0, 2), (1, 3), (0, 2, 4), (1, 3), (2, 4), (1, 3), (0, 2, 4)),
    "sizes": ((1, 2), (0, 1), (2, 3), (0, 1), (1, 2), (2, 3), (0,), (3,)),
    "films": (
        (0, 1), (4, 5), (0, 2, 3), (6, 7), (1, 2, 3), (4, 5, 7), (5, 6, 7), (0, 1, 2, 3),
    ),
}  # fmt: skip


def names(said: Texts, name: str) -> list[str]:
    """A list of names of the language file."""
    return [each.strip() for each in said(name).split(",")]


def sample_table(said: Texts) -> ChoiceTable:
    """The table that the lesson begins with."""
    every = {feature: names(said, feature) for feature in FEATURES}
    people = names(said, "people")
    cells = [
        [[every[feature][i] for i in _CHOSEN[feature][row]] for feature in FEATURES]
        for row in range(len(people))
    ]
    return choice_table(people, cells)


def kinds(said: Texts, feature: str, categories: tuple[str, ...]) -> list[str]:
    """The genre of each film that the lesson knows; empty for everything else."""
    known = dict(zip(names(said, "films"), names(said, "genres"), strict=True))
    return [known.get(name, "") if feature == "films" else "" for name in categories]
