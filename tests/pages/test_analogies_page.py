"""The Analogies page: sums solved, refused and explained, and the evidence beside them."""

from __future__ import annotations

import embedviz as ev
from tests.pages.conftest import text_of


def answers(at):
    return [list(item.value["word"]) for item in at.dataframe if "score" in item.value.columns]


def test_king_man_woman_is_solved_three_ways(open_page, glove):
    at = open_page("analogies")
    expected = [
        list(ev.analogy(glove, ["king", "woman"], ["man"], method=method).keys)
        for method in ("3CosAdd", "3CosMul", "PairDirection")
    ]
    assert answers(at) == expected
    assert "≈ :primary[queen]" in text_of(at)


def test_inputs_can_win(open_page):
    at = open_page("analogies")
    at.toggle(key="keep").set_value(True).run()
    assert answers(at)[0][0] == "king (input)"


def test_methods_that_cannot_say_why(open_page):
    at = open_page("analogies", sum="0.5*king + queen")
    said = text_of(at).replace("\\", "")
    assert len(answers(at)) == 1
    assert "3CosMul knows no weights" in said
    assert "PairDirection knows no weights" in said


def test_ready_examples_fill_the_sum(open_page):
    at = open_page("analogies")
    at.button(key="example-paris - france + italy").click().run()
    assert at.text_input(key="sum").value == "paris - france + italy"
    assert answers(at)[0][0] == "rome"


def test_unknown_word_offers_spellings(open_page):
    at = open_page("analogies", sum="kingg - man + woman")
    assert "'kingg'" in at.warning[0].value.replace("\\", "")
    at.button(key="use-king").click().run()
    assert answers(at)[0][0] == "queen"


def test_a_sum_that_is_none_is_a_sentence(open_page):
    at = open_page("analogies", sum="king +")
    assert "ends with a sign" in at.error[0].value


def test_evidence_has_gensims_figures(open_page, settle):
    at = open_page("analogies")
    settle(at, lambda at: "49\\.7" in text_of(at) or "49.7%" in text_of(at))
    metrics = {metric.label: metric.value for metric in at.metric}
    assert set(metrics) == {"Spearman ρ", "Pearson r"}
    assert at.metric[0].value == "0.503"


def test_no_word_left_is_a_sentence(open_page):
    at = open_page("analogies")
    import numpy as np

    space = ev.EmbeddingSpace(["a", "b", "c"], np.eye(3), name="three")
    identity = at.session_state["embedviz_session"].add(space, "made here", 100)
    at.session_state["model_next"] = identity
    at.text_input(key="sum").set_value("a - b + c").run()
    assert not at.exception
    assert "none is left" in at.error[0].value
