"""The first line of the word2vec formats: how many rows, of how many numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from embedviz.errors import FormatError
from embedviz.formats.source import Source
from embedviz.formats.text_rows import is_number, look_of, numbers_ending

# Up to 18 digits: a damaged header may claim anything, but it must fit 64 bits to be compared.
# Between them are spaces: tabs stand above the columns of a table.
_HEADER = re.compile(rb"(?:\xef\xbb\xbf)? *(\d{1,18}) +(\d{1,18})[ \t\r]*\n")
_LONGEST_HEADER = 64
_WHOLE = 1 << 16
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_LINES = 64
_MOST_DIMENSIONS = 4096
_TOLD_BY = 20


def header_in(head: bytes) -> tuple[int, int, int] | None:
    """Rows, dimensions and where the first row begins; None if there is no such header."""
    found = _HEADER.match(head[:_LONGEST_HEADER])
    return (int(found[1]), int(found[2]), found.end()) if found else None


def is_two_columns(head: bytes) -> bool:
    """Whether every line, the first too, is two numbers: a matrix, not a header and its rows."""
    header = header_in(head)
    if header is None:
        return False
    lines = [line.split() for line in first_lines(head, len(head) < 1 << 15).split(b"\n")]
    lines = [parts for parts in lines if parts]
    counted = header[1] == 1 and (len(lines) - 1 == header[0] or len(head) >= _WHOLE)
    return not counted and len(lines) > 1 and all(
        len(parts) == 2 and all(map(is_number, parts)) for parts in lines
    )  # fmt: skip


def first_lines(text: bytes, whole: bool) -> bytes:
    """``text`` up to its last line end, unless it is the whole file."""
    end = text.rfind(b"\n") + 1
    return text if whole or not end else text[:end]


def read_header(source: Source) -> tuple[int, int]:
    """Rows and dimensions; raises FormatError if the file does not begin with them."""
    header = header_in(source.head)
    if header is None:
        shown = source.head[:40].decode("utf-8", "replace").split("\n")[0]
        raise source.broken(
            "line 1 (byte 0): expected two numbers, how many words and how many numbers for each, "
            f"such as '400000 50'; got {shown!r}. Without a header it may be glove-text."
        )
    source.skip(header[2], "the header")
    return header[0], header[1]


def surplus(source: Source, rows: int, where: str) -> FormatError:
    """The error for a file that goes on behind the rows of its header with what is no row."""
    return source.broken(
        f"{where}: its header promises {rows:,} rows, and what stands behind them is no further "
        f"row. It is damaged, or the header is wrong. To read just the promised rows: limit={rows}."
    )


def more_rows(promised: int, read: int) -> str:
    """What to say where a file holds more rows than its header counts."""
    return (
        f"The header counts {promised:,} rows, but more follow: {read:,} were read. "
        f"limit={promised} reads the counted ones alone."
    )


def is_binary(head: bytes) -> bool:
    """Whether what follows the header is word2vec's binary rows, not lines of text.

    Text is never binary, though its rows be no word and numbers: it holds no control characters,
    which binary numbers do; but for a file of one number, which is binary if it ends exactly there.
    """
    header = header_in(head)
    if header is None or not head[header[2] :].strip():
        return False
    body = head[header[2] :]
    if fits_binary(head) and (_is_no_text(body) or header[:2] == (1, 1)):
        # One number whose last byte is a line end would be below 1e-32: no vector has that.
        return not fits_text(head) and (_is_no_text(body) or not body.endswith(b"\n"))
    return not _numbers_follow(body) and _CONTROLS.search(body) is not None


def fits_binary(head: bytes) -> bool:
    """Whether a short file ends exactly with its last binary row."""
    header = header_in(head)
    if header is None or len(head) >= _WHOLE:
        return False
    rows, dimensions, start = header
    places = row_starts(head, start, dimensions, rows + 1)
    return rows == len(places) - 1 and not head[places[-1] :].strip(b"\n")


def fits_text(head: bytes) -> bool:
    """Whether the lines of a short file are the words and numbers that its header promises."""
    header = header_in(head)
    if header is None or len(head) >= _WHOLE:
        return False
    rows, dimensions, start = header
    lines = [line for line in head[start:].split(b"\n") if line.strip()]
    return len(lines) == rows and all(
        numbers_ending(line) >= dimensions
        or (line[:1] in b" \t" and len(line.split()) == dimensions == numbers_ending(b"_ " + line))
        for line in lines
    )


def row_starts(data: bytes, start: int, dimensions: int, most: int = _LINES) -> list[int]:
    """Where binary rows begin in ``data``, and the place behind the last that is whole."""
    places = [start]
    while len(places) <= most:
        space = data.find(b" ", places[-1])
        end = space + 1 + 4 * dimensions
        if space < 0 or end > len(data):
            break
        places.append(end)
    return places


def is_word(key: bytes) -> bool:
    """Whether bytes are a word as binary files hold them: no numbers that were taken for one."""
    if _CONTROLS.search(key.lstrip(b"\n")):
        return False
    try:
        key.decode("utf-8")
    except UnicodeDecodeError:
        return any(byte < 0x80 and bytes([byte]).isalnum() for byte in key)
    return True


def check_binary(source: Source) -> None:
    """Raise FormatError where the first binary rows have other dimensions than the header says.

    Told by all rows in the first bytes, whatever the limit.
    """
    header = header_in(source.head)
    if header is None:
        return
    rows, dimensions, start = header
    head = source.head
    body = head[start:]
    if fits_binary(head):
        return
    if not _CONTROLS.search(body) and (b" " in body or b"\n" in body):
        line = body.split(b"\n", 1)[0]
        raise source.broken(
            f"line 2 (byte {start:,}): its header promises {rows:,} binary rows of {dimensions:,} "
            f"numbers; there is text, which looks like {look_of(line)}."
        )
    whole = len(head) < _WHOLE
    if not whole and _words_in(head, start, dimensions) and not _swallows(head, start, dimensions):
        return
    for other in range(1, _MOST_DIMENSIONS):
        if other != dimensions and _all_words(head, start, other, rows):
            raise source.broken(
                f"its header says {dimensions:,} numbers in each row, but its rows hold {other:,}. "
                f"Write '{rows} {other}' into its first line, if that is right."
            )


def check_text(source: Source, rows: int, dimensions: int, lines: Sequence[bytes]) -> None:
    """Raise FormatError where the first lines are no words and numbers, or others than promised.

    Told by the first lines, whatever the limit.
    """
    sample = [(n, line) for n, line in enumerate(lines[:_LINES], 2) if line.strip()]
    if not sample:
        return
    counts = Counter(numbers_ending(line) for _, line in sample)
    fitting = sum(n for count, n in counts.items() if count >= dimensions)
    most, n = counts.most_common(1)[0]
    if most > dimensions and n > counts[dimensions]:
        raise source.broken(
            f"line {sample[0][0]}: its header says {dimensions:,} numbers in each row, but most rows "
            f"hold {most:,}. Write '{rows} {most}' into its first line, if that is right."
        )
    number, line = sample[0]
    blank_first = line[:1] in b" \t" and len(line.split()) == dimensions
    if fitting or blank_first:
        return
    if 0 < most < dimensions and 2 * n > len(sample) and not _odd(line):
        raise source.broken(
            f"line {number}: its header says {dimensions:,} numbers in each row: expected a word and "
            f"{dimensions:,} numbers, but most rows hold {most:,}. Write '{rows} {most}' into its "
            "first line, if that is right; if the first line is a row itself, read it with "
            "format='glove-text'."
        )
    shown = line[:40].decode("utf-8", "replace").rstrip()
    raise source.broken(
        f"line {number}: its header promises rows of a word and {dimensions:,} numbers with spaces "
        f"between; this one looks like {look_of(line)}: {shown!r}. Write each row as a word and all "
        "of its numbers; a table is read as CSV, without this first line."
    )


def _odd(line: bytes) -> bool:
    """Whether more of what follows the word are no numbers than are."""
    return 2 * numbers_ending(line) < len(line.split()) - 1


def _is_no_text(body: bytes) -> bool:
    """Whether bytes are no text in UTF-8, however strange."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return _CONTROLS.search(body) is not None


