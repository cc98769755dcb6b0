"""Oxford's cats and dogs of 37 breeds."""

from __future__ import annotations

from pathlib import Path

from embedviz.errors import FormatError
from embedviz.items.datasets import Archive, Dataset, labeled_file
from embedviz.items.files import ItemFile

_SITE = "https://www.robots.ox.ac.uk/~vgg/data/pets/"
_LIST = "annotations/list.txt"


def _list_files(folder: Path) -> list[ItemFile]:
    """The images of the set's own list: the archive holds a few that it does not vouch for."""
    try:
        lines = (folder / _LIST).read_text(encoding="utf-8").splitlines()
        here = {path.name: path for path in (folder / "images").iterdir()}
        stems = [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
        files = [labeled_file(here[f"{stem}.jpg"], _breed(stem)) for stem in stems]
    except KeyError as error:
        raise _damaged(folder, f"{_LIST} names {error}, which is not there") from error
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(folder, f"{_LIST} or its images cannot be read: {error}") from error
    if not files:
        raise _damaged(folder, f"{_LIST} names no image")
    return files


def _breed(stem: str) -> str:
    """``"american_bulldog_12"`` is the twelfth image of an American Bulldog."""
    return stem.rpartition("_")[0].replace("_", " ").title()


def _damaged(folder: Path, why: str) -> FormatError:
    return FormatError(
        f"Oxford-IIIT Pet in {folder} is damaged: {why}. "
        f"Fetch it again: python -m embedviz fetch {DATASET.name} --again"
    )


DATASET = Dataset(
    name="oxford-pets",
    label="Oxford-IIIT Pet",
    help="Photos of cats and dogs, about 200 of each of 37 breeds.",
    nouns="images",
    count=7_349,
    classes=37,
    license="CC BY-SA 4.0",
    citation="Parkhi, Vedaldi, Zisserman & Jawahar (2012). Cats and Dogs. CVPR.",
    source=_SITE,
    archives=(
        Archive(
            f"{_SITE}data/images.tar.gz", "images.tar.gz", "5c4f3ee8e5d25df40f4fd59a7f44e54c",
            791_918_971, keep=("images/*.jpg",),
        ),
        Archive(
            f"{_SITE}data/annotations.tar.gz", "annotations.tar.gz",
            "95a8c909bbe2e81eed6a22bccdf3f68f", 19_173_078, keep=(_LIST,),
        ),
    ),
    disk_bytes=812_000_000,
    list_files=_list_files,
)  # fmt: skip
