"""The map's numbers, each with one line that says what it means."""

from __future__ import annotations

import math

import streamlit as st

from embedviz.metrics import metric_named
from embedviz.trust import Quality
from embedviz.ui.messages import count
from embedviz.ui.vectors.scene import Scene
from embedviz.ui.vectors.trust_measured import measured_with


def show_numbers(scene: Scene, k: int) -> None:
    """Trustworthiness, continuity, recall and, for PCA, the variance that is explained."""
    found = measured_with(scene, k)
    if found is None:
        return
    entries = _entries(scene, found)
    for column, (label, value, meaning) in zip(
        st.columns(len(entries), gap="medium"), entries, strict=True
    ):
        with column:
            st.metric(label, value)
            st.caption(meaning)
    metric = metric_named(found.metric).adjective
    st.caption(
        f"Neighbors in the full space by {metric} distance, on the map by what you see; "
        f"{found.stated}. Color the map by “Trust in each point” to see where it is wrong."
    )


def _entries(scene: Scene, found: Quality) -> list[tuple[str, str, str]]:
    k = found.k
    entries = [
        (
            "Trustworthiness", _number(found.trustworthiness),
            "Are points drawn near really near? 1: always; about 0.5: no better than chance.",
        ),
        (
            "Continuity", _number(found.continuity),
            "Are points that are really near drawn near? 1: nothing is torn apart.",
        ),
        (
            f"Recall of {count(k, 'neighbor')}", _number(found.recall),
            f"{found.recall:.0%} of each point's {k} true neighbors are among its {k} nearest here.",
        ),
    ]  # fmt: skip
    ratios = scene.projection.details.get("explained_variance_ratio")
    if ratios is not None:
        share = float(sum(ratios[: scene.projection.n_components]))
        entries.append((
            "Explained variance", f"{share:.0%}",
            "The share of all differences between the vectors that these axes can show.",
        ))  # fmt: skip
    return entries


def _number(value: float) -> str:
    return "—" if math.isnan(value) else f"{value:.3f}"
