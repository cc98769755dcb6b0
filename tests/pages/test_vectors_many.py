"""The map of very many vectors, as a part of a page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import text_of


def page(dimensions: int, filtered: bool, selected: int) -> None:
    import numpy as np
    import streamlit as st

    import embedviz as ev
    from embedviz.plots.picture import Picture
    from embedviz.ui.explorer.projected import Drawn
    from embedviz.ui.explorer.settings import MapSettings
    from embedviz.ui.vectors.many import MOST_DRAWN, show_many
    from embedviz.ui.vectors.scene import Scene
    from embedviz.ui.vectors.set_state import state_of
    from embedviz.ui.vectors.vector_set import VectorSet

    n = MOST_DRAWN + 20_000
    vectors = np.random.default_rng(0).normal(size=(n, 4)).astype(np.float32)
    space = ev.EmbeddingSpace([f"k{row}" for row in range(n)], vectors, name="many")
    projection = ev.project(space, "pca", dimensions, cache=False)
    kept = vectors[:, 0] > 0 if filtered else None
    owned = VectorSet("many", "many", space, shared=False)
    state = state_of(owned)
    state.select(np.arange(selected))
    settings = MapSettings("pca", dimensions, 0, ())
    scene = Scene(owned, space, state, settings, Drawn(projection), None, kept)

    def picture_of(rows):
        st.text(f"PICTURE OF {len(rows)}, FIRST {rows[:3].tolist()}")
        return Picture(projection.coordinates[rows], [space.keys[row] for row in rows])

    st.text("SHOWN " + show_many(scene, picture_of))


def opened(dimensions: int = 2, filtered: bool = False, selected: int = 0) -> tuple[str, str]:
    arguments = {"dimensions": dimensions, "filtered": filtered, "selected": selected}
    at = AppTest.from_function(page, kwargs=arguments, default_timeout=180).run()
    assert not at.exception, at.exception
    return text_of(at), "\n".join(element.value for element in at.text)


def test_density_and_a_sample_of_all() -> None:
    captions, texts = opened()
    assert "density of all 120,000 points, and 20,000 of 120,000 points" in captions
    assert "PICTURE OF 20000" in texts
    assert "SHOWN Showing the density of all 120,000 vectors" in texts


def test_what_filters_keep_is_said_and_drawn() -> None:
    captions, texts = opened(filtered=True)
    assert "density of all 120,000 points" in captions
    assert "120,000 points of this region" not in captions
    assert "pass the filters" in texts


def test_the_selection_is_drawn_first_and_counted() -> None:
    captions, texts = opened(selected=3)
    assert "Of 3 selected points 3 are drawn." in captions
    assert "FIRST [0, 1, 2]" in texts


def test_in_space_there_is_a_stated_sample() -> None:
    captions, texts = opened(dimensions=3)
    assert "20,000 of 120,000 points, an even sample" in captions
    assert "at most 20,000 in 3-D" in texts
