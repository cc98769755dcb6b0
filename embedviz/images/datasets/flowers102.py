"""Oxford's 102 kinds of flowers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from embedviz.errors import FormatError
from embedviz.items.datasets import Archive, Dataset, labeled_file
from embedviz.items.files import ItemFile

_SITE = "https://www.robots.ox.ac.uk/~vgg/data/flowers/102/"
_IMAGES, _LABELS = "jpg", "imagelabels.mat"


def _list_files(folder: Path) -> list[ItemFile]:
    labels = _labels(folder)
    try:
        paths = sorted((folder / _IMAGES).glob("image_*.jpg"))
        # image_00001.jpg is the first of the labels.
        labeled = [(path, labels[int(path.stem.removeprefix("image_")) - 1]) for path in paths]
    except (ValueError, IndexError) as error:
        raise _damaged(folder, f"labels and images do not fit: {error}") from error
    if not labeled:
        raise _damaged(folder, f"{_IMAGES} holds no image")
    return [labeled_file(path, label) for path, label in labeled]


def _labels(folder: Path) -> list[str]:
    """The name of what each image shows, in the order of their numbers."""
    from scipy.io import loadmat

    from embedviz.torch_runtime import load_torchvision

    names: list[str] = load_torchvision().datasets.Flowers102.classes
    try:
        numbers: Any = loadmat(folder / _LABELS, variable_names=["labels"])["labels"]
        return [names[row] for row in (numbers.ravel().astype(int) - 1).tolist()]
    except Exception as error:  # damage makes scipy raise almost anything
        raise _damaged(folder, f"{_LABELS} cannot be read: {error}") from error


def _damaged(folder: Path, why: str) -> FormatError:
    return FormatError(
        f"Flowers-102 in {folder} is damaged: {why}. "
        f"Fetch it again: python -m embedviz fetch {DATASET.name} --again"
    )


DATASET = Dataset(
    name="flowers102",
    label="Flowers-102",
    help="Photos of flowers common in the United Kingdom: 40 to 258 of each of 102 kinds.",
    nouns="images",
    count=8_189,
    classes=102,
    license="Not stated by its authors",
    citation="Nilsback & Zisserman (2008). Automated Flower Classification over a Large Number of "
    "Classes. ICVGIP.",
    source=_SITE,
    archives=(
        Archive(
            f"{_SITE}102flowers.tgz", "102flowers.tgz", "52808999861908f626f3c1f4e79d11fa",
            344_862_509, keep=(f"{_IMAGES}/image_*.jpg",),
        ),
        Archive(f"{_SITE}{_LABELS}", _LABELS, "e0620be6f572b9609742df49c70aed4d", 502),
    ),
    disk_bytes=347_000_000,
    list_files=_list_files,
)  # fmt: skip
