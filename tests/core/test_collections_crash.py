"""Collections whose writer is killed: the last good state is there, and the next save cleans up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from embedviz import collections
from embedviz.collections import database
from embedviz.errors import EmbedvizError
from embedviz.space import EmbeddingSpace

HOUSE = Path(__file__).resolve().parents[2]

PRELUDE = """
import json, os, signal, sys
import lancedb, numpy as np, pandas as pd, pyarrow.parquet
from embedviz import collections
from embedviz.collections import saving, tables
from embedviz.space import EmbeddingSpace
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

class DyingPictures:
    asked = 0
    def thumbnails(self, hashes):
        self.asked += 1
        if self.asked == 4:
            die()
        return {one: os.urandom(2000) for one in hashes}
    def view(self, content):
        return os.urandom(3000)

def rows(count, first=0, fill=None):
    numbers = np.arange(first, first + count, dtype=np.float32)
    vectors = np.stack([numbers, numbers * 2], 1) if fill is None else np.full((count, 2), fill)
    table = pd.DataFrame({"hash": [f"h{n:.0f}" for n in numbers]})
    return EmbeddingSpace([f"k{n:.0f}" for n in numbers], vectors, table)

def then_die(module, name):
    done = getattr(module, name)
    def wrapped(*args, **kwargs):
        done(*args, **kwargs)
        die()
    setattr(module, name, wrapped)
"""

BEFORE, AFTER = 50, 80  # rows of "good" before the crash, and after what it tried
FIRST = "the-first-save-of-all"
POINTS = {
    FIRST: ("collections.save('new', rows(2000), pictures=DyingPictures(), root=root)", {}),
    "save-between-batches": (
        "collections.save('new', rows(2000), pictures=DyingPictures(), root=root)",
        {"good": BEFORE},
    ),
    "save-before-the-catalog": (
        "saving._publish = die; collections.save('new', rows(30), root=root)",
        {"good": BEFORE},
    ),
    "save-behind-the-catalog": (
        "then_die(saving, '_publish'); collections.save('new', rows(30), root=root)",
        {"good": BEFORE, "new": 30},
    ),
    "replace-between-batches": (
        "collections.save('good', rows(2000), replace=True, pictures=DyingPictures(), root=root)",
        {"good": BEFORE},
    ),
    "replace-before-the-catalog": (
        "saving._publish = die; collections.save('good', rows(80), replace=True, root=root)",
        {"good": BEFORE},
    ),
    "replace-before-the-old-rows-go": (
        "tables.drop_quietly = die; collections.save('good', rows(80), replace=True, root=root)",
        {"good": AFTER},
    ),
    "add-between-batches": (
        "collections.add('good', rows(2000, 50), pictures=DyingPictures(), root=root)",
        {"good": BEFORE},
    ),
    "add-before-the-catalog": (
        "then_die(tables, 'append'); collections.add('good', rows(30, 50), root=root)",
        {"good": AFTER},
    ),
    "delete-before-the-rows-go": (
        "tables.drop_quietly = die; collections.delete('good', root)",
        {},
    ),
}


def rows(count: int) -> EmbeddingSpace:
    numbers = np.arange(count, dtype=np.float32)
    table = pd.DataFrame({"hash": [f"h{n:.0f}" for n in numbers]})
    vectors = np.stack([numbers, numbers * 2], 1)
    return EmbeddingSpace([f"k{n:.0f}" for n in numbers], vectors, table)


def check(root: Path, expected: dict[str, int]) -> None:
    assert {one.name: one.count for one in collections.list(root)} == expected
    for name, count in expected.items():
        space = collections.open(name, root).space
        assert space.keys == rows(count).keys
        np.testing.assert_array_equal(space.vectors, rows(count).vectors)
        pd.testing.assert_frame_equal(space.table, rows(count).table)


SERVER = """
def forked(code, *arguments):
    child = os.fork()
    if child == 0:
        try:
            exec(code, globals() | {"arguments": arguments})
            os._exit(0)
        finally:
            os._exit(1)
    return child

def killed_while_printing(code, lines):
    read, write = os.pipe()
    child = forked("os.dup2(arguments[0], 1)\\n" + code, write)
    os.close(write)
    with os.fdopen(read) as file:
        told = [int(file.readline()) for _ in range(lines)]
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return told[-1]

folder = sys.argv[1]
tasks = json.load(sys.stdin)
results = {}
for point, code in tasks["points"].items():
    root = os.path.join(folder, point)
    results[point] = os.waitpid(forked(code), 0)[1]
for loop, code in tasks["loops"].items():
    root = os.path.join(folder, loop)
    results[loop] = killed_while_printing(code, 12)
root = os.path.join(folder, "together")
children = [forked(tasks["together"], first) for first in (0, 10)]
results["together"] = [os.waitpid(child, 0)[1] for child in children]
root = os.path.join(folder, "full")
read, write = os.pipe()
os.waitpid(forked(tasks["full"], write), 0)
os.close(write)
with os.fdopen(read) as file:
    results["full"] = json.load(file)
print(json.dumps(results))
"""
TOGETHER = """
for number in range(arguments[0] + 40, arguments[0] + 60):
    collections.add('good', rows(4, number), root=root)
"""
FULL = """
import resource
from embedviz.errors import EmbedvizError
# What the system says at this limit is what it says where the disk is full.
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
messages = []
for attempt in (
    lambda: collections.save("large", rows(400), root=root),
    lambda: collections.save("good", rows(400), replace=True, root=root),
    lambda: collections.add("good", rows(400), root=root),
):
    try:
        attempt()
    except EmbedvizError as error:
        messages.append(str(error))
