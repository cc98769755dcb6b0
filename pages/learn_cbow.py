"""Lesson: CBOW from inside."""

from embedviz.ui.learn.lesson import open_lesson
from embedviz.ui.navigation import open_page

with open_page("learn_cbow"), open_lesson("learn_cbow"):
    pass
