"""Archives laid out as the real sets of images are, but tiny, and servers that offer them."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
import pytest
from numpy.typing import NDArray

from embedviz.images.datasets import DATASETS
from tests.core.loopback import Loopback

# Kinds of flowers by number, as imagelabels.mat has them: 1 is the first of the names.
FLOWERS = [1, 1, 77, 102, 77, 77]
PETS = ["Abyssinian_1", "american_bulldog_10", "american_bulldog_2", "Abyssinian_201"]
THINGS = [b"airplane", b"cat", b"truck"]
_random = np.random.default_rng(7)
PIXELS = _random.integers(0, 256, (6, 4, 32, 32, 3), np.uint8)
CIFAR_LABELS = _random.integers(0, len(THINGS), (6, 4))


def tar(members: dict[str, bytes | tarfile.TarInfo]) -> bytes:
    """A gzipped tar archive; a member may be a header of its own making."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def jpeg(seed: int) -> bytes:
    from PIL import Image

    pixels = np.random.default_rng(seed).integers(0, 256, (12, 10, 3), np.uint8)
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "JPEG")
    return written.getvalue()


def flowers() -> list[bytes]:
    from scipy.io import savemat

    labels = io.BytesIO()
    savemat(labels, {"labels": np.array([FLOWERS], np.uint8)})
    images = {f"jpg/image_{n:05d}.jpg": jpeg(n) for n in range(1, len(FLOWERS) + 1)}
    return [tar({**images, "jpg/README": b"not an image"}), labels.getvalue()]


def pets() -> list[bytes]:
    images = {f"images/{stem}.jpg": jpeg(n) for n, stem in enumerate([*PETS, "Abyssinian_34"])}
    listed = "#Image CLASS-ID SPECIES BREED ID\n" + "".join(f"{stem} 1 1 1\n" for stem in PETS)
    annotations = {"annotations/list.txt": listed.encode(), "annotations/trimaps/._a.png": b"x"}
    return [tar({**images, "images/Abyssinian_100.mat": b"mat"}), tar(dict(annotations))]


def cifar() -> list[bytes]:
    names = [*(f"data_batch_{n}" for n in range(1, 6)), "test_batch"]
    batches = {
        f"cifar-10-batches-py/{name}": python2_batch(PIXELS[n], CIFAR_LABELS[n].tolist())
        for n, name in enumerate(names)
    }
    meta = b"\x80\x02}(" + _text(b"label_names") + b"](" + b"".join(map(_text, THINGS)) + b"eu."
    others = {"cifar-10-batches-py/batches.meta": meta, "cifar-10-batches-py/readme.html": b"<p>"}
    return [tar({**batches, **others})]


def python2_batch(pixels: NDArray[np.uint8], labels: list[int]) -> bytes:
    """A batch as Python 2 pickled it: old names of NumPy's, byte strings, protocol 2."""
    planes = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
    dtype = (
        b"cnumpy\ndtype\n" + _text(b"u1") + b"K\x00K\x01\x87R"
        + b"(K\x03" + _text(b"|") + b"NNN" + _number(-1) * 2 + b"K\x00tb"
    )  # fmt: skip
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + _text(b"b") + b"\x87R"
        + b"(K\x01" + _number(len(pixels)) + _number(3072) + b"\x86" + dtype + b"\x89"
        + _text(planes.tobytes()) + b"tb"
    )  # fmt: skip
    listed = b"](" + b"".join(map(_number, labels)) + b"e"
    return b"\x80\x02}(" + _text(b"data") + array + _text(b"labels") + listed + b"u."


def _text(value: bytes) -> bytes:
    return b"T" + len(value).to_bytes(4, "little") + value


def _number(value: int) -> bytes:
    return b"J" + value.to_bytes(4, "little", signed=True)


CONTENTS = {"flowers102": flowers, "oxford-pets": pets, "cifar10": cifar}


@contextmanager
def offered(
    monkeypatch: pytest.MonkeyPatch, name: str, contents: list[bytes] | None = None
) -> Iterator[list[Loopback]]:
    """The set ``name`` as this machine offers it: one server for each of its archives."""
    contents = CONTENTS[name]() if contents is None else contents
    with ExitStack() as stack:
        servers, archives = [], []
        for archive, content in zip(DATASETS[name].archives, contents, strict=True):
            server = stack.enter_context(Loopback(content, path=f"/{archive.file}"))
            md5 = hashlib.md5(content).hexdigest()
            servers.append(server)
            archives.append(
                dataclasses.replace(archive, url=server.url, md5=md5, nbytes=len(content))
            )
        there = dataclasses.replace(
            DATASETS[name], archives=tuple(archives), disk_bytes=200_000, count=6
        )
        monkeypatch.setitem(DATASETS, name, there)
        yield servers
