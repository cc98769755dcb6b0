"""The disk store: round trips, bounds, damage, full disks, several writers at once."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from embedviz import store as store_module
from embedviz.errors import InvalidParameterError
from embedviz.store import Store, cache_dir, default_store, key_of


def _bytes(count: int, fill: int = 0) -> dict[str, np.ndarray]:
    return {"data": np.full(count, fill, np.uint8)}


def _entry(root: Path) -> Path:
    (path,) = root.glob("*/*.npz")
    return path


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.bool_]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    )
)
def test_what_is_put_comes_back_bit_by_bit(tmp_path_factory, array):
    store = Store(tmp_path_factory.mktemp("store"))
    meta = {"seconds": 1.5, "words": ["a", "ü", None], "nested": {"x": 1}}
    assert store.put("kind", "key", {"one": array, "two": array.T}, meta)
    arrays, back = store.get("kind", "key")
    assert back == meta
    assert list(arrays) == ["one", "two"]
    assert arrays["one"].dtype == array.dtype
    assert arrays["one"].shape == array.shape
    assert arrays["one"].tobytes() == array.tobytes()
    assert arrays["two"].shape == array.T.shape


def test_absent_is_none_and_kinds_are_apart(tmp_path):
    store = Store(tmp_path)
    assert store.get("kind", "key") is None
    store.put("kind", "key", _bytes(3), {})
    assert store.get("other", "key") is None
    assert store.get("kind", "other") is None


def test_the_later_put_wins(tmp_path):
    store = Store(tmp_path)
    store.put("kind", "key", _bytes(3, 1), {})
    store.put("kind", "key", _bytes(2, 9), {"later": True})
    arrays, meta = store.get("kind", "key")
    assert arrays["data"].tolist() == [9, 9]
    assert meta == {"later": True}


def test_objects_are_never_pickled(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(ValueError, match="pickle"):
        store.put("kind", "key", {"data": np.array([object()])}, {})
    assert store.get("kind", "key") is None
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "a.b", "a" * 200])
def test_names_that_could_leave_the_folder_are_refused(tmp_path, name):
    store = Store(tmp_path)
    with pytest.raises(InvalidParameterError):
        store.get(name, "key")
    with pytest.raises(InvalidParameterError):
        store.put("kind", name, {}, {})


def test_least_recently_used_give_way(tmp_path):
    store = Store(tmp_path, max_bytes=35_000)
    for age, key in enumerate(["a", "b", "c"]):
        store.put("kind", key, _bytes(10_000), {})
        path = tmp_path / "kind" / f"{key}.npz"
        os.utime(path, (1_000_000 + age, 1_000_000 + age))
    store.get("kind", "a")
    store.put("kind", "d", _bytes(10_000), {})
    kept = {key for key in "abcd" if store.get("kind", key) is not None}
    assert kept == {"a", "c", "d"}
    assert store.size() <= 35_000


def test_what_is_larger_than_the_store_is_not_kept_and_evicts_nothing(tmp_path):
    store = Store(tmp_path, max_bytes=3_000)
    store.put("kind", "small", _bytes(1_000), {})
    assert not store.put("kind", "huge", _bytes(10_000), {})
    assert store.get("kind", "huge") is None
    assert store.get("kind", "small") is not None


def test_size_and_clear_touch_entries_only(tmp_path):
    store = Store(tmp_path)
    foreign = tmp_path / "kind" / "notes.txt"
    store.put("kind", "a", _bytes(500), {})
    store.put("other", "b", _bytes(500), {})
    foreign.write_text("mine")
    assert store.size() == sum(path.stat().st_size for path in tmp_path.rglob("*.npz")) > 1_000
    assert store.clear() == 2
    assert store.size() == 0
    assert store.get("kind", "a") is None
    assert foreign.read_text() == "mine"


def test_damage_anywhere_is_never_served(tmp_path, caplog):
    """Any flipped byte leaves the right answer or none; none removes the file."""
    store = Store(tmp_path)
    data = np.arange(40, dtype=np.float32)
    store.put("kind", "key", {"data": data}, {"a": 1})
    path = _entry(tmp_path)
    whole = path.read_bytes()
    removed = 0
    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        entry = store.get("kind", "key")
        if entry is None:
            removed += 1
            assert not path.exists()
        else:
            assert entry[0]["data"].tobytes() == data.tobytes()
            assert entry[1] == {"a": 1}
    assert removed > len(whole) // 12
    assert "damaged" in caplog.text


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_entry_is_absent_and_can_be_put_again(tmp_path, part):
    store = Store(tmp_path)
    store.put("kind", "key", _bytes(900), {})
    path = _entry(tmp_path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    assert store.get("kind", "key") is None
    assert not path.exists()
    assert store.put("kind", "key", _bytes(900), {})
    assert store.get("kind", "key") is not None


def test_a_failed_write_leaves_the_old_entry_and_no_rest(tmp_path, monkeypatch, caplog):
    store = Store(tmp_path)
    store.put("kind", "key", _bytes(10, 1), {})

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module.os, "replace", full)
    monkeypatch.setattr(store_module, "_warned", set())
    with caplog.at_level(logging.WARNING):
        assert not store.put("kind", "key", _bytes(10, 2), {})
        assert not store.put("kind", "key", _bytes(10, 3), {})
        assert not Store(tmp_path).put("kind", "other", _bytes(10, 3), {})
    assert len([record for record in caplog.records if "cannot be kept" in record.message]) == 1
    assert store.get("kind", "key")[0]["data"].tolist() == [1] * 10
    assert not list(tmp_path.rglob("*.part"))


def test_a_folder_that_cannot_be_made_is_reported_and_absent(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    store = Store(tmp_path / "file" / "store")
    assert not store.put("kind", "key", _bytes(1), {})
    assert store.get("kind", "key") is None
    assert store.size() == 0
    assert "cannot be kept" in caplog.text


def test_rests_of_a_dead_writer_are_swept_and_fresh_ones_left(tmp_path):
    store = Store(tmp_path)
    store.put("kind", "a", _bytes(1), {})
    old, fresh = tmp_path / "kind" / "x.part", tmp_path / "kind" / "y.part"
    old.write_bytes(b"x")
    fresh.write_bytes(b"y")
    os.utime(old, (1_000_000, 1_000_000))
    store.put("kind", "b", _bytes(1), {})
    assert not old.exists()
    assert fresh.exists()


# Run by threads here and by other processes, which cannot import this file.
HAMMER = """
import sys
import numpy as np
from embedviz.store import Store

