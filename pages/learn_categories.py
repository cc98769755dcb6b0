"""Lesson: from categories to numbers."""

from embedviz.ui.learn.categories import PARTS
from embedviz.ui.learn.lesson import open_lesson
from embedviz.ui.navigation import open_page

with open_page("learn_categories"), open_lesson("learn_categories") as lesson:
    with lesson.control_panel():
        part = lesson.choose_part(list(PARTS))
        show = PARTS[part](lesson)
    show()
