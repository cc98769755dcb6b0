"""The Words page, without a browser: what is asked, said and refused."""

from __future__ import annotations

import gzip
import pickle

import numpy as np
import pytest

import embedviz as ev
from embedviz.word_model import as_space
from tests.pages.conftest import text_of


def neighbors_shown(at):
    table = next(item.value for item in at.dataframe if "map" in item.value.columns)
    return list(table["word"])


def test_link_opens_a_word_with_its_neighbors(open_page, glove):
    at = open_page("words", word="king", n="500", k="5")
    assert neighbors_shown(at) == list(ev.neighbors(glove, "king", k=5).keys)
    said = text_of(at)
    assert "Showing 500 of 400,000 words, the most frequent" in said
    assert "all 400,000 words, 50 dimensions" in said


def test_metric_changes_the_answer_and_says_what_it_works_on(open_page, glove):
    at = open_page("words", word="king", n="500", near="Dot product")
    assert neighbors_shown(at) == list(ev.neighbors(glove, "king", k=10, metric="dot").keys)
    assert ev.metrics.METRICS["dot"].works_on in text_of(at)


def test_unknown_word_offers_spellings_that_work(open_page, glove):
    at = open_page("words", word="kign", n="500")
    assert "'kign' is not in" in at.warning[0].value.replace("\\", "")
    suggestion = next(button for button in at.button if str(button.key).startswith("suggest-"))
    word = str(suggestion.key).removeprefix("suggest-")
    suggestion.click().run()
    assert at.text_input(key="word").value == word
    assert neighbors_shown(at) == list(ev.neighbors(glove, word, k=10).keys)


def test_map_is_measured_and_says_so(open_page, settle):
    at = open_page("words", n="500")
    settle(at, lambda at: "trustworthiness" in text_of(at))
    assert "all 500 drawn words compared" in text_of(at)


def test_typed_words_are_drawn_and_unknown_ones_named(open_page):
    at = open_page("words", n="500", also="zeppelin qqqzzz")
    assert "Showing 501 of 400,000" in text_of(at)
    assert any("qqqzzz" in warning.value for warning in at.warning)


def test_slow_method_shows_pca_first_and_then_its_own_map(open_page, settle):
    at = open_page("words", n="250", method="t-SNE", tsne_n_iter="250")
    assert "This is PCA for now" in text_of(at)
    settle(at, lambda at: "PCA for now" not in text_of(at))
    assert "PC 1" not in text_of(at)


def test_link_to_a_model_that_is_not_here_says_so(open_page):
    at = open_page("words", model="mine-12345678", n="250")
    assert "does not have" in at.info[0].value


def upload(at, name, data):
    at.get("file_uploader")[0].set_value([(name, data, "application/octet-stream")]).run()
    assert not at.exception
    return at


HOSTILE = "<img src=x onerror=alert(1)>"


def glove_text(words, dimensions=4):
    random = np.random.default_rng(0)
    lines = (
        " ".join([w, *(f"{x:.4f}" for x in random.standard_normal(dimensions))]) for w in words
    )
    return "\n".join(lines).encode()


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gz"])
def test_uploaded_vectors_become_the_model(open_page, settle, pack):
    words = ["alpha", "beta", "gamma", "delta", "epsilon"]
    at = open_page("words")
    upload(at, "mine.txt" + (".gz" if pack is gzip.compress else ""), pack(glove_text(words)))
    assert "4 dimensions" in text_of(at)
    next(button for button in at.button if button.label == "Read it").click().run()
    settle(at, lambda at: at.selectbox(key="model").value.endswith("(mine)"))
    at.text_input(key="word").set_value("beta").run()
    assert set(neighbors_shown(at)) == set(words) - {"beta"}


def test_a_guessed_encoding_is_said_and_the_other_is_one_click_away(open_page, settle):
    words = ["où", "déjà", "ça", "the", "of"]
    at = open_page("words", n="250")
    upload(at, "mots.txt", glove_text(words).decode().encode("cp1252"))
    assert "read as cp1252" in text_of(at).replace("\\", "")
    next(button for button in at.button if button.label == "Read it as cp1250").click().run()
    assert "cp1252" not in text_of(at)
    assert any(button.label == "Read it as recognised" for button in at.button)
    next(button for button in at.button if button.label == "Read it").click().run()
    settle(at, lambda at: at.selectbox(key="model").value.endswith("(mine)"))
    (mine,) = at.session_state["embedviz_session"].owned.values()
    assert as_space(mine.space).keys[:2] == ("oů", "déjŕ")


