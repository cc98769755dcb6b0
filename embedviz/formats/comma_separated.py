"""CSV: a column for each number of the vector, or one column of lists; and metadata."""

from __future__ import annotations

from embedviz.formats.delimited_format import delimited_format

FORMAT = delimited_format(
    "csv", "CSV", ",;", (".csv",),
    "A header, then a row for each item: its numbers in columns or as a list, and metadata.",
)  # fmt: skip
