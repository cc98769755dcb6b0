"""Lesson: from categories to numbers."""

from embedviz.ui.learn.lesson import open_lesson
from embedviz.ui.navigation import open_page

with open_page("learn_categories"), open_lesson("learn_categories"):
    pass
