"""The operator's files and folders of vectors, opened from a link."""

from __future__ import annotations

import numpy as np
import pytest
from gensim.models import KeyedVectors

from embedviz.ui.model_choice import available
from embedviz.ui.server import local_models, server_settings
from embedviz.ui.vectors.available import server_sets
from tests.pages.conftest import text_of


@pytest.fixture(autouse=True)
def served(tmp_path, monkeypatch):
    """One file that is named itself, and a folder with a table, words and a pickle."""
    rng = np.random.default_rng(0)
    np.save(tmp_path / "alone.npy", rng.normal(size=(30, 4)).astype(np.float32))
    folder = tmp_path / "sets"
    folder.mkdir()
    rows = [f"k{i},{','.join(f'{x:.3f}' for x in rng.normal(size=3))}" for i in range(20)]
    (folder / "wide.csv").write_text("\n".join(["id,x0,x1,x2", *rows]))
    words = KeyedVectors(5)
    words.add_vectors([f"w{i}" for i in range(25)], rng.normal(size=(25, 5)))
    words.save(str(folder / "pickled.kv"))
    words.save_word2vec_format(str(folder / "plain.txt"))
    monkeypatch.setenv("EMBEDVIZ_VECTORS", f"{tmp_path / 'alone.npy'};{folder}")
    server_settings.clear()
    yield folder
    monkeypatch.undo()
    server_settings.clear()
    for name in ("alone", "wide", "pickled", "plain"):
        local_models().pop(f"local-{name}", None)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("alone", "30 vectors × 4"),
        ("wide", "20 vectors × 3"),
        ("plain", "25 vectors × 5"),
        ("pickled", "25 vectors × 5"),  # the operator's pickles are trusted
    ],
)
def test_a_file_opens_from_its_link(name, says, open_page, settle) -> None:
    at = open_page("vectors", vectors="On the server", vectors_file=name)
    settle(at, lambda at: says in text_of(at))
    opened = server_sets()[name]()
    assert opened is not None
    assert (", trusted=True)" in opened.reading) == (name == "pickled")


def test_files_of_words_are_models_too() -> None:
    names = available()
    assert {"alone", "plain", "pickled"} <= set(names)
    assert "wide" not in names


def test_a_file_that_is_not_there_is_told(open_page, settle) -> None:
    at = open_page("vectors", vectors="On the server", vectors_file="gone")
    assert any("is not here" in info.value for info in at.info)
