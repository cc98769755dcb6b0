"""Embedding images: order, failures, the same content once, stopping and going on."""

from __future__ import annotations

import io
import threading
import zipfile
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import embedviz as ev
from embedviz.errors import CancelledError, EmbedvizError, InvalidParameterError
from embedviz.images.decoding import ImageLimits, decode
from embedviz.images.kind import IMAGE
from embedviz.images.network import Network
from embedviz.items.cache import ItemCache
from embedviz.items.files import ItemFile
from embedviz.items.second_look import embed_views
from embedviz.registry import open_encoder

LITE = "efficientnet-lite0"


def picture(seed: int, size=(64, 48)) -> bytes:
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(buffer, "PNG")
    return buffer.getvalue()


def file(seed: int, name: str = "", **known) -> ItemFile:
    data = picture(seed)
    return ItemFile(name or f"{seed}.png", lambda: io.BytesIO(data), len(data), **known)


@pytest.fixture
def counted(monkeypatch):
    """How many images go through a network."""
    counts: list[int] = []
    embed = Network.embed

    def counting(self, kind, batch):
        counts.append(len(batch))
        return embed(self, kind, batch)

    monkeypatch.setattr(Network, "embed", counting)
    return counts


def test_every_vector_is_that_of_its_image_alone():
    network = open_encoder(LITE)
    done = ev.embed_images([file(seed) for seed in range(11)], LITE, batch_size=4, cache=False)
    assert done.space.keys == tuple(f"{seed}.png" for seed in range(11))
    for seed in (0, 5, 10):
        alone = network.embed("image", [network.prepare("image", decode(picture(seed)).picture)])[0]
        given = done.space.vector(f"{seed}.png")
        assert np.abs(given - alone).max() <= 1e-5 * np.abs(alone).max()
    assert done.space.origin == network.origin | {"kind": "image"}
    assert done.failures == ()


def test_a_failed_image_leaves_the_others_exact():
    bad = ItemFile("bad.jpg", lambda: io.BytesIO(b"not a picture"))

    def vanished():
        raise FileNotFoundError(2, "No such file")

    gone = ItemFile("gone.jpg", vanished)
    good = [file(seed) for seed in range(6)]
    alone = ev.embed_images(good, LITE, batch_size=4, cache=False)
    mixed = [bad, good[0], gone, *good[1:], bad]
    among = ev.embed_images(mixed, LITE, batch_size=4, cache=False)
    assert [failure.name for failure in among.failures] == ["bad.jpg", "gone.jpg", "bad.jpg"]
    assert all(failure.reason.endswith(".") for failure in among.failures)
    assert among.space.keys == alone.space.keys
    np.testing.assert_allclose(among.space.vectors, alone.space.vectors, rtol=1e-5, atol=1e-5)


def test_the_table_tells_what_is_known():
    known = file(1, "cats/tom.png", label="cats", path="/photos/tom.png", date=datetime(2026, 3, 1))
    table = ev.embed_images([known, file(2)], LITE, cache=False).space.table
    assert list(table["label"]) == ["cats", ""]
    assert list(table["path"]) == ["/photos/tom.png", ""]
    assert (table["width"].tolist(), table["height"].tolist()) == ([64, 64], [48, 48])
    assert table["taken"].iloc[0].year == 2026
    assert table["taken"].isna().tolist() == [False, True]
    assert table["format"].tolist() == ["PNG", "PNG"]
    assert table["brightness"].between(0, 1).all()
    assert table["hash"].nunique() == 2


def test_one_name_twice_becomes_two_keys():
    done = ev.embed_images([file(1, "a.png"), file(2, "a.png")], LITE, cache=False)
    assert done.space.keys == ("a.png", "a.png#2")


def test_the_same_content_goes_through_the_network_once(counted):
    sources = [file(1, "a.png"), file(1, "b.png"), file(2), *(file(1) for _ in range(9))]
    done = ev.embed_images(sources, LITE, batch_size=2, cache=False)
    assert sum(counted) == 2
    np.testing.assert_array_equal(done.space.vector("a.png"), done.space.vector("b.png"))
    np.testing.assert_array_equal(done.space.vectors[3:], done.space.vectors[:1].repeat(9, axis=0))


