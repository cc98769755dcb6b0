"""Lesson: how near is near?"""

from embedviz.ui.learn.lesson import open_lesson
from embedviz.ui.learn.nearness import control
from embedviz.ui.navigation import open_page

with open_page("learn_nearness"), open_lesson("learn_nearness") as lesson:
    show = control(lesson)
    show()
