"""The image cache: what is put comes back, on disk for others too, within a bound, whatever breaks."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from embedviz.items.cache import ItemCache, default_cache
from embedviz.items.kind import Preview

FACTS = {"width": 640, "taken": "2026-03-01T14:05:00", "brightness": 0.25}


@pytest.fixture(params=["memory", "disk"])
def cache(request, tmp_path):
    made = ItemCache(tmp_path / "deep" / "images.sqlite" if request.param == "disk" else None)
    yield made
    made.close()


def vector(seed: int, d: int = 8):
    return np.random.default_rng(seed).standard_normal(d).astype(np.float32)


def test_what_is_put_comes_back(cache):
    cache.put_vectors("one", {"a": vector(1), "b": vector(2)})
    cache.put_item("a", FACTS, Preview(b"small", b"large"))
    found = cache.vectors("one", ["b", "a", "nobody"])
    assert set(found) == {"a", "b"}
    np.testing.assert_array_equal(found["a"], vector(1))
    assert cache.vectors("another", ["a"]) == {}
    assert cache.facts("a") == FACTS
    assert cache.facts("b") is None
    assert (cache.thumbnail("a"), cache.view("a")) == (b"small", b"large")
    assert cache.thumbnails(["b", "a"]) == {"a": b"small"}


def test_facts_put_again_without_pictures_keep_the_pictures(cache):
    cache.put_item("a", FACTS, Preview(b"small", b"large"))
    cache.put_item("a", FACTS)
    assert (cache.thumbnail("a"), cache.view("a")) == (b"small", b"large")


def test_thousands_are_asked_for_at_once(cache):
    names = [f"{row:05d}" for row in range(3000)]
    cache.put_vectors("one", {name: np.full(2, float(name), np.float32) for name in names})
    found = cache.vectors("one", names)
    assert len(found) == 3000
    assert found["02999"].tolist() == [2999.0, 2999.0]


def test_forgetting_takes_vectors_and_pictures(cache):
    cache.put_vectors("one", {"a": vector(1), "b": vector(2)})
    cache.put_item("a", FACTS, Preview(b"small", b"large"))
    cache.forget(["a"])
    assert set(cache.vectors("one", ["a", "b"])) == {"b"}
    assert cache.facts("a") is None


def test_another_process_finds_it(tmp_path):
    first, second = ItemCache(tmp_path / "i.sqlite"), ItemCache(tmp_path / "i.sqlite")
    first.put_vectors("one", {"a": vector(1)})
    np.testing.assert_array_equal(second.vectors("one", ["a"])["a"], vector(1))


def test_the_bound_holds_and_what_was_used_last_stays(tmp_path):
    cache = ItemCache(tmp_path / "i.sqlite", max_bytes=2_000_000)
    cache.put_vectors("one", {"kept": vector(0)})
    for row in range(600):
        cache.put_item(f"{row}", FACTS, Preview(bytes(2_000), bytes(8_000)))
        cache.touch("one", ["kept"])
    assert cache.nbytes <= 2_000_000 * 2  # looked at every 256 images
    assert cache.view("599") is not None
    assert cache.view("0") is None
    assert "kept" in cache.vectors("one", ["kept"])


def test_threads_share_one_cache(cache):
    def put(start):
        for row in range(start, start + 100):
            cache.put_vectors("one", {f"{row}": vector(row)})
            cache.put_item(f"{row}", FACTS, Preview(b"s", b"v"))

    threads = [threading.Thread(target=put, args=(start,)) for start in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = cache.vectors("one", [str(row) for row in range(400)])
    assert len(found) == 400
    np.testing.assert_array_equal(found["321"], vector(321))


def test_a_damaged_file_is_begun_anew(tmp_path, caplog):
    path = tmp_path / "i.sqlite"
    path.write_bytes(b"this is not a database, whatever its name says" * 100)
    cache = ItemCache(path)
    cache.put_vectors("one", {"a": vector(1)})
    assert "a" in ItemCache(path).vectors("one", ["a"])
    assert "cannot be used" in caplog.text


def test_a_place_that_cannot_be_written_to_is_no_error(tmp_path, caplog):
    (tmp_path / "file").write_bytes(b"")
    cache = ItemCache(tmp_path / "file" / "i.sqlite")
    cache.put_vectors("one", {"a": vector(1)})
    cache.put_item("a", FACTS, Preview(b"s", b"v"))
    assert cache.vectors("one", ["a"]) == {}
    assert cache.nbytes == 0
    assert "cannot be used" in caplog.text


def test_the_cache_on_disk_is_opened_once(cache_dir):
    assert default_cache() is default_cache()
    assert default_cache().path is not None
