"""Lesson: CBOW from inside."""

from embedviz.ui.learn.cbow.cost import choose_cost, show_cost
from embedviz.ui.learn.cbow.inside import show_inside
from embedviz.ui.learn.cbow.sentence import choose_setup
from embedviz.ui.learn.cbow.trained import choose_blank, link_to_training, show_trained

__all__ = [
    "choose_blank",
    "choose_cost",
    "choose_setup",
    "link_to_training",
    "show_cost",
    "show_inside",
    "show_trained",
]
