"""Where the weights of an encoder lie on this machine, and whether they are the right ones."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from embedviz.data_folder import data_dir
from embedviz.errors import EmbedvizError, FormatError, InvalidParameterError
from embedviz.partial_file import sha256_of

# The files that the operator named, by encoder.
registered: dict[str, Path] = {}
_DIGEST = re.compile(r"-([0-9a-f]{8,})\.")  # torch.hub's rule


@dataclass(frozen=True, kw_only=True)
class Weights:
    """One set of trained weights, as its publisher describes it.

    Attributes
    ----------
    name, publisher : str
        What they are called there, e.g. ``"IMAGENET1K_V2"`` of ``"torchvision"``.
    file : str
        The name of the file. If it ends in a dash and hexadecimal digits, as torchvision's do, its
        SHA-256 begins with them.
    megabytes : float
        Its size as torchvision states it, in 2**20 bytes.
    url : str
        What is fetched; "" for what comes as a package.
    package : str
        The name that pip knows; "" for what is fetched.
    in_package : callable or None
        Gives the file's place in the installed package.
    """

    name: str
    publisher: str
    file: str
    megabytes: float
    url: str = ""
    package: str = ""
    in_package: Callable[[], Path] | None = None

    @property
    def path(self) -> Path:
        """Where a download is kept."""
        return data_dir() / "weights" / self.file

    @property
    def digest(self) -> str:
        """What the SHA-256 of the file begins with; "" if the publisher does not say."""
        found = _DIGEST.search(self.file)
        return found[1] if found else ""

    @property
    def size(self) -> str:
        """Its size in words, e.g. ``"98 MB"``."""
        return f"{self.megabytes:.0f} MB"


@dataclass(frozen=True)
class WeightsFile:
    """A file of weights on this machine, and in words for people where that is."""

    path: Path
    where: str


@dataclass(frozen=True)
class OpenWeights:
    """A file of weights that was chosen: its place, its SHA-256, and whose weights they are."""

    path: Path
    digest: str
    source: str


def register(encoder: str, path: str | os.PathLike[str]) -> None:
    """Let ``encoder`` take its weights from a file of the operator's, before any other.

    Raises
    ------
    InvalidParameterError
        If there is no such file.
    """
    registered[encoder] = existing(path)


def existing(path: str | os.PathLike[str]) -> Path:
    """``path``, absolute; raises InvalidParameterError unless a file is there."""
    file = Path(path).expanduser().absolute()
    if not file.is_file():
        raise InvalidParameterError(
            f"There is no file of weights at {file}. Name a .safetensors file, or a .pth file that "
            "torch saved."
        )
    return file


def located(encoder: str, weights: Weights) -> WeightsFile | None:
    """The file that ``encoder`` takes, or None if none is here.

    The operator's own comes first, then what embedviz fetched, what torchvision fetched, a package.
    """
    if encoder in registered:
        return WeightsFile(registered[encoder], "from a file that the operator named")
    if weights.path.is_file():
        return WeightsFile(weights.path, "fetched by embedviz")
    hub = hub_folder() / weights.file
    if hub.is_file():
        return WeightsFile(hub, "fetched by torchvision")
    if weights.in_package is not None and package_is_here(weights.package):
        return WeightsFile(weights.in_package(), f"in the package {weights.package}")
    return None


def package_is_here(package: str) -> bool:
    """Whether a package is installed under the name that pip knows."""
    from importlib.util import find_spec

    return find_spec(package.replace("-", "_")) is not None


def hub_folder() -> Path:
    """Where torchvision keeps its downloads, by torch.hub's rule: asking it would import torch."""
    caches = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("TORCH_HOME", os.path.join(caches, "torch"))
    return Path(home).expanduser() / "hub" / "checkpoints"


def content_hash(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal, computed once while its size and date stay."""
    status = path.stat()
    return _hashed(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _hashed(path: Path, size: int, date: int) -> str:  # noqa: ARG001 - part of the key
    return sha256_of(path)


def checked_hash(encoder: str, weights: Weights, path: Path) -> str:
    """The SHA-256 of ``path``.

    Raises
    ------
    EmbedvizError
        If the file is gone or may not be read.
    FormatError
        If its own name promises another SHA-256.
    """
    try:
        digest = content_hash(path)
    except OSError as error:
        raise EmbedvizError(
            f"The weights {path} cannot be read: {error.strerror or error}. "
            "Put the file back, or let it be read by this user."
        ) from error
    if path.name == weights.file and not digest.startswith(weights.digest):
        cure = f"fetch it again: python -m embedviz fetch {encoder} --again"
        raise FormatError(
            f"{path} is damaged: its SHA-256 begins with {digest[:8]}, its name says "
            f"{weights.digest}. Remove it, then {cure if weights.url else 'install it again'}."
        )
    return digest
