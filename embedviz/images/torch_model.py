"""A trained network in torch, loaded when it is first needed and shared by its layers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import EmbedvizError
from embedviz.images.encoders import Encoder
from embedviz.images.weights import trained
from embedviz.images.weights_file import content_hash
from embedviz.torch_runtime import device

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

Batch = NDArray[np.float32]


class TorchModel:
    """The network of one encoder with the weights of one file. Safe for several threads.

    Parameters
    ----------
    encoder : Encoder
        What to build.
    path : Path
        The file of weights.
    digest : str
        The SHA-256 of that file when it was chosen.
    """

    def __init__(self, encoder: Encoder, path: Path, digest: str) -> None:
        self.encoder, self.path, self.digest = encoder, path, digest
        self._lock = threading.Lock()
        self._module: Module | None = None

    def fresh(self) -> Module:
        """The network on the CPU, for one use; raises as :func:`trained` does."""
        if not self.path.is_file() or content_hash(self.path) != self.digest:
            raise EmbedvizError(
                f"{self.path} has changed since it was chosen: open the encoder again."
            )
        return trained(self.encoder, self.path)

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
