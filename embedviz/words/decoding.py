"""From bytes to text: which encoding, how sure, and what is no text at all."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

import regex

from embedviz.errors import FormatError, InvalidParameterError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NO_TEXT = (
    (b"%PDF", "a PDF document. Save its text as .txt"),
    (b"PK\x03\x04", "a zip archive or an office document. Save its text as .txt"),
    (b"\x1f\x8b", "packed with gzip once more. Unpack it"),
    (b"BZh", "packed with bzip2. Unpack it"),
    (b"\xfd7zXZ", "packed with xz. Unpack it"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"{\\rtf", "a rich-text document. Save its text as .txt"),
)
# What stands in no text: control characters, but for tab, line ends and escape.
_CONTROLS = regex.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_NOT_ASCII = regex.compile(rb"[\x80-\xff]")
_SAMPLE = 1 << 16


class TextDecoder:
    """Decodes one text block by block; the encoding is chosen when the bytes first need one.

    Parameters
    ----------
    name : str
        What messages call the text.
    encoding : str, optional
        The encoding, if a person knows it; else a byte-order mark, else UTF-8 if the first bytes
        beyond ASCII are UTF-8, else what charset-normalizer takes them for.

    Attributes
    ----------
    encoding : str
        What was used so far; ``"ascii"`` as long as it made no difference.
    guessed : bool
        True if charset-normalizer chose it: it can be wrong.
    replaced : int
        Bytes that could not be decoded; U+FFFD stands in their place.
    """

    def __init__(self, name: str, encoding: str | None = None) -> None:
        self.name = name
        self.guessed = False
        self.replaced = 0
        self._chosen = None if encoding is None else checked_encoding(encoding)

    @property
    def encoding(self) -> str:
        return self._chosen or "ascii"

    def text(self, blocks: Iterable[bytes]) -> Iterator[str]:
        """The text, block by block.

        Raises FormatError if the bytes are not text.
        """
        errors = f"embedviz-count-{id(self)}"
        codecs.register_error(errors, self._replace)
        try:
            yield from self._decoded(blocks, errors)
        finally:
            codecs.unregister_error(errors) if hasattr(codecs, "unregister_error") else None

    def _decoded(self, blocks: Iterable[bytes], errors: str) -> Iterator[str]:
        decoder: codecs.IncrementalDecoder | None = None
        first = True
        for block in blocks:
            rest = block
            if first:
                rest = self._after_mark(rest)
                first = False
            if decoder is None:
                if self._chosen is None and not _NOT_ASCII.search(rest):
                    self._refuse_binary(rest)
                    yield rest.decode("ascii")
                    continue
                self._choose(rest)
                decoder = codecs.getincrementaldecoder(self.encoding)(errors)
            yield decoder.decode(rest)
        if decoder is not None:
            yield decoder.decode(b"", final=True)
