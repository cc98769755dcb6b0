"""A set of labeled things that a public site offers: what is known of it, and opening it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embedviz.data_folder import data_dir, in_units
from embedviz.errors import EmbedvizError, InvalidParameterError
from embedviz.items.files import ItemFile
from embedviz.progress import Cancel


@dataclass(frozen=True)
class Archive:
    """One file of a set, on its site.

    Attributes
    ----------
    url, file : str
        Where it is, and the name that it is kept under.
    md5 : str
        What it must hash to, in hexadecimal; torchvision's own data set classes have it.
    nbytes : int
        What has to be fetched, about: to tell a person beforehand.
    keep : tuple of str
        Patterns of the members to unpack, as in ``"jpg/*.jpg"``. Empty: it is no archive, and is
        kept as it is.
    """

    url: str
    file: str
    md5: str
    nbytes: int
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """What is known of a set of things of one kind, fetched or not.

    Attributes
    ----------
    name, label, help : str
        In the API, on the page, and what it shows in one line.
    nouns : str
        What it is a set of: ``"images"``.
    count, classes : int
        How many things and how many different labels.
    license, citation, source : str
        The terms, the paper and the home page.
    archives : tuple of Archive
        What is fetched.
    disk_bytes : int
        What it takes on the disk, about.
    list_files : callable
        The files in a folder that was fetched, in the set's own order, each with its label.
    prepare : callable or None
        What is still to be done to the folder once everything is unpacked.
    """

    name: str
    label: str
    help: str
    nouns: str
    count: int
    classes: int
    license: str
    citation: str
    source: str
    archives: tuple[Archive, ...]
    disk_bytes: int
    list_files: Callable[[Path], list[ItemFile]]
    prepare: Callable[[Path, Cancel | None], None] | None = None

    @property
    def download_bytes(self) -> int:
        """Bytes of all that has to be fetched, about."""
        return sum(archive.nbytes for archive in self.archives)

    @property
    def folder(self) -> Path:
        """Where it is or would be kept."""
        return data_dir() / "datasets" / self.name

    @property
    def installed(self) -> bool:
        """Whether it can be opened now, without a network: its folder appears only when whole."""
        return self.folder.is_dir()

    def open(self, limit: int | None = None, seed: int = 0) -> list[ItemFile]:
        """Its images, in the set's own order, each read when its turn comes.

        Parameters
        ----------
        limit : int, optional
            At most this many, drawn evenly over the labels: each has as many as any other, or one
            less, or all that it has. A smaller draw is part of a larger one of the same ``seed``.
        seed : int
            What the draw starts from, 0 or more.

        Raises
        ------
        EmbedvizError
            If it is not on this machine; the message says how large it is and how to get it.
        FormatError
            If its folder is damaged.
        InvalidParameterError
            If ``limit`` is not positive or ``seed`` is negative.
        """
        for name, value, least in (("limit", limit, 1), ("seed", seed, 0)):
            if value is not None and value < least:
                raise InvalidParameterError(f"{name}={value!r} of {self.label}: at least {least}.")
        if not self.installed:
            raise EmbedvizError(
                f"{self.label} ({self.count:,} {self.nouns}) is not on this machine. It is a download of "
                f"about {in_units(self.download_bytes)}: python -m embedviz fetch {self.name}"
            )
        files = self.list_files(self.folder)
        if limit is None or limit >= len(files):
            return files
        return [files[row] for row in _even_rows([file.label for file in files], limit, seed)]


def _even_rows(labels: Sequence[str], limit: int, seed: int) -> list[int]:
    """``limit`` rows, ascending: in random order, the first of every label, then the second, …"""
    taken: Counter[str] = Counter()
    turns = []
    for place, row in enumerate(np.random.default_rng(seed).permutation(len(labels)).tolist()):
        label = labels[row]
        turns.append((taken[label], place, row))
        taken[label] += 1
    return sorted(row for _, _, row in sorted(turns)[:limit])


def labeled_file(path: Path, label: str) -> ItemFile:
    """The thing of a set that is a file of its own."""
    name = f"{label}/{path.name}"
    return ItemFile(name, lambda: path.open("rb"), path.stat().st_size, label, str(path))
