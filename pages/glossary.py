"""All terms and figures of the lessons."""

from embedviz.ui.learn.glossary import glossary
from embedviz.ui.navigation import open_page

with open_page("glossary"):
    glossary()
