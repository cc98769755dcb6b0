"""What a person should know of how a file was read: what was taken, and the other way to read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from embedviz.formats.set_aside import MEANING


@dataclass(frozen=True)
class Note:
    """One statement about the reading of a file.

    Attributes
    ----------
    text : str
        What was taken for what, and why, in one or two sentences.
    other : tuple of (str, value)
        Arguments of :func:`embedviz.formats.read` that read it the other way; empty if there is none.
    label : str
        What the button that does so says.
    """

    text: str
    other: tuple[tuple[str, Any], ...] = ()
    label: str = ""


def texts_of_notes(notes: Sequence[Note]) -> tuple[str, ...]:
    """The statements once each, in their order."""
    return tuple(dict.fromkeys(note.text for note in notes))


def mended_notes(counts: Mapping[str, Any]) -> list[str]:
    """What ``origin["read"]`` counts, in words: rows set aside, keys that were changed."""
    said = [
        f"{_counted(counts[why], 'row')} set aside: {text}."
        for why, text in MEANING.items()
        if counts.get(why)
    ]
    if counts.get("duplicates"):
        said.append(f"{_counted(counts['duplicates'], 'repeated key')} renamed (name#2).")
    if counts.get("blanks"):
        said.append(f"{_counted(counts['blanks'], 'empty key')} named by row.")
    if counts.get("undecodable"):
        said.append(
            f"{_counted(counts['undecodable'], 'key')} with signs that are broken (U+FFFD)."
        )
    return said


def reading_notes(origin: Mapping[str, Any]) -> list[str]:
    """Of the notes of a space those on how its file was read, without what was counted."""
    counted = mended_notes(origin.get("read") or {})
    notes = origin.get("notes")
    return [note for note in notes if note not in counted] if isinstance(notes, list) else []


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
