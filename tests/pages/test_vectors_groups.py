"""The groups panel of the Vectors page: found, said, named, selected, saved, forgotten."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from embedviz.groups import cluster, named
from embedviz.projections import project
from embedviz.space import EmbeddingSpace
from embedviz.ui.vectors.groups_result import apply_edits, meaning, summary
from embedviz.ui.vectors.groups_shown import GroupsShown, group_colors, group_marks
from embedviz.ui.vectors.set_state import SetState
from embedviz.vector_samples import SAMPLES
from tests.pages.conftest import text_of

HOSTILE = "<img src=x onerror=alert(1)> ![](http://evil.example/x.png)"


def button(at, label):
    return next(each for each in at.button if each.label == label)


def found_groups(at, settle):
    button(at, "Find groups").click().run()
    return settle(at, lambda at: "**" in text_of(at) and " by " in text_of(at))


def groups_table(at):
    return next(each.value for each in at.dataframe if "in common" in each.value.columns)


def groups_page(open_page, **link):
    return open_page("vectors", vectors_tool="Groups", **link)


def test_panel_teaches_first_and_finds_groups_in_the_full_space(open_page, settle):
    at = groups_page(open_page)
    assert "Groups are found in the **full space**" in text_of(at)
    found_groups(at, settle)
    said = text_of(at)
    summed_up = re.search(
        r"\*\*(\d+) groups\*\* by HDBSCAN in the full space · (\d+) of 1,797 points \((\d+)%\) in none",
        said,
    )
    assert summed_up is not None, said
    groups, noise, share = map(int, summed_up.groups())
    # Real data have points at the edge of a group: the last bit of a product puts them in or out.
    expected = cluster(SAMPLES["digits"].open())
    assert abs(groups - expected.n_groups) <= 1
    assert abs(noise - expected.noise) <= 18  # one in a hundred
    assert share == round(100 * noise / 1797)
    assert "PCA first leaves 50 of 64 dimensions" in said
    assert "noise is left out" in said
    table = groups_table(at)
    assert len(table) == groups
    assert table["points"].sum() + noise == 1797
    assert list(table["points"]) == sorted(table["points"], reverse=True)
    assert table["name"].is_unique


def test_groups_on_the_map_are_also_measured_in_the_full_space(open_page, settle):
    at = groups_page(open_page, vectors_groups_where="This map", vectors_groups_method="k-means")
    found_groups(at, settle)
    said = text_of(at)
    assert "by k-means on the map" in said
    assert "In the full space the same groups have" in said
    assert not [
        each for each in at.selectbox if each.label == "Nearness" and "cosine" in each.options
    ]


def test_link_carries_how_to_look(open_page, settle):
    at = groups_page(
        open_page, vectors_groups_method="k-means", vectors_groups_kmeans_n_clusters="5"
    )
    found_groups(at, settle)
    assert len(groups_table(at)) == 5


def test_groups_become_a_column_and_the_next_gets_another_name(open_page, settle):
    at = found_groups(groups_page(open_page, vectors_groups_method="k-means"), settle)
    assert at.text_input(key="vectors_groups_column").value == "group"
    button(at, "Save as column").click().run()
    assert not at.exception
    assert at.text_input(key="vectors_groups_column").value == "group 2"
    color = at.selectbox(key="vectors_color")
    assert "group" in color.options
    at.text_input(key="vectors_groups_column").set_value("digit").run()
    assert "There is already a column digit" in text_of(at)
    assert button(at, "Save as column").disabled


def test_groups_color_the_map_and_are_forgotten(open_page, settle):
    at = found_groups(groups_page(open_page, vectors_groups_method="k-means"), settle)
    button(at, "Color by group").click().run()
    assert at.selectbox(key="vectors_color").value == "@groups"
    assert not [each for each in at.button if each.label == "Color by group"]
    button(at, "Forget").click().run()
    assert not at.exception
    assert "Groups are found in the **full space**" in text_of(at)


def test_no_groups_say_what_to_try(open_page, settle):
    at = groups_page(open_page, vectors_groups_hdbscan_min_cluster_size="800")
    found_groups(at, settle)
    assert "**0 groups**" in text_of(at)
    assert "Try a smaller smallest group" in text_of(at)


@pytest.fixture
def scene():
    rng = np.random.default_rng(0)
    centers = np.repeat(np.eye(14, 16) * 20, 30, axis=0)
    kinds = np.repeat([f"kind {letter}" for letter in "abcdefghijklmn"], 30)
    space = EmbeddingSpace(
        [f"item {row}" for row in range(430)],
        np.vstack([centers + rng.normal(size=(420, 16)), rng.normal(size=(10, 16)) * 90]),
        pd.DataFrame({"kind": [*kinds, *[None] * 10]}),
    )
    clusters = cluster(space)
    names = named(clusters, space)
    shown = GroupsShown(clusters, names, tuple(entry.name for entry in names))
    drawn = project(space, cache=False)
    return SimpleNamespace(space=space, projection=drawn, state=SetState(groups=shown))


def test_colors_name_the_largest_groups_and_the_rest_once(scene):
    colors, clusters = group_colors(scene), scene.state.groups.clusters
    assert clusters.n_groups == 14
    *largest, other, none = colors.categories
    assert [entry.label for entry in largest] == list(scene.state.groups.names[: len(largest)])
    assert other.label == f"{14 - len(largest)} other"
    assert none.label == "no group"
    assert [entry.count for entry in colors.categories] == [
        int((colors.codes == entry.code).sum()) for entry in colors.categories
    ]
    assert ((colors.codes == none.code) == (clusters.labels < 0)).all()


def test_marks_stand_on_points_of_their_group(scene):
    shown = scene.state.groups
    marks = group_marks(scene)
    assert [mark.label for mark in marks] == list(shown.names)
    assert {mark.kind for mark in marks} == {"group"}
    for group, mark in enumerate(marks):
        here = scene.projection.coordinates[shown.clusters.rows(group)]
        assert (here == np.array(mark.coordinates, np.float32)).all(axis=1).any()
    scene.state.groups = shown.with_labels(False)
    assert group_marks(scene) == ()


def test_groups_of_other_points_show_nothing(scene):
    scene.projection = project(scene.space.take(range(20)), cache=False)
    assert group_marks(scene) == ()
    assert group_colors(scene) is None
    scene.state.groups = None
    assert group_colors(scene) is None


def test_same_name_makes_one_of_two_groups(scene):
    shown, state = scene.state.groups, scene.state
    apply_edits(state, shown, shown.names, {0: {"name": "both"}, 1: {"name": "both "}})
    assert state.groups.names[:2] == ("both", "both")
    assert state.groups.names[2:] == shown.names[2:]
    assert sum(mark.label == "both" for mark in group_marks(scene)) == 1
    assert group_colors(scene).categories[0].label == "both"
    assert group_colors(scene).categories[0].count == shown.clusters.sizes[:2].sum()
    assert state.groups.column().count("both") == shown.clusters.sizes[:2].sum()
    assert state.groups.column().count(None) == shown.clusters.noise


def test_emptied_name_becomes_the_found_one_and_hostile_ones_stay_text(scene):
    shown, state = scene.state.groups, scene.state
    apply_edits(state, shown, shown.names, {0: {"name": None}, 1: {"name": HOSTILE}})
    assert state.groups.names[0] == shown.found[0].name
    assert state.groups.names[1] == HOSTILE
    assert len(group_marks(scene)[1].label) <= 40


def test_ticked_groups_are_selected_and_unticked_let_go(scene):
    shown, state = scene.state.groups, scene.state
    apply_edits(state, shown, shown.names, {0: {"select": True}, 2: {"select": True}})
    assert list(state.selected) == list(np.flatnonzero(np.isin(shown.clusters.labels, [0, 2])))
    apply_edits(state, shown, shown.names, {0: {"name": "new"}})
    assert len(state.selected), "a new name does not touch the selection"
    apply_edits(state, shown, shown.names, {0: {"select": False}, 2: {"select": False}})
    assert not len(state.selected)


def test_summary_and_meaning_state_the_sample(scene, monkeypatch):
    from embedviz.groups import silhouette

    monkeypatch.setattr(silhouette, "MEASURED_AT_MOST", 100)
    clusters = cluster(scene.space, "kmeans", n_clusters=3)
    assert summary(clusters).startswith("**3 groups** by k-means in the full space")
    assert " in none" not in summary(clusters)
    assert "No silhouette: nearly all points are in one group" in meaning(clusters)
    clusters = cluster(scene.space.take(range(300)), "kmeans", n_clusters=3)
    assert "Measured on 100 of 300 grouped points" in meaning(clusters)
