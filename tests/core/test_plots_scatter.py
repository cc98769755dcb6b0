"""The exported figure: Plotly's own checks, few bytes, the right colors, and text that stays text."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import embedviz as ev
from embedviz.errors import InvalidParameterError
from embedviz.plots import Line, Mark, Picture, categorical, continuous, figure, scatter

HOSTILE = '<a href="javascript:alert(1)">king</a>\n<b>'


def cloud(n: int, dimensions: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, dimensions)).astype(np.float32)


def shown_colors(trace: Any) -> list[str]:
    """The color of each point as Plotly reads it: its code's place in the color scale."""
    marker = trace.marker
    scale = dict(marker.colorscale)
    span = marker.cmax - marker.cmin
    return [scale[(code - marker.cmin) / span] for code in np.asarray(marker.color, dtype=float)]


@pytest.mark.parametrize(("dimensions", "kind"), [(2, "scattergl"), (3, "scatter3d")])
def test_points_of_a_projection_by_name_and_color(dimensions: int, kind: str) -> None:
    points = cloud(6, dimensions)
    projection = SimpleNamespace(coordinates=points, keys=tuple("abcdef"))
    colors = categorical("xxyyyz", "letter")
    made = ev.plots.scatter(projection, color=colors, size=9, hover=[f"row {i}" for i in range(6)])
    trace = made.data[0]
    assert trace.type == kind
    for axis, column in zip("xyz", points.T, strict=False):
        assert np.array_equal(trace[axis], column)
        assert trace[axis].dtype == np.float32
    assert shown_colors(trace) == [colors.palette[code] for code in colors.codes]
    assert list(trace.text) == list("abcdef")
    assert list(trace.customdata) == [f"row {i}" for i in range(6)]
    assert trace.marker.size == 9
    legend = {t.name: t.marker.color for t in made.data[1:]}
    assert legend == {
        f"{entry.label} ({entry.count})": colors.palette[entry.code] for entry in colors.categories
    }


@pytest.mark.parametrize("dimensions", [2, 3])
def test_plotly_itself_accepts_every_part(dimensions: int) -> None:
    points = cloud(5, dimensions)
    place = [tuple(map(float, point)) for point in points]
    kinds = ("query", "neighbor", "selected", "new")
    picture = Picture(
        points,
        tuple("abcde"),
        hover=tuple("12345"),
        colors=continuous([1, 2, 3, 4, np.nan], "amount"),
        marks=tuple(Mark(place[i], kinds[i], kinds[i]) for i in range(4)),  # type: ignore[arg-type]
        lines=(Line(place[0], place[1]), Line(place[1], place[2], "arrow")),
        faded=np.array([True, False, False, False, True]),
        axis_titles=tuple(f"PC {i}" for i in range(dimensions)),
        title="A title",
    )
    for theme in ("light", "dark"):
        made = figure(picture, theme)
        again = go.Figure(json.loads(made.to_json()))  # validates, text set on the raw dict too
        assert list(again.data[0].text) == list("abcde")
        marks = {t.name: t for t in made.data if t.name in kinds}
        for i, kind in enumerate(kinds):
            assert (marks[kind].x[0], marks[kind].y[0]) == place[i][:2]
        if dimensions == 3:
            labels = made.layout.scene.annotations
            assert [(label.x, label.y, label.z) for label in labels] == place[:4]
            arrow = next(t for t in made.data if t.mode == "lines" and t.line.width > 2)
            assert [(arrow.x[i], arrow.y[i], arrow.z[i]) for i in (0, 1)] == place[1:3]
        else:
            arrow, *labels = made.layout.annotations
            assert [(label.x, label.y) for label in labels] == place[:4]
            assert [(arrow.ax, arrow.ay), (arrow.x, arrow.y)] == place[1:3]
        assert [label.text for label in labels] == list(kinds)
    colors = shown_colors(made.data[0])
    assert [color.startswith("rgba") for color in colors] == [True, False, False, False, True]
    ticks = next(t.marker.colorbar for t in made.data if t.marker.showscale)
    assert ticks.title.text == "amount"
    assert len(ticks.tickvals) == len(ticks.ticktext) > 1


