"""Bytes for a browser: 100,000 points with five columns of metadata, and a change of color."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from benchmarks.side_by_side import ratio, table
from embedviz.plots.picture import Picture, categorical, continuous
from embedviz.ui.map.sending import Sent, message

N = 100_000


def main() -> None:
    """What Streamlit's protocol carries, before any compression, for the same points.

    Embedding Atlas's Streamlit component sends the whole table as Arrow (its ``data_frame``
    argument), and again whenever it is made anew: that table is measured, in its own encoding.
    """
    rng = np.random.default_rng(0)
    at = rng.normal(size=(N, 2)).astype(np.float32)
    columns: dict[str, Any] = {
        "group": [f"group {value}" for value in rng.integers(0, 8, N)],
        "price": rng.random(N).round(4),
        "year": rng.integers(1950, 2026, N),
        "name": [f"the thing number {row}" for row in range(N)],
        "country": np.array(["Chile", "Ghana", "Japan", "Peru"])[rng.integers(0, 4, N)],
    }
    keys = [f"item {row}" for row in range(N)]
    rows = {
        "st.plotly_chart of lists": _plotly(at, keys, columns),
        "Embedding Atlas (its table as Arrow)": _table(at, keys, columns),
        "embedviz": _ours(at, keys, columns),
    }
    shown = {
        name: {"first": f"{first:,}", "change of color": f"{again:,}"}
        for name, (first, again) in rows.items()
    }
    ours = rows["embedviz"]
    for name, (first, again) in list(rows.items())[:-1]:
        shown[f"of {name}"] = {
            "first": ratio(first, ours[0]),
            "change of color": ratio(again, ours[1]),
        }
    table(f"Bytes to the browser, {N:,} points with five columns (aim: fewer than both)", shown)


def _ours(at: Any, keys: list[str], columns: dict[str, Any]) -> tuple[int, int]:
    hover = _hover(columns)
    sent: Sent = {}
    picture = Picture(at, keys, hover, categorical(columns["group"], "group"))
    first = _size(message(picture, "map", 560, None, sent))
    other = Picture(at, keys, hover, continuous(columns["price"], "price"))
    return first, _size(message(other, "map", 560, None, sent))


def _plotly(at: Any, keys: list[str], columns: dict[str, Any]) -> tuple[int, int]:
    import plotly.graph_objects as go

    custom = list(zip(*(list(map(str, column)) for column in columns.values()), strict=True))

    def figure(color: Any) -> int:
        marker = {"color": color}
        trace = go.Scattergl(
            x=at[:, 0].tolist(), y=at[:, 1].tolist(), text=keys, customdata=custom,
            mode="markers", marker=marker,
        )  # fmt: skip
        return len(go.Figure(trace).to_json())

    codes = np.unique(columns["group"], return_inverse=True)[1].tolist()
    return figure(codes), figure(columns["price"].tolist())


def _table(at: Any, keys: list[str], columns: dict[str, Any]) -> tuple[int, int]:
    import pyarrow as pa

    made = pa.table({"x": at[:, 0].copy(), "y": at[:, 1].copy(), "key": keys} | columns)
    # A color is chosen inside its own view, from the table that is there: nothing is sent.
    return _arrow(made), 0


def _hover(columns: dict[str, Any]) -> list[str]:
    named = (
        [f"{name}: {value}" for value in column] for name, column in columns.items()
    )  # as the Vectors page does it
    return ["\n".join(lines) for lines in zip(*named, strict=True)]


def _size(data: dict[str, Any]) -> int:
    import pyarrow as pa

    tables = [value for value in data.values() if isinstance(value, pa.Table)]
    rest = {name: value for name, value in data.items() if not isinstance(value, pa.Table)}
    return sum(map(_arrow, tables)) + len(json.dumps(rest, default=lambda value: value.__dict__))


def _arrow(table_: Any) -> int:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table_.schema) as writer:
        writer.write_table(table_)
    return int(sink.getvalue().size)


if __name__ == "__main__":
    main()
