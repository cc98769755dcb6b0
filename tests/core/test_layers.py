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


MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "embedviz").rglob("*.py"))
}


def test_nothing_imports_what_imports_it() -> None:
    """Not directly, not round about, not in a function, not for types; nor do packages."""
    imports = {name: set(_modules_imported(name)) for name in MODULES}
    found = {*_circles(imports, {name: name for name in MODULES})}
    for package in (name for name, path in MODULES.items() if path.name == "__init__.py"):
        inside = [name for name in MODULES if name.startswith(f"{package}.")]
        depth = package.count(".") + 2
        found |= {*_circles(imports, {name: ".".join(name.split(".")[:depth]) for name in inside})}
    assert not found, "\n".join(sorted(found))


def test_circles_are_seen_wherever_they_close() -> None:
    imports = {"a": {"b.x"}, "b.x": {"c"}, "b.y": {"b.x"}, "c": {"b.y"}, "d": {"a", "d"}}
    assert _circles(imports, {name: name for name in imports}) == [
        "b.x, b.y, c:\n  b.x imports c\n  b.y imports b.x\n  c imports b.y"
    ]
    straight = {"a": {"b.x"}, "b.x": set(), "b.y": {"a"}}
    assert not _circles(straight, {name: name for name in straight})
    assert _circles(straight, {name: name[0] for name in straight}) == [
        "a, b:\n  a imports b.x\n  b.y imports a"
    ]


def _modules_imported(module: str) -> Iterator[str]:
    """The modules of ours that ``module`` imports anywhere in its text, but itself."""
    for node in ast.walk(_parsed(MODULES[module])):
        named: list[str] = []
        if isinstance(node, ast.Import):
            named = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            inside = [f"{node.module}.{name.name}" for name in node.names]
            named = [name if name in MODULES else str(node.module) for name in inside]
        yield from (name for name in named if name in MODULES and name != module)


def _circles(imports: dict[str, set[str]], nodes: dict[str, str]) -> list[str]:
    """Each circle among ``nodes`` (by module, what stands for it), with the imports it is made of."""
    edges = sorted(
        (nodes[module], nodes[other], f"  {module} imports {other}")
        for module in nodes
        for other in imports[module]
        if other in nodes and nodes[other] != nodes[module]
    )
    onward: dict[str, set[str]] = {node: set() for node in nodes.values()}
    for start, end, _ in edges:
        onward[start].add(end)
    reached = {node: _reached(onward, node) for node in onward}
    circles = {
        tuple(sorted(other for other in reached[node] if node in reached[other]))
        for node in onward
        if node in reached[node]
    }
    return [
        "\n".join([f"{', '.join(circle)}:", *(said for a, b, said in edges if {a, b} <= {*circle})])
        for circle in sorted(circles)
    ]


def _reached(onward: dict[str, set[str]], start: str) -> set[str]:
    """All that ``start`` leads to; itself only if it is on a circle."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = onward[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def test_every_folder_of_modules_is_a_package() -> None:
    """Else `pip install .` would leave it out."""
    folders = {path.parent for path in (ROOT / "embedviz").rglob("*.py")}
    assert not [_name(folder) for folder in folders if not (folder / "__init__.py").exists()]