def test_what_was_embedded_before_is_found_by_its_content(counted):
    cache = ItemCache()
    first = ev.embed_images([file(s) for s in range(5)], LITE, cache=cache)
    counted.clear()
    sources = [file(9), *(file(s, f"renamed {s}") for s in range(5)), file(8)]
    again = ev.embed_images(sources, LITE, cache=cache)
    assert sum(counted) == 2
    assert again.from_cache == 5
    np.testing.assert_array_equal(again.space.vectors[1:6], first.space.vectors)
    assert again.space.table["width"].iloc[1:6].tolist() == [64] * 5


def test_another_encoding_is_another_vector(counted):
    cache = ItemCache()
    ev.embed_images([file(1)], LITE, cache=cache)
    # One other layer: to take each over into another engine takes seconds.
    layer = open_encoder(LITE).encoder.layers[-1].name
    other = ev.embed_images([file(1)], LITE, layer=layer, cache=cache)
    assert other.from_cache == 0
    assert cache.vectors("someone else's", list(other.space.table["hash"])) == {}


def test_pictures_are_kept_by_content():
    done = ev.embed_images([file(1)], LITE, cache=False, pictures=True)
    content = done.space.table["hash"].iloc[0]
    assert done.pictures is not None
    thumbnail = Image.open(io.BytesIO(done.pictures.thumbnail(content)))
    assert thumbnail.size == (64, 48)  # never enlarged
    seen = np.asarray(thumbnail.convert("RGB"), dtype=float)
    original = np.asarray(Image.open(io.BytesIO(picture(1))), dtype=float)
    assert np.abs(seen - original).mean() < 6
    assert ev.embed_images([file(1)], LITE, cache=False).pictures is None


def test_stopped_work_keeps_what_is_done_and_goes_on_from_there(counted):
    cache, stop = ItemCache(), threading.Event()
    sources = [file(seed) for seed in range(40)]

    def enough(progress):
        if progress.fraction and progress.fraction > 0.2:
            stop.set()

    part = ev.embed_images(
        sources, LITE, batch_size=4, cache=cache, on_progress=enough, cancel=stop
    )
    assert part.stopped
    assert 0 < len(part.space) < 40
    assert sum(counted) < 40
    whole = ev.embed_images(sources, LITE, batch_size=4, cache=cache)
    assert not whole.stopped
    assert whole.from_cache >= len(part.space)
    assert sum(counted) == 40
    assert whole.space.keys[: len(part.space)] == part.space.keys
    np.testing.assert_array_equal(whole.space.vectors[: len(part.space)], part.space.vectors)


def test_stopped_before_the_first_there_is_nothing():
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError, match="before the first"):
        ev.embed_images([file(1)], LITE, cache=False, cancel=stop)


def test_progress_says_how_far_and_what_failed():
    said = []
    bad = ItemFile("bad.jpg", lambda: io.BytesIO(b"not a picture"))
    sources = [*(file(seed) for seed in range(5)), bad]
    ev.embed_images(sources, LITE, batch_size=2, cache=False, on_progress=said.append)
    assert said[-1].fraction == 1.0
    assert said[-1].message.startswith("6 of 6 images")
    assert "1 set aside" in said[-1].message
    assert [failure.name for failure in said[-1].details] == ["bad.jpg"]
    fractions = [item.fraction for item in said if item.fraction is not None]
    assert fractions == sorted(fractions)


def test_a_folder_is_read_with_its_labels(tmp_path):
    for label, seed in (("cats", 1), ("dogs", 2)):
        (tmp_path / label).mkdir()
        (tmp_path / label / "a.png").write_bytes(picture(seed))
    (tmp_path / "notes.txt").write_text("no picture")
    done = ev.embed_images(tmp_path, LITE, cache=False)
    assert done.space.table["label"].tolist() == ["cats", "dogs"]
    assert len(set(done.space.keys)) == 2
    assert all(Path(path).is_file() for path in done.space.table["path"])


def test_a_zip_is_read_as_a_folder_is(tmp_path):
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("cats/a.png", picture(1))
        made.writestr("labels.csv", "file,label\ncats/a.png,lions\nmissing.png,dogs\n")
        made.writestr("notes.txt", "no picture")
    for given in (archive, str(archive), [archive]):
        done = ev.embed_images(given, LITE, cache=False)
        assert list(done.space.keys) == ["cats/a.png"]
        assert done.space.table["label"].tolist() == ["lions"]
        assert {failure.name for failure in done.failures} == {"missing.png", "notes.txt"}


