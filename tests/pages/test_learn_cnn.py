"""Lesson 7 by AppTest: both languages, every part, what the core computes, links good and bad."""

from __future__ import annotations

import json

import numpy as np
import pytest

from embedviz.images.activations import activations
from embedviz.images.class_weights import class_answer, last_layer
from embedviz.images.convolution import KERNELS, gray, slide
from embedviz.images.kind import IMAGE, opened
from embedviz.images.network import as_network
from embedviz.images.raw_pixels import pixel_space
from embedviz.images.sample_photos import opened as photo
from embedviz.images.samples import SAMPLES
from embedviz.items.embedding import embed_sample
from embedviz.items.retrieval import precision_at_k
from embedviz.network.softmax import cross_entropy
from embedviz.registry import ENCODERS, open_encoder
from embedviz.residual.flow import flow_at_start
from embedviz.residual.training import train_pair
from embedviz.things import look_alikes
from embedviz.ui.learn.texts import texts
from tests.pages.conftest import meaning_of, text_of

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


def sentences(at, part, lang="en"):
    told = meaning_of(at, texts("cnn", lang), part)
    assert len(told) == 3, told
    return told


def share(text):
    return float(text.rstrip("%")) / 100


@pytest.mark.parametrize(
    ("link", "right"),
    [
        ({"set": "photos"}, "the same kind of thing"),
        ({"set": "photos", "metric": "dot", "shift": "0"}, "the same kind of thing"),
        ({"set": "digits"}, "the same digit"),
    ],
)
def test_who_finds_more_of_the_right_ones_is_said_as_it_is_measured(lesson, link, right):
    at = lesson(part="look", **link)
    first, second, third = sentences(at, "look")
    sample, metric = link["set"], link.get("metric", "cosine")
    embedded = embed_sample(IMAGE, SAMPLES[sample], open_encoder(LITE.name))
    pixels = pixel_space(SAMPLES[sample].open(), embedded.space, LITE.preprocessing)
    network, plain = (
        precision_at_k(space, k=5, metric=metric).precision for space in (embedded.space, pixels)
    )
    assert f"{network:.0%} are {right} by the network and {plain:.0%} by raw pixels" in third
    assert ("raw pixels, which win" in third) == (network <= plain)
    assert (network > plain) == (sample == "photos")
    assert ("8 × 8 = 64 pixels" in first) == (sample == "digits")
    assert ("moving it by 48" in first) == ("shift" not in link)
    assert ("other pictures are nearer" in second) == ("shift" not in link)


