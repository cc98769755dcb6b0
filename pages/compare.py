"""Compare: two spaces over the same keys, or two maps of one, side by side and measured."""

from embedviz.ui.compare import choose_sides, compare_pair
from embedviz.ui.navigation import open_page

with open_page("compare"):
    sides = choose_sides()
    if sides is not None:
        compare_pair(sides)