def hammer(root, seed):
    store, wrong = Store(root, max_bytes=30_000), 0
    rng = np.random.default_rng(seed)
    for _ in range(60):
        number, other = map(int, rng.integers(8, size=2))
        store.put("kind", f"k{number}", {"data": np.full(4_000, number, np.uint8)}, {"of": number})
        entry = store.get("kind", f"k{other}")
        if entry is not None:
            data = entry[0]["data"]
            wrong += entry[1] != {"of": other} or len(data) != 4_000 or not (data == other).all()
    return wrong
"""


def test_threads_see_whole_entries_only(tmp_path):
    names: dict = {}
    exec(HAMMER, names)
    wrong: list[int] = []
    threads = [
        threading.Thread(target=lambda seed=seed: wrong.append(names["hammer"](tmp_path, seed)))
        for seed in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [0] * 4
    assert Store(tmp_path).size() <= 30_000


def test_processes_see_whole_entries_only(tmp_path):
    code = HAMMER + "\nprint(hammer(sys.argv[1], int(sys.argv[2])))"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), str(seed)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in range(2)
    ]
    for process in started:
        out, errors = process.communicate(timeout=600)
        assert out.strip() == "0", errors
        assert "damaged" not in errors


def test_keys_tell_apart_what_differs_and_join_what_does_not():
    base = key_of(("numpy",), method="pca", params={"a": 1, "b": 2.5})
    assert base == key_of(("numpy",), params={"b": 2.5, "a": 1}, method="pca")
    assert len(base) == 32
    others = [
        key_of(("numpy",), method="tsne", params={"a": 1, "b": 2.5}),
        key_of(("numpy",), method="pca", params={"a": 2, "b": 2.5}),
        key_of(("numpy",), method="pca", params={"a": True, "b": 2.5}),
        key_of((), method="pca", params={"a": 1, "b": 2.5}),
        key_of(("numpy", "scipy"), method="pca", params={"a": 1, "b": 2.5}),
    ]
    assert len({base, *others}) == 6


def test_a_new_library_version_has_new_keys(monkeypatch):
    before = key_of(("numpy",), x=1)
    monkeypatch.setattr(store_module, "_version", lambda _: "999")
    assert key_of(("numpy",), x=1) != before


@pytest.mark.parametrize("value", [float("nan"), object(), np.zeros(2)])
def test_what_is_not_plain_names_nothing(value):
    with pytest.raises(InvalidParameterError):
        key_of(x=value)


def test_the_environment_names_folder_and_bound(monkeypatch, tmp_path):
    monkeypatch.setenv("EMBEDVIZ_CACHE_DIR", str(tmp_path / "here"))
    monkeypatch.setenv("EMBEDVIZ_CACHE_MAX_BYTES", "12345")
    assert cache_dir() == tmp_path / "here"
    store = default_store()
    assert store.root.parent == tmp_path / "here"
    assert store.max_bytes == 12345
    monkeypatch.delenv("EMBEDVIZ_CACHE_DIR")
    monkeypatch.delenv("EMBEDVIZ_CACHE_MAX_BYTES")
    assert "embedviz" in str(cache_dir())
    assert default_store().max_bytes == 1_000_000_000


@pytest.mark.parametrize("text", ["1 GB", "-5", "1e9"])
def test_a_bound_that_is_no_number_is_named(monkeypatch, text):
    monkeypatch.setenv("EMBEDVIZ_CACHE_MAX_BYTES", text)
    with pytest.raises(InvalidParameterError, match="EMBEDVIZ_CACHE_MAX_BYTES"):
        default_store()
