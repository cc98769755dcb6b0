"""A second kind of things and an encoder with two doors, as a newcomer would bring them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, ClassVar

import numpy as np

from embedviz.errors import FormatError
from embedviz.items.encoder import Encoder, Layer, Model, Vectors
from embedviz.items.files import Limits, check_size
from embedviz.items.kind import Decoded, Kind, Preview, hash_of

# A kind: a line of sixteen letters.

LENGTH = 16
_SALT = b"line"


@dataclass(frozen=True)
class LineLimits(Limits):
    """What is read of lines."""

    noun: ClassVar[str] = "line"


def _decode(data: bytes, limits: LineLimits) -> Decoded:
    check_size(len(data), limits)
    line = data.decode("ascii", "replace").rstrip("\n")
    if len(line) != LENGTH or not line.isprintable():
        raise FormatError(f"A line has {LENGTH} letters, got {len(line)}: fill it up.")
    return Decoded(line, hash_of(data, _SALT), {"vowels": sum(map(line.lower().count, "aeiou"))})


class Line(str):
    """A line in memory; a plain str is a path, or a text."""

    __slots__ = ()


def _write(line: Line) -> IO[bytes]:
    return io.BytesIO(line.encode("ascii"))


def _in_words(row: Mapping[str, Any]) -> dict[str, str]:
    return {"vowels": f"{row['vowels']}"}


def _hover(table: Any) -> list[str]:
    return [f"{vowels} vowels" for vowels in table["vowels"]]


LINE = Kind(
    name="line",
    noun="line",
    likeness="reads like",
    suffixes=(".line",),
    limits=LineLimits,
    columns=("path", "vowels", "hash", "label", "bytes"),
    decode=_decode,
    preview=lambda line: Preview(line[:4].encode(), line.encode()),
    media=("text/plain", "text/plain"),
    exact_views=True,
    accepts=lambda thing: isinstance(thing, Line),
    value=str,
    write=_write,
    files_in_words="lines",
    in_memory="Line objects",
    in_words=_in_words,
    hover=_hover,
    salt=_SALT,
)


@dataclass(frozen=True)
class Codes:
    """The codes of its letters."""

    name: str = "codes"

    def __call__(self, line: str) -> np.ndarray:
        return np.array([ord(letter) for letter in line], np.float32)


class LetterModel(Model):
    """Codes as they are, or their differences."""

    def _load(self) -> None:
        pass

    def _engine(self) -> str:
        return "NumPy"

    def _vectors(self, kind: str, batch: Any) -> Vectors:  # noqa: ARG002 - one rule for all
        codes = np.stack(batch)
        return codes if self.layer.name == "codes" else np.diff(codes, axis=1).astype(np.float32)


LETTERS = Encoder(
    name="letters",
    label="Letters",
    help="The letters of a line.",
    citation="None: a test's.",
    inputs={"line": Codes()},
    layers=(
        Layer(name="codes", label="codes", help="The letters' codes.", dimensions=LENGTH),
        Layer(name="steps", label="steps", help="From letter to letter.", dimensions=LENGTH - 1),
    ),
    weights=None,
    open=LetterModel,
    per_second=1e6,
)

# An encoder with two doors: pictures by their mean color, texts by the colors that they name.

COLORS = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1), "gray": (0.5, 0.5, 0.5)}


@dataclass(frozen=True)
class MeanColor:
    """Red, green and blue from 0 to 1, over the picture."""

    name: str = "mean-color"

    def __call__(self, picture: Any) -> np.ndarray:
        return np.asarray(picture, np.float32).reshape(-1, 3).mean(axis=0) / np.float32(255)


@dataclass(frozen=True)
class NamedColor:
    """The mean of the colors that a text names; gray if it names none."""

    name: str = "named-color"

    def __call__(self, text: str) -> np.ndarray:
        named = [COLORS[word] for word in text.lower().split() if word in COLORS]
        return np.mean(named or [COLORS["gray"]], axis=0, dtype=np.float32)


class ColorModel(Model):
    """Both doors lead to the same three numbers."""

    def _load(self) -> None:
        pass

    def _engine(self) -> str:
        return "NumPy"

    def _vectors(self, kind: str, batch: Any) -> Vectors:  # noqa: ARG002 - one rule for all
        return np.stack(batch).astype(np.float32)


TWO_DOORS = Encoder(
    name="colors",
    label="Colors",
    help="Pictures and texts by color.",
    citation="None: a test's.",
    inputs={"image": MeanColor(), "text": NamedColor()},
    layers=(Layer(name="mean", label="mean", help="The mean color.", dimensions=3),),
    weights=None,
    open=ColorModel,
    per_second=1e4,
)
