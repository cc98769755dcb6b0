"""Lesson 7: what a CNN sees."""

from embedviz.ui.learn.cnn.choose import choose_setup
from embedviz.ui.learn.cnn.seen import who_looks
from embedviz.ui.learn.cnn.show import show_part

__all__ = ["choose_setup", "show_part", "who_looks"]
