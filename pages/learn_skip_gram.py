"""Lesson: skip-gram from inside."""

from embedviz.ui.learn.lesson import open_lesson
from embedviz.ui.navigation import open_page

with open_page("learn_skip_gram"), open_lesson("learn_skip_gram"):
    pass
