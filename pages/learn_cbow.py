"""Lesson: CBOW from inside."""

from embedviz.ui.learn.cbow import choose_setup, show_inside
from embedviz.ui.learn.lesson import open_lesson
from embedviz.ui.navigation import open_page

with open_page("learn_cbow"), open_lesson("learn_cbow") as lesson:
    lesson.open_in("train", corpus="lee")
    with lesson.control_panel():
        part = lesson.choose_part(["inside"])
        setup = choose_setup(lesson) if part == "inside" else None
    if setup is not None:
        show_inside(lesson, setup)