@pytest.mark.parametrize("dimensions", [2, 3])
def test_people_s_texts_are_never_markup(dimensions: int) -> None:
    points = cloud(2, dimensions)
    mark = Mark(tuple(map(float, points[0])), HOSTILE, "query")
    made = scatter(
        points,
        color=[HOSTILE, "b"],
        keys=[HOSTILE, "b"],
        hover=[HOSTILE, ""],
        marks=[mark],
        title=HOSTILE,
    )
    said = json.loads(made.to_json())
    del said["layout"]["template"]
    for trace in said["data"]:
        for name in ("text", "customdata", "name"):
            texts = trace.get(name) or ""
            for text in [texts] if isinstance(texts, str) else texts:
                assert "<a" not in text
                assert "<b>" not in text.replace("<br>", "")
    assert "<" not in said["layout"]["title"]["text"]
    layout = said["layout"] if dimensions == 2 else said["layout"]["scene"]
    (label,) = layout["annotations"]
    assert "king" in label["text"]
    assert "<" not in label["text"]


def test_values_choose_their_kind_of_color() -> None:
    points = cloud(30, 2)
    few, many = np.arange(30) % 3, np.arange(30)
    for values, is_scale in ((few, False), (many, True), (few.astype(float), True)):
        made = scatter(points, color=values)
        assert any(t.marker.showscale for t in made.data) == is_scale
    made = scatter(points, color=[value > 3 for value in many])
    assert {t.name for t in made.data[1:]} == {"True (26)", "False (4)"}


@pytest.mark.parametrize("dimensions", [2, 3])
def test_each_point_has_its_size(dimensions: int) -> None:
    made = scatter(cloud(4, dimensions), size=[3, 5, 9, 14])
    assert list(made.data[0].marker.size) == [3, 5, 9, 14]
    assert made.data[0].marker.sizemode is None  # so they are diameters
    with pytest.raises(InvalidParameterError, match="4 points but 2 sizes"):
        scatter(cloud(4, dimensions), size=[3, 5])


@pytest.mark.parametrize("dimensions", [2, 3])
def test_names_of_groups_and_torn_lines_are_drawn(dimensions: int) -> None:
    points = cloud(3, dimensions)
    place = [tuple(map(float, point)) for point in points]
    marks = [Mark(place[0], "<b>one", "group"), Mark(place[1], "two", "group"), Mark(place[2], "p")]
    picture = Picture(
        points, tuple("abc"), marks=tuple(marks), lines=(Line(place[0], place[1], "torn"),)
    )
    seen = set()
    for theme in ("light", "dark"):
        made = figure(picture, theme)  # type: ignore[arg-type]
        layout = made.layout if dimensions == 2 else made.layout.scene
        # What comes last lies on top: points' labels, then groups in the order given.
        assert [label.text for label in layout.annotations] == ["two", "&lt;b&gt;one", "p"]
        (torn,) = [trace for trace in made.data if trace.mode == "lines"]
        assert torn.line.dash == "dash"
        seen.add(torn.line.color)
        assert [trace.name for trace in made.data if trace.name] == ["neighbor"]
    assert len(seen) == 2


def test_50_000_points_are_small() -> None:
    n = 50_000
    points, codes = cloud(n, 2), np.arange(n) % 7
    words = [f"w{i}" for i in range(n)]
    ours = scatter(points, color=codes, keys=words).to_json()
    plain = go.Figure(
        go.Scattergl(
            x=points[:, 0].tolist(),
            y=points[:, 1].tolist(),
            text=words,
            marker={"color": codes.tolist()},
        )
    ).to_json()
    assert 2 * len(ours) < len(plain)
    color = json.loads(ours)["data"][0]["marker"]["color"]
    assert color["dtype"] == "u1"


def test_unknown_theme_and_shape_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match="allowed: light, dark"):
        scatter(cloud(3, 2), theme="sepia")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match=r"ev\.project"):
        scatter(cloud(3, 5))
    with pytest.raises(InvalidParameterError, match="3 points but 2 keys"):
        scatter(cloud(3, 2), keys=["a", "b"])
