"""Lesson: skip-gram from inside."""

from embedviz.ui.learn.lesson import open_lesson
from embedviz.ui.learn.skip_gram import PARTS, choose, offer_tool, show
from embedviz.ui.navigation import open_page

with open_page("learn_skip_gram"), open_lesson("learn_skip_gram") as lesson:
    offer_tool(lesson)
    with lesson.control_panel():
        lesson.choose_part(PARTS)
        chosen = choose(lesson)
    show(lesson, chosen)
