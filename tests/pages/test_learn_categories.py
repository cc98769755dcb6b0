"""The lesson on categories: both languages, every part, the table, its link, bad input."""

from __future__ import annotations

import numpy as np
import pytest

from embedviz.encodings import (
    categories_of,
    choice_table,
    cross_validated,
    extreme_pairs,
    ordinal_encoding,
    pairwise_distances,
    parse_table,
    representation_sizes,
    train_entities,
)
from embedviz.encodings.gapminder import life_expectancies
from embedviz.errors import InvalidParameterError
from embedviz.ui.learn.categories.names import FEATURES, STEPS, sample_table
from embedviz.ui.learn.categories.table import edited_table
from embedviz.ui.learn.texts import LANGUAGES, texts
from tests.pages.conftest import text_of

PAGE = "learn_categories"
MINE = "Ana|red,blue|Rome|S|Up;Ben|red,blue|Oslo|M|Up,Jaws;Cy|pink||XXL|Jaws"


def said(at) -> str:
    return text_of(at).replace("\\", "")


def html(at) -> str:
    return "\n".join(element.proto.body for element in at.get("html"))


def widget(at, kind: str, name: str):
    return next(each for each in at.get(kind) if each.key == f"{PAGE}-{name}")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", ["encode", "harm", "size", "learn"])
def test_every_part_opens_in_both_languages(open_page, lang, part):
    at = open_page(PAGE, lang=lang, part=part)
    own = texts("categories", lang)
    assert own.section("question") in said(at)
    assert own.section(f"explanation.{part}").splitlines()[0] in said(at)
    assert not at.error
    assert not at.info


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_feature_shows_its_nearest_and_farthest_pair(open_page, lang):
    at = open_page(PAGE, lang=lang)
    table = sample_table(texts("categories", lang))
    for place, feature in enumerate(FEATURES):
        widget(at, "button_group", "feature").set_value(feature).run()
        assert not at.exception
        choices = table.choices(place)
        things = train_entities(choices.chosen, steps=STEPS).models[-1].things
        distances = pairwise_distances(things)
        (a, b), _ = extreme_pairs(distances)
        near = f"{choices.categories[a]} – {choices.categories[b]} ({distances[a, b]:.2f})"
        assert near in said(at)
        assert "1.41 = √2" in said(at)
        for name in choices.categories:
            assert f'<th scope="row">{name}</th>' in html(at)


def test_the_colors_get_the_textbook_labels_and_the_alphabets(open_page):
    at = open_page(PAGE)
    assert "red – green (1.00). Farthest: red – navy (4.00)" in said(at)
    widget(at, "button_group", "numbering").set_value("sorted").run()
    assert "red – orange (1.00). Farthest: red – blue (4.00)" in said(at)


def test_an_order_belongs_to_sizes_alone_and_must_be_whole(open_page):
    at = open_page(PAGE)
    assert "there is no order to give" in said(at)
    at = open_page(PAGE, feature="sizes")
    assert "there is no order to give" not in said(at)
    assert "S – XL (3.00)" in said(at)
    widget(at, "text_input", "order").set_value("S, M, L").run()
    assert "'XL' is not among the 3 categories" in at.error[0].value.replace("\\", "")
    widget(at, "text_input", "order").set_value("S, S, M, L, XL").run()
    assert "'S' stands twice" in at.error[0].value.replace("\\", "")
    widget(at, "text_input", "order").set_value("").run()
    assert "there is no order to give" in said(at)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_order_of_labels_changes_the_label_models_error_and_no_other(open_page, lang):
    data = life_expectancies()
    continents = categories_of(data.features["continent"], "sorted")
    at = open_page(PAGE, lang=lang, part="harm", data="continent")
    shown = []
    for shuffle in (0, 1, 2):
        widget(at, "slider", "shuffle").set_value(shuffle).run()
        assert not at.exception
        order = [0, 1, 2, 3, 4] if not shuffle else np.random.default_rng(shuffle).permutation(5)
        encoding = ordinal_encoding([continents[i] for i in order])
        expected = cross_validated(
            data.features["continent"], data.years, lambda *_, it=encoding: it
        ).mean
        answer = next(line for line in said(at).splitlines() if f"**{expected:.1f}" in line)
        shown.append(answer.split("**", 2)[2])
    assert len(set(shown)) == 1  # what stands after the label model's number


@pytest.mark.parametrize("n", [10, 3000, 100_000])
def test_megabytes_are_the_cores(open_page, n):
    at = open_page(PAGE, part="size", d="128")
    widget(at, "select_slider", "n").set_value(n).run()
    sizes = representation_sizes(n, 128)
    values = [float(metric.value.removesuffix(" MB").replace(",", "")) for metric in at.metric]
    expected = [each / 1e6 for each in (sizes.dense, sizes.embedding, sizes.sparse)]
    assert values == pytest.approx(expected, rel=0.05)
    assert ("calculated" in said(at)) is (n == 100_000)


