"""From bytes to text: which encoding, and what is no text at all."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

import regex

from embedviz.encoding_guess import guessed, is_damaged_utf8, utf16_without_mark
from embedviz.errors import FormatError, InvalidParameterError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NO_TEXT = (
    (b"%PDF", "a PDF document: save its text as .txt"),
    (b"PK\x03\x04", "a zip archive or an office document: save its text as .txt"),
    (b"{\\rtf", "a rich-text document: save its text as .txt"),
    (b"\x1f\x8b", "packed with gzip once more: unpack it"),
    (b"BZh", "packed with bzip2: unpack it"),
    (b"\xfd7zXZ", "packed with xz: unpack it"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
# Control characters other than tab, line ends and escape; text has hardly any, and no zeros.
_CONTROLS = regex.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BEYOND_ASCII = regex.compile(rb"[\x80-\xff]")
_SAMPLE = 1 << 16


class NotTextError(FormatError):
    """The bytes are no plain text."""


class TextDecoder:
    """Decodes one text, block by block.

    The encoding is the one given, else that of a byte-order mark, else UTF-16 if every other byte
    is zero, else UTF-8 if most of the first bytes beyond ASCII are UTF-8, else the one whose
    letters make a language.

    Parameters
    ----------
    name : str
        What messages call the text.
    encoding : str, optional
        The encoding, if a person knows it.

    Attributes
    ----------
    encoding : str
        What is used; ``"ascii"`` as long as nothing depended on it.
    guessed : bool
        True if it was chosen by what its letters make, which can be wrong.
    alternatives : tuple of str
        Encodings that make sense too where it was guessed, the likelier first.
    replaced : int
        Characters U+FFFD in the text so far: bytes that could not be decoded, here or before.
    """

    def __init__(self, name: str, encoding: str | None = None) -> None:
        self.name = name
        self.encoding = "ascii"
        self.guessed = False
        self.alternatives: tuple[str, ...] = ()
        self.replaced = 0
        self._decoder = None if encoding is None else self._use(known_encoding(encoding))

    @property
    def note(self) -> str:
        """What a guess was and what could not be decoded, in sentences; empty if all was certain."""
        said = []
        if self.guessed:
            others = f"; it may be {', '.join(self.alternatives)}" if self.alternatives else ""
            said.append(f"It is not UTF-8: read as {self.encoding}, a guess{others}.")
        if self.replaced:
            said.append(f"{self.replaced:,} signs could not be read: \ufffd stands in their place.")
        return " ".join(said)

    def text(self, blocks: Iterable[bytes]) -> Iterator[str]:
        """The text of ``blocks``; raises NotTextError if they are no text."""
        for number, block in enumerate(blocks):
            decoded = self._block(block if number else self._start(block))
            self.replaced += decoded.count("\ufffd")
            yield decoded
        if self._decoder is not None:
            rest = self._decoder.decode(b"", True)
            self.replaced += rest.count("\ufffd")
            yield rest

    def _start(self, block: bytes) -> bytes:
        """The first block without its byte-order mark, if it is the beginning of a text."""
        for mark, encoding in _BYTE_ORDER_MARKS:
            if block.startswith(mark):
                if self._decoder is None or encoding == "utf-8":
                    self._decoder = self._use(encoding)
                return block[len(mark) :]
        if self._decoder is None and (wide := utf16_without_mark(block)) is not None:
            self._decoder = self._use(wide)
        if self._decoder is None:
            self._refuse_binary(block[:_SAMPLE])
        return block

    def _block(self, block: bytes) -> str:
        if self._decoder is None:
            found = _BEYOND_ASCII.search(block)
            if found is None:
                return block.decode("ascii")
            self._refuse_binary(block[:_SAMPLE])
            # A little of what stands before helps to guess; what stands far away does not.
            self._decoder = self._use(self._guess(block[max(0, found.start() - 1000) :]))
        return self._decoder.decode(block)

    def _use(self, encoding: str) -> codecs.IncrementalDecoder:
        self.encoding = encoding
        return codecs.getincrementaldecoder(encoding)("replace")

    def _guess(self, sample: bytes) -> str:
        try:
            codecs.getincrementaldecoder("utf-8")("strict").decode(sample)
        except UnicodeDecodeError:
            pass
        else:
            return "utf-8"
        if is_damaged_utf8(sample):
            return "utf-8"
        found = guessed(sample)
        if found is None:
            raise self._no_text("in no encoding that is known")
        self.guessed, self.alternatives = True, found.alternatives
        return found.encoding

    def _refuse_binary(self, sample: bytes) -> None:
        for start, what in _NO_TEXT:
            if sample.startswith(start):
                raise self._no_text(what)
        if b"\0" in sample or len(_CONTROLS.findall(sample)) > len(sample) / 50:
            raise self._no_text("binary data. If it is text in UTF-16, save it as UTF-8")

    def _no_text(self, what: str) -> NotTextError:
        return NotTextError(f"'{self.name}' is not plain text; it looks like {what}.")


def known_encoding(encoding: str) -> str:
    """The name that Python has for it; raises InvalidParameterError."""
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise InvalidParameterError(
            f"There is no encoding {encoding!r}. Common ones: utf-8, utf-16, cp1252, euc-kr, "
            "shift_jis, gb18030, big5, koi8-r."
        ) from None
