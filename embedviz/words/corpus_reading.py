"""Text in, tokenized sentences out to a writer; bounded memory, progress, stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from embedviz.errors import FormatError, InvalidParameterError, shown
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.text_decoding import NotTextError, TextDecoder
from embedviz.words.corpus_writer import CorpusWriter
from embedviz.words.sentence_ends import (
    MAX_CHARACTERS,
    last_break,
    lines,
    sentences,
    whole_pieces,
)
from embedviz.words.text_files import Budget, Part, SetAside, TextFile, parts
from embedviz.words.tokenizing import Tokenizer, detect, tokenizer_named

Split = Literal["sentences", "lines"]
_MOST_UNBROKEN = 50_000
_SPLITS: dict[str, Callable[[str], Iterator[str]]] = {"sentences": sentences, "lines": lines}


@dataclass(frozen=True)
class TextReport:
    """How one text was read.

    Attributes
    ----------
    name, encoding : str
        The text and its encoding (``"ascii"`` if only that occurs in it).
    guessed : bool
        True if the encoding is charset-normalizer's guess.
    replaced : int
        Characters that could not be decoded.
    n_tokens : int
        Tokens that came out of it.
    unbroken : int
        Characters in runs of more than 10,000 letters without a space or a sign: they were cut.
    """

    name: str
    encoding: str
    guessed: bool
    replaced: int
    n_tokens: int
    unbroken: int = 0


@dataclass
class Reading:
    """How to read, and what was noted on the way.

    ``tokenizer`` None lets the first text decide; the name of what was used stands there after.
    """

    tokenizer: str | None
    lowercase: bool
    split: Split
    on_progress: OnProgress | None = None
    cancel: Cancel | None = None
    encoding: str | None = None
    texts: list[TextReport] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    unbroken: int = 0

    def __post_init__(self) -> None:
        if self.split not in _SPLITS:
            raise InvalidParameterError(
                f"split={self.split!r} is not one of {', '.join(map(repr, _SPLITS))}."
            )
        if self.tokenizer is not None:
            tokenizer_named(self.tokenizer)

    def chosen(self, text: str) -> Tokenizer:
        """The tokenizer, which ``text`` decides if nothing has yet."""
        if self.tokenizer is None:
            self.tokenizer = detect(text)
        return tokenizer_named(self.tokenizer)


def read_text(text: str, name: str, reading: Reading, writer: CorpusWriter) -> None:
    """Write the sentences of a string."""
    size = max(len(text), 1)
    step = 1 << 16
    done = 0

    def blocks() -> Iterator[str]:
        nonlocal done
        for start in range(0, len(text), step):
            done = min(start + step, len(text))
            yield text[start : start + step]

    _write(whole_pieces(blocks()), name, reading, writer, lambda: done / size)
    reading.texts.append(
        TextReport(name, "str", False, 0, writer.n_tokens, unbroken=reading.unbroken)
    )


def read_files(
    files: Sequence[TextFile], max_bytes: int, reading: Reading, writer: CorpusWriter
) -> None:
    """Write the sentences of files; raises FormatError where one is no text, or all are set aside."""
    for part in parts(files, Budget(max_bytes)):
        if isinstance(part, SetAside):
            reading.set_aside.append(part)
            continue
        try:
            _read_part(part, reading, writer)
        except NotTextError as error:
            if not part.in_archive:
                raise
            reading.set_aside.append(SetAside(part.name, str(error)))
    if not reading.texts:
        listed = "; ".join(f"{item.name}: {item.reason}" for item in reading.set_aside[:5])
        raise FormatError(f"There is no text to read. Set aside: {listed or 'nothing was given'}.")


def read_sentences(
    given: Iterable[Sequence[str]], name: str, reading: Reading, writer: CorpusWriter
) -> None:
    """Write sentences that are tokenized already."""
    for number, tokens in enumerate(given):
        stop_if(reading.cancel, f"Reading {name}")
        if isinstance(tokens, str) or any(
            not token or token.split() != [token] for token in tokens
        ):
            raise InvalidParameterError(
                f"Sentence {number} of {name} is {shown(tokens)}. Each must be a list of words that are "
                "not empty and hold no space; Corpus.from_text cuts text into words."
            )
        writer.add(" ".join(tokens), tokens)
        if number % 1000 == 0:
            report(reading.on_progress, None, f"Reading {name}: {writer.n_tokens:,} words")
    reading.texts.append(TextReport(name, "str", False, 0, writer.n_tokens))


def _read_part(part: Part, reading: Reading, writer: CorpusWriter) -> None:
    before, unbroken = writer.n_tokens, reading.unbroken
    decoder = TextDecoder(part.name, reading.encoding)
    pieces = whole_pieces(decoder.text(part.blocks()))
    _write(pieces, part.name, reading, writer, part.fraction)
    written = writer.n_tokens - before
    cut = reading.unbroken - unbroken
    read = decoder.encoding, decoder.guessed, decoder.replaced
    reading.texts.append(TextReport(part.name, *read, written, cut))


def _write(
    pieces: Iterable[str],
    name: str,
    reading: Reading,
    writer: CorpusWriter,
    fraction: Callable[[], float],
) -> None:
    split = _SPLITS[reading.split]
    what = f"Reading {name}"
    for piece in pieces:
        if not piece.strip():
            continue
        tokenizer = reading.chosen(piece)
        for sentence in split(piece):
            stop_if(reading.cancel, what)
            if len(sentence) == MAX_CHARACTERS and not last_break(sentence):
                reading.unbroken += len(sentence)
                _refuse_unbroken(name, reading, tokenizer)
            writer.add(sentence, tokenizer.tokens(sentence, lowercase=reading.lowercase))
        report(reading.on_progress, fraction(), f"{what}: {writer.n_tokens:,} words")


def _refuse_unbroken(name: str, reading: Reading, tokenizer: Tokenizer) -> None:
    """Raise FormatError where a dictionary would be asked about a text that has no words.

    It takes a minute for each megabyte, and what comes out means nothing.
    """
    if reading.unbroken > _MOST_UNBROKEN and "ko" in tokenizer.languages:
        raise FormatError(
            f"'{name}' has more than {_MOST_UNBROKEN:,} characters on end without a space, a mark or "
            "a line end. That is no running text in Korean: put spaces between its words, or choose "
            "the tokenizer 'words'."
        )
