"""What the Images page learns from the tables: an encoder's doors, the kinds of collections."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import embedviz as ev
from embedviz.registry import ENCODERS, KINDS
from tests.pages.conftest import text_of
from tests.toy_things import LETTERS, LINE, TWO_DOORS, Line

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
PAINTS = {"red": (250, 10, 10), "green": (10, 240, 20), "blue": (20, 10, 230), "gray": (128,) * 3}


@pytest.fixture(autouse=True)
def newcomers(tmp_path, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setitem(KINDS, LINE.name, LINE)
    for encoder in (LETTERS, TWO_DOORS):
        monkeypatch.setitem(ENCODERS, encoder.name, encoder)


def png(color) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def saved():
    """Paints through the encoder with two doors, lines of another kind, and words of none."""
    sources = [(f"{name}.png", png(color)) for name, color in PAINTS.items()]
    done = ev.embed_images(sources, "colors", cache=False, pictures=True)
    ev.collections.save("Paints", done)
    from embedviz.things import embed

    ev.collections.save("Lines", embed("line", [Line("abcdefghijklmnop")], "letters", cache=False))
    ev.collections.save("Words", ev.EmbeddingSpace(["king", "queen"], np.eye(2)))


def asked_of(at) -> list[str]:
    buttons = [b.label for b in at.button if b.key and b.key.startswith("ask-answers")]
    return [label.replace("\\", "") for label in buttons]


def test_words_find_pictures_of_a_saved_collection(open_page, settle, saved):
    at = open_page("images", images="Saved", saved="Paints", image_near="Euclidean distance")
    settle(at, lambda at: "Showing all 4 images" in text_of(at))
    ways = at.segmented_control(key="ask_with")
    assert "Words" in ways.options
    ways.set_value("words-text").run()
    (box,) = [item for item in at.text_input if item.label == "In words"]
    box.set_value("a green <b>car</b>").run()
    assert not at.exception
    assert "Images for “a green" in text_of(at)
    assert asked_of(at)[0].endswith("green.png")
    # What pictures find among themselves says nothing of words, and words have no heat map.
    assert not at.warning
    assert not [item for item in at.toggle if item.label == "Why they match"]
    box = next(item for item in at.text_input if item.label == "In words")
    box.set_value("blue").run()
    assert asked_of(at)[0].endswith("blue.png")


def test_a_link_with_words_opens_at_their_answer(open_page, settle, saved):
    at = open_page("images", images="Saved", saved="Paints", text_words="blue")
    settle(at, lambda at: "Showing all 4 images" in text_of(at))
    assert at.segmented_control(key="ask_with").value == "words-text"
    assert asked_of(at)[0].endswith("blue.png")


def test_where_no_encoder_is_here_its_download_is_offered(open_page, monkeypatch):
    monkeypatch.setattr("embedviz.items.encoder.located", lambda *_: None)
    monkeypatch.delitem(ENCODERS, "colors")
    at = open_page("images", sample="Photos")
    assert any("nothing else here looks at images" in item.value for item in at.info)
    assert [item for item in at.button if item.label == "Download it"]


def test_a_found_picture_can_be_asked_with_in_turn(open_page, settle, saved):
    at = open_page("images", images="Saved", saved="Paints")
    settle(at, lambda at: "Showing all 4 images" in text_of(at))
    at.segmented_control(key="ask_with").set_value("words-text").run()
    next(item for item in at.text_input if item.label == "In words").set_value("red").run()
    next(b for b in at.button if b.key and b.key.startswith("ask-answers")).click().run()
    assert at.segmented_control(key="ask_with").value == "here"
    assert "What looks like" in text_of(at)


def test_an_encoder_of_images_alone_offers_no_words(open_page, settle):
    at = open_page("images", sample="Photos", encoder="EfficientNet-Lite0")
    settle(at, lambda at: "Showing all" in text_of(at))
    assert at.segmented_control(key="ask_with").options == ["From here", "Upload", "Camera"]


def test_the_page_offers_encoders_that_take_images(open_page):
    at = open_page("images", sample="Photos", encoder="EfficientNet-Lite0")
    offered = at.selectbox(key="encoder").options
    assert "Colors" in offered
    assert "Letters" not in offered


def test_the_list_of_saved_images_shows_images_only(open_page, settle, saved):
    at = open_page("images", images="Saved")
    settle(at, lambda at: "Showing all 4 images" in text_of(at))
    assert at.selectbox(key="saved").options == ["Paints"]


def test_where_only_other_kinds_are_saved_there_are_no_images(open_page):
    ev.collections.save("Words", ev.EmbeddingSpace(["king", "queen"], np.eye(2)))
    at = open_page("images", images="Saved")
    assert "Nothing is saved" in text_of(at)


def test_a_collection_of_0_1_0_is_on_the_map(open_page, settle, tmp_path):
    with zipfile.ZipFile(FIXTURES / "collections-0.1.0.zip") as archive:
        archive.extractall(tmp_path / "data")
    at = open_page("images", images="Saved", image="coffee/patch 01.png")
    settle(at, lambda at: "Showing all 13 images" in text_of(at))
    assert at.selectbox(key="saved").options == ["Patches"]
    assert any("coffee/" in label for label in asked_of(at))


def test_an_uploaded_picture_is_decoded_once(open_page, settle, saved, monkeypatch):
    from embedviz.images import kind

    at = open_page("images", images="Saved", saved="Paints")
    settle(at, lambda at: "Showing all 4 images" in text_of(at))
    decoded, decode = [], kind.decode

    def counted(data, limits):
        decoded.append(len(data))
        return decode(data, limits)

    monkeypatch.setattr(kind, "decode", counted)
    at.segmented_control(key="ask_with").set_value("file").run()
    data = png((240, 0, 0))
    at.file_uploader(key="query-upload-image").set_value([("mine.png", data, "image/png")]).run()
    assert asked_of(at)[0].endswith("red.png")
    at.number_input(key="image_k").set_value(2).run()
    assert decoded == [len(data)]


def test_my_data_names_things_by_their_kind(open_page, settle):
    at = open_page("images", images="Your images", encoder="Colors")
    files = [(f"{name}.png", png(color), "image/png") for name, color in PAINTS.items()]
    next(item for item in at.get("file_uploader") if "or a zip" in item.label).set_value(files)
    at.run()
    next(item for item in at.button if item.label == "Look at them").click().run()
    settle(at, lambda at: "Showing all 4 images" in text_of(at))
    (owned,) = at.session_state["embedviz_session"].owned.values()
    assert owned.kind == "image"
    assert any("4 images × 3" in caption.value for caption in at.sidebar.caption)
