"""Sentences on their way to gensim: checked, cut where it would drop words, and counted."""

from __future__ import annotations

import codecs
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from embedviz.errors import FormatError, InvalidParameterError, shown
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.text_decoding import NotTextError, TextDecoder
from embedviz.words.training_watch import Watch

# gensim trains on the first 10,000 tokens of a sentence and drops the rest without a word.
LONGEST_SENTENCE = 10_000
_REPORT_SECONDS = 0.5
_LOOK_EVERY = 64
_LOOKED_AT = 1 << 16
_BLOCK = 1 << 20

Sentences = Iterable[Sequence[str]]


def source_of(sentences: Sentences | None, corpus_file: str | Path | None) -> Sentences:
    """What is read once per epoch: ``sentences``, or the lines of ``corpus_file``.

    Raises
    ------
    InvalidParameterError
        If both or neither is given, or what is given cannot be read several times.
    """
    if (sentences is None) == (corpus_file is None):
        got = "neither" if sentences is None else "both"
        raise InvalidParameterError(f"Give either sentences or corpus_file, got {got}.")
    if corpus_file is not None:
        return _lines_of(Path(corpus_file))
    if isinstance(sentences, (str, bytes, Path)):
        raise InvalidParameterError(
            "sentences must be lists of words, got one string. For a text, split it first: "
            "[line.split() for line in text.splitlines()]. For a file, pass corpus_file."
        )
    if not isinstance(sentences, Iterable):
        raise InvalidParameterError(
            f"sentences must be lists of words, got {type(sentences).__name__}."
        )
    if iter(sentences) is sentences:
        raise InvalidParameterError(
            f"sentences can be read only once (a {type(sentences).__name__}), but training reads "
            "them once to count words and once per epoch. Pass list(sentences), or an object whose "
            "__iter__ starts again."
        )
    return sentences


def _lines_of(path: Path) -> Sentences:
    from gensim.models.word2vec import LineSentence

    if not path.is_file():
        raise InvalidParameterError(f"corpus_file '{path}' is not a file.")
    if path.suffix.lower() in {".gz", ".bz2", ".xz", ".zst", ".zip"}:
        raise InvalidParameterError(
            f"corpus_file '{path}' is compressed, and gensim reads corpus files as they are. "
            "Unpack it first, or pass its sentences."
        )
    lines: Sentences = LineSentence(str(path))
    return lines


@contextmanager
def in_plain_utf8(path: Path | None) -> Iterator[Path | None]:
    """``path``, or a copy of it in UTF-8 without a byte-order mark, for as long as it is needed.

    gensim takes the bytes as they are: a mark would become part of the first word.
    """
    if path is None or not path.is_file():
        yield path
        return
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT)
        decoder = TextDecoder(path.name)
        with suppress(NotTextError):  # what is wrong with it is said where it is read
            next(decoder.text([start]), None)
        if not (start.startswith(codecs.BOM_UTF8) or decoder.encoding.startswith("utf-16")):
            yield path
            return
        file.seek(0)
        with tempfile.NamedTemporaryFile("wb", prefix="embedviz-corpus-", suffix=".txt") as copy:
            whole = TextDecoder(path.name)
            for text in whole.text(iter(lambda: file.read(_BLOCK), b"")):
                copy.write(text.encode("utf-8", "replace"))
            copy.flush()
            yield Path(copy.name)


class StoppableSentences:
    """The sentences of one training, which end early once ``watch`` says so.

    Nothing is raised here: gensim reads them in a thread and would wait forever.
    """

    def __init__(self, source: Sentences, watch: Watch) -> None:
        self._source = source
        self._watch = watch

    def __iter__(self) -> Iterator[Sequence[str]]:
        try:
            for sentence in self._source:
                if self._watch.stopping:
                    self._watch.cut = True
                    return
                if len(sentence) <= LONGEST_SENTENCE:
                    yield sentence
                else:
                    yield from _pieces(sentence)
        except Exception as error:
            self._watch.fail(error)


def scanned(
    source: Sentences, on_progress: OnProgress | None, cancel: Cancel | None
) -> Iterator[Sequence[str]]:
    """The sentences of the first pass, each checked; says how far it is about twice a second.

    Raises
    ------
    InvalidParameterError
        If a sentence is not a list of words.
    FormatError
        If a corpus file is not UTF-8 text.
    CancelledError
        If a stop was asked for.
    """
    words, last, number = 0, time.monotonic(), -1
    try:
        for number, sentence in enumerate(source):
            if number % _LOOK_EVERY == 0:
                stop_if(cancel, "Reading the text")
                if (now := time.monotonic()) - last >= _REPORT_SECONDS:
                    report(on_progress, None, f"reading the text: {words:,} words so far")
                    last = now
            _check_sentence(sentence, number)
            words += len(sentence)
            if len(sentence) <= LONGEST_SENTENCE:
                yield sentence
            else:
                yield from _pieces(sentence)
    except UnicodeDecodeError as error:
        raise FormatError(
            f"The text is not UTF-8: {error.reason} behind sentence {number + 1:,}. "
            "Save it as UTF-8 and try again."
        ) from error


def check_vocabulary(counts: Mapping[str, int], min_count: int) -> None:
    """Raise InvalidParameterError unless at least two words reach ``min_count``.

    ``counts`` says how often each word of the text occurs.
    """
    if not counts:
        raise InvalidParameterError(
            "The text has no words. Pass at least two different words to train on."
        )
    if "" in counts:
        raise InvalidParameterError(
            f"The text holds the empty word '' {counts['']:,} times. Leave it out."
        )
    # With a single word there is nothing to tell it apart from.
    ranked = sorted(counts.items(), key=lambda item: -item[1])[:2]
    if len(ranked) < 2:
        raise InvalidParameterError(
            f"The text has a single word, {shown(ranked[0][0])}. Training needs at least two."
        )
    if ranked[1][1] < min_count:
        first = "once" if ranked[0][1] == 1 else f"{ranked[0][1]:,} times"
        raise InvalidParameterError(
            f"min_count={min_count} leaves fewer than two of the {len(counts):,} different words: "
            f"the most frequent are {shown(ranked[0][0])} ({first}) and "
            f"{shown(ranked[1][0])} ({ranked[1][1]:,}). Use min_count={ranked[1][1]} or lower."
        )


def _pieces(sentence: Sequence[str]) -> Iterator[Sequence[str]]:
    starts = range(0, len(sentence), LONGEST_SENTENCE)
    return (sentence[start : start + LONGEST_SENTENCE] for start in starts)


def _check_sentence(sentence: object, number: int) -> None:
    if not isinstance(sentence, (list, tuple)):
        is_text = isinstance(sentence, str)
        hint = "Split it into words, e.g. sentence.split()." if is_text else "Make it a list."
        raise InvalidParameterError(
            f"Sentence {number} is {_shown(sentence)}, not a list of words. {hint}"
        )
    try:
        "".join(sentence)  # the quickest look at every word; what it made is dropped
    except TypeError:
        pass
    else:
        return
    for word in sentence:
        if not isinstance(word, str):
            raise InvalidParameterError(
                f"Sentence {number} holds {_shown(word)}. Every word must be a string."
            )


def _shown(value: object) -> str:
    kind = "the string" if isinstance(value, str) else f"a {type(value).__name__}:"
    return f"{kind} {shown(value)}"
