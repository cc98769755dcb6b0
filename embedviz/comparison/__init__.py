"""Two spaces over the same keys: what both say, what moved, and one laid onto the other."""

from embedviz.comparison.alignment import Alignment, align
from embedviz.comparison.all_but_the_top import all_but_the_top
from embedviz.comparison.compared import Comparison, compare
from embedviz.comparison.likeness import linear_cka, procrustes_residual
from embedviz.comparison.matching import Matched, matched

__all__ = [
    "Alignment",
    "Comparison",
    "Matched",
    "align",
    "all_but_the_top",
    "compare",
    "linear_cka",
    "matched",
    "procrustes_residual",
]