def test_rows_beyond_the_header_are_read_and_said(open_page, settle):
    words = ["alpha", "beta", "gamma", "delta", "epsilon"]
    at = open_page("words", n="250")
    upload(at, "mine.vec", b"4 4\n" + glove_text(words))
    next(button for button in at.button if button.label == "Read it").click().run()
    settle(at, lambda at: at.selectbox(key="model").value.endswith("(mine)"))
    assert "counts 4 rows, but more follow: 5 were read" in text_of(at).replace("\\", "")


def test_pickle_is_refused_with_the_way_out(open_page):
    at = upload(open_page("words", n="250"), "model.kv", pickle.dumps({"a": 1}))
    said = at.error[0].value.replace("\\", "")
    assert "pickle" in said
    assert "save_word2vec_format" in said


def test_broken_file_is_a_sentence(open_page):
    at = upload(open_page("words", n="250"), "x.bin", b"3 4\nalpha \x00\x01")
    assert len(at.error) == 1


def test_one_session_never_sees_anothers_model(open_page, settle):
    first = open_page("words")
    upload(first, "secret.txt", glove_text(["s1", "s2", "s3", "s4"]))
    next(button for button in first.button if button.label == "Read it").click().run()
    settle(first, lambda at: at.selectbox(key="model").value.endswith("(mine)"))
    mine = first.selectbox(key="model").value
    second = open_page("words", model=mine)
    assert "secret" not in str(second.selectbox(key="model").options)
    assert second.selectbox(key="model").value == "glove-6b-50d"


def test_slow_work_can_be_stopped_and_started_again(open_page, settle):
    at = open_page("words", n="2000", method="t-SNE", tsne_n_iter="5000")
    next(button for button in at.button if button.label == "Stop").click().run()
    settle(at, lambda at: any("was stopped" in info.value for info in at.info))
    assert "t\\-SNE did not come to its end" in text_of(at) or "t-SNE did not" in text_of(at)
    next(button for button in at.button if button.label == "Start again").click().run()
    settle(at, lambda at: any(button.label == "Stop" for button in at.button))
    next(button for button in at.button if button.label == "Stop").click().run()


def owned(open_page, settle, words):
    at = open_page("words")
    upload(at, "mine.txt", glove_text(words))
    next(button for button in at.button if button.label == "Read it").click().run()
    return settle(at, lambda at: at.selectbox(key="model").value.endswith("(mine)"))


def test_renamed_model_stays_selected_and_a_deleted_one_goes(open_page, settle):
    at = owned(open_page, settle, ["a", "b", "c", "d"])
    box = next(box for box in at.text_input if str(box.key).startswith("rename-"))
    box.set_value("better").run()
    assert at.selectbox(key="model").value == "better (mine)"
    next(button for button in at.button if button.label == "Delete").click().run()
    assert at.selectbox(key="model").value == "glove-6b-50d"
    assert not any("link" in info.value for info in at.info)


@pytest.mark.parametrize("method", ["t-SNE", "UMAP"])
def test_too_few_words_are_a_sentence(open_page, settle, method):
    at = owned(open_page, settle, ["a", "b", "c"])
    at.session_state["method"] = method.lower().replace("-", "")
    at.run()
    assert not at.exception
    settle(at, lambda at: any("points" in error.value for error in at.error))


def test_words_with_commas_can_be_drawn(open_page, glove):
    assert glove.index("10,000") > 500
    at = open_page("words", n="500", also="10,000 unicorn,yogurt")
    assert "Showing 503 of 400,000" in text_of(at)


def test_selection_belongs_to_its_model(open_page):
    at = open_page("words", n="500")
    at.session_state["only_words"] = ("glove-6b-50d", ("king", "queen", "man", "woman"))
    at.run()
    assert "A map of the 4 selected words alone" in at.info[0].value
    at.session_state["only_words"] = ("mine-other", ("king", "queen", "man", "woman"))
    at.run()
    assert "Showing 500 of 400,000" in text_of(at)
