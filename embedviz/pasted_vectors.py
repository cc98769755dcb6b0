"""Vectors that a person types or pastes: a line for each, with or without a name."""

from __future__ import annotations

import re

import numpy as np

from embedviz.errors import InvalidParameterError
from embedviz.space import EmbeddingSpace

_BETWEEN = re.compile(r"[,;\s]+")
_BRACKETS = str.maketrans("", "", "[](){}")


def pasted_vectors(text: str, dimensions: int, most: int = 1000) -> EmbeddingSpace:
    """The vectors in ``text``, of ``dimensions`` numbers each.

    A line holds the numbers, separated by spaces, commas, semicolons or tabs, brackets or not;
    what stands before them is its key. Lines without a key are called ``point 1`` and so on, and
    a repeated key gets ``#2``.

    Raises
    ------
    InvalidParameterError
        Naming the line that has another number of numbers, or one that is not finite; and for
        more than ``most`` lines.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise InvalidParameterError(
            f"There is no vector. Give a line of {dimensions:,} numbers for each point."
        )
    if len(lines) > most:
        raise InvalidParameterError(
            f"{len(lines):,} lines were pasted; {most:,} are taken. Upload them as a file."
        )
    keys: list[str] = []
    rows: list[list[float]] = []
    for place, (number, line) in enumerate(lines, 1):
        key, values = _line(line, number, dimensions)
        keys.append(_free(key or f"point {place}", keys))
        rows.append(values)
    return EmbeddingSpace(keys, np.array(rows, np.float64), name="pasted")


def _line(line: str, number: int, dimensions: int) -> tuple[str, list[float]]:
    """The key (may be empty) and the numbers of one line."""
    parts = [part for part in _BETWEEN.split(line.translate(_BRACKETS)) if part]
    values = [_number(part) for part in parts]
    if len(parts) < dimensions or None in values[len(parts) - dimensions :]:
        there = sum(value is not None for value in values)
        raise InvalidParameterError(
            f"Line {number} has {there:,} numbers; the vectors of this map have {dimensions:,}. "
            "Use vectors of the same model."
        )
    before = parts[: len(parts) - dimensions]
    if before and all(value is not None for value in values):
        raise InvalidParameterError(
            f"Line {number} has {len(parts):,} numbers; the vectors of this map have "
            f"{dimensions:,}. A key in front must be a word."
        )
    numbers = [value for value in values[len(before) :] if value is not None]
    # NaN is not at most anything.
    if not (np.abs(numbers) <= np.finfo(np.float32).max).all():
        raise InvalidParameterError(
            f"Line {number} holds a number that is infinite, missing or beyond float32."
        )
    return " ".join(before), numbers


def _number(part: str) -> float | None:
    try:
        return float(part)
    except ValueError:
        return None


def _free(key: str, taken: list[str]) -> str:
    name, number = key, 2
    while name in taken:
        name, number = f"{key}#{number}", number + 1
    return name
