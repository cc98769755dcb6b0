"""Words of Korean, Japanese and Chinese text, by the libraries that know their dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import regex

Tokenize = Callable[[str], list[str]]

_HAS_LETTER = regex.compile(r"[\p{L}\p{N}]")
# Kiwi's tags (those of the Sejong corpus): what carries meaning by itself. "-R" and "-I" behind a
# tag say that the stem is regular or irregular.
_KOREAN_NOUNS = {"NNG", "NNP", "NNB", "NR", "NP", "XPN", "XR"}
_KOREAN_STEMS = {"VV", "VA", "VX", "VCN"}
_KOREAN_OTHERS = {"MM", "MAG", "MAJ", "IC", "SL", "SH", "SN", "UN"}
_KOREAN_KEPT = _KOREAN_NOUNS | _KOREAN_STEMS | _KOREAN_OTHERS
_JAPANESE_LEFT_OUT = {"助詞", "助動詞", "記号", "フィラー"}


def korean_morphemes() -> Tokenize:
    """Kiwi: morphemes that carry meaning; stems of verbs and adjectives with 다 behind."""
    from kiwipiepy import Kiwi

    kiwi = Kiwi(num_workers=1)

    def tokenize(text: str) -> list[str]:
        found: Any = kiwi.tokenize(text)
        tagged = ((token.form, token.tag.partition("-")[0]) for token in found)
        return _clean(
            # Without 다, 가 (to go) and 가 (a particle, an edge) would be one word.
            form + "다" if tag in _KOREAN_STEMS else form
            for form, tag in tagged
            if tag in _KOREAN_KEPT
        )

    return tokenize


def japanese_dictionary_forms() -> Tokenize:
    """Janome: words in dictionary form, without particles, auxiliaries and punctuation."""
    from janome.tokenizer import Tokenizer

    janome = Tokenizer()

    def tokenize(text: str) -> list[str]:
        found: Any = janome.tokenize(text)
        return _clean(
            token.surface if token.base_form == "*" else token.base_form
            for token in found
            if token.part_of_speech.partition(",")[0] not in _JAPANESE_LEFT_OUT
        )

    return tokenize


def chinese_words() -> Tokenize:
    """jieba: words as they stand in the text."""
    import jieba

    cutter: Any = jieba.Tokenizer()
    # What initialize() does, without its log lines and without the cache that it would read from
    # and write to a folder that other users of this machine can write to.
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    return lambda text: _clean(cutter.cut(text))


def _clean(tokens: Iterable[str]) -> list[str]:
    """Tokens with a letter or a digit in them, cut at spaces."""
    return [part for token in tokens for part in token.split() if _HAS_LETTER.search(part)]
