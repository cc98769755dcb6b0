"""The parts of the browser's code that need no page, run by Node's own test runner."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "javascript"


def _node() -> str | None:
    """Node itself, or the one that Playwright brings along."""
    if found := shutil.which("node"):
        return found
    spec = importlib.util.find_spec("playwright")
    if spec is None or spec.origin is None:
        return None
    driver = Path(spec.origin).parent / "driver/node"
    return str(driver) if driver.exists() else None


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.test.mjs")), ids=lambda path: path.stem)
def test_the_browsers_logic(script: Path) -> None:
    node = _node()
    if node is None:
        pytest.skip("needs Node")
    command = [node, "--test", script.name]
    done = subprocess.run(
        command, cwd=SCRIPTS, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
