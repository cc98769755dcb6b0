"""One HTML file that shows a map in any browser, from disk, without a network."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from pathlib import Path

from embedviz.errors import MissingDependencyError
from embedviz.plots.figure import figure
from embedviz.plots.picture import Picture
from embedviz.plots.themes import THEMES, Theme

_HERE = Path(__file__).parent


def html_page(picture: Picture, caption: str = "", theme: Theme = "light") -> bytes:
    """The page, UTF-8: the map with zoom, hover and legend, and a box that finds points.

    plotly.js is inside (about 5 MB). The page's own policy forbids every request and every script
    but the two that it brings, whatever the keys hold.
    """
    look = THEMES[theme]
    script = _source("page.js")
    filled = {
        "POLICY": escape(_policy(script)),
        "TITLE": escape(picture.title or "Map"),
        "HEADING": f"<h1>{escape(picture.title)}</h1>" if picture.title else "",
        "CAPTION": escape(caption),
        "DESCRIPTION": escape(picture.description or caption),
        "COUNT": f"{len(picture):,}",
        "THEME": f"--back:{look.background};--text:{look.text};--quiet:{look.quiet};"
        f"--accent:{look.accent};color-scheme:{theme}",
        "STYLE": _source("page.css"),
        "FIGURE": _figure(picture, theme),
        "PLOTLY": plotly_js(),
        "SCRIPT": script,
    }
    # Filled piece by piece: what stands in one place is never searched for another.
    pieces = _source("page.html").split("%%")
    pieces[1::2] = [filled[name] for name in pieces[1::2]]
    return "".join(pieces).encode("utf-8", "replace")


def _figure(picture: Picture, theme: Theme) -> str:
    """The figure as JSON in which no tag can end or begin."""
    from plotly.io.json import to_json_plotly

    made = figure(picture, theme)
    made.update_layout(title=None, margin={"l": 8, "r": 8, "t": 8, "b": 8}, template=None)
    text: str = to_json_plotly(made.to_dict(), engine="json")
    return text.replace("<", "\\u003c").replace("&", "\\u0026")


@cache
def plotly_js() -> str:
    """The source of plotly.js, from the plotly package."""
    from importlib.util import find_spec

    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise MissingDependencyError("plotly", "A web page of a map")
    source = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    return source.read_text(encoding="utf-8").replace("</script", "<\\/script")


def _policy(script: str) -> str:
    scripts = " ".join(f"'sha256-{_hash(source)}'" for source in (plotly_js(), script))
    return (
        # plotly.js compiles its drawing of many points, which "unsafe-eval" allows.
        f"default-src 'none'; script-src {scripts} 'unsafe-eval'; style-src 'unsafe-inline'; "
        "img-src data: blob:; worker-src blob:; base-uri 'none'; form-action 'none'"
    )


@cache
def _hash(source: str) -> str:
    return base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


@cache
def _source(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
