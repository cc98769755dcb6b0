"""Lesson 7 by AppTest: both languages, every part, what the core computes, links good and bad."""

from __future__ import annotations

import json

import pytest

from embedviz.images.class_weights import class_answer, last_layer
from embedviz.images.kind import IMAGE
from embedviz.images.raw_pixels import pixel_space
from embedviz.images.samples import SAMPLES
from embedviz.items.embedding import embed_sample
from embedviz.network.softmax import cross_entropy
from embedviz.registry import ENCODERS, open_encoder
from embedviz.residual.flow import flow_at_start
from embedviz.things import look_alikes
from tests.pages.conftest import text_of

LITE = ENCODERS["efficientnet-lite0"]
BOTH = pytest.mark.parametrize("lang", ["en", "ko"])


@pytest.fixture(autouse=True)
def apart(tmp_path, monkeypatch):
    """No weights but those of packages, whatever this machine has."""
    monkeypatch.setenv("EMBEDVIZ_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


@pytest.fixture
def lesson(open_page, settle):
    """The lesson at a link, once nothing is under way."""

    def opened(**link: str):
        at = open_page("learn_cnn", **link)
        return settle(
            at, lambda at: not any(b.key and b.key.startswith("stop-") for b in at.button)
        )

    return opened


def html_of(at) -> str:
    return "\n".join(item.proto.body for item in at.get("html"))


def charts(at) -> dict[str, dict]:
    """The figures on the page, by their alternative text."""
    found = {}
    for component in at.get("bidi_component"):
        data = json.loads(component.proto.json)
        if "figure" in data:
            found[data["alt"]] = json.loads(data["figure"])
    return found


def metrics(at) -> list[str]:
    return [item.value for item in at.metric]


@BOTH
def test_look_alikes_are_those_of_the_core(lesson, lang):
    at = lesson(lang=lang, set="photos")
    at.select_slider(key="learn_cnn-whole").set_value("coffee").run()
    assert not at.exception
    embedded = embed_sample(IMAGE, SAMPLES["photos"], open_encoder(LITE.name))
    pixels = pixel_space(SAMPLES["photos"].open(), embedded.space, LITE.preprocessing)
    shown = html_of(at)
    for space in (pixels, embedded.space):
        found = look_alikes(space, key="things/coffee.png", k=5, normal=False)
        labels = space.table["label"]
        for row, score in zip(found.rows, found.scores, strict=True):
            assert f"{labels.iloc[row]} {score:.3f}" in shown
    said = text_of(at)
    assert "150,528" in said
    assert "1,280" in said
    assert "98 MB" in said
    assert not at.error


def test_the_metric_changes_the_scores_and_the_numbers_can_be_seen(lesson):
    at = lesson(set="photos", whole="coffee", metric="euclidean")
    space = embed_sample(IMAGE, SAMPLES["photos"], open_encoder(LITE.name)).space
    found = look_alikes(space, key="things/coffee.png", k=1, metric="euclidean", normal=False)
    assert f"{found.scores[0]:.3f}" in html_of(at)
    at.toggle(key="cnn-numbers").set_value(True).run()
    assert not at.exception
    assert "224 × 224 × 3 = 150,528" in html_of(at)


@BOTH
def test_the_gradient_by_depth_is_the_cores(lesson, lang):
    at = lesson(lang=lang, part="shortcut")
    at.select_slider(key="learn_cnn-layers").set_value(50).run()
    assert not at.exception
    flow = flow_at_start(50)
    mantissa = f"{flow.plain_reach:.1e}".split("e", maxsplit=1)[0]
    assert metrics(at)[0].startswith(f"{mantissa} × 10⁻")
    assert float(metrics(at)[1]) == pytest.approx(flow.residual_reach, rel=0.1)
    assert at.query_params["layers"] in ("50", ["50"])


def test_training_shows_that_only_one_learns(lesson):
    at = lesson(part="shortcut", steps="100")
    plain, residual = (float(value.rstrip("%")) for value in metrics(at)[2:4])
    assert plain < 20
    assert residual > 80
    assert "Dotted: after 100 steps" in text_of(at)


def test_a_network_that_diverges_is_told(lesson):
    at = lesson(part="shortcut", steps="100", start="he", layers="40")
    assert any("beyond all bounds" in warning.value for warning in at.warning)
    assert not at.error


@BOTH
def test_the_classes_are_the_cores(lesson, lang):
    at = lesson(lang=lang, part="classes", picture="coffee")
    layer = last_layer(LITE)
    answer = class_answer(
        layer,
        embed_sample(IMAGE, SAMPLES["photos"], open_encoder(LITE.name)).space.vector(
            "things/coffee.png"
        ),
    )
    best = int(answer.ranking[0])
    assert layer.classes[best] == "espresso"
    assert metrics(at) == [f"{cross_entropy(answer.probabilities, best):.2f}"]
    at.selectbox(key="learn_cnn-target").set_value("tabby").run()
    assert not at.exception
    tabby = layer.classes.index("tabby")
    assert metrics(at) == [f"{cross_entropy(answer.probabilities, tabby):.2f}"]
    at.toggle(key="cnn-features").set_value(True).run()
    assert not at.exception
    assert "1.000000" in text_of(at)


@BOTH
def test_every_depth_of_a_patch_opens(lesson, lang):
    at = lesson(lang=lang, part="depth", level="2", set="photos")
    said = text_of(at)
    assert "40" in said
    assert "28 × 28" in said
    for level in (0, 4):
        at.select_slider(key="learn_cnn-level").set_value(level).run()
        assert not at.exception
        assert not at.error
    assert "7 × 7" in text_of(at)


def test_a_link_restores_and_a_bad_one_is_told(lesson):
    at = lesson(part="shortcut", layers="8", start="glorot", seed="3")
    assert at.select_slider(key="learn_cnn-layers").value == 8
    flow = flow_at_start(8, "glorot", 3)
    assert float(metrics(at)[1]) == pytest.approx(flow.residual_reach, rel=0.1)
    bad = lesson(part="shortcut", layers="9", steps="<img onerror=x>", seed="NaN")
    told = " ".join(info.value for info in bad.info)
    assert "layers" in told
    assert "steps" in told
    assert "seed" in told
    assert bad.select_slider(key="learn_cnn-layers").value == 20
    worse = lesson(part="look", set="photos", whole="../../etc/passwd", metric="1e999")
    assert worse.select_slider(key="learn_cnn-whole").value == "chelsea"


def test_a_class_that_is_none_shows_the_answer_itself(lesson):
    at = lesson(part="classes", target="unicorn")
    assert at.selectbox(key="learn_cnn-target").value == "answer"
    assert any("unicorn" in info.value for info in at.info)
