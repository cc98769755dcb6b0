"""Where a sentence ends, and how long one may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import regex

MAX_CHARACTERS = 10_000
"""A longer "sentence" is cut, at a space or a mark if it has one: tokenizers take it at once."""

_PIECE = 1 << 16
_MAX_RUN = 1 << 18

# After . ! ? and their kin (closing quotes included) where a space follows and then no small
# letter; not after an initial ("J. Smith") or a title. After the full stops that need no space.
_END = regex.compile(
    r"""
    (?<=[.!?…؟۔।॥։።][\"'”’»)\]]{0,3})
    (?<!\b(?:\p{Lu}|Mr|Mrs|Ms|Dr|Prof|St|Rev|Gen|Col|Capt|Lt|Sgt|vs|cf|No)\.)
    \s+(?!\p{Ll})
    | (?<=[。！？｡．][」』”’）》]{0,3})(?![」』”’）》。！？｡．])
    """,
    regex.VERBOSE,
)
_LINE = regex.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
# From the end backwards ("(?r)"): the last space, the last sign that is not part of a word.
_LAST_BREAKS = (regex.compile(r"(?r)\s"), regex.compile(r"(?r)[^\p{L}\p{M}\p{N}]"))


def sentences(text: str) -> Iterator[str]:
    """The sentences of ``text``: a line end ends one, and so does a full stop or its like."""
    for line in lines(text):
        for sentence in _END.split(line):
            yield from _short_enough(sentence)


def lines(text: str) -> Iterator[str]:
    """The lines of ``text`` that are not blank, none above 10,000 characters."""
    for line in _LINE.split(text):
        yield from _short_enough(line)


def whole_pieces(texts: Iterable[str]) -> Iterator[str]:
    """The text of a stream in pieces that end where a line, a sentence or a word ends.

    A run of letters without any break is cut after some 260,000 characters: text is not like that.
    """
    buffer = ""
    for text in texts:
        buffer += text
        has_line = "\n" in text or "\r" in text
        at = last_break(buffer) if has_line or len(buffer) >= _PIECE else 0
        if not at and len(buffer) > _MAX_RUN:
            at = len(buffer)
        if at:
            yield buffer[:at]
            buffer = buffer[at:]
    if buffer:
        yield buffer


def last_break(text: str) -> int:
    """Where ``text`` can be cut without cutting a word: behind the last of these that it has.

    A line end, the end of a sentence, a space, anything that is no letter; 0 if it has none.
    """
    at = max(text.rfind("\n"), text.rfind("\r"))
    if at >= 0:
        return at + 1
    ends = [match.end() for match in _END.finditer(text[-MAX_CHARACTERS:])]
    if ends:
        return max(0, len(text) - MAX_CHARACTERS) + ends[-1]
    return next((found.end() for mark in _LAST_BREAKS if (found := mark.search(text))), 0)


def _short_enough(sentence: str) -> Iterator[str]:
    while len(sentence) > MAX_CHARACTERS:
        head = sentence[:MAX_CHARACTERS]
        at = last_break(head) or MAX_CHARACTERS
        yield head[:at].strip()
        sentence = sentence[at:]
    if sentence := sentence.strip():
        yield sentence
