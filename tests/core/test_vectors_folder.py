"""A folder in the place of a file of vectors: each file in it is offered, told by its content."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

import embedviz as ev
from embedviz.errors import InvalidParameterError
from embedviz.settings import settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Words, a table, an array, a pickle with what belongs to it, and a file of none."""
    at = tmp_path / "sets"
    at.mkdir()
    (at / "glove.txt").write_text("a 1 2 3\nb 4 5 6\nc 7 8 9\n")
    (at / "wide.csv").write_text("id,x0,x1\nr,1,2\ns,3,4\n")
    np.save(at / "plain.npy", np.ones((3, 2), np.float32))
    (at / "model.kv").write_bytes(pickle.dumps({"a": 1}))
    np.save(at / "model.kv.vectors.npy", np.ones((3, 2), np.float32))
    (at / "notes.md").write_text("nothing of the kind")
    (at / ".hidden.csv").write_text("id,x0,x1\nr,1,2\n")
    return at


def test_each_file_of_a_folder_is_offered_with_its_limit(folder: Path) -> None:
    found = settings(["--vectors", f"{folder}:2"], {}).vectors
    assert {(file.name, file.words) for file in found} == {
        ("glove", True), ("wide", False), ("plain", False), ("model", True),
    }  # fmt: skip
    assert {(file.limit, file.trusted, file.path.parent) for file in found} == {(2, True, folder)}


def test_the_environment_and_the_config_file_name_folders_too(folder: Path) -> None:
    config = folder.parent / "embedviz.toml"
    config.write_text('[[vectors]]\npath = "sets"\ntrusted = false\n')
    by_file = settings([], {"EMBEDVIZ_CONFIG": str(config)}).vectors
    assert [file.name for file in by_file] == ["glove", "plain", "wide"]  # no pickle: not trusted
    by_variable = settings([], {"EMBEDVIZ_VECTORS": str(folder)}).vectors
    assert [file.name for file in by_variable] == ["glove", "model", "plain", "wide"]
    config.write_text('[[vectors]]\npath = "sets"\nname = "mine"\n')
    with pytest.raises(InvalidParameterError, match="keep their own names"):
        settings([], {"EMBEDVIZ_CONFIG": str(config)})


def test_a_folder_without_vectors_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match=r"--vectors: the folder .* holds no file"):
        settings(["--vectors", str(tmp_path)], {})


def test_the_folder_of_a_lancedb_table_stands_for_itself(tmp_path: Path) -> None:
    lancedb = pytest.importorskip("lancedb")
    rows = [{"id": name, "vector": [1.0, 2.0]} for name in "ab"]
    lancedb.connect(str(tmp_path)).create_table("mine", rows)
    (file,) = settings(["--vectors", str(tmp_path / "mine.lance")], {}).vectors
    assert (file.name, file.words) == ("mine", False)
    assert len(ev.read(file.path)) == 2
    assert [one.name for one in settings(["--vectors", str(tmp_path)], {}).vectors] == ["mine"]
