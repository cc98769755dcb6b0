"""The values in a JSON file, one after another: lines, the items of one array, or a whole object.

Lines and the items of an array are streamed. An object that is the whole file has to be read at
once, so its size is bounded.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from embedviz.errors import FormatError
from embedviz.formats.source import Source
from embedviz.formats.text_rows import line_blocks

LARGEST_OBJECT = 256 << 20
"""A file that is one JSON object is read up to this many bytes: it has to be in memory at once."""

_LONGEST_ITEM = 64 << 20
_BLOCK = 1 << 22
_FIRST_LINE = 1 << 22
_SPACE = " \t\r\n\ufeff"
_MARKED = re.compile(rb'(\[\s*)?\{\s*"(\\.|[^"\\])*"\s*:|\[\s*\[?\s*-?\d[\d.eE+-]*\s*,|\[\s*\[\s*"')
_WORDS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")
_BROKEN_NUMBER = re.compile(r"-|\.|[eE][+-]?")


def begins_json(head: bytes) -> bool:
    """Whether ``head`` begins an object or an array of JSON that holds something."""
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    line, newline, _ = text.partition(b"\n")
    if _MARKED.match(text) or (text[:1] != b"[" and line.strip() != b"{"):
        return _MARKED.match(text) is not None
    try:
        return bool(json.loads(line))
    except RecursionError:
        return False
    except UnicodeDecodeError:
        return not newline
    except json.JSONDecodeError as error:
        # A value goes on behind the line, or behind the head: nothing in it is wrong so far.
        return _goes_on(error, line.decode("utf-8", "replace"))


def values_in(source: Source) -> Iterator[tuple[str, Any]]:
    """Each value and where it stands (``line 3``, ``item 7``), from the beginning of ``source``.

    Of a file that is one array its items; of one that is one object that object. Raises FormatError.
    """
    source.back_to(0)
    start = source.read(_FIRST_LINE)
    source.back_to(0)
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    line, _, rest = text.partition(b"\n")
    if rest.lstrip()[:1] in (b"{", b"[") and _is_json(line):
        return _lines(source)
    if text[:1] == b"[":
        return _items(source)
    return _objects(source)


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _lines(source: Source) -> Iterator[tuple[str, Any]]:
    for first_line, lines in line_blocks(source, first_line=1):
        for number, line in enumerate(lines, first_line):
            text = line.removeprefix(codecs.BOM_UTF8).strip() if number == 1 else line.strip()
            if text:
                yield f"line {number:,}", _parsed(source, text, number)


def _parsed(source: Source, text: bytes, number: int) -> Any:
    try:
        return _whole_signs(json.loads(text), b"\\ud" in text.lower())
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise source.broken(f"line {number:,}: expected a JSON object: {reason}.") from error


def _whole_signs(value: Any, doubtful: bool) -> Any:
    """``value`` without halves of surrogate pairs, which are no text that can be kept or shown."""
    if not doubtful:
        return value
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _items(source: Source) -> Iterator[tuple[str, Any]]:
    text = _Text(source, _LONGEST_ITEM, "an item of its array")
    text.expect("[")
    number = 0
    while text.next_sign() != "]":
        if number:
            text.expect(",")
        number += 1
        yield f"item {number:,}", text.value(f"item {number:,}")
    text.expect("]")
    if text.next_sign():
        raise source.broken(f"line {text.line:,}: behind the end of its array stands more.")


def _objects(source: Source) -> Iterator[tuple[str, Any]]:
    text = _Text(source, LARGEST_OBJECT, "one JSON object")
    number = 0
    while text.next_sign():
        number += 1
        yield f"object {number:,}", text.value(f"object {number:,}")


class _Text:
    """The text of a source, read on as far as the next value needs it."""

    def __init__(self, source: Source, longest: int, what: str) -> None:
        self._source, self._longest, self._what = source, longest, what
        self._decode = codecs.getincrementaldecoder("utf-8")("strict")
        self._text, self._at, self._ended, self._passed = "", 0, False, 0
        self._json = json.JSONDecoder()

    @property
    def line(self) -> int:
        """The line of the place reached, from 1."""
        return 1 + self._passed + self._text.count("\n", 0, self._at)

    def next_sign(self) -> str:
        """The next sign that is no space; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(_BLOCK):
                return ""

    def expect(self, sign: str) -> None:
        """Pass over ``sign``; raises FormatError for any other."""
        found = self.next_sign()
        if found != sign:
            got = repr(self._text[self._at : self._at + 20]) if found else "the end of the file"
            raise self._source.broken(f"line {self.line:,}: expected {sign!r} in JSON, got {got}.")
        self._at += 1

    def value(self, where: str) -> Any:
        """The next value; raises FormatError where it is broken or too long."""
        self.next_sign()
        size = _BLOCK
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self._wrong(where, "it is nested too deep") from error
            except json.JSONDecodeError as error:
                if not _goes_on(error, self._text) or not self._more(size):
                    raise self._wrong(where, str(error)) from error
            else:
                # A number at the end of what was read may go on.
                if end < len(self._text) or not self._more(_BLOCK):
                    doubtful = "\\ud" in self._text[self._at : end].lower()
                    self._at = end
                    return _whole_signs(value, doubtful)
            size *= 2
            if len(self._text) - self._at > self._longest:
                raise self._wrong(
                    where,
                    f"{self._what} takes more than {self._longest >> 20:,} MB, which are read at "
                    "once. Write JSON lines, an object on each, which are streamed",
                )

    def _more(self, size: int) -> bool:
        """Read on; False at the end."""
        if self._ended:
            return False
        block = self._source.read(size)
        self._ended = not block
        try:
            added = self._decode.decode(block, self._ended)
        except UnicodeDecodeError as error:
            raise self._source.broken(
                f"byte {self._source.position:,} or before: expected JSON in UTF-8 ({error.reason})."
            ) from error
        self._passed += self._text.count("\n", 0, self._at)
        self._text, self._at = self._text[self._at :] + added, 0
        return not self._ended or bool(added)

    def _wrong(self, where: str, reason: str) -> FormatError:
        return self._source.broken(f"line {self.line:,}, {where}: expected JSON: {reason}.")


def _goes_on(error: json.JSONDecodeError, text: str) -> bool:
    """Whether more text could mend what is broken: it broke off at the end."""
    rest = text[error.pos :].strip()
    return (
        error.msg.startswith("Unterminated string")
        or any(word.startswith(rest) for word in _WORDS)
        or _BROKEN_NUMBER.fullmatch(rest) is not None
        or (error.msg.startswith("Invalid \\") and len(rest) < 8)
    )
