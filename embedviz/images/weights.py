"""Weights of the encoders: bringing them to this machine, and into a network."""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedviz.download import download
from embedviz.errors import (
    DownloadError,
    EmbedvizError,
    FormatError,
    InvalidParameterError,
    MissingDependencyError,
)
from embedviz.images.encoders import ENCODERS, Encoder, encoder_named
from embedviz.images.weights_file import content_hash, located, registered
from embedviz.progress import Cancel, OnProgress
from embedviz.safetensors_file import SUFFIX, read_tensors

if TYPE_CHECKING:
    from torch.nn import Module

# Only training reads these counts, and older files are without them.
_COUNTS = ".num_batches_tracked"


def register(name: str, path: str | os.PathLike[str]) -> None:
    """Let the encoder ``name`` take its weights from a file of the operator's, before any other.

    Raises
    ------
    InvalidParameterError
        If there is no such encoder or no such file.
    """
    encoder = encoder_named(name)
    registered[encoder.name] = existing(path)


def existing(path: str | os.PathLike[str]) -> Path:
    """``path``, absolute; raises InvalidParameterError unless a file is there."""
    file = Path(path).expanduser().absolute()
    if not file.is_file():
        raise InvalidParameterError(
            f"There is no file of weights at {file}. Name a .safetensors file, or a .pth file that "
            "torch saved."
        )
    return file


def fetch_weights(
    name: str,
    again: bool = False,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Path:
    """The file of an encoder's weights, downloaded if it is not here yet.

    Parameters
    ----------
    name : str
        A name in ``ENCODERS``.
    again : bool
        Download also what is here, in case it is damaged.

    Raises
    ------
    InvalidParameterError
        If there is no such encoder.
    MissingDependencyError
        If its weights come as a package, which is not installed.
    DownloadError
        If the download failed or arrived damaged.
    CancelledError
        If a stop was asked for; what has arrived is kept, and fetching goes on from there.
    """
    encoder = encoder_named(name)
    weights, found = encoder.weights, located(name, encoder.weights)
    if found is not None and not (again and weights.url):
        return found.path
    if not weights.url:
        raise MissingDependencyError(weights.package, encoder.label)
    path = download(weights.url, weights.path, on_progress=on_progress, cancel=cancel)
    digest = content_hash(path)
    if not digest.startswith(weights.digest):
        path.unlink(missing_ok=True)
        Path(f"{path}.sha256").unlink(missing_ok=True)
        raise DownloadError(
            f"{weights.file} arrived damaged: its SHA-256 begins with {digest[:8]}, expected "
            f"{weights.digest}. It was thrown away; fetch it again."
        )
    return path


def not_here(encoder: Encoder) -> EmbedvizError:
    """What to say where an encoder cannot be used yet: what is missing and how to get it."""
    if encoder.missing_packages:
        return MissingDependencyError(" ".join(encoder.missing_packages), encoder.label)
    if not encoder.weights.url:
        return MissingDependencyError(encoder.weights.package, encoder.label)
    others = [other.name for other in ENCODERS.values() if other.installed]
    offline = f" Without a network: encoder='{others[-1]}'." if others else ""
    return EmbedvizError(
        f"{encoder.label}'s weights are not on this machine: a download of "
        f"{encoder.weights.size}. Run: python -m embedviz fetch {encoder.name}.{offline}"
    )


def trained(encoder: Encoder, path: Path) -> Module:
    """The network with the weights of ``path``: float32, on the CPU, ready to answer.

    There are no random weights at any moment: the architecture is laid out without values, and
    every value comes from the file.

    Raises
    ------
    FormatError
        If the file is neither safetensors nor one that torch can read without running code from
        it, or does not fit the architecture to the last name and shape.
    """
    import torch

    values = _read(path)
    with torch.device("meta"):
        module = encoder.build()
    wanted = module.state_dict()
    for name in wanted:
        if name.endswith(_COUNTS):
            values.setdefault(name, torch.zeros((), dtype=torch.int64))
    if problem := _difference(wanted, values):
        raise FormatError(f"{path.name} does not fit {encoder.label}: {problem}")
    module.load_state_dict(values, strict=True, assign=True)
    # A buffer that is not saved would be left without values.
    for name, tensor in module.named_buffers():
        if tensor.is_meta:
            raise EmbedvizError(f"{encoder.label}: no file of weights gives '{name}' a value.")
    return module.float().eval().requires_grad_(False)


def _read(path: Path) -> dict[str, Any]:
    if path.suffix.lower() == SUFFIX:
        return dict(read_tensors(path))
    import torch

    try:
        # weights_only: a file of weights is somebody's data, and must not run code.
        values = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise FormatError(
            f"{path.name} cannot be read as a file of weights: damaged, of another format, or in "
            f"need of code that is not run here ({type(error).__name__})."
        ) from error
    if not isinstance(values, Mapping):
        raise FormatError(
            f"{path.name} holds a {type(values).__name__}, not weights by name. Save "
            "model.state_dict() with torch.save."
        )
    return dict(values)


def _difference(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """The first thing that tells two sets of weights apart, or ""."""
    for name, tensor in wanted.items():
        if name not in found:
            return f"it has no '{name}', which must be of shape {tuple(tensor.shape)}."
        shape = getattr(found[name], "shape", None)
        if shape is None or tuple(shape) != tuple(tensor.shape):
            got = "no tensor" if shape is None else f"of shape {tuple(shape)}"
            return f"'{name}' is {got}, must be of shape {tuple(tensor.shape)}."
    for name in found:
        if name not in wanted:
            return f"it has '{name}', which this network has not."
    return ""
