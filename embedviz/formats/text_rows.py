"""Lines of a word and its numbers, read by blocks: what the text formats share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from embedviz.encoding_guess import Guess, guessed, is_damaged_utf8
from embedviz.errors import FormatError
from embedviz.formats.base import ReadOptions
from embedviz.formats.notes import Note
from embedviz.formats.rows import GrowingRows
from embedviz.formats.source import Source

Lines = tuple[int, list[bytes]]
"""The number of the first line, from 1, and the lines."""


@dataclass(frozen=True)
class TextRows:
    """The keys and vectors of the rows that were read, the last line of them, the encoding that the
    first keys beyond ASCII were guessed to be in, and what to say.
    """

    keys: list[bytes]
    vectors: NDArray[np.float32]
    last_line: int
    guess: Guess | None = None
    notes: list[Note] = field(default_factory=list)


_BLOCK = 1 << 22
_LONGEST_LINE = 1 << 22
_PAIR = re.compile(rb"\d+:[-+.\deE]+")
_HEXADECIMAL = re.compile(rb"[-+]?0x[0-9a-f.]+(p[-+]?\d+)?", re.IGNORECASE)
_COMMA = re.compile(rb"[-+]?\d+,\d+")


def line_blocks(source: Source, first_line: int) -> Iterator[Lines]:
    """The rest of ``source`` by blocks of whole lines; raises FormatError for an endless one."""
    rest = b""
    while block := source.read(_BLOCK):
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        if len(rest) > _LONGEST_LINE:
            raise source.broken(
                f"line {first_line + len(lines):,}: it is longer than {_LONGEST_LINE:,} bytes. "
                "This is not a text file of word vectors."
            )
        if lines:
            yield first_line, lines
        first_line += len(lines)
    if rest:
        yield first_line, [rest]


def read_rows(
    source: Source, blocks: Iterator[Lines], dimensions: int, most: int | None,
    expected: int, options: ReadOptions,
) -> TextRows:  # fmt: skip
    """Up to ``most`` rows of a word and ``dimensions`` numbers.

    Raises FormatError, with the line, for a row that has other parts, and CancelledError.
    """
    keys: list[bytes] = []
    vectors = GrowingRows(dimensions, expected)
    encoding, ending = _Encoding(), _Endings(dimensions)
    last_line = 0
    for first_line, lines in blocks:
        wanted = None if most is None else most - len(keys)
        parser = _BlockParser(source, dimensions, first_line, ending)
        # From the whole block, whatever the limit: a guess must not depend on that.
        encoding.look_at(lines)
        new_keys, rows = parser.parsed(lines, wanted)
        keys += new_keys
        vectors.append(rows)
        last_line = parser.last_line
        options.tell(source, len(keys))
        if most is not None and len(keys) >= most:
            break
    return TextRows(keys, vectors.finished(), last_line, encoding.guess, ending.notes)


def numbers_ending(line: bytes) -> int:
    """How many numbers end the line, its first part aside."""
    count = 0
    for part in reversed(line.split()[1:]):
        if not is_number(part):
            break
        count += 1
    return count


def look_of(line: bytes) -> str:  # noqa: PLR0911 - one for each kind of line
    """What a line that is no word and numbers looks like, in plain words."""
    parts = line.split()
    rest = parts[1:]
    if sum(map(bool, map(_PAIR.fullmatch, parts))) * 2 > len(rest) > 0:
        return "numbers written index:value, as sparse vectors are"
    if any(mark in line for mark in (b"[", b"(", b"{")):
        return "numbers in brackets"
    if sum(map(bool, map(_HEXADECIMAL.fullmatch, rest))) * 2 > len(rest) > 0:
        return "hexadecimal numbers"
    if sum(map(bool, map(_COMMA.fullmatch, rest))) * 2 > len(rest) > 0:
        return "numbers with a decimal comma"
    if line.count(b",") > 1 or line.count(b";") > 1:
        return "parts with commas or semicolons between"
    if b"|" in line:
        return "parts with bars between"
    if not any(map(is_number, rest)):
        return "text without numbers"
    return f"{numbers_ending(line):,} numbers at its end"


def guess_in(lines: Sequence[bytes]) -> Guess | None:
    """The encoding that the words of ``lines`` are guessed to be in; None if it is UTF-8."""
    encoding = _Encoding()
    encoding.look_at(lines)
    return encoding.guess


class _Encoding:
    """The encoding of the keys, told from the first block that is not ASCII."""

    def __init__(self) -> None:
        self.guess: Guess | None = None
        self._known = False

    def look_at(self, lines: Sequence[bytes]) -> None:
        if self._known:
            return
        beyond = [line for line in lines if not line.isascii()]
        if not beyond:
            return
        self._known = True
        sample = b"\n".join(beyond)
        try:
            sample.decode("utf-8")
        except UnicodeDecodeError:
            if not is_damaged_utf8(sample):
                self.guess = guessed(b"\n".join(_word_of(line) for line in beyond))


class _Endings:
    """Words that end in a number, which could be one number too many: counted, and said."""

    def __init__(self, dimensions: int) -> None:
        self._dimensions = dimensions
        self._lines: set[int] = set()
        self._first = (0, b"")

    def add(self, number: int, key: bytes) -> None:
        self._first = self._first if self._lines else (number, key)
        self._lines.add(number)  # a line may be looked at twice

    @property
    def notes(self) -> list[Note]:
        if not self._lines:
            return []
        number, key = self._first
        lines = "1 line ends" if len(self._lines) == 1 else f"{len(self._lines):,} lines end"
        return [
            Note(
                f"{lines} in more than {self._dimensions:,} numbers: the last {self._dimensions:,} are "
                "the vector, as in the other lines, and what stands before is the word (line "
                f"{number:,}: '{key[:40].decode('utf-8', 'replace')}')."
            )
        ]


def _word_of(line: bytes) -> bytes:
    return line.rsplit(None, max(1, numbers_ending(line)))[0] if line.split() else b""


class _BlockParser:
    """Parses one block: all numbers in one call, or line by line where that finds a fault."""

    def __init__(self, source: Source, dimensions: int, first_line: int, endings: _Endings) -> None:
        self._source, self._dimensions, self._endings = source, dimensions, endings
        self._first_line = self.last_line = first_line

    def parsed(
        self, lines: Sequence[bytes], most: int | None
    ) -> tuple[list[bytes], NDArray[np.float32]]:
        keys: list[bytes] = []
        rests: list[bytes] = []
        numbers: list[int] = []
        for number, raw in enumerate(lines, self._first_line):
            if most is not None and len(keys) >= most:
                break
            line = raw.rstrip(b" \t\r")
            self.last_line = number
            if line.count(b" ") == self._dimensions:
                key, _, rest = line.partition(b" ")
                key = key.strip()
            elif line:
                key, rest = self._split(line, number)
            else:
                continue
            keys.append(key)
            rests.append(rest)
            numbers.append(number)
        rows = _floats_together(rests, self._dimensions) if rests else None
        if rows is None:
            rows = np.empty((len(rests), self._dimensions), dtype=np.float32)
            for row, number in enumerate(numbers):
                keys[row], rest = self._split(keys[row] + b" " + rests[row], number)
                rows[row] = self._floats(keys[row], rest, number)
        return keys, rows

    def _split(self, line: bytes, number: int) -> tuple[bytes, bytes]:
        """Word and numbers, told apart from the right: a word may hold spaces."""
        parts = line.split()
        if line[:1] in b" \t" and len(parts) == self._dimensions:
            return b"", b" ".join(parts)
        if len(parts) <= self._dimensions:
            raise self._wrong(number, f"got {len(parts) - 1:,} parts after the first")
        key = line.rsplit(None, self._dimensions)[0].strip()
        extra = numbers_ending(line) - self._dimensions
        if extra > 0:
            if extra >= max(2, self._dimensions):  # no word: it would hold as many as the vector
                raise self._wrong(number, f"got {self._dimensions + extra:,} numbers at its end")
            self._endings.add(number, key)
        return key, b" ".join(parts[-self._dimensions :])

    def _floats(self, key: bytes, rest: bytes, number: int) -> NDArray[np.float32]:
        parts = rest.split()
        for part in parts:
            if not is_number(part):
                word = key[:40].decode("utf-8", "replace")
                shown = part[:40].decode("utf-8", "replace")
                raise self._wrong(number, f"after '{word}' stands '{shown}', which is not a number")
        with np.errstate(over="ignore"):
            return np.array([float(part) for part in parts]).astype(np.float32)

    def _wrong(self, number: int, got: str) -> FormatError:
        return self._source.broken(
            f"line {number:,}: expected a word and {self._dimensions:,} numbers with spaces "
            f"between; {got}."
        )


def is_number(part: bytes) -> bool:
    """Whether ``part`` is one number as programs write it: 1, -0.5, 2e-05, nan, inf."""
    try:
        float(part)
    except ValueError:
        return False
    return b"_" not in part  # Python reads 1_000, no writer of vectors means it


def _floats_together(rests: Sequence[bytes], dimensions: int) -> NDArray[np.float32] | None:
    """All numbers of a block; None if one of them is not as expected."""
    import pyarrow as pa
    from pyarrow import csv

    data = b"\n".join(rests) + b"\n"
    names = [str(column) for column in range(dimensions)]
    try:
        # Through float64, as Python and gensim do: float32 at once could round differently.
        parsed = csv.read_csv(
            pa.py_buffer(data),
            csv.ReadOptions(column_names=names, block_size=len(data) + 1),
            csv.ParseOptions(delimiter=" ", quote_char=False, ignore_empty_lines=False),
            csv.ConvertOptions(column_types=dict.fromkeys(names, pa.float64()), null_values=[]),
        )
    except pa.ArrowInvalid:
        return None
    if parsed.num_rows != len(rests):
        return None
    rows = np.empty((len(rests), dimensions), dtype=np.float32)
    with np.errstate(over="ignore"):
        for column in range(dimensions):
            rows[:, column] = parsed.column(column).to_numpy()
    return rows
