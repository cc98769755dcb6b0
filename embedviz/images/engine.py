"""What computes the vectors of pictures: a trained network in torch, or ONNX Runtime in its place.

On a CPU it is ONNX Runtime; on a GPU, or where that cannot, torch.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import tempfile
import threading
import warnings
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import EmbedvizError, FormatError
from embedviz.items.weights import content_hash
from embedviz.safetensors_file import SUFFIX, read_tensors
from embedviz.store import cache_dir, key_of
from embedviz.torch_runtime import device, usable_cpus

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    Step = Callable[[Module, Tensor], Tensor]

Batch = NDArray[np.float32]
# Only training reads these counts, and older files are without them.
_COUNTS = ".num_batches_tracked"
_OPSET = 17
_TOLERANCE = 1e-4  # of the largest entry; 4e-7 was measured for ResNet-50
_log = logging.getLogger(__name__)
# Tracing a network and silencing warnings both change the state of the whole process.
_exporting = threading.Lock()


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
