"""What a person did with vectors goes with them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.space import EmbeddingSpace
from embedviz.ui.session import Owned, Session, new_id
from embedviz.ui.vectors.set_state import SetState


def _own() -> EmbeddingSpace:
    rng = np.random.default_rng(0)
    keys = [f"k{i}" for i in range(30)]
    table = pd.DataFrame({"kind": ["a", "b", "c"] * 10, "n": np.arange(30.0)})
    return EmbeddingSpace(keys, rng.normal(size=(30, 5)), table, name="private")


def test_deleting_vectors_lets_go_of_edits_groups_and_results(open_page, settle) -> None:
    at = open_page("vectors", vectors="Already here")
    identity, mine = new_id(), Session()
    space = _own()
    mine.own(identity, Owned(space, "here", None, "vectors"), 100)
    at.session_state["embedviz_session"] = mine
    at.run()
    at.selectbox(key="vectors_here").set_value("private (mine)").run()
    assert not at.exception, at.exception
    settle(at, lambda at: "30 vectors × 5" in "\n".join(c.value for c in at.caption))
    states = at.session_state["vectors_state"]
    states[identity].table = space.table.assign(secret="x")
    at.run()
    assert any(identity in key for key in mine.results if isinstance(key, tuple))
    at.session_state["vectors_groups_wanted"] = {identity: "a search", "sample:wine": "another"}
    states["sample:wine"] = SetState()

    at.session_state[f"vectors_editor-{identity}-1-base"] = space.table
    at.session_state["vectors"] = "Samples"
    at.run()
    at.button(key=f"delete-{identity}").click()
    at.run()
    assert not at.exception, at.exception
    assert not mine.owned
    assert identity not in at.session_state["vectors_state"]
    assert "sample:wine" in at.session_state["vectors_state"]
    assert list(at.session_state["vectors_groups_wanted"]) == ["sample:wine"]
    assert identity not in at.session_state["vectors_table_versions"]
    gone = {identity, space.vectors_fingerprint, space.fingerprint}
    assert not [key for key in mine.results if isinstance(key, tuple) and gone & set(key)]
    assert f"vectors_editor-{identity}-1-base" not in at.session_state
