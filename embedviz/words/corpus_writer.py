"""Tokenized sentences on their way to the disk, counted as they pass."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from embedviz.errors import FormatError

MAX_SENTENCE_TOKENS = 10_000
"""gensim drops what is beyond this in a sentence without a word: longer ones are cut."""
MAX_DISTINCT = 5_000_000
"""More different words than this are taken for something that is not running text."""
EXAMPLES = 5


@dataclass(frozen=True)
class Example:
    """One sentence as it stood, and the tokens that were made of it."""

    text: str
    tokens: tuple[str, ...]


class CorpusWriter:
    """Writes one sentence per line, tokens separated by single spaces, in UTF-8.

    Parameters
    ----------
    path : Path, optional
        Where the finished file goes; None makes a temporary file.

    Attributes
    ----------
    counts : Counter
        How often each token was written.
    n_sentences, n_tokens : int
        Lines and tokens written.
    examples : list of Example
        The first few sentences.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self.n_sentences = 0
        self.n_tokens = 0
        self.examples: list[Example] = []
        self._hash = hashlib.blake2b(digest_size=16)
        self._target = path
        try:
            folder = None if path is None else path.parent
            handle, name = tempfile.mkstemp(".txt", "embedviz-corpus-", folder)
        except OSError as error:
            raise _unwritable(error) from error
        self._path = Path(name)
        self._file: IO[bytes] = os.fdopen(handle, "wb")

    @property
    def fingerprint(self) -> str:
        """A hash of all that was written."""
        return self._hash.hexdigest()

    def add(self, text: str, tokens: Sequence[str]) -> None:
        """Write the sentence ``text`` as ``tokens``; no tokens, no sentence."""
        if tokens and len(self.examples) < EXAMPLES:
            self.examples.append(Example(text, tuple(tokens)))
        for start in range(0, len(tokens), MAX_SENTENCE_TOKENS):
            self._line(tokens[start : start + MAX_SENTENCE_TOKENS])

    def finish(self) -> Path:
        """The whole file, in its place; raises FormatError if there is not one token in it."""
        if not self.n_tokens:
            raise FormatError(
                "There is no word in this text. It may be empty, or its tokenizer does not fit it."
            )
        try:
            self._file.close()
            if self._target is not None:
                os.replace(self._path, self._target)
                return self._target
        except OSError as error:
            raise _unwritable(error) from error
        return self._path

    def discard(self) -> None:
        """Remove what was written."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _line(self, tokens: Sequence[str]) -> None:
        line = (" ".join(tokens) + "\n").encode("utf-8", "replace")
        self.counts.update(tokens)
        if len(self.counts) > MAX_DISTINCT:
            raise FormatError(
                f"The text has more than {MAX_DISTINCT:,} different words. That is not running "
                "text, or its tokenizer does not fit it: choose the one for its language."
            )
        try:
            self._file.write(line)
        except OSError as error:
            raise _unwritable(error) from error
        self._hash.update(line)
        self.n_sentences += 1
        self.n_tokens += len(tokens)


def _unwritable(error: OSError) -> FormatError:
    return FormatError(
        f"The tokenized text could not be written to the disk: {error.strerror or error}."
    )
