"""Lesson: CBOW from inside."""

from embedviz.ui.learn.cbow import choose, link_to_training, show
from embedviz.ui.learn.lesson import open_lesson
from embedviz.ui.navigation import open_page

with open_page("learn_cbow"), open_lesson("learn_cbow") as lesson:
    link_to_training(lesson)
    with lesson.control_panel():
        chosen = choose(lesson)
    show(lesson, chosen)
