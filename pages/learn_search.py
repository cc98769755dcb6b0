"""Lesson: finding the top k."""

from embedviz.ui.learn.lesson import open_lesson
from embedviz.ui.learn.search import choose, show
from embedviz.ui.navigation import open_page

with open_page("learn_search"), open_lesson("learn_search") as lesson:
    with lesson.control_panel():
        asked = choose(lesson)
    show(lesson, asked)
