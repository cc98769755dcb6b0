"""The house: who imports what, and what stays unloaded until it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = [
    path
    for path in sorted((ROOT / "embedviz").rglob("*.py"))
    if (ROOT / "embedviz/ui") not in path.parents
]
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
HEAVY = {"gensim", "umap", "openTSNE", "sklearn", "pandas", "plotly", "pyarrow", "rapidfuzz",
         "torch", "torchvision", "scipy",
         "lancedb", "matplotlib", "faiss", "onnxruntime", "skimage", "PIL"}  # fmt: skip


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            yield node.module or ""


def _loaded_at_once(tree: ast.Module) -> Iterator[str]:
    """What importing the module imports: not what stands in functions or for type checkers."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imports(node)


def _tops(names: Iterator[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_core_imports_no_screen_and_loads_nothing_heavy_at_once() -> None:
    offenders = []
    for path in CORE:
        tree = _parsed(path)
        screens = {
            name
            for name in _imports(tree)
            if _tops(iter([name])) & {"streamlit", "pages", "app"}
            or f"{name}.".startswith("embedviz.ui.")
        }
        heavy = {name for name in _loaded_at_once(tree) if _tops(iter([name])) & HEAVY}
        offenders += [f"{_name(path)}: {name}" for name in sorted(screens | heavy)]
    assert not offenders


def test_pages_know_only_the_ui_and_streamlit() -> None:
    allowed = ("embedviz.ui.", "streamlit.", "__future__.")
    offenders = [
        f"{_name(path)}: {name}"
        for path in PAGES
        for name in _imports(_parsed(path))
        if not f"{name}.".startswith(allowed)
    ]
    assert not offenders


def _modules_after(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return _tops(iter(done.stdout.split()))


def test_importing_embedviz_is_light() -> None:
    loaded = _modules_after("import embedviz")
    assert "embedviz" in loaded
    assert not loaded & {*HEAVY, "streamlit", "numpy"}


def test_words_and_their_neighbors_need_neither_torch_nor_gensim() -> None:
    loaded = _modules_after(
        "import embedviz as ev\n"
        "space = ev.load('glove-6b-50d')\n"
        "assert 'queen' in ev.neighbors(space, 'king', k=10).keys"
    )
    assert not loaded & {"torch", "torchvision", "gensim", "umap", "openTSNE", "streamlit"}


def test_every_public_name_loads() -> None:
    import embedviz as ev

    assert set(ev.__all__) <= set(dir(ev))
    for name in ev.__all__:
        assert getattr(ev, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ev.nothing
