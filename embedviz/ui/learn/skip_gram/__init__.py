"""Lesson 3: skip-gram from inside, on real text, and beside CBOW."""

from embedviz.ui.learn.skip_gram.parts import PARTS, choose, offer_tool, show

__all__ = ["PARTS", "choose", "offer_tool", "show"]
