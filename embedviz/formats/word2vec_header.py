"""The first line of the word2vec formats: how many rows, of how many numbers."""

from __future__ import annotations

import re

from embedviz.errors import FormatError
from embedviz.formats.source import Source
from embedviz.formats.text_rows import is_number

# Up to 18 digits: a damaged header may claim anything, but it must fit 64 bits to be compared.
_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?[ \t]*(\d{1,18})[ \t]+(\d{1,18})[ \t\r]*\n")
_LONGEST_HEADER = 64


def header_in(head: bytes) -> tuple[int, int, int] | None:
    """Rows, dimensions and where the first row begins; None if there is no such header."""
    found = _HEADER.match(head[:_LONGEST_HEADER])
    return (int(found[1]), int(found[2]), found.end()) if found else None


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


def any_left(source: Source) -> bool:
    """Whether anything but white space stands behind the rows."""
    while block := source.read(1 << 20):
        if block.strip():
            return True
    return False


def surplus(source: Source, rows: int, where: str) -> FormatError:
    """The error for a file that goes on behind the rows of its header."""
    return source.broken(
        f"{where}: its header promises {rows:,} rows, but there is more behind them. It is "
        f"damaged, or the header is wrong. To read just the promised rows: limit={rows}."
    )


def numbers_follow(head: bytes, start: int, dimensions: int) -> bool:
    """Whether the row at ``start`` is text: most of what follows its word are written numbers."""
    line, newline, _ = head[start:].partition(b"\n")
    parts = line.split()
    if not newline and len(parts) > 2 and len(head) >= 1 << 15:
        parts.pop()  # cut in the middle by the end of the head
    numbers = parts[1:][-dimensions:] if dimensions else []
    return 2 * sum(map(is_number, numbers)) > len(numbers)
