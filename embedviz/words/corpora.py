"""Texts to train on: tokenized once, kept on the disk, read as often as needed."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from embedviz.progress import Cancel, OnProgress
from embedviz.words.corpus_reading import (
    Reading,
    Split,
    TextReport,
    read_files,
    read_sentences,
    read_text,
)
from embedviz.words.corpus_writer import CorpusWriter, Example
from embedviz.words.text_files import DEFAULT_MAX_BYTES, SetAside, TextFile

__all__ = [
    "DEFAULT_MAX_BYTES",
    "Corpus",
    "Example",
    "SetAside",
    "TextReport",
]


class Corpus:
    """A tokenized text on the disk: one sentence per line, tokens separated by single spaces.

    That is the form of gensim's ``LineSentence`` and ``corpus_file``. Iterating gives each
    sentence as a list of tokens, as often as wanted. Made by :meth:`from_text`,
    :meth:`from_files` or :meth:`from_sentences`; the file is removed with the object unless it was
    given a path.

    Attributes
    ----------
    path, name : Path and str
        The file, and what people call this text.
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
        FormatError, MissingDependencyError, CancelledError
            If there is not one word in it, the tokenizer's package is not installed, or a stop was
            asked for; nothing is kept.
        """
        reading = Reading(tokenizer, lowercase, split, on_progress, cancel)
        return cls._made(reading, name, path, lambda writer: read_text(text, name, reading, writer))

    @classmethod
    def from_files(
        cls,
        files: Sequence[TextFile],
        *,
        tokenizer: str | None = None,
        lowercase: bool = True,
        split: Split = "sentences",
        name: str | None = None,
        path: str | os.PathLike[str] | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
        encoding: str | None = None,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> Corpus:
        """The corpus of plain texts, gzipped texts and zip archives of texts, streamed.

        Parameters
        ----------
        files : sequence of path, or of (name, path or binary file)
            An open file must be able to go back to its beginning, and is left open.
        max_bytes : int
            How many bytes of text to accept, unpacked, of all files together.
        encoding : str, optional
            Without it: by byte-order mark, else UTF-8, else guessed; ``texts`` says which.

        The others are those of :meth:`from_text`. Raises what that does, and FormatError if a file
        is no text or is damaged, all of an archive had to be set aside, or the whole is beyond
        ``max_bytes``.
        """
        reading = Reading(tokenizer, lowercase, split, on_progress, cancel, encoding)
        title = _title(files) if name is None else name
        return cls._made(
            reading, title, path, lambda writer: read_files(files, max_bytes, reading, writer)
        )

    @classmethod
    def from_sentences(
        cls,
        sentences: Iterable[Sequence[str]],
        *,
        name: str = "sentences",
        path: str | os.PathLike[str] | None = None,
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> Corpus:
        """The corpus of lists of words; InvalidParameterError if one is empty or holds a space."""
        reading = Reading(None, False, "lines", on_progress, cancel)
        return cls._made(
            reading, name, path, lambda writer: read_sentences(sentences, name, reading, writer)
        )

    @classmethod
    def _made(
        cls,
        reading: Reading,
        name: str,
        path: str | os.PathLike[str] | None,
        write: Callable[[CorpusWriter], None],
    ) -> Corpus:
        writer = CorpusWriter(None if path is None else Path(path))
        try:
            write(writer)
            return cls(writer, reading, name, keep=path is not None)
        except BaseException:
            writer.discard()
            raise

    def __iter__(self) -> Iterator[list[str]]:
        with self.path.open(encoding="utf-8", newline="\n") as file:
            for line in file:
                yield line.rstrip("\n").split(" ")

    def __len__(self) -> int:
        return self.n_sentences

    def __repr__(self) -> str:
        return (
            f"Corpus({self.name!r}, {self.n_sentences:,} sentences, {self.n_tokens:,} tokens, "
            f"{self.n_distinct:,} different)"
        )


def _title(files: Sequence[TextFile]) -> str:
    names = [file[0] if isinstance(file, tuple) else Path(file).name for file in files]
    return " + ".join(names[:3]) + (f" + {len(names) - 3} more" if len(names) > 3 else "")
