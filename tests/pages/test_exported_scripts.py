"""The scripts that the Vectors page exports run as they are, and say so where embedviz is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import embedviz as ev
from embedviz.ui.session import Owned, Session, new_id
from tests.pages.conftest import ROOT


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    more = {"PYTHONPATH": str(ROOT), "EMBEDVIZ_CACHE_DIR": str(folder / "cache")}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=os.environ | more, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


def script_on(at) -> str:
    at.segmented_control(key="vectors_tool").set_value("Take away").run()
    at.radio(key="vectors_take").set_value("Script").run()
    assert not at.exception, at.exception
    return at.code[0].value


@pytest.fixture(scope="module")
def tiny() -> ev.EmbeddingSpace:
    table = pd.DataFrame({
        "kind": ["a", "b", "a"], "n": [1, 2, 3], "on": [True, False, True],
        "when": pd.to_datetime(["2026-01-01", "2026-02-01", None]),
    })  # fmt: skip
    return ev.EmbeddingSpace(["x", "y's", "z"], [[1, 0, 2], [0, 1, 0], [3, 1, 1]], table, "tiny")


@pytest.fixture
def own(open_page, tiny):
    at = open_page("vectors", vectors="Already here")
    mine = Session()
    mine.own(new_id(), Owned(tiny, "here", "ev.read('tiny.npz')", "vectors"), 100)
    at.session_state["embedviz_session"] = mine
    at.run()
    at.selectbox(key="vectors_here").set_value("tiny (mine)").run()
    assert not at.exception, at.exception
    return at


def test_every_meaning_of_color_and_size_runs(open_page, own, tiny, tmp_path):
    """One process runs them all, so that the libraries load once."""
    scripts = []
    own_names = ("@trust", "@length", "@hubness")
    for color in (*tiny.table.columns, *own_names, "@groups"):
        own.selectbox(key="vectors_color").set_value(color).run()
        scripts.append(script_on(own))
    own.selectbox(key="vectors_color").set_value("@one").run()
    for size in ("@same", "n", "on", "when", *own_names):
        own.selectbox(key="vectors_size").set_value(size).run()
        scripts.append(script_on(own))
    wines = open_page("vectors", vectors="Samples", vectors_sample="Wines")
    for name in ("vectors_color", "vectors_size"):
        wines.selectbox(key=name).set_value("@hubness").run()
    scripts.append(script_on(wines))
    assert "hubness(space, 10)" in scripts[-1]
    assert len(set(scripts)) >= 10
    ev.write(tiny, tmp_path / "tiny.npz")
    made = [f"script_{number}.py" for number in range(len(scripts))]
    for name, script in zip(made, scripts, strict=True):
        (tmp_path / name).write_text(script, encoding="utf-8")
    done = run(f"import runpy\nfor name in {made!r}: print(name); runpy.run_path(name)", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "tiny-mine-pca.html").stat().st_size > 100_000
    assert (tmp_path / "wines-pca.html").stat().st_size > 100_000


def test_a_script_says_that_embedviz_is_missing(own, tmp_path):
    (tmp_path / "view.py").write_text(script_on(own), encoding="utf-8")
    without = "import sys, runpy; sys.modules['embedviz'] = None; runpy.run_path('view.py')"
    done = run(without, tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "This script needs embedviz" in done.stderr
    assert "pip install ." in done.stderr
