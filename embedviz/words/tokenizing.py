"""From running text to words: the TOKENIZERS table, and which of them a text asks for."""

from __future__ import annotations

import importlib.util
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import regex

from embedviz.errors import InvalidParameterError, MissingDependencyError
from embedviz.words.morphemes import (
    Tokenize,
    chinese_words,
    japanese_dictionary_forms,
    korean_morphemes,
)

# A letter or a digit, then letters, marks, digits and the joiners of Persian and Indic scripts;
# inside a word also single apostrophes, hyphens and the like, and points between digits.
_WORD = regex.compile(
    r"""
    \p{N}+(?:[.,]\p{N}+)+
    | [\p{L}\p{N}][\p{L}\p{M}\p{N}\u200c\u200d]*
      (?:['’\-‐_·׳״][\p{L}\p{N}][\p{L}\p{M}\p{N}\u200c\u200d]*)*
    """,
    regex.VERBOSE,
)
_CJK = regex.compile(r"(\p{Hangul}+)|([\p{Hiragana}\p{Katakana}ー]+)|(\p{Han}+)")
_LETTERS = regex.compile(r"\p{L}+")
_ONE_SPELLING = str.maketrans({"’": "'", "‐": "-", "\u00ad": None})
_DETECT_CHARACTERS = 100_000


@dataclass(frozen=True)
class Tokenizer:
    """One way to cut text into words.

    Attributes
    ----------
    name, label, help : str
        In the API, on the page, and what it does in one line.
    languages : tuple of str
        ISO 639-1 codes it is made for; empty for all that put spaces between words.
    package : str
        What has to be installed for it besides embedviz's own needs; empty for nothing.
    telling : int
        Characters from which on a frequent word is likely to mean something: fewer in scripts
        that write a word in two.
    """

    name: str
    label: str
    help: str
    languages: tuple[str, ...]
    package: str
    make: Callable[[], Tokenize] = field(repr=False)
    telling: int = 4

    @property
    def available(self) -> bool:
        """Whether its package is installed."""
        return not self.package or importlib.util.find_spec(self.package) is not None

    def tokens(self, text: str, *, lowercase: bool = True) -> list[str]:
        """The words of ``text`` in order, in Unicode's composed form (NFC).

        Punctuation and symbols are left out; no token holds a space.

        Raises
        ------
        MissingDependencyError
            If its package is not installed; the message has the ``pip install`` line.
        """
        composed = unicodedata.normalize("NFC", text).translate(_ONE_SPELLING)
        found = self._made()(composed)
        return [token.lower() for token in found] if lowercase else found

    def _made(self) -> Tokenize:
        # Dictionaries take seconds to load and much memory: once per process, not per text.
        made = _MADE.get(self.name)
        if made is None:
            with _LOCK:
                if self.name not in _MADE:
                    if not self.available:
                        raise MissingDependencyError(self.package, f"The tokenizer '{self.label}'")
                    _MADE[self.name] = self.make()
                made = _MADE[self.name]
        return made


_MADE: dict[str, Tokenize] = {}
_LOCK = threading.Lock()


def _words() -> Tokenize:
    find: Any = _WORD.findall
    return lambda text: list(find(text))


WORDS = Tokenizer(
    "words",
    "Words between spaces",
    "Runs of letters and digits of any script, with the apostrophes and hyphens inside "
    "them. Not for Thai, Lao, Khmer or Burmese, which put no spaces between words.",
    (),
    "",
    _words,
)

TOKENIZERS: dict[str, Tokenizer] = {
    tokenizer.name: tokenizer
    for tokenizer in (
        WORDS,
        Tokenizer(
            "korean",
            "Korean morphemes",
            "Kiwi's morphemes: nouns, and verbs and adjectives in their dictionary form (먹었다 "
            "→ 먹다). Particles and endings are left out.",
            ("ko",),
            "kiwipiepy",
            korean_morphemes,
            telling=2,
        ),
        Tokenizer(
            "japanese",
            "Japanese words",
            "Janome's words in their dictionary form (食べました → 食べる). Particles, "
            "auxiliaries and punctuation are left out.",
            ("ja",),
            "janome",
            japanese_dictionary_forms,
            telling=2,
        ),
        Tokenizer(
            "chinese",
            "Chinese words",
            "jieba's words, as they stand in the text.",
            ("zh",),
            "jieba",
            chinese_words,
            telling=2,
        ),
    )
}


def tokenizer_named(name: str) -> Tokenizer:
    """The tokenizer of this name; raises InvalidParameterError, which lists them."""
    if name not in TOKENIZERS:
        raise InvalidParameterError(
            f"There is no tokenizer {name!r}. Tokenizers: {', '.join(map(repr, TOKENIZERS))}."
        )
    return TOKENIZERS[name]


def detect(text: str) -> str:
    """The name of the tokenizer that ``text`` asks for, by the share of its letters.

    Hangul, kana and Han together must make up three letters in ten; then kana (one in ten of them
    or more) says Japanese, and otherwise the more frequent of Hangul and Han decides. Looks at the
    first 100,000 characters.
    """
    sample = unicodedata.normalize("NFC", text[:_DETECT_CHARACTERS])
    letters = sum(map(len, _LETTERS.findall(sample)))
    runs = _CJK.findall(sample)
    hangul, kana, han = (sum(len(run[script]) for run in runs) for script in range(3))
    if not letters or (hangul + kana + han) < 0.3 * letters:
        return "words"
    if kana >= 0.1 * (hangul + kana + han) and kana + han > hangul:
        return "japanese"
    return "korean" if hangul > han else "chinese"
