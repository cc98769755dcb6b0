"""The Train page: a text in, a model out that every page knows."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

import embedviz as ev
from tests.pages.conftest import text_of

TEXT = "The king rules the land. The queen rules the land. A cat sat on the mat. A dog sat on the rug. "


def start(at, **settings):
    for name, value in settings.items():
        widget = next(w for w in (*at.slider, *at.number_input) if str(w.key).endswith(f"_{name}"))
        widget.set_value(value)
    next(button for button in at.button if button.label == "Train").click().run()
    assert not at.exception
    return at


def trained(at):
    return any("trained in" in element.value for element in at.success)


def session_of(at):
    return at.session_state["embedviz_session"]


def test_sample_is_trained_as_the_core_trains_it(open_page, settle):
    """The page's vectors are those of ev.train_words with the same settings."""
    at = open_page("train", corpus=next(iter(ev_corpora().values())).label)
    settle(at, lambda at: any(button.label == "Train" for button in at.button))
    start(at, epochs=4, vector_size=16)
    settle(at, trained)
    (owned,) = session_of(at).owned.values()
    sample = next(iter(ev_corpora().values()))
    settings = dict(sample.settings) | {"epochs": 4, "vector_size": 16}
    again = ev.train_words(sample.open(), algorithm="skip-gram", **settings)
    np.testing.assert_array_equal(owned.space.vectors, again.space.vectors)
    assert owned.space.keys == again.space.keys


def ev_corpora():
    from embedviz.words.sample_corpora import CORPORA

    return CORPORA


def test_pasted_text_is_trained_and_selectable(open_page, settle):
    at = open_page("train", text="Paste")
    at.text_area(key="pasted").set_value(TEXT * 30).run()
    settle(at, lambda at: any(button.label == "Train" for button in at.button))
    assert "cut by Words" in text_of(at).replace("\\", "") or "cut by" in text_of(at)
    start(at, epochs=5, vector_size=10, min_count=1)
    settle(at, trained)
    assert "exactly these vectors again" in text_of(at)
    assert any("Nearest words after each epoch" in m.value for m in at.markdown)
    name = next(iter(session_of(at).owned.values())).space.name
    assert "pasted text" in name


def test_the_words_move_epoch_by_epoch_and_epochs_can_be_compared(open_page, settle):
    at = open_page("train", text="Paste")
    at.text_area(key="pasted").set_value(TEXT * 30).run()
    settle(at, lambda at: any(button.label == "Train" for button in at.button))
    start(at, epochs=3, vector_size=10, min_count=1)
    settle(at, trained)
    at.toggle(key="train_film").set_value(True).run()
    assert not at.exception
    (owned,) = session_of(at).owned.values()
    epochs = owned.details.by_epoch
    assert len(epochs) == 3
    assert len(at.get("plotly_chart")) == 3  # the loss, the neighbors, the film
    np.testing.assert_array_equal(epochs[-1].vectors, owned.space.vectors[: len(epochs[-1])])

    from embedviz.ui.vectors.available import epoch_name

    name = f"{owned.space.name} (mine)"
    compare = open_page("compare")
    compare.session_state["embedviz_session"] = session_of(at)
    compare.run()
    assert {epoch_name(name, 1), epoch_name(name, 3)} <= set(
        compare.selectbox(key="compare_a").options
    )
    compare.selectbox(key="compare_a").set_value(epoch_name(name, 1))
    compare.selectbox(key="compare_b").set_value(epoch_name(name, 3)).run()
    assert not compare.exception
    assert f"All {len(epochs[0])} common keys" in text_of(compare)


