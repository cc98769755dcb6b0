"""The explorer: a map of a space beside the panel that asks the space itself."""

from embedviz.ui.explorer.panel import explore

__all__ = ["explore"]
