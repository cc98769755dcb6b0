"""What an exported figure looks like on a light and on a dark page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]


@dataclass(frozen=True)
class FigureTheme:
    """Hex colors of a figure's parts."""

    background: str
    text: str
    quiet: str
    accent: str
    warning: str


THEMES: dict[str, FigureTheme] = {
    "light": FigureTheme(
        background="#ffffff", text="#1c2430", quiet="#d9dee8", accent="#2f5fd0", warning="#c2410c"
    ),
    "dark": FigureTheme(
        background="#12161d", text="#e6eaf1", quiet="#2e3642", accent="#7aa2ff", warning="#ffa94d"
    ),
}