@pytest.mark.parametrize(
    ("text", "tokenizer"),
    [
        ("나는 학교에 갔다. 그는 집에 있다. 학교에서 친구를 만났다. ", "korean"),
        ("私は学校に行きました。彼は家にいます。猫が好きです。", "japanese"),
        ("我喜欢吃苹果。他去学校学习。我们都是学生。", "chinese"),
    ],
)
def test_uploads_in_other_scripts_are_cut_into_words(open_page, settle, text, tokenizer):
    from embedviz.words.tokenizing import TOKENIZERS

    at = open_page("train", text="Upload")
    data = gzip.compress((text * 40).encode())
    uploader = next(u for u in at.get("file_uploader") if u.key == "text-upload")
    uploader.set_value([("text.txt.gz", data, "application/gzip")]).run()
    settle(at, lambda at: any(button.label == "Train" for button in at.button))
    assert TOKENIZERS[tokenizer].label in text_of(at).replace("\\", "")


def test_a_file_that_is_no_text_is_a_sentence(open_page, settle):
    at = open_page("train", text="Upload")
    uploader = next(u for u in at.get("file_uploader") if u.key == "text-upload")
    uploader.set_value([("x.txt", bytes(range(256)) * 50, "text/plain")]).run()
    settle(at, lambda at: len(at.error) == 1)


def test_fasttext_says_that_it_has_no_loss(open_page, settle):
    at = open_page("train", text="Paste", algorithm="fastText")
    at.text_area(key="pasted").set_value(TEXT * 30).run()
    settle(at, lambda at: any(button.label == "Train" for button in at.button))
    start(at, epochs=3, vector_size=10, min_count=1, bucket=1000)
    settle(at, trained)
    assert "computes no loss" in text_of(at)


def test_deleted_model_is_trained_again_only_when_asked(open_page, settle):
    at = open_page("train", text="Paste")
    at.text_area(key="pasted").set_value(TEXT * 30).run()
    settle(at, lambda at: any(button.label == "Train" for button in at.button))
    start(at, epochs=3, vector_size=10, min_count=1)
    settle(at, trained)
    next(button for button in at.button if button.label == "Delete").click().run()
    assert session_of(at).owned == {}
    assert any("was deleted" in info.value for info in at.info)
    next(button for button in at.button if button.label == "Train").click().run()
    settle(at, trained)
    assert len(session_of(at).owned) == 1


def test_settings_follow_the_text(open_page, settle):
    samples = ev_corpora()
    at = open_page("train", corpus=samples["lee"].label)
    settle(at, lambda at: any(button.label == "Train" for button in at.button))
    at.selectbox(key="corpus").set_value("tiny").run()
    ready = lambda at: "29 words" in text_of(at) and any(b.label == "Train" for b in at.button)  # noqa: E731
    settle(at, ready)
    epochs = next(w for w in (*at.slider, *at.number_input) if str(w.key).endswith("_epochs"))
    assert epochs.value == samples["tiny"].settings["epochs"]


def test_a_text_of_seven_words_is_no_success(open_page, settle):
    at = open_page("train", text="Paste")
    at.text_area(key="pasted").set_value("a a b b c c d e f g").run()
    settle(at, lambda at: any(button.label == "Train" for button in at.button))
    start(at, vector_size=4, epochs=3)
    settle(at, lambda at: any("trained in" in warning.value for warning in at.warning))
    assert not at.success
    said = text_of(at).replace("\\", "")
    assert "Only 3 of 7 different words (60% of the text) occur 2 times or more" in said
    assert "min_count=1 keeps 7." in said
    charts = [chart.proto.spec for chart in at.get("plotly_chart")]
    assert not any('"y":[0' in spec for spec in charts)


def test_the_curve_shows_the_loss_that_compares_epochs(open_page, settle):
    at = open_page("train", text="Paste")
    at.text_area(key="pasted").set_value(TEXT * 30).run()
    settle(at, lambda at: any(button.label == "Train" for button in at.button))
    start(at, epochs=4, vector_size=10, min_count=1)
    settle(at, trained)
    (owned,) = session_of(at).owned.values()
    loss = next(c.proto.spec for c in at.get("plotly_chart") if "same guesses" in c.proto.spec)
    (curve,) = json.loads(loss)["data"]
    assert curve["y"] == list(owned.details.sample_losses)
