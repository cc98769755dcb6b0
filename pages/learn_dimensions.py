"""Lesson: too many dimensions, too few."""

from embedviz.ui.learn.dimensions import choose, show
from embedviz.ui.learn.lesson import open_lesson
from embedviz.ui.navigation import open_page

with open_page("learn_dimensions"), open_lesson("learn_dimensions") as lesson:
    with lesson.control_panel():
        asked = choose(lesson)
    show(lesson, asked)
