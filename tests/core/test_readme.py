"""What the README promises: its examples run, and its first two commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_example_runs(tmp_path, monkeypatch, capsys):
    example, *_ = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len(example.strip().splitlines()) <= 12
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)
    assert names["queen"] == "queen"
    assert (tmp_path / "map.html").stat().st_size > 100_000
    assert (tmp_path / "mine.npz").exists()
    said = capsys.readouterr().out
    assert "('prince', 'queen', 'ii')" in said


def test_example_of_images_runs(tmp_path, monkeypatch, capsys):
    from embedviz.images.samples import SAMPLES

    _, example, *_ = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len(example.strip().splitlines()) <= 12
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EMBEDVIZ_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "photos").mkdir()
    for file in SAMPLES["photos"].open():
        (tmp_path / "photos" / Path(file.name).name).write_bytes(file.open().read())
    (tmp_path / "query.jpg").write_bytes((tmp_path / "photos" / "chelsea.png").read_bytes())
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)
    assert "chelsea.png" in names["alike"].keys[0]
    assert "brightness" in capsys.readouterr().out


def test_example_of_vectors_runs(tmp_path, monkeypatch, capsys):
    _, _, example, _ = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len(example.strip().splitlines()) <= 12
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)
    assert names["space"].dimensions == 20
    assert (tmp_path / "map.html").stat().st_size > 100_000
    assert "1.0" in capsys.readouterr().out  # a space has all neighbors in common with itself


def test_example_of_what_lessons_compute_runs(capsys):
    *_, example = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len(example.strip().splitlines()) <= 12
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)
    losses = names["path"].losses
    assert losses[-1] < 0.5 * losses[0]
    said = capsys.readouterr().out
    assert "1.41421356" in said
    assert "recall=" in said


def test_every_lesson_is_listed():
    from embedviz.ui.learn.texts import texts
    from embedviz.ui.lessons import LESSONS

    for lesson in LESSONS.values():
        question = " ".join(texts(lesson.folder, "en").told("question", {}))
        row = f"| {lesson.number}. {lesson.title} | {question} | `{lesson.name}` |"
        assert row in README


def test_first_two_commands_are_targets():
    commands = re.findall(r"^make (\w+)", README, flags=re.MULTILINE)[:2]
    assert commands == ["run", "test"]
    makefile = (ROOT / "Makefile").read_text()
    assert all(re.search(rf"^{command}:", makefile, flags=re.MULTILINE) for command in commands)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_lead_somewhere(link):
    assert link.startswith("https://") or (ROOT / link).exists()


def test_every_method_of_the_tables_is_named():
    from embedviz.formats import FORMATS
    from embedviz.groups import CLUSTERINGS
    from embedviz.projections import PROJECTIONS
    from embedviz.registry import ENCODERS
    from embedviz.words.analogies import ANALOGY_METHODS
    from embedviz.words.training_params import ALGORITHMS

    tables = (PROJECTIONS, ANALOGY_METHODS, ALGORITHMS, ENCODERS, CLUSTERINGS)
    for method in (method for entries in tables for method in entries.values()):
        assert method.label.lower() in README.lower(), method.label
    for kind in FORMATS.values():
        assert kind.label.split()[0].lower() in README.lower(), kind.label
