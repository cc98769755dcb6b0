"""Long work on a page, where time plays tricks."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from embedviz.ui import work as work_module


def _script() -> None:
    import streamlit as st

    from embedviz.ui.work import work

    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    result = work("Counting", ("count", 1), lambda *_: 42)
    st.markdown(f"result {result}")


def test_work_that_ends_while_its_progress_is_drawn_does_not_interrupt_the_page(monkeypatch):
    # A run that a page interrupts itself is joined with what the browser asked for before: old
    # values of widgets would win over those that the page has just set.
    settled = work_module._settled
    asked: list[bool] = []

    def late(job, key):
        job.wait(10)
        asked.append(True)
        return len(asked) > 1 and settled(job, key)

    monkeypatch.setattr(work_module, "_settled", late)
    at = AppTest.from_function(_script, default_timeout=180).run()
    assert not at.exception
    assert at.session_state["runs"] == 1
    assert at.markdown[0].value == "result None"
    assert at.run().markdown[0].value == "result 42"
