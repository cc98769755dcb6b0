"""The words that a point carries: those of its key and of its metadata, in any script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from embedviz.space import EmbeddingSpace

if TYPE_CHECKING:
    import pandas as pd

_LONGEST_TEXT = 2_000
_LONGEST_WORD = 40
_MOST_CATEGORIES = 50
_MOST_NUMBERS = 30
# Written without spaces between words: Han, kana.
_UNSPACED = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
_ADDRESS = re.compile(r"\s*(https?:|data:|file:)", re.IGNORECASE)


@dataclass(frozen=True)
class Term:
    """Something that points may share: a whole value of a category, or a word of a text."""

    label: str
    whole: bool


def words_in_text(text: str) -> list[str]:
    """The words of ``text`` in lower case; Chinese and Japanese as pairs of characters.

    Numbers and single letters are left out: they tell groups apart by chance only.
    """
    found: list[str] = []
    for match in _pattern().finditer(unicodedata.normalize("NFC", text[:_LONGEST_TEXT]).lower()):
        word = match.group()
        if match.lastgroup == "unspaced":
            found += [word] if len(word) <= 2 else [word[i : i + 2] for i in range(len(word) - 1)]
        elif 2 <= len(word) <= _LONGEST_WORD and any(letter.isalpha() for letter in word):
            found.append(word)
    return found


def are_words(keys: tuple[str, ...]) -> bool:
    """True if the keys are words of a vocabulary, rather than numbered things or sentences."""
    looked = keys[:: max(1, len(keys) // 2000)]
    bare = [re.sub(r"[\d_]+", "", key) for key in looked if len(key) <= _LONGEST_WORD]
    different = {key.lower() for key in bare if any(letter.isalpha() for letter in key)}
    single = sum(len(key.split()) == 1 and "." not in key for key in bare)
    return 2 * len(different) > len(looked) and 2 * single > len(looked)


def terms_of(space: EmbeddingSpace) -> Callable[[int], set[Term]]:
    """A function from a row of ``space`` to the terms that it carries."""
    table = space.table
    columns = [table[name] for name in table.columns]
    whole = [_categories(column) for column in columns]
    numbers_too = not are_words(space.keys)
    whole += [_small_numbers(column) for column in columns if numbers_too]
    texts = [list(space.keys), *(_texts(column) for column in columns)]
    wholes, texts = [values for values in whole if values], [values for values in texts if values]

    def terms(row: int) -> set[Term]:
        found = {Term(_short(value), True) for values in wholes if (value := values[row])}
        for values in texts:
            found.update(Term(word, False) for word in words_in_text(values[row]))
        return found

    return terms


def _categories(column: pd.Series[Any]) -> list[str]:
    """The values of a column of few different strings or of flags; empty for another column."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        return [str(column.name) if value is True else "" for value in column.tolist()]
    texts = _strings(column)
    few = min(_MOST_CATEGORIES, len(texts) // 2)
    return texts if 0 < len(set(texts) - {""}) <= few else []


def _small_numbers(column: pd.Series[Any]) -> list[str]:
    """``digit 3``: the values of a column of few different whole numbers, with its name."""
    import pandas as pd

    whole = pd.api.types.is_integer_dtype(column)
    if not whole or column.nunique() > min(_MOST_NUMBERS, len(column) // 4):
        return []
    return [f"{column.name} {value}" if pd.notna(value) else "" for value in column.tolist()]


def _texts(column: pd.Series[Any]) -> list[str]:
    """The values of a column of many different strings that are no addresses; else empty."""
    texts = _strings(column)
    different = set(texts) - {""}
    addresses = all(_ADDRESS.match(text) for text in texts if text)
    return [] if addresses or len(different) <= min(_MOST_CATEGORIES, len(texts) // 2) else texts


def _strings(column: pd.Series[Any]) -> list[str]:
    return [value if isinstance(value, str) else "" for value in column.tolist()]


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST_WORD else line[: _LONGEST_WORD - 1] + "…"


@cache
def _pattern() -> re.Pattern[str]:
    # Python's \w leaves out the marks that many scripts write their vowels with.
    marks = "".join(
        chr(code) for code in range(0x10000) if unicodedata.category(chr(code))[0] == "M"
    )
    return re.compile(
        f"(?P<unspaced>[{_UNSPACED}]+)|(?P<spaced>(?:(?![{_UNSPACED}])[^\\W_])(?:(?![{_UNSPACED}])"
        f"[^\\W_]|[{marks}])*)"
    )
