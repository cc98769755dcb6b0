"""Text of any encoding as UTF-8, block by block; a guess is said, and broken signs are counted."""

from __future__ import annotations

import codecs
import re
from typing import Any

from embedviz.encoding_guess import Guess, guessed, is_damaged_utf8, utf16_without_mark
from embedviz.formats.notes import Note

_BLOCK = 1 << 20
_BEYOND = re.compile(rb"[\x80-\xff]")
_BROKEN = "\ufffd"
_RUNS, _ENDS = re.compile(rb" {2,}"), re.compile(rb" ?(\r?\n) ?")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32, by its mark or its zeros, in the first bytes of a file; None if neither."""
    for mark, encoding in _MARKS[1:]:
        if head.startswith(mark):
            text = head[len(mark) : len(mark) + 4096]
            decoded = codecs.getincrementaldecoder(encoding)("replace").decode(text)
            plain = decoded.count(_BROKEN) == 0 and "\0" not in decoded
            return encoding if plain else None
    return utf16_without_mark(head)


def encoding_notes(guess: Guess | None, replaced: int, encoding: str = "UTF-8") -> list[Note]:
    """What to say of a guess, and of signs that could not be decoded."""
    said = []
    if guess is not None:
        other = guess.alternatives[:1]
        said.append(
            Note(
                guess.said,
                tuple(("encoding", name) for name in other),
                "".join(f"Read it as {name}" for name in other),
            )
        )
    if replaced:
        what = "1 sign is" if replaced == 1 else f"{replaced:,} signs are"
        said.append(
            Note(
                f"{what} broken, no {encoding} here or lost before: {_BROKEN} stands in its place."
            )
        )
    return said


class Recoded:
    """A stream of text, in UTF-8.

    Parameters
    ----------
    stream : binary file
        At its beginning.
    encoding : str, optional
        If it is known; else its mark tells, else it is UTF-8 if it can be, else guessed.
    squeeze : bool
        Leave one of several spaces, and none at the ends of a line.
    """

    def __init__(self, stream: Any, encoding: str | None = None, squeeze: bool = False) -> None:
        self._stream, self._encoding, self._ready = stream, encoding, bytearray()
        self._decoder: codecs.IncrementalDecoder | None = None
        self._started = self._ended = False
        self._squeeze, self._waiting, self._first = squeeze, b"\n", True
        self.guess: Guess | None = None
        self.replaced = 0

    @property
    def notes(self) -> list[Note]:
        """What to say of what was read so far."""
        return encoding_notes(self.guess, self.replaced, self._encoding or "UTF-8")

    def read(self, count: int) -> bytes:
        """Up to ``count`` bytes of UTF-8; fewer only at the end."""
        # Blocks of one size, whatever is asked for: a guess must not depend on that.
        while len(self._ready) < count and not self._ended:
            block = self._stream.read(_BLOCK)
            self._ended = not block
            recoded = self._recoded(block)
            self._ready += self._squeezed(recoded) if self._squeeze else recoded
        taken = bytes(self._ready[:count])
        del self._ready[:count]
        return taken

    def _squeezed(self, block: bytes) -> bytes:
        # What ends a block may go on in the next one: its spaces and its line end wait for it.
        block = self._waiting + block
        whole = block if self._ended else block.rstrip(b" \r\n")
        self._waiting = block[len(whole) :]
        lines = _ENDS.sub(rb"\1", _RUNS.sub(b" ", whole))
        if self._first and lines:  # a line end was put before the first line, to take its spaces
            self._first, lines = False, lines[1:]
        return lines

    def _recoded(self, block: bytes) -> bytes:
        if not self._started:
            self._started, block = True, self._start(block)
        if self._decoder is None:
            found = _BEYOND.search(block)
            if found is None:
                return block
            self._use(self._told(block[max(0, found.start() - 1000) :]))
        assert self._decoder is not None
        text = self._decoder.decode(block, self._ended)
        self.replaced += text.count(_BROKEN)
        return text.encode("utf-8", "replace")

    def _start(self, block: bytes) -> bytes:
        for mark, encoding in _MARKS:
            if block.startswith(mark) and self._encoding in (
                None,
                "utf-8",
                "utf-16",
                "utf-32",
                encoding,
            ):
                self._use(encoding)
                return block[len(mark) :]
        if self._encoding is None:
            self._encoding = utf16_without_mark(block)
        if self._encoding is not None:
            self._use(self._encoding)
        return block

    def _use(self, encoding: str) -> None:
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def _told(self, sample: bytes) -> str:
        try:
            codecs.getincrementaldecoder("utf-8")("strict").decode(sample)
        except UnicodeDecodeError:
            self.guess = None if is_damaged_utf8(sample) else guessed(sample)
        return "utf-8" if self.guess is None else self.guess.encoding