with os.fdopen(arguments[0], "w") as file:
    json.dump(messages, file)
"""
LOOPS = {
    "adding": """
for number in range(50, 100_000):
    collections.add('good', rows(1, number), root=root)
    print(number + 1, flush=True)
""",
    "replacing": """
for number in range(100_000):
    collections.save('good', rows(3, fill=number), replace=True, root=root)
    print(number, flush=True)
""",
}


@pytest.fixture(scope="module")
def crashes(tmp_path_factory):
    """The folder of every crash, and how its writer ended.

    One process loads the libraries, which takes seconds, and forks a writer for each before it has
    opened a database.
    """
    folder = tmp_path_factory.mktemp("crashes")
    for name in (*POINTS, *LOOPS, "together", "full"):
        if name != FIRST:
            collections.save("good", rows(BEFORE), root=folder / name)
    points = {point: code for point, (code, _) in POINTS.items()}
    tasks = {"points": points, "loops": LOOPS, "together": TOGETHER, "full": FULL}
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + SERVER, str(folder)],
        cwd=HOUSE, input=json.dumps(tasks),
        capture_output=True, text=True, check=False, timeout=1200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_writer_leaves_the_last_good_state(crashes, point, monkeypatch):
    folder, ended = crashes
    root, expected = folder / point, POINTS[point][1]
    assert os.WTERMSIG(ended[point]) == signal.SIGKILL
    check(root, expected)
    # The next save works at once, whatever lock the dead one held, and takes away what it left.
    monkeypatch.setattr(database, "ABANDONED", timedelta(seconds=-60))
    collections.save("later", rows(7), root=root)
    check(root, expected | {"later": 7})
    kept = {f"{one.id}.lance" for one in collections.list(root)}
    assert {path.name for path in root.glob("collection-*")} == kept
    if "good" in expected:
        more = expected["good"] + 10
        collections.add("good", rows(more), root=root)
        check(root, expected | {"later": 7, "good": more})


@pytest.mark.parametrize("loop", LOOPS)
def test_a_writer_killed_at_any_moment_leaves_a_whole_state(crashes, loop):
    folder, told = crashes
    space = collections.open("good", folder / loop).space
    if loop == "adding":
        assert len(space) >= told[loop] > BEFORE
        np.testing.assert_array_equal(space.vectors, rows(len(space)).vectors)
    else:
        assert len(space) == 3
        assert set(space.vectors.ravel()) == {space.vectors[0, 0]}
        assert space.vectors[0, 0] >= told[loop] > 0


def test_two_processes_add_to_one_collection(crashes):
    folder, ended = crashes
    assert ended["together"] == [0, 0]
    space = collections.open("good", folder / "together").space
    assert sorted(space.table["hash"]) == sorted(f"h{number}" for number in range(73))
    assert len(set(space.table["hash"])) == len(space)


def test_a_full_disk_is_said_and_changes_nothing(crashes):
    folder, told = crashes
    assert len(told["full"]) == 3
    assert all("disk is full" in message for message in told["full"])
    check(folder / "full", {"good": BEFORE})
    assert len(list((folder / "full").glob("collection-*"))) == 1
    collections.save("large", rows(400), root=folder / "full")
    check(folder / "full", {"good": BEFORE, "large": 400})


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    for root in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(EmbedvizError, match="EMBEDVIZ_COLLECTIONS chooses another folder"):
            collections.save("x", rows(1), root=root)
        assert collections.list(root) == ()
    with pytest.raises(EmbedvizError, match="no-such-store"):
        collections.list("no-such-store://bucket")


def _damage(path: Path, how: str) -> None:
    content = path.read_bytes()
    if how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "zeros":
        path.write_bytes(bytes(len(content)))
    elif how == "end":
        path.write_bytes(content[:-200] + bytes(np.random.default_rng(1).bytes(200)))
    else:
        path.unlink()


@pytest.mark.parametrize("how", ["cut", "zeros", "end", "gone"])
@pytest.mark.parametrize("part", ["data", "_versions"])
def test_damage_is_one_sentence_and_the_others_are_well(tmp_path, part, how):
    info = collections.save("bad", rows(50), root=tmp_path)
    collections.save("good", rows(50), root=tmp_path)
    for path in (tmp_path / f"{info.id}.lance" / part).iterdir():
        _damage(path, how)
    with pytest.raises(EmbedvizError, match="The collection 'bad' cannot be read"):
        _ = collections.open("bad", tmp_path).space
    assert {one.name: one.count for one in collections.list(tmp_path)} == {"bad": 50, "good": 50}
    collections.delete("bad", tmp_path)
    check(tmp_path, {"good": 50})
    assert not (tmp_path / f"{info.id}.lance").exists()


@pytest.mark.parametrize("how", ["cut", "zeros", "gone"])
def test_a_damaged_catalog_is_said_and_nothing_is_swept_away(tmp_path, how, monkeypatch):
    info = collections.save("good", rows(50), root=tmp_path)
    for path in (tmp_path / "embedviz-catalog.lance" / "_versions").iterdir():
        _damage(path, how)
    monkeypatch.setattr(database, "ABANDONED", timedelta(seconds=-60))
    for attempt in (
        lambda: collections.list(tmp_path),
        lambda: collections.save("more", rows(1), root=tmp_path),
    ):
        with pytest.raises(EmbedvizError, match="The catalog of collections"):
            attempt()
    assert (tmp_path / f"{info.id}.lance").exists()