def _numbers_follow(body: bytes) -> bool:
    """Whether the first row, or most of the first rows, are a word and written numbers."""
    lines = body.split(b"\n")
    if len(body) >= _WHOLE // 2 and len(lines) > 1:
        lines.pop()  # cut in the middle by the end of the head
    found = [_is_row(line) for line in lines[:_TOLD_BY] if line.strip()]
    return bool(found) and (found[0] or 2 * sum(found) > len(found))


def _is_row(line: bytes) -> bool:
    parts = line.split()[1:]
    return 2 * sum(map(is_number, parts)) > len(parts) and not _CONTROLS.search(line)


def _words_in(head: bytes, start: int, dimensions: int) -> bool:
    """Whether most of what stands before the numbers are words, if each row has so many numbers."""
    keys = _keys(head, row_starts(head, start, dimensions))
    return len(keys) < 2 or 5 * sum(map(is_word, keys)) >= 4 * len(keys)


def _swallows(head: bytes, start: int, dimensions: int) -> bool:
    """Whether the last number of each row is written in letters: it is part of the next word."""
    places = row_starts(head, start, dimensions)
    lasts = [head[end - 4 : end] for end in places[1:]]
    return len(lasts) > 2 and all(last.isascii() and last.decode().isprintable() for last in lasts)


def _all_words(head: bytes, start: int, dimensions: int, rows: int) -> bool:
    """Whether rows of so many numbers begin with words throughout, and end with a short file."""
    places = row_starts(head, start, dimensions, rows if len(head) < _WHOLE else _LINES)
    keys = _keys(head, places)
    if len(head) < _WHOLE and (len(keys) != rows or head[places[-1] :].strip(b"\n")):
        return False
    return bool(keys) and all(map(is_word, keys)) and not _swallows(head, start, dimensions)


def _keys(head: bytes, places: Sequence[int]) -> list[bytes]:
    return [head[at : head.find(b" ", at)] for at in places[:-1]]
