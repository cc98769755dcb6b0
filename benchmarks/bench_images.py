"""JPEGs on disk to ResNet-50 vectors: a loop as in tutorials, a good batch loop, and embedviz."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import embedviz as ev
from benchmarks.side_by_side import interleaved, peak_memory, ratio, table
from embedviz.images.samples import SAMPLES
from embedviz.items.cache import ItemCache
from embedviz.registry import open_encoder

_IMAGES, _ROUNDS = 96, 3
_GFLOP = 4.09 * 2  # of one image through ResNet-50: 4.09 G multiply-adds (He et al. 2016)
Vectors = NDArray[np.float32]


def main() -> None:
    """End to end, the share that decoding takes, a folder again, and the peak memory of many."""
    import torch

    from embedviz.torch_runtime import load_torchvision

    with tempfile.TemporaryDirectory() as folder:
        paths = _photos(Path(folder), _IMAGES)
        weights = Path(folder, "resnet50.pth")
        torch.manual_seed(0)
        models: Any = load_torchvision().models
        # Weights by chance: speed and equality do not depend on what they know.
        torch.save(models.resnet50(weights=None).state_dict(), weights)
        _speed(paths, weights, models)
        _again(paths, weights)
        _memory(paths, weights)


def _speed(paths: list[Path], weights: Path, models: Any) -> None:
    import torch

    model = models.resnet50(weights=None)
    model.load_state_dict(torch.load(weights, weights_only=True))
    model.fc = torch.nn.Identity()
    model.eval()
    transform = models.ResNet50_Weights.IMAGENET1K_V2.transforms()
    network = open_encoder("resnet50", weights=weights)
    batch = np.stack([network.prepare("image", Image.open(path)) for path in paths])
    contenders: dict[str, Callable[[], Any]] = {
        "tutorial loop (one at a time, eager)": lambda: _tutorial(model, transform, paths),
        "batch loop (channels_last)": lambda: _batches(model, transform, paths),
        "embedviz": lambda: _ours(paths, weights),
        "embedviz, the network alone": lambda: [
            network.embed("image", batch[start : start + 8]) for start in range(0, len(batch), 8)
        ],
    }
    seen = interleaved(contenders, _ROUNDS)
    ours, loop = seen["embedviz"], seen["batch loop (channels_last)"]
    error = np.abs(ours.result - loop.result).max() / np.abs(loop.result).max()
    limit = _gflops() / _GFLOP
    rows = {
        name: {
            "images/s": f"{len(paths) / run.wall:.1f}",
            "embedviz is": ratio(run.wall, ours.wall),
            "of the sgemm limit": f"{len(paths) / run.wall / limit:.0%}",
        }
        for name, run in seen.items()
    }
    table("ResNet-50, JPEGs on disk to vectors (aims: 2 × the first, 1.35 × the second)", rows)
    alone = seen["embedviz, the network alone"].wall
    print(f"largest difference to the batch loop: {error:.1e} of the largest entry (aim 1e-3)")
    print(f"end to end beside the network alone: {ours.wall / alone - 1:+.1%} (aim within 10 %)")
    print(f"sgemm limit of this moment: {limit:.1f} images/s; {network.engine}")


def _again(paths: list[Path], weights: Path) -> None:
    cache = ItemCache()

    def embed() -> float:
        start = time.perf_counter()
        ev.embed_images(paths, weights=weights, cache=cache)
        return time.perf_counter() - start

    first = embed()
    again = min(embed() for _ in range(3))
    rows = {"first time": {"time": f"{first:.2f} s"}, "again": {"time": f"{again:.3f} s"}}
    rows["ratio"] = {"time": ratio(first, again)}
    table(f"The same {len(paths)} images again (aim: 50 × faster)", rows)


def _memory(paths: list[Path], weights: Path) -> None:
    """5,000 images by a fast encoder: what counts is that memory does not follow their number."""
    import psutil

    process, most, stop = psutil.Process(), [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            most[0] = max(most[0], process.memory_info().rss)

    rows = {}
    for count in (500, 5000):
        before = most[0] = process.memory_info().rss
        stop.clear()
        watcher = threading.Thread(target=watch)
        watcher.start()
        sources = (_different(paths[row % len(paths)], row) for row in range(count))
        done = ev.embed_images(sources, "efficientnet-lite0", cache=False)
        stop.set()
        watcher.join()
        rows[f"{count:,} images"] = {
            "grew at most by": f"{(most[0] - before) / 2**20:.0f} MB",
            "vectors alone": f"{done.space.nbytes / 2**20:.0f} MB",
            "images/s": f"{done.per_second:.0f}",
        }
    table("Memory while embedding (EfficientNet-Lite0)", rows)
    print("peak memory", peak_memory(), f"({weights.stat().st_size / 1e6:.0f} MB of weights)")


def _photos(folder: Path, count: int) -> list[Path]:
    """Photos of 500 × 375 pixels, as in ImageNet, cut from real ones."""
    photos = [Image.open(file.open()).convert("RGB") for file in SAMPLES["photos"].open()]
    random = np.random.default_rng(0)
    paths = []
    for row in range(count):
        photo = photos[row % len(photos)]
        left, upper = random.uniform(0, 0.2, 2)
        box = (left * photo.width, upper * photo.height, photo.width * 0.95, photo.height * 0.95)
        path = folder / f"{row:04d}.jpg"
        photo.resize((500, 375), box=box).save(path, quality=90)
        paths.append(path)
    return paths


def _different(path: Path, row: int) -> bytes:
    """The JPEG with other bytes after its end, which no decoder reads: another content."""
    return path.read_bytes() + row.to_bytes(4, "big")


def _tutorial(model: Any, transform: Any, paths: list[Path]) -> Vectors:
    import torch

    vectors = []
    with torch.no_grad():
        for path in paths:
            picture = Image.open(path).convert("RGB")
            vectors.append(model(transform(picture)[None])[0].numpy())
    return np.stack(vectors)


def _batches(model: Any, transform: Any, paths: list[Path]) -> Vectors:
    import torch

    fast = model.to(memory_format=torch.channels_last)
    vectors = []
    with torch.inference_mode():
        for start in range(0, len(paths), 8):
            pictures = [transform(Image.open(p).convert("RGB")) for p in paths[start : start + 8]]
            batch = torch.stack(pictures).to(memory_format=torch.channels_last)
            vectors.append(fast(batch).numpy())
    model.to(memory_format=torch.contiguous_format)
    return np.concatenate(vectors)


def _ours(paths: list[Path], weights: Path) -> Vectors:
    return ev.embed_images(paths, weights=weights, cache=False).space.vectors


def _gflops() -> float:
    """What a large float32 product reaches here, in GFLOP/s."""
    n = 2048
    a, b = (np.ones((n, n), np.float32) for _ in range(2))
    best = min(_timed(lambda: a @ b) for _ in range(5))
    return 2 * n**3 / best / 1e9


def _timed(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
