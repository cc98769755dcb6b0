"""``python -m embedviz``: what it prints, what it leaves on the disk, and its exit codes."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from embedviz.__main__ import main
from embedviz.store import default_store
from embedviz.words.known_models import MODELS
from tests.core.loopback import Loopback


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for what is fetched."""
    monkeypatch.setenv("EMBEDVIZ_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data" / "models"


def test_models_lists_each_with_its_size_and_whether_it_is_here(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["models"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert set(MODELS) < set(lines)
    assert "400,000 × 50" in lines["glove-6b-50d"]
    assert lines["glove-6b-50d"].endswith("yes")
    assert "862 MB" in lines["glove-6b-300d"]
    assert lines["glove-6b-300d"].endswith("no: fetch glove-6b-300d")


def test_fetch_brings_a_model_says_how_far_it_is_and_where_it_lies(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data_dir: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("glove.6B.100d.txt", "a 1 2\nb 3 4\n")
    with Loopback(packed.getvalue(), path="/glove.zip") as server:
        there = dataclasses.replace(MODELS["glove-6b-100d"], url=server.url)
        monkeypatch.setitem(MODELS, "glove-6b-100d", there)
        assert main(["fetch", "glove-6b-100d", "glove-6b-50d"]) == 0
    out, err = capsys.readouterr()
    assert (data_dir / "glove.6B.100d.txt").read_text() == "a 1 2\nb 3 4\n"
    assert str(data_dir / "glove.6B.100d.txt") in out
    assert "glove-6b-50d is here." in out
    assert "Fetching glove.zip" in err
    assert "100%" in err
    main(["models"])
    assert "862 MB  yes" in capsys.readouterr().out


def test_what_goes_wrong_is_one_sentence_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fetch", "nope"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("There is no pretrained model 'nope'")
    with Loopback(b"", status=404) as server:
        gone = dataclasses.replace(MODELS["glove-6b-100d"], url=server.url)
        monkeypatch.setitem(MODELS, "glove-6b-100d", gone)
        assert main(["fetch", "glove-6b-100d"]) == 1
    assert "404" in capsys.readouterr().err


def test_ctrl_c_says_that_what_arrived_is_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("embedviz.words.fetching.fetch", interrupted)
    assert main(["fetch", "glove-6b-100d"]) == 130
    assert "goes on from there" in capsys.readouterr().err


def test_cache_says_what_is_kept_and_clears_it(
    cache_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    default_store().put("projection", "abc", {"numbers": np.zeros(10_000)}, {})
    assert main(["cache"]) == 0
    assert f"80 kB of at most 1.0 GB in {cache_dir}" in capsys.readouterr().out
    assert main(["cache", "--clear"]) == 0
    assert "Removed 1 results (80 kB)" in capsys.readouterr().out
    assert default_store().size() == 0


@pytest.mark.parametrize("argv", [[], ["fetch"], ["nonsense"], ["cache", "--all"]])
def test_what_is_not_understood_is_exit_code_2(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(argv)
    assert stopped.value.code == 2
    assert "usage: python -m embedviz" in capsys.readouterr().err


def test_it_runs_as_a_module() -> None:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "embedviz", "models"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "glove-6b-50d" in done.stdout