def test_training_goes_step_by_step_and_settles(open_page):
    at = open_page(PAGE, part="learn", steps="0")
    chosen = sample_table(texts("categories", "en")).choices(FEATURES.index("films")).chosen
    losses = train_entities(chosen, steps=STEPS).losses
    for name, step in (("one", 1), ("ten", 11), ("settle", STEPS), ("back", 0)):
        at.button(key=f"learn-categories-step-{name}").click().run()
        assert f"After **{step} steps** the loss is **{losses[step]:.3f}**" in said(at)
        assert at.query_params["steps"] == str(step)
    widget(at, "slider", "steps").set_value(150).run()
    assert f"After **150 steps** the loss is **{losses[150]:.3f}**" in said(at)
    widget(at, "selectbox", "of").set_value("Alien").run()
    near = said(at).partition("Nearest to **Alien**: ")[2]
    assert near.startswith("Star Wars (0.")
    assert {near.split(". Farthest")[0].split(", ")[i].split(" (")[0] for i in (1, 2)} == {
        "Mad Max", "Die Hard",
    }  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_link_holds_the_table_and_the_state(open_page, lang):
    at = open_page(
        PAGE, lang=lang, table=MINE, part="learn", learned="films", steps="30", seed="4", of="Jaws"
    )
    choices = parse_table(MINE, 4).choices(3)
    training = train_entities(choices.chosen, steps=STEPS, seed=4)
    assert f"{training.losses[30]:.3f}" in said(at)
    distance = pairwise_distances(training.models[30].things)[0, 1]
    assert f"Up ({distance:.2f})" in said(at)
    assert at.query_params["table"] == MINE
    assert not at.error
    widget(at, "button_group", "part").set_value("encode").run()
    assert "red – blue (1.00)" in said(at)  # the table stays from part to part
    widget(at, "button_group", "feature").set_value("sizes").run()
    wanted = {
        "en": "'XXL' is not among the 4 categories",
        "ko": "'XXL': 이 인코딩이 아는 범주 4개에",
    }
    assert wanted[lang] in at.error[0].value.replace("\\", "")
    at.button[-1].click().run()
    assert "table" not in at.query_params
    assert not at.error


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ({"table": "Ana|red"}, "“Ana|red”"),
        ({"feature": "smells"}, "“smells”"),
        ({"part": "learn", "steps": "1e9"}, "“1e9”"),
        ({"part": "learn", "steps": "-1"}, "“-1”"),
        ({"part": "size", "n": "99"}, "“99”"),
        ({"part": "harm", "shuffle": "<b>"}, "“<b>”"),
        ({"part": "learn", "of": "Jaws"}, "“Jaws”"),
    ],
)
def test_a_link_with_a_bad_value_says_so_and_begins_as_ever(open_page, link, told):
    at = open_page(PAGE, **link)
    assert any(told in each.value.replace("\\", "") for each in at.info)
    assert not at.error


@pytest.mark.parametrize("part", ["encode", "learn"])
@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        (";", "holds 0 different categories"),
        ("Ana||||", "holds 0 different categories"),
        (f"Ana|{','.join(f'c{i}' for i in range(20))}|a|a|a", "holds 20 different categories"),
    ],
)
def test_a_table_that_cannot_be_drawn_says_so_and_can_be_begun_again(open_page, part, table, wrong):
    at = open_page(PAGE, part=part, table=table, learned="colors")
    assert wrong in at.error[0].value.replace("\\", "")
    at.button[-1].click().run()
    assert not at.error
    assert not at.exception


def test_one_category_and_hostile_names_are_drawn_as_text(open_page):
    hostile = "<img src=x onerror=alert(1)>"
    table = f"{hostile}|$x^2$,**b**,{hostile[:24]}|[a](b)|S|:smile:;Ben|$x^2$|[a](b)|S|:smile:"
    for part in ("encode", "learn"):
        at = open_page(PAGE, part=part, table=table, learned="colors")
        assert not at.error
        assert "<img" not in html(at)
        assert "&lt;img src=x onerror=ale" in html(at)
        at = open_page(PAGE, part=part, table=table, learned="films", feature="films")
        assert not at.error  # one category: no pair, no distance, no error


def test_what_was_edited_is_read_from_the_editor():
    table = choice_table(["Ana", "Ben"], [[["red"], ["Rome"], ["S"], ["Up"]]] * 2)
    changes = {
        "edited_rows": {0: {"colors": ["blue", " green"], "films": None}},
        "added_rows": [{"person": "Cy", "sizes": ["XL"]}, {}],
        "deleted_rows": [1],
    }
    edited = edited_table(table, changes)
    assert edited.people == ("Ana", "Cy")
    assert edited.cells == (
        (("blue", "green"), ("Rome",), ("S",), ()),
        ((), (), ("XL",), ()),
    )
    with pytest.raises(InvalidParameterError, match="rows; 24 can be shown"):
        edited_table(table, {"added_rows": [{"person": "x"}] * 30})


def test_the_card_is_a_small_live_picture():
    from embedviz.ui.learn.categories.card import card

    figure = card()
    assert len(figure.data) > 8
    assert not figure.layout.showlegend
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
