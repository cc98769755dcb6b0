"""What the lessons say: one Markdown file for each language, beside the lesson.

A file is cut at its headings of the first level. Each gives a section by its name; the section
``words`` holds short texts, one ``name: text`` a line, in which ``{n}`` is a place for a value::

    # question
    How does a machine read a color?

    # words
    size: How many films
    size.help: Each film needs a number of its own.
    error: The model is {error:.2f} off.
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

LANGUAGES: dict[str, str] = {"en": "English", "ko": "한국어"}
"""The languages that the lessons speak: their code and their own name."""


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
