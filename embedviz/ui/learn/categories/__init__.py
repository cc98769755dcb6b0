"""Lesson 1: from categories to numbers."""

from embedviz.ui.learn.categories.encode import encode
from embedviz.ui.learn.categories.harm import harm
from embedviz.ui.learn.categories.learned import learn
from embedviz.ui.learn.categories.size import size

PARTS = {"encode": encode, "harm": harm, "size": size, "learn": learn}
"""The parts of the lesson: each draws its controls, and gives what draws the rest."""