@BOTH
@pytest.mark.parametrize(
    "link",
    [
        {},
        {"stride": "2", "padding": "1", "relu": "on", "size": "5"},
        {"pool": "max", "kernel": "outline"},
        {"pool": "mean", "relu": "on", "stride": "3"},
    ],
)
def test_the_sum_is_that_of_the_pixels_under_the_kernel(lesson, lang, link):
    at = lesson(part="convolution", lang=lang, **link)
    first, second, third = sentences(at, "convolution", lang)
    name, size = link.get("kernel", "upright"), int(link.get("size", 3))
    picture = gray(photo("skimage/data/chelsea.png"), 28)
    slid = slide(
        picture, KERNELS[name](size), int(link.get("stride", 1)), int(link.get("padding", 0)),
        relu="relu" in link, pool=link.get("pool", "none"),
    )  # fmt: skip
    rows, columns = slid.answer.shape
    place = slid.chosen(rows // 2, columns // 2)
    total = (slid.inputs(place) * slid.kernel).sum()
    assert f"{total:.2f}".replace("-", "−") in first
    assert f"{slid.sums.size:,}" in second
    assert f"{28 * 28 * slid.sums.size:,}" in second
    assert f"{slid.sums.shape[0]} × {slid.sums.shape[0]}" in third
    assert f"{(slid.sums < 0).mean():.0%}" in third or "pool" in link
    assert (f"{rows} × {columns}" in third) or "pool" not in link


def test_a_click_shows_the_pixels_of_that_value_and_the_link_holds_it(lesson):
    at = lesson(part="convolution")
    before = charts(at)["A gray picture with a frame around the pixels under the kernel"]
    at.button(key="cnn-row-less").click().run()
    assert at.query_params["row"] in ("12", ["12"])
    after = charts(at)["A gray picture with a frame around the pixels under the kernel"]
    assert after["layout"]["shapes"][0]["y0"] == before["layout"]["shapes"][0]["y0"] - 1
    again = lesson(part="convolution", row="12")
    frame = charts(again)["A gray picture with a frame around the pixels under the kernel"]
    assert frame["layout"]["shapes"] == after["layout"]["shapes"]
    wrong = lesson(part="convolution", row="99", column="x")
    assert not wrong.exception


@pytest.mark.parametrize("level", ["1", "0", "4"])
def test_how_a_depth_does_is_said_as_it_is_measured(lesson, level):
    at = lesson(part="depth", set="photos", level=level)
    first, second, third = sentences(at, "depth")
    layers = [*LITE.layers[1:], LITE.layers[0]]
    spaces = [
        embed_sample(IMAGE, SAMPLES["photos"], open_encoder(LITE.name, one.name)).space
        for one in layers
    ]
    pixels = pixel_space(SAMPLES["photos"].open(), spaces[-1], LITE.preprocessing)
    shares = [precision_at_k(space, k=5).precision for space in (pixels, *spaces)]
    assert f"{shares[int(level)]:.0%} of the five" in second
    assert f"by pixels {shares[0]:.0%}" in second
    assert ("The last layer does best" in third) == (max(shares) == shares[-1])
    assert f"{max(shares):.0%}" in third
    assert ("picture itself" in first) == (level == "0")


def test_layers_look_for_more_kinds_at_no_more_places():
    picture = opened_view("animals/chelsea.png")
    layers = [*LITE.layers[1:], LITE.layers[0]]
    shapes = [
        activations(as_network(open_encoder(LITE.name, one.name)), picture).shape for one in layers
    ]
    kinds, heights, _ = zip(*shapes, strict=True)
    assert all(a < b for a, b in zip((3, *kinds), kinds, strict=False))
    assert all(a >= b for a, b in zip((224, *heights), heights, strict=False))


@pytest.mark.parametrize(
    ("link", "vanishes", "explodes"),
    [
        ({"steps": "0"}, True, False),
        ({"steps": "0", "layers": "4"}, False, False),
        ({"steps": "0", "start": "he", "layers": "40"}, False, True),
    ],
)
def test_what_becomes_of_the_gradient_is_said_as_it_is(lesson, link, vanishes, explodes):
    first, second, third = sentences(lesson(part="shortcut", **link), "shortcut")
    flow = flow_at_start(int(link.get("layers", 20)), link.get("start", "pytorch"))
    assert (flow.plain_reach < 0.01) == vanishes == ("It vanishes" in first)
    assert (flow.residual_reach > 100) == explodes == ("it explodes" in second)
    assert "the shortcuts' doing" in third


def test_both_are_trained_at_once_and_what_each_learned_is_said(lesson):
    at = lesson(part="shortcut")
    _, _, third = sentences(at, "shortcut")
    pair = train_pair(20, 100)
    assert f"right on {pair.plain.accuracies[-1]:.0%}" in third
    assert f"shortcuts on {pair.residual.accuracies[-1]:.0%}" in third
    assert pair.plain.accuracies[-1] < 0.2
    assert pair.residual.accuracies[-1] > 0.8


@pytest.mark.parametrize(
    ("link", "one"),
    [({}, "tiger cat"), ({"picture": "coffee"}, "espresso"), ({"target": "tabby"}, "tabby")],
)
def test_the_nearest_row_is_the_nearest(lesson, link, one):
    at = lesson(part="classes", **link)
    first, second, third = sentences(at, "classes")
    layer = last_layer(LITE)
    rows = layer.weights.astype(float)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = rows @ rows[layer.classes.index(one)]
    cosines[layer.classes.index(one)] = -1
    assert f"“{one}” and “{layer.classes[int(cosines.argmax())]}”" in third
    assert f"cosine {cosines.max():.2f}" in third
    assert "1.28 million" in first
    assert "gets" in second


def opened_view(key):
    embedded = embed_sample(IMAGE, SAMPLES["photos"], open_encoder(LITE.name))
    space = embedded.space
    return opened(embedded.pictures.view(str(space.table["hash"].iloc[space.index(key)])))
