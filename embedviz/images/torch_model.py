"""A trained network in torch, loaded when it is first needed and shared by its layers."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import EmbedvizError, FormatError
from embedviz.items.weights import content_hash
from embedviz.safetensors_file import SUFFIX, read_tensors
from embedviz.torch_runtime import device

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

Batch = NDArray[np.float32]
# Only training reads these counts, and older files are without them.
_COUNTS = ".num_batches_tracked"


class TorchModel:
    """The network of one encoder with the weights of one file. Safe for several threads.

    Parameters
    ----------
    label : str
        What people call the network.
    build : callable
        Makes its architecture.
    path : Path
        The file of weights.
    digest : str
        The SHA-256 of that file when it was chosen.
    """

    def __init__(self, label: str, build: Callable[[], Module], path: Path, digest: str) -> None:
        self.label, self.build, self.path, self.digest = label, build, path, digest
        self._lock = threading.Lock()
        self._module: Module | None = None

    def fresh(self) -> Module:
        """The network on the CPU, for one use; raises as :func:`trained` does."""
        if not self.path.is_file() or content_hash(self.path) != self.digest:
            raise EmbedvizError(
                f"{self.path} has changed since it was chosen: open the encoder again."
            )
        return trained(self.label, self.build, self.path)

    def run(self, step: Callable[[Module, Tensor], Tensor], batch: Batch) -> Batch:
        """What ``step(module, batch)`` gives, as float32."""
        import torch

        module = self._loaded()
        with torch.inference_mode(), _full_precision():
            answer = step(module, _placed(batch))
            return np.ascontiguousarray(answer.float().cpu().numpy())

    def _loaded(self) -> Module:
        import torch

        with self._lock:
            if self._module is None:
                # channels_last: convolutions of float32 are 1.4 times as fast on a CPU.
                layout: Any = torch.channels_last
                self._module = self.fresh().to(device(), memory_format=layout)  # type: ignore[call-overload]
            return self._module


def trained(label: str, build: Callable[[], Module], path: Path) -> Module:
    """The network that ``build`` lays out with the weights of ``path``, float32, on the CPU.

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
        module = build()
    wanted = module.state_dict()
    for name in wanted:
        if name.endswith(_COUNTS):
            values.setdefault(name, torch.zeros((), dtype=torch.int64))
    if problem := _difference(wanted, values):
        raise FormatError(f"{path.name} does not fit {label}: {problem}")
    module.load_state_dict(values, strict=True, assign=True)
    # A buffer that is not saved would be left without values.
    for name, tensor in module.named_buffers():
        if tensor.is_meta:
            raise EmbedvizError(f"{label}: no file of weights gives '{name}' a value.")
    return module.float().eval().requires_grad_(False)


def _full_precision() -> AbstractContextManager[Any]:
    """On a GPU without TF32, whose ten bits would give other vectors than a CPU."""
    import torch

    if device() == "cpu":
        return nullcontext()
    flags: AbstractContextManager[Any] = torch.backends.cudnn.flags(enabled=True, allow_tf32=False)
    return flags


def _placed(batch: Batch) -> Tensor:
    import torch

    tensor = torch.from_numpy(batch if batch.flags.writeable else batch.copy())
    if device() == "cuda":
        tensor = tensor.pin_memory().to("cuda", non_blocking=True)
    return tensor.contiguous(memory_format=torch.channels_last)


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
