"""Learn: the lessons as cards."""

from embedviz.ui.learn.index import lesson_cards
from embedviz.ui.navigation import open_page

with open_page("learn"):
    lesson_cards()
