"""Lesson: CBOW from inside."""

from embedviz.ui.learn.cbow.inside import show_inside
from embedviz.ui.learn.cbow.sentence import choose_setup

__all__ = ["choose_setup", "show_inside"]
