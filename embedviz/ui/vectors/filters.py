"""The filter panel: a linked histogram for each column, and the filters that are set."""

from __future__ import annotations

from embedviz.ui.vectors.filter_state import kept_rows

__all__ = ["filter_panel", "kept_rows"]


def filter_panel(scene: object) -> None:
    """Nothing yet."""
