"""1,000,000 × 128 from a file: to the first picture, one query, and the most memory held.

Each contender runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.side_by_side import peak_memory, seconds, table

N, D = 1_000_000, 128
QUERY = 777


def main() -> None:
    """Aims: first picture under 10 s, a query under 150 ms, twice the file in memory for npy."""
    with tempfile.TemporaryDirectory() as folder:
        npy, parquet = Path(folder) / "vectors.npy", Path(folder) / "vectors.parquet"
        _write(npy, parquet)
        rows = {
            f"{name}, {path.suffix}": _alone(name, path)
            for path in (npy, parquet)
            for name in CONTENDERS
        }
        megabytes = npy.stat().st_size / 2**20
    table(f"{N:,} × {D} float32 ({megabytes:,.0f} MB as npy) to its first picture", rows)


def _write(npy: Path, parquet: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((N, D), dtype=np.float32)
    vectors += 2 * rng.standard_normal((20, D), dtype=np.float32)[rng.integers(0, 20, N)]
    np.save(npy, vectors)
    column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), D)
    keys = pa.array([f"item {row}" for row in range(N)])
    pq.write_table(pa.table({"key": keys, "embedding": column}), parquet, row_group_size=50_000)


def _alone(name: str, path: Path) -> dict[str, str]:
    command = [sys.executable, "-m", "benchmarks.bench_million", name, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"open": f"failed: {done.stderr.strip().splitlines()[-1][:80]}"}
    result: dict[str, str] = json.loads(done.stdout)
    return result


def _timed(do: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = do()
    return result, time.perf_counter() - started


def _embedviz(path: Path) -> dict[str, str]:
    import embedviz as ev
    from embedviz.many import ManyPoints

    space, opened = _timed(lambda: ev.read(path))
    assert isinstance(space, ev.EmbeddingSpace)

    def picture() -> Any:
        projection = ev.project(space, "pca", cache=False)
        return ManyPoints(projection.coordinates).region()

    region, drawn = _timed(picture)
    assert region.density is not None
    assert region.density.n == N
    key = space.keys[QUERY]
    ev.neighbors(space, key)
    _, asked = _timed(lambda: ev.neighbors(space, key))
    return _row(opened, drawn, asked)


def _by_hand(path: Path) -> dict[str, str]:
    import pandas as pd
    from sklearn.decomposition import PCA

    def read() -> Any:
        if path.suffix == ".npy":
            return np.load(path)
        return np.stack(pd.read_parquet(path)["embedding"].to_list())

    vectors, opened = _timed(read)

    def picture() -> Any:
        at = PCA(2, svd_solver="covariance_eigh").fit_transform(vectors)
        return np.histogram2d(at[:, 0], at[:, 1], bins=(280, 440))

    def ask() -> Any:
        scores = vectors @ vectors[QUERY] / np.linalg.norm(vectors, axis=1)
        return np.argsort(-scores)[1:11]

    _, drawn = _timed(picture)
    ask()
    _, asked = _timed(ask)
    return _row(opened, drawn, asked)


def _row(opened: float, drawn: float, asked: float) -> dict[str, str]:
    return {
        "open": seconds(opened),
        "PCA and picture": seconds(drawn),
        "together": seconds(opened + drawn),
        "a query": seconds(asked),
        "peak memory": peak_memory(),
    }


CONTENDERS = {"embedviz": _embedviz, "pandas, NumPy, scikit-learn by hand": _by_hand}

if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(CONTENDERS[sys.argv[1]](Path(sys.argv[2]))))
    else:
        main()
