"""Building and serialising a figure of 50,000 points with hover words: time and bytes."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

import embedviz as ev
from benchmarks.side_by_side import interleaved, ratio, seconds, table
from embedviz.plots.palettes import CATEGORICAL

N = 50_000


def main(n: int = N) -> None:
    """Compare ``ev.plots.scatter`` with a plain go.Scattergl of Python lists."""
    space = ev.load("glove-6b-50d").take(np.arange(n))  # type: ignore[union-attr]
    random = np.random.default_rng(0)
    points = random.standard_normal((n, 2)).astype(np.float32)
    groups = random.integers(0, 8, n)

    def plain() -> str:
        marker = {"color": [CATEGORICAL[group] for group in groups], "size": 4}
        x, y = points[:, 0].tolist(), points[:, 1].tolist()
        trace = go.Scattergl(x=x, y=y, mode="markers", marker=marker, text=list(space.keys))
        return str(go.Figure(trace).to_json())

    def ours() -> str:
        colors = ev.plots.categorical(groups.tolist())
        return str(ev.plots.scatter(points, color=colors, keys=space.keys).to_json())

    runs = interleaved({"go.Scattergl of lists": plain, "ev.plots.scatter": ours}, rounds=5)
    rows = {
        name: {"time": seconds(run.wall), "bytes": f"{len(run.result):,}"}
        for name, run in runs.items()
    }
    peer, mine = runs["go.Scattergl of lists"], runs["ev.plots.scatter"]
    rows["ratio"] = {
        "time": ratio(peer.wall, mine.wall),
        "bytes": ratio(len(peer.result), len(mine.result)),
    }
    table(f"Figure of {n:,} points with words (aim: 5 × faster, 2 × fewer bytes)", rows)


if __name__ == "__main__":
    main()
