"""Texts to train on: tokenized once, kept on the disk, read as often as needed."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from embedviz.progress import Cancel, OnProgress
from embedviz.words.corpus_reading import Reading, Split, TextReport, read_files, read_text
from embedviz.words.corpus_writer import CorpusWriter, Example
from embedviz.words.sample_corpora import CORPORA, SampleCorpus
from embedviz.words.text_files import SetAside, TextFile

__all__ = [
    "CORPORA",
    "DEFAULT_MAX_BYTES",
    "Corpus",
    "Example",
    "SampleCorpus",
    "SetAside",
    "TextReport",
]

DEFAULT_MAX_BYTES = 4 * 10**9
"""How much text is read, unpacked, unless told otherwise: 4 GB."""


class Corpus:
    """A tokenized text on the disk: one sentence per line, tokens separated by single spaces.

    That is the form of gensim's ``LineSentence`` and ``corpus_file``. Iterating gives each
    sentence as a list of tokens, as often as wanted. Made by :meth:`from_text`,
    :meth:`from_files` or :meth:`from_sentences`; the file is removed with the object unless it was
    given a path.

    Attributes
    ----------
    path : Path
        The file.
    name : str
        What people call this text.
    tokenizer : str
        The name in ``TOKENIZERS`` of what cut it, or ``"given"`` if it came in tokens.
    n_sentences, n_tokens, n_distinct : int
        Lines, tokens, and different tokens.
    counts : mapping from str to int
        How often each token occurs.
    examples : tuple of Example
        The first few sentences and what became of them.
    texts : tuple of TextReport
        Of each text that was read: its encoding, and how many characters could not be decoded.
    set_aside : tuple of SetAside
        Members of archives that were not read, and why.
    fingerprint : str
        A hash of the sentences: equal for equal texts.
    """

    def __init__(self, writer: CorpusWriter, reading: Reading, name: str, keep: bool) -> None:
        self.path = writer.finish()
        self.name = name
        self.tokenizer = reading.tokenizer or "given"
        self.n_sentences, self.n_tokens = writer.n_sentences, writer.n_tokens
        self.n_distinct = len(writer.counts)
        self.counts: Mapping[str, int] = MappingProxyType(writer.counts)
        self.examples = tuple(writer.examples)
        self.texts = tuple(reading.texts)
        self.set_aside = tuple(reading.set_aside)
        self.fingerprint = writer.fingerprint
        if not keep:
            weakref.finalize(self, self.path.unlink, missing_ok=True)

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        tokenizer: str | None = None,
        lowercase: bool = True,
        split: Split = "sentences",
        name: str = "text",
        path: str | os.PathLike[str] | None = None,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> Corpus:
        """The corpus of a string.

        Parameters
        ----------
        tokenizer : str, optional
            A name in ``TOKENIZERS``; without it the letters of the text decide.
        lowercase : bool
            Whether "The" and "the" become one word.
        split : "sentences" or "lines"
            What a line of the corpus is: a sentence (ended by a full stop, its like, or a line
            end), or a line of the text as it stands.
        path : path, optional
            Where to keep it; without, in a temporary file that goes with the object.

        Raises
        ------
        FormatError
            If there is not one word in it.
        MissingDependencyError
            If the tokenizer's package is not installed.
        CancelledError
            If a stop was asked for; nothing is kept.
        """
        reading = Reading(tokenizer, lowercase, split, on_progress, cancel)
        return cls._made(reading, name, path, lambda writer: read_text(text, name, reading, writer))
