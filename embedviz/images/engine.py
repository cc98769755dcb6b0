"""What computes the vectors: ONNX Runtime on a CPU, torch on a GPU or where the first cannot."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import threading
import warnings
from collections.abc import Callable
from functools import cache
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from embedviz.images.torch_model import Batch, TorchModel
from embedviz.store import cache_dir, key_of
from embedviz.torch_runtime import device, usable_cpus

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    Step = Callable[[Module, Tensor], Tensor]

_OPSET = 17
_TOLERANCE = 1e-4  # of the largest entry; 4e-7 was measured for ResNet-50
_log = logging.getLogger(__name__)
# Tracing a network and silencing warnings both change the state of the whole process.
_exporting = threading.Lock()


class Engine(Protocol):
    """Computes vectors; safe for several threads."""

    @property
    def label(self) -> str:
        """What computes, in words."""

    def embed(self, batch: Batch) -> Batch:
        """Vectors (n, d) of prepared pictures (n, 3, h, w), n ≥ 1."""


class TorchEngine:
    """Vectors by torch itself."""

    def __init__(self, model: TorchModel, step: Step, why: str = "") -> None:
        self._model, self._step = model, step
        on = f"{usable_cpus()} threads" if device() == "cpu" else device()
        self.label = f"PyTorch on {on}{f' ({why})' if why else ''}"

    def embed(self, batch: Batch) -> Batch:
        """Vectors (n, d) of prepared pictures (n, 3, h, w), n ≥ 1."""
        return self._model.run(self._step, batch)


class OnnxEngine:
    """Vectors by ONNX Runtime from an exported graph; needs no torch."""

    def __init__(self, graph: Path) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = usable_cpus()
        # Threads that wait by spinning take the cores from those that decode the next pictures.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = ort.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"]
        )
        self.label = f"ONNX Runtime on {usable_cpus()} threads"

    def embed(self, batch: Batch) -> Batch:
        """Vectors (n, d) of prepared pictures (n, 3, h, w), n ≥ 1."""
        vectors: Batch = self._session.run(["vectors"], {"pictures": batch})[0]
        return vectors


def open_engine(model: TorchModel, step: Step, size: tuple[int, int], encoding: str) -> Engine:
    """The fastest engine here for one step of a network: ``step(module, pictures)`` → vectors.

    Without a GPU that is ONNX Runtime (for ResNet-50 1.4 times as fast as torch), on a graph that
    is exported from the same weights once and kept in the cache. If it cannot be exported, or its
    vectors are not torch's, torch computes, the log says why and so does the engine's label.
    """
    if device() != "cpu":
        return TorchEngine(model, step)
    if util.find_spec("onnxruntime") is None:
        return TorchEngine(model, step, "faster with pip install onnxruntime onnx")
    graph = graph_path(encoding)
    with _exporting:
        if graph.is_file():
            with contextlib.suppress(Exception):  # damaged: made again below
                return OnnxEngine(graph)
        return _exported(model, step, size, graph)


def graph_path(encoding: str) -> Path:
    """Where the graph for one encoding is kept; other versions of the libraries have another."""
    versions = [_version("torch"), _version("onnxruntime")]
    return cache_dir() / "graphs" / f"{key_of(encoding=encoding, by=versions, opset=_OPSET)}.onnx"


@cache
def _version(module: str) -> str:
    # By the module's distribution: onnxruntime comes under several names.
    from importlib import metadata

    names = metadata.packages_distributions().get(module, ())
    return metadata.version(names[0]) if names else ""


def _exported(model: TorchModel, step: Step, size: tuple[int, int], graph: Path) -> Engine:
    module = model.fresh()
    try:
        _export(module, step, size, graph)
        engine = OnnxEngine(graph)
        if not _agree(engine, module, step, size):
            graph.unlink(missing_ok=True)
            raise ArithmeticError("its vectors are not PyTorch's")
    except Exception as error:  # whatever an exporter and a compiler can raise
        _log.warning("%s runs on PyTorch: ONNX Runtime cannot take it over (%s)",
                     model.label, error)  # fmt: skip
        return TorchEngine(model, step, "slower here: ONNX Runtime could not take over")
    return engine


def _export(module: Module, step: Step, size: tuple[int, int], graph: Path) -> None:
    """Write ``graph``, whole or not at all."""
    import torch

    graph.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(".part", graph.stem, graph.parent)
    os.close(handle)
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # The exporter by tracing, although it is on its way out: it takes about 2 s and needs
            # no package besides onnx.
            torch.onnx.export(
                _as_module(module, step),
                (torch.zeros(1, 3, *size),),
                temporary,
                dynamo=False,
                opset_version=_OPSET,
                input_names=["pictures"],
                output_names=["vectors"],
                dynamic_axes={"pictures": {0: "n"}, "vectors": {0: "n"}},
            )
        os.replace(temporary, graph)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _as_module(module: Module, step: Step) -> Module:
    import torch

    class Vectors(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.module = module

        def forward(self, pictures: Tensor) -> Tensor:
            return step(self.module, pictures)

    return Vectors().eval()


def _agree(engine: OnnxEngine, module: Module, step: Step, size: tuple[int, int]) -> bool:
    """Whether both give the same vectors for two pictures of noise."""
    import torch

    noise = np.random.default_rng(0).standard_normal((2, 3, *size), np.float32)
    with torch.inference_mode():
        expected: Any = step(module, torch.from_numpy(noise)).numpy()
    return bool(np.abs(engine.embed(noise) - expected).max() <= _TOLERANCE * np.abs(expected).max())
