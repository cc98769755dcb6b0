"""Metadata: what columns hold, which rows are kept, how values are spread, and edits."""

from embedviz.metadata.filters import Contains, Range, Values, from_json, mask, to_json
from embedviz.metadata.histograms import Histogram, bins_of
from embedviz.metadata.kinds import Kind, kinds_of
from embedviz.metadata.sizing import Sizes, sized
from embedviz.metadata.text_search import SearchText, found

__all__ = [
    "Contains", "Histogram", "Kind", "Range", "SearchText", "Sizes", "Values", "bins_of", "found",
    "from_json", "kinds_of", "mask", "sized", "to_json",
]  # fmt: skip
