"""CIFAR-10: tiny pictures of ten things.

The archive holds pickles. They are read once, when it is fetched, without running anything in
them; what is kept are plain NumPy arrays.
"""

from __future__ import annotations

import io
import shutil
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import FormatError
from embedviz.images.datasets.plain_pickle import byte_array, read_plain
from embedviz.items.datasets import Archive, Dataset
from embedviz.items.files import ItemFile
from embedviz.progress import Cancel, stop_if

_ARCHIVED = "cifar-10-batches-py"
_BATCHES = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch")
_META, _CLASSES = "batches.meta", "classes.txt"
_SIDE = 32


def _prepare(folder: Path, cancel: Cancel | None) -> None:
    """Turn every batch into an array of shape (n, 32, 32, 3), uint8, and one of labels, (n,)."""
    archived = folder / _ARCHIVED
    try:
        names = read_plain(archived / _META)[b"label_names"]
        (folder / _CLASSES).write_bytes(b"\n".join(names))
        for batch in _BATCHES:
            stop_if(cancel, "Preparing CIFAR-10")
            found = read_plain(archived / batch)
            # As stored: one image a row, its red plane before the green and the blue.
            planes = byte_array(found[b"data"]).reshape(-1, 3, _SIDE, _SIDE)
            labels = np.array(found[b"labels"], np.uint8).reshape(len(planes))
            np.save(folder / f"{batch}.npy", np.ascontiguousarray(planes.transpose(0, 2, 3, 1)))
            np.save(folder / f"{batch}.labels.npy", labels)
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise FormatError(f"The archive of CIFAR-10 is not as it should be: {error}.") from error
    shutil.rmtree(archived)


def _list_files(folder: Path) -> list[ItemFile]:
    files: list[ItemFile] = []
    try:
        names = (folder / _CLASSES).read_text(encoding="utf-8").splitlines()
        for batch in _BATCHES:
            # Mapped: only the images that are read come from the disk.
            images = np.load(folder / f"{batch}.npy", mmap_mode="r", allow_pickle=False)
            labels = np.load(folder / f"{batch}.labels.npy", allow_pickle=False)
            for row in range(len(images)):
                label = names[labels[row]]
                name = f"{label}/{batch}_{row:05d}.png"
                files.append(ItemFile(name, partial(_png, images, row), label=label))
    except (OSError, ValueError, IndexError) as error:
        raise FormatError(
            f"CIFAR-10 in {folder} is damaged: {error}. "
            f"Fetch it again: python -m embedviz fetch {DATASET.name} --again"
        ) from error
    return files


def _png(images: NDArray[np.uint8], row: int) -> IO[bytes]:
    from PIL import Image

    written = io.BytesIO()
    Image.fromarray(np.asarray(images[row])).save(written, "PNG", compress_level=1)
    written.seek(0)
    return written


DATASET = Dataset(
    name="cifar10",
    label="CIFAR-10",
    help="Tiny pictures, 32 × 32 pixels, of ten animals and vehicles: 6,000 of each.",
    nouns="images",
    count=60_000,
    classes=10,
    license="Not stated by its authors",
    citation="Krizhevsky (2009). Learning Multiple Layers of Features from Tiny Images. "
    "University of Toronto.",
    source="https://www.cs.toronto.edu/~kriz/cifar.html",
    archives=(
        Archive(
            "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz", "cifar-10-python.tar.gz",
            "c58f30108f718f92721af3b95e74349a", 170_498_071,
            keep=tuple(f"{_ARCHIVED}/{name}" for name in (*_BATCHES, _META)),
        ),
    ),
    disk_bytes=184_400_000,
    list_files=_list_files,
    prepare=_prepare,
)  # fmt: skip
