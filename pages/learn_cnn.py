"""Lesson: what a CNN sees."""

from embedviz.ui.learn.cnn import choose_setup, show_part, who_looks
from embedviz.ui.learn.lesson import open_lesson
from embedviz.ui.navigation import open_page

with open_page("learn_cnn"), open_lesson("learn_cnn", **who_looks()) as lesson:
    setup = choose_setup(lesson)
    show_part(lesson, setup)
