"""TSV: a column for each number of the vector, or one column of lists; and metadata."""

from __future__ import annotations

from embedviz.formats.delimited_format import delimited_format

FORMAT = delimited_format(
    "tsv", "TSV", "\t", (".tsv", ".tab"),
    "As CSV, with tabs between. The TensorFlow Projector's tensors.tsv is one without a header.",
)  # fmt: skip