def test_limits_hold_for_each_file():
    large = file(1)
    limits = ImageLimits(file_mb=1, megapixels=1)
    buffer = io.BytesIO()
    Image.new("RGB", (1100, 1000)).save(buffer, "PNG")
    wide = ItemFile("wide.png", lambda: io.BytesIO(buffer.getvalue()))
    done = ev.embed_images([large, wide], LITE, limits=limits, cache=False)
    assert [failure.name for failure in done.failures] == ["wide.png"]
    assert "1,100" in done.failures[0].reason


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"encoder": "resnet"}, "resnet50"),
        ({"layer": "layer9"}, "layer9"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"batch_size": True}, "batch_size=True"),
    ],
)
def test_wrong_parameters_name_what_is_allowed(options, says):
    with pytest.raises(InvalidParameterError, match=says):
        ev.embed_images([file(1)], **({"encoder": LITE} | options))


def test_nothing_to_embed_says_why():
    with pytest.raises(EmbedvizError, match="no images here"):
        ev.embed_images([], LITE)
    bad = ItemFile("bad.jpg", lambda: io.BytesIO(b"not a picture"))
    with pytest.raises(EmbedvizError, match=r"No image could be read. 'bad.jpg'"):
        ev.embed_images([bad], LITE)


def test_without_its_weights_an_encoder_says_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.setenv("EMBEDVIZ_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(EmbedvizError, match=r"98 MB.*fetch resnet50.*efficientnet-lite0"):
        ev.embed_images([file(1)])


def test_views_are_seen_almost_as_the_files_were():
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(coarse).resize((1200, 900), Image.Resampling.BICUBIC).save(buffer, "PNG")
    large = ItemFile("large.png", lambda: io.BytesIO(buffer.getvalue()))
    cache = ItemCache()
    first = ev.embed_images([large, file(1)], LITE, cache=cache, pictures=True)
    again = embed_views(IMAGE, first.space, first.pictures, open_encoder(LITE), cache=cache)
    assert again.space.keys == first.space.keys
    assert again.space.origin == first.space.origin | {"pictures": "views"}
    assert again.space.table.equals(first.space.table)
    a, b = first.space.vectors, again.space.vectors
    cosines = (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    assert cosines.min() > 0.98
    assert not np.array_equal(a, b)


def test_a_picture_that_was_not_kept_is_a_failure_of_the_second_look():
    first = ev.embed_images([file(1), file(2)], LITE, cache=False, pictures=True)
    first.pictures.forget([first.space.table["hash"].iloc[0]])
    again = embed_views(IMAGE, first.space, first.pictures, open_encoder(LITE), cache=False)
    assert again.space.keys == ("2.png",)
    assert [failure.name for failure in again.failures] == ["1.png"]


def test_a_second_look_is_computed_once_and_forgotten_with_its_images(counted):
    cache = ItemCache()
    first = ev.embed_images([file(1), file(2), file(1, "b.png")], LITE, cache=cache, pictures=True)
    counted.clear()
    again = embed_views(IMAGE, first.space, first.pictures, open_encoder(LITE), cache=cache)
    assert sum(counted) == 2
    assert again.space.keys == first.space.keys
    known = embed_views(IMAGE, first.space, first.pictures, open_encoder(LITE), cache=cache)
    assert sum(counted) == 2
    assert known.from_cache == 3
    np.testing.assert_array_equal(known.space.vectors, again.space.vectors)
    cache.keep_only([])
    assert (
        cache.vectors(f"{first.space.origin['encoding']}/views", list(first.space.table["hash"]))
        == {}
    )
    assert cache.facts(first.space.table["hash"].iloc[0]) is None


def test_many_known_images_behind_a_new_one_are_not_held_up(counted):
    cache = ItemCache()
    ev.embed_images([file(1)], LITE, cache=cache)
    sources = [file(2), *(file(1, f"{row}.png") for row in range(1100))]
    done = ev.embed_images(sources, LITE, cache=cache)
    assert len(done.space) == 1101
    assert done.space.keys[0] == "2.png"
    np.testing.assert_array_equal(done.space.vectors[1], done.space.vectors[1100])
