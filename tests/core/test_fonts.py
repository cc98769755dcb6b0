"""Letters that no installed font has: said, not only drawn as boxes; and fonts that have them used."""

from __future__ import annotations

import io
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
from matplotlib import font_manager

import embedviz as ev
from embedviz.errors import EmbedvizWarning
from embedviz.exporting import EXPORTS, Look, export
from embedviz.plots import fonts
from embedviz.plots.fonts import fonts_for

TEXTS = {
    "Korean": "고양이가 잔다", "Japanese": "猫が眠る", "Chinese": "猫在睡觉",
    "emoji": "cat 🦄", "Amharic": "ድመት", "Thai": "แมว",
}  # fmt: skip
SYSTEM_FONTS = font_manager.findSystemFonts
# DejaVu Sans, which comes with matplotlib, has these.
HAD = {"Latin": "où naïve", "Greek": "γάτα", "Cyrillic": "кошка", "Arabic": "قطة", "signs": "→ ½ ☃"}


@pytest.fixture
def no_fonts(monkeypatch):
    """As on a server that has nothing but what comes with matplotlib."""
    own = Path(font_manager.__file__).parent
    faces = [
        face for face in font_manager.fontManager.ttflist if Path(face.fname).is_relative_to(own)
    ]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", faces)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda *_, **__: [])


def projection(keys=("a", "b", "c", "d"), table=None):
    vectors = np.random.default_rng(0).normal(size=(len(keys), 3))
    space = ev.EmbeddingSpace(list(keys), vectors, table)
    return ev.project(space, "pca", cache=False)


def written(name, keys=("a", "b", "c", "d"), table=None, **more) -> bytes:
    file = io.BytesIO()
    export(projection(keys, table), file, format=name, look=Look(60, 50, 80), **more)
    return file.getvalue()


@pytest.mark.parametrize("name", ["png", "pdf"])
@pytest.mark.parametrize("script", TEXTS)
def test_boxes_are_said_and_what_has_none_is_named(script, name, no_fonts):
    key = TEXTS[script]
    with pytest.warns(EmbedvizWarning, match="boxes stand in their place") as said:
        assert written(name, [key, "b", "c", "d"], labels=[key])
    (message,) = [str(one.message) for one in said]
    assert all(sign in message for sign in key if not sign.isascii() and sign.isalpha())
    assert "Web page (HTML) and Drawing (SVG) leave the letters to the fonts" in message


@pytest.mark.parametrize("name", ["svg", "html", "coordinates"])
@pytest.mark.parametrize("script", TEXTS)
def test_what_holds_letters_as_letters_says_nothing(script, name, no_fonts):
    key = TEXTS[script]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        file = written(name, [key, "b", "c", "d"], labels=[key])
    if name != "html":  # there its letters are escaped
        assert key in file.decode("utf-8-sig")


@pytest.mark.parametrize("name", ["png", "pdf"])
@pytest.mark.parametrize("script", HAD)
def test_letters_that_a_font_has_are_not_complained_of(script, name, no_fonts):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert written(name, [HAD[script], "b", "c", "d"], labels=[HAD[script]])


@pytest.mark.parametrize("where", ["title", "category", "column", "scale"])
def test_every_place_with_letters_is_looked_at(where, no_fonts):
    import pandas as pd

    more: dict = {"title": "고양이"} if where == "title" else {"color": "kind"}
    if where == "category":
        more["table"] = pd.DataFrame({"kind": ["고양이", "b", "b", "b"]})
    elif where != "title":
        values = ["x", "b", "b", "b"] if where == "column" else [1.5, 2.5, 3.25, 4.0]
        more |= {"table": pd.DataFrame({"고양이": values}), "color": "고양이"}
    with pytest.warns(EmbedvizWarning, match="고"):
        written("png", **more)


def test_keys_that_are_not_drawn_do_not_matter(no_fonts):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        written("png", ["고양이", "b", "c", "d"])


def test_a_font_that_has_them_is_used_although_nobody_named_it(monkeypatch):
    """Any installed family will do, also one that no list here knows."""
    have = {"DejaVu Sans": "abc ", "Batang": "고양이", "Nothing": "", "Last Resort HE": "고양이한"}
    faces = [
        font_manager.FontEntry(name, 0, name, "normal", "normal", 400, "normal", "scalable")
        for name in have
    ]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", faces)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda *_, **__: [])
    monkeypatch.setattr(fonts, "_has", lambda file: frozenset(have[file]))
    found = fonts_for("a 고양이")
    assert found.families == ("DejaVu Sans", "Batang")
    assert found.missing == ()
    assert fonts_for("한 a").missing == ("한",)  # boxes for everything are no font
    assert fonts_for("abc").families == ("DejaVu Sans",)


def test_a_font_installed_since_is_found(no_fonts, monkeypatch, tmp_path):
    """matplotlib keeps its list of fonts on disk and does not look again by itself."""
    extra = next(
        (face for face in sorted(SYSTEM_FONTS()) if "고" in fonts._has(face)), None
    )  # what this machine has, if it has any
    if extra is None:
        pytest.skip("No Korean font on this machine.")
    file = shutil.copy(extra, tmp_path)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda *_, **__: [str(file), "/gone.ttf"])
    monkeypatch.setattr(font_manager.fontManager, "ttflist", list(font_manager.fontManager.ttflist))
    assert fonts_for("고양이").missing == ()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = written("png", ["고양이", "b", "c", "d"], labels=["고양이"])
    assert picture != written("png", ["가나다", "b", "c", "d"], labels=["가나다"])


def test_what_has_no_shape_is_not_missing(no_fonts):
    assert fonts_for("a\u200b\u200d\ufe0f\u3000\u00ad\n").missing == ()


def test_the_letters_are_named_in_their_order_and_not_all_of_very_many():
    text = "".join(chr(0xAC00 + at) for at in range(40))
    said = fonts.missing_in_words(tuple(text), "Drawing (SVG)")
    assert "40 letters" in said
    assert "가, 각" in said
    assert text[20] not in said


def test_each_figure_says_whether_its_letters_are_drawn():
    assert {name for name, item in EXPORTS.items() if item.draws_letters} == {"png", "pdf"}
