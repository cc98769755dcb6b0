"""The Compare page, part by part."""

from embedviz.ui.compare.panel import compare_pair
from embedviz.ui.compare.sides import choose_sides

__all__ = ["choose_sides", "compare_pair"]
