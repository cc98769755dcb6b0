"""The one door to torch: the torchvision guard, the device, the threads."""

from __future__ import annotations

import ctypes
import os
import threading
from functools import cache
from importlib import metadata, util
from typing import Any

from embedviz.errors import EmbedvizError, MissingDependencyError

# What importing torchvision says where its compiled operators cannot load.
_WITHOUT_OPERATORS = "operator torchvision::nms does not exist"
_UNDECLARED = ("nms", "qnms")
_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_DRIVERS = ("libcuda.so.1", "nvcuda.dll", "libamdhip64.so")

_lock = threading.Lock()
_declared: list[Any] = []  # a declaration is forgotten with the object that made it


def load_torchvision() -> Any:
    """The module ``torchvision``, also where it was built for another torch than is installed.

    Such a pair (torch for the CPU, torchvision for CUDA) is what pip gives on some machines.
    torchvision then cannot load its compiled operators, and fails on import because it describes
    two of them that are not there. Networks for classification use neither: declaring the two
    without a body is enough. Call this before anything that imports torchvision itself, such as
    timm or transformers.

    Raises
    ------
    MissingDependencyError
        If torch or torchvision is not installed.
    EmbedvizError
        If they do not fit together in another way.
    """
    for package in ("torch", "torchvision"):
        if util.find_spec(package) is None:
            raise MissingDependencyError(package, "An image encoder")
    with _lock:
        try:
            return _torchvision()
        except RuntimeError as error:
            if _WITHOUT_OPERATORS not in str(error):
                raise _misfit(error) from error
        _declare_operators()
        return _torchvision()


def _torchvision() -> Any:
    import torchvision.models

    return torchvision


def _declare_operators() -> None:
    import torch

    libraries: Any = torch.library
    library = libraries.Library("torchvision", "DEF")
    for name in _UNDECLARED:
        library.define(name + _SCHEMA)
    _declared.append(library)


def _misfit(error: Exception) -> EmbedvizError:
    versions = " and ".join(f"{name} {metadata.version(name)}" for name in ("torch", "torchvision"))
    return EmbedvizError(
        f"{versions} do not fit together ({error}). "
        "Install the pair that requirements.txt names: pip install -r requirements.txt"
    )


@cache
def device() -> str:
    """Where torch computes: ``"cuda"`` if it sees a GPU, else ``"cpu"``.

    Apple's GPU ("mps") is not taken: these networks were never checked on it.
    """
    # Importing torch takes seconds, and without a GPU the answer needs no torch.
    if "+cpu" in metadata.version("torch") or not any(map(_loads, _DRIVERS)):
        return "cpu"
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def usable_cpus() -> int:
    """Cores that this process may use: ``OMP_NUM_THREADS`` if it is set, as in torch."""
    chosen = os.environ.get("OMP_NUM_THREADS", "")
    if chosen.isdecimal() and int(chosen) > 0:
        return int(chosen)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
