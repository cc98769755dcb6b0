"""What the browser needs for the map, served beside the app: plotly.js and our own script.

Streamlit sends a component's inline code again with every rerun. Served as a file it is fetched
once, and a rerun costs only what changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from functools import cache
from pathlib import Path

from embedviz.errors import MissingDependencyError

_HERE = Path(__file__).parent
_PLOTLY = "plotly.min.js"
_SCRIPT = "embedviz-map.js"


def ensure_plotly_js(static_dir: str | Path) -> Path:
    """Put plotly.js (from the plotly package) and the map's script into ``static_dir``.

    Streamlit serves the folder ``static`` beside the main script when
    ``server.enableStaticServing`` is on, and refuses links in it, hence the copy (5 MB, made when
    it is missing or another version). Returns the path of plotly.js; raises MissingDependencyError
    without the plotly package.
    """
    folder = Path(static_dir)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / _PLOTLY
    source = _plotly_source()
    if not target.exists() or target.stat().st_size != source.stat().st_size:
        _replace(target, source.read_bytes())
    script = folder / _SCRIPT
    if not script.exists() or script.read_text(encoding="utf-8") != map_script():
        _replace(script, map_script().encode())
    return target


@cache
def map_script() -> str:
    """The map's JavaScript module: its source files in order, with its style and markup."""
    constants = (("STYLE", "map.css"), ("MARKUP", "map.html"))
    parts = [
        f"const {name} = {json.dumps((_HERE / file).read_text(encoding='utf-8'))};\n"
        for name, file in constants
    ]
    parts += [path.read_text(encoding="utf-8") for path in sorted(_HERE.glob("*.js"))]
    return "\n".join(parts)


@cache
def loader(shows: str = "default") -> str:
    """The few lines that Streamlit sends: they fetch the module, whose address changes with it.

    ``shows`` is the module's function that draws: the map, or ``showChart``.
    """
    version = hashlib.blake2b(map_script().encode(), digest_size=6).hexdigest()
    return (
        # Where Streamlit's own script came from, whatever the address of the page is.
        "const streamlit = document.querySelector('script[src*=\"/static/js/\"]');\n"
        f'const script = "../../app/static/{_SCRIPT}?v={version}";\n'
        "const map = await import(new URL(script, streamlit.src));\n"
        f"export default map.{shows};\n"
    )


def _plotly_source() -> Path:
    # Importing plotly takes a quarter of a second that the first paint need not wait for.
    from importlib.util import find_spec

    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise MissingDependencyError("plotly", "The map")
    return Path(spec.origin).parent / "package_data" / _PLOTLY


def _replace(target: Path, content: bytes) -> None:
    """All at once: a browser may be reading, and two sessions may start together."""
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    temporary.write_bytes(content)
    shutil.move(temporary, target)
