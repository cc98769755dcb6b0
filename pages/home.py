"""Home: what can be done here, one click each."""

from embedviz.ui.home import home
from embedviz.ui.navigation import open_page

with open_page("home"):
    home()
