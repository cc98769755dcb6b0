"""All terms and figures of the lessons, in both languages, each with where it is touched."""

from embedviz.ui.learn.glossary.page import glossary
from embedviz.ui.learn.glossary.terms import Term, found, terms

__all__ = ["Term", "found", "glossary", "terms"]
