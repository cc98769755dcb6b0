"""Collections that installed packages carry: what they promise is what they give."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from embedviz.errors import FormatError, MissingDependencyError
from embedviz.images import sample_photos
from embedviz.images.decoding import ImageLimits, decode
from embedviz.images.sample_photos import PHOTOS
from embedviz.images.samples import SAMPLES
from embedviz.items.files import read_bytes


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_gives_what_it_promises(name: str) -> None:
    sample = SAMPLES[name]
    files = sample.open()
    assert sample.name == name
    assert sample.label
    assert sample.help
    assert sample.citation
    assert len(files) == sample.count
    assert len({file.name for file in files}) == sample.count
    assert all(file.label and not file.path and file.date is None for file in files)
    hashes = set()
    for file in files:
        decoded = decode(read_bytes(file, ImageLimits()))
        assert decoded.format == "PNG"
        assert min(decoded.picture.size) >= 80
        hashes.add(decoded.hash)
    assert len(hashes) == sample.count


@pytest.mark.parametrize("name", SAMPLES)
def test_the_bytes_of_a_sample_are_the_same_every_time(name: str) -> None:
    first, again = SAMPLES[name].open()[-1], SAMPLES[name].open()[-1]
    data = read_bytes(first, ImageLimits())
    sample_photos.opened.cache_clear()
    assert read_bytes(first, ImageLimits()) == read_bytes(again, ImageLimits()) == data


def test_patches_are_many_and_of_every_photo() -> None:
    counts = Counter(file.label for file in SAMPLES["photo-patches"].open())
    assert list(counts) == [photo.name for photo in PHOTOS]
    assert min(counts.values()) >= 8
    assert 230 <= sum(counts.values()) <= 320
    assert SAMPLES["photo-patches"].open()[2].name == "astronaut/patch 03.png"


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda photo: photo.name)
def test_patches_lie_in_their_photo_and_never_over_one_another(photo: Any) -> None:
    picture = sample_photos.opened(photo.path)
    used = np.zeros((picture.height, picture.width), int)
    places = list(photo.places(*picture.size))
    assert len(places) == photo.count
    for left, top in places:
        assert left >= 0
        assert top >= 0
        used[top : top + photo.side, left : left + photo.side] += 1
    assert used.sum() == photo.count * photo.side**2
    assert used.max() == 1


def test_a_patch_is_the_part_of_the_photo_that_it_says() -> None:
    file = next(f for f in SAMPLES["photo-patches"].open() if f.name == "chelsea/patch 06.png")
    photo = next(photo for photo in PHOTOS if photo.name == "chelsea")
    picture = sample_photos.opened(photo.path)
    left, top = (451 - 400) // 2 + 100, 100
    wanted = np.asarray(picture)[top : top + 100, left : left + 100]
    assert (np.asarray(decode(read_bytes(file, ImageLimits())).picture) == wanted).all()


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda photo: photo.name)
def test_patches_show_something(photo: Any) -> None:
    """No patch is one flat color, which any photo could have: its label would mean nothing."""
    gray = np.asarray(sample_photos.opened(photo.path).convert("L"), float)
    for left, top in photo.places(*gray.shape[::-1]):
        assert gray[top : top + photo.side, left : left + photo.side].std() > 2


def test_digits_are_those_of_scikit_learn_as_ink_on_paper() -> None:
    data = load_digits()
    files = SAMPLES["digits"].open()
    assert [file.label for file in files] == [str(digit) for digit in data.target[: len(files)]]
    for row in (0, 17, 499):
        picture = np.asarray(decode(read_bytes(files[row], ImageLimits())).picture)[:, :, 0].astype(
            float
        )
        small = picture[6::12, 6::12]
        assert np.abs(small - (255 - data.images[row] * 255 / 16)).max() <= 0.5
        assert (np.kron(small, np.ones((12, 12))) == picture).all()


def test_samples_need_no_network_and_listing_them_no_library() -> None:
    script = (
        "import sys\nfrom embedviz.images.samples import SAMPLES\n"
        "listed = [file.name for file in SAMPLES['photo-patches'].open() + SAMPLES['photos'].open()]\n"
        "print(*({'skimage', 'sklearn', 'PIL', 'numpy', 'pooch'} & set(sys.modules)))\n"
        "SAMPLES['photo-patches'].open()[0].open().close()\n"
        "print(*({'skimage', 'pooch'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_reading_samples_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("a sample asked for a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    sample_photos.opened.cache_clear()
    for sample in SAMPLES.values():
        assert read_bytes(sample.open()[0], ImageLimits())


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_photos.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingDependencyError, match="pip install scikit-image"):
        SAMPLES["photo-patches"].open()
    with pytest.raises(MissingDependencyError, match="pip install scikit-learn"):
        SAMPLES["digits"].open()


def test_a_package_without_its_photos_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Found:
        origin = str(tmp_path / "skimage/__init__.py")

    monkeypatch.setattr(sample_photos.importlib.util, "find_spec", lambda _: Found)
    with pytest.raises(FormatError, match="force-reinstall scikit-image"):
        SAMPLES["photos"].open()
