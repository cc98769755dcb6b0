"""What the lessons say: one Markdown file for each language, beside the lesson.

A file is cut at its headings of the first level. Each gives a section by its name; the section
``words`` holds short texts, one ``name: text`` a line, in which ``{n}`` is a place for a value::

    # question
    How does a machine read a color?

    # words
    size: How many films
    size.help: Each film needs a number of its own.
    error: The model is {error:.2f} off.

In the other sections a line is a statement, and its figures are places that the lesson's *facts*
fill, so that text and picture cannot part: ``{{slope:.2f}}`` is the fact ``slope``, formatted, and
a line that begins with ``{{if rises}}`` or ``{{unless rises}}`` stands only where that fact holds,
or does not. A line whose facts are not known (what it tells is still being measured) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_HEADING = re.compile(r"^# +([\w.]+) *$", flags=re.MULTILINE)
_CONDITION = re.compile(r"\{\{(if|unless) ([a-z_0-9]+)\}\} *")
_PLACE = re.compile(r"\{\{([a-z_0-9]+)(?::([^{}]*))?\}\}")
_NEGATIVE_ZERO = re.compile(r"-0(\.0*)?%?")

LANGUAGES: dict[str, str] = {"en": "English", "ko": "한국어"}
"""The languages that the lessons speak: their code and their own name."""


Fact = float | int | str | bool
"""What the core found at the state in sight: a figure, a name, or whether something holds."""


@dataclass(frozen=True)
class Texts:
    """What one lesson says in one language.

    Attributes
    ----------
    sections : mapping
        Markdown by the name of its heading.
    words : mapping
        Short texts by name.
    """

    language: str
    sections: Mapping[str, str]
    words: Mapping[str, str] = field(repr=False)

    def __call__(self, name: str, /, **values: Any) -> str:
        """The short text of this name, with the values in their places.

        Raises
        ------
        KeyError
            If there is no such text: a fault of the lesson, which its tests find.
        """
        text = self.words[name]
        return text.format_map(values) if values else text

    def has(self, name: str) -> bool:
        """Whether there is a short text of this name."""
        return name in self.words

    def section(self, name: str) -> str:
        """The Markdown under the heading ``name``; empty where there is none."""
        return self.sections.get(name, "")

    def told(self, name: str, facts: Mapping[str, Fact]) -> list[str]:
        """The lines of a section that the ``facts`` allow, with their places filled."""
        lines = (_told(line, facts) for line in self.section(name).splitlines())
        return [line for line in lines if line is not None]


@cache
def texts(folder: str, language: str) -> Texts:
    """The texts of the lesson in ``embedviz/ui/learn/<folder>``, in one of :data:`LANGUAGES`."""
    return parsed((_HERE / folder / f"{language}.md").read_text(encoding="utf-8"), language)


def parsed(markdown: str, language: str) -> Texts:
    """The sections and short texts of one language file."""
    _, *parts = _HEADING.split(markdown)
    sections = {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}
    words = {}
    for line in sections.pop("words", "").splitlines():
        name, colon, text = line.partition(":")
        if line.strip() and not colon:
            raise ValueError(f"'{line}' is not of the form 'name: text'.")
        if colon:
            words[name.strip()] = text.strip()
    return Texts(language, sections, words)


def _told(line: str, facts: Mapping[str, Fact]) -> str | None:
    """The line at these facts; None where a condition does not hold or a fact is not known."""
    while condition := _CONDITION.match(line):
        word, name = condition.groups()
        if bool(facts.get(name, False)) != (word == "if"):
            return None
        line = line[condition.end() :]
    if any(name not in facts for name, _ in _PLACE.findall(line)):
        return None
    return _PLACE.sub(lambda place: _written(facts[place[1]], place[2] or ""), line)


def _written(fact: Fact, spec: str) -> str:
    text = format(fact, spec)
    if not isinstance(fact, str) and _NEGATIVE_ZERO.fullmatch(text):
        return text[1:]
    return text if isinstance(fact, str) else text.replace("-", "\N{MINUS SIGN}")
