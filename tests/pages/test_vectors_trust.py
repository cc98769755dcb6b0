"""The trust panel of the Vectors page."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import text_of


def _panel(method: str = "pca", n: int = 80) -> None:
    """A script of its own: the panel over a small set, without the rest of the page."""
    import numpy as np
    import streamlit as st

    from embedviz.projections import project
    from embedviz.space import EmbeddingSpace
    from embedviz.trust import quality
    from embedviz.ui.explorer.projected import Drawn
    from embedviz.ui.explorer.settings import MapSettings
    from embedviz.ui.vectors.scene import Scene
    from embedviz.ui.vectors.set_state import state_of
    from embedviz.ui.vectors.trust_panel import torn_lines, trust_panel
    from embedviz.ui.vectors.vector_set import VectorSet

    vectors = np.random.default_rng(0).normal(size=(n, 9))
    space = EmbeddingSpace([f"[k{row}](http://x.y)" for row in range(n)], vectors)
    settings = MapSettings(method, 2, 0, (("perplexity", 8.0),) if method == "tsne" else ())
    drawn = project(space, method, cache=False, **dict(settings.params))
    k = min(15, (n - 1) // 3)
    measured = quality(space, drawn, k, cache=False) if k else None
    mine = VectorSet("mine", "Mine", space, shared=False)
    scene = Scene(mine, space, state_of(mine), settings, Drawn(drawn), measured)
    trust_panel(scene)
    st.session_state["scene"] = scene
    st.session_state["lines"] = torn_lines(scene, 0)


def opened(method: str = "pca", n: int = 80, **state) -> AppTest:
    at = AppTest.from_function(_panel, default_timeout=180, kwargs={"method": method, "n": n})
    for name, value in state.items():
        at.session_state[name] = value
    at.run()
    assert not at.exception, at.exception
    return at


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def test_every_number_has_its_line():
    at = opened()
    scene = at.session_state["scene"]
    assert metrics(at) == {
        "Trustworthiness": f"{scene.trust.trustworthiness:.3f}",
        "Continuity": f"{scene.trust.continuity:.3f}",
        "Recall of 15 neighbors": f"{scene.trust.recall:.3f}",
        "Explained variance": f"{scene.projection.details['explained_variance_ratio'].sum():.0%}",
    }
    said = text_of(at)
    for words in ("drawn near really near", "torn apart", "true neighbors", "axes can show"):
        assert words in said
    assert "measured on all 80 points" in said


def test_another_k_is_measured(settle):
    from embedviz.trust import quality

    at = opened()
    at.number_input(key="vectors_trust_k").set_value(4).run()
    settle(at, lambda at: "Recall of 4 neighbors" in metrics(at))
    scene = at.session_state["scene"]
    wanted = quality(scene.space, scene.projection, 4, cache=False)
    assert metrics(at)["Trustworthiness"] == f"{wanted.trustworthiness:.3f}"


def test_worst_points_come_first():
    at = opened(vectors_trust_view="worst")
    table = at.dataframe[0].value
    trust = at.session_state["scene"].trust
    assert table["neighbors kept"].is_monotonic_increasing
    assert table["neighbors kept"].iloc[0] == pytest.approx(trust.per_point.min())
    assert len(table) == 80


def test_shepard_diagram_and_its_numbers():
    at = opened(vectors_trust_view="shepard")
    assert set(metrics(at)) == {"Rank correlation", "Correlation"}
    assert "all 3,160 pairs" in text_of(at)
    assert at.get("plotly_chart")


def test_hubs(settle):
    at = settle(opened(vectors_trust_view="hubs"), lambda at: "Skewness" in metrics(at))
    assert "neighbor of as many" in text_of(at)
    counts = at.dataframe[0].value["in lists"]
    assert counts.is_monotonic_decreasing
    assert counts.sum() == 80 * 10


def test_pca_has_no_chance_and_tsne_is_compared_on_request(settle):
    assert "nothing to chance" in text_of(opened(vectors_trust_view="stability"))
    at = opened("tsne", vectors_trust_view="stability")
    assert not at.metric
    at.toggle(key="vectors_stability").set_value(True).run()
    settle(at, lambda at: "Neighbors in common" in metrics(at))
    assert 0 < float(metrics(at)["Layout left over"]) <= 1
    assert at.dataframe[0].value["strays"].is_monotonic_decreasing


def test_torn_lines_go_to_the_true_neighbors():
    from embedviz.trust import torn

    at = opened()
    scene, lines = at.session_state["scene"], at.session_state["lines"]
    found = torn(scene.space, scene.projection, scene.space.keys[0], 15)
    assert {line.kind for line in lines} == {"torn"}
    np.testing.assert_allclose(
        [line.end for line in lines], scene.projection.coordinates[found.rows]
    )
    assert len({line.start for line in lines}) == 1


def test_few_points():
    assert "Recall of 1 neighbor" in metrics(opened(n=4))
    at = opened(n=3)
    assert not at.metric
    assert "four points or more" in text_of(at)
