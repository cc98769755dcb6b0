"""Texts as a kind of things: a file is one text, and so is a str."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, ClassVar

from embedviz.errors import FormatError
from embedviz.items.files import Limits, check_size
from embedviz.items.kind import Decoded, Kind, Preview, hash_of
from embedviz.params import param
from embedviz.text_decoding import TextDecoder

if TYPE_CHECKING:
    import pandas as pd

_SALT = b"text"
# Tabs, line ends and escape (which charset-normalizer lets pass) aside; and halves of a pair.
_NO_SIGNS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ud800-\udfff]")
_SHOWN = 120  # characters of what stands for a text on a map


@dataclass(frozen=True)
class TextLimits(Limits):
    """What is read of texts in one go, and how long one may be."""

    noun: ClassVar[str] = "text"
    shrink: ClassVar[str] = "cut it into parts first"

    characters: int = param(100_000, "Most characters in one text.", minimum=1, maximum=100_000_000)

    @property
    def also(self) -> str:
        """``" and 100,000 characters"``."""
        return f" and {self.characters:,} characters"


_DEFAULT_LIMITS = TextLimits()


def _decode(data: bytes, limits: TextLimits) -> Decoded:
    check_size(len(data), limits)
    decoder = TextDecoder("The text")
    text = _checked("".join(decoder.text([data])), limits)
    facts = {"characters": len(text), "encoding": _encoding(decoder)}
    return Decoded(text, hash_of(data, _SALT), facts)


def _encoding(decoder: TextDecoder) -> str:
    """In which encoding the text was read, and what may be wrong with that."""
    said = f"{decoder.encoding} (guessed)" if decoder.guessed else decoder.encoding
    return f"{said}, {decoder.replaced:,} signs unreadable" if decoder.replaced else said


def _preview(text: str) -> Preview:
    line = " ".join(text[: 4 * _SHOWN].split())
    short = line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
    return Preview(short.encode(), text.encode())


def _accepts(thing: Any) -> bool:
    return isinstance(thing, str)


def _value(text: str) -> str:
    return _checked(text, _DEFAULT_LIMITS)


def _checked(text: str, limits: TextLimits) -> str:
    """``text`` without space around it; raises FormatError unless it is one, of its length."""
    kept = text.strip()
    if not kept:
        raise FormatError("The text is empty: give one with words in it.")
    if _NO_SIGNS.search(kept):
        raise FormatError("The text holds signs that no text has: give it without them.")
    if len(kept) > limits.characters:
        raise FormatError(
            f"The text has {len(kept):,} characters, and at most {limits.characters:,} are read "
            "here: cut it into parts first."
        )
    return kept


def _write(text: str) -> IO[bytes]:
    return io.BytesIO(_value(text).encode())


def _in_words(row: Mapping[str, Any]) -> dict[str, str]:
    said = {"label": str(row.get("label") or "")}
    if row.get("characters"):
        said["length"] = f"{row['characters']:,} characters"
    if row.get("encoding"):
        said["encoding"] = str(row["encoding"])
    return said


def _hover(table: pd.DataFrame) -> list[str]:
    rows = zip(table["label"], table["characters"], strict=True)
    return [f"{label}\n{n:,} characters".strip() for label, n in rows]


TEXT = Kind(
    name="text",
    noun="text",
    likeness="means about the same as",
    suffixes=(".txt", ".md"),
    limits=TextLimits,
    columns=("path", "characters", "encoding", "hash", "label", "bytes"),
    decode=_decode,
    preview=_preview,
    media=("text/plain", "text/plain"),
    exact_views=True,
    accepts=_accepts,
    value=_value,
    write=_write,
    files_in_words="text files",
    in_memory="str",
    in_words=_in_words,
    hover=_hover,
    salt=_SALT,
)
