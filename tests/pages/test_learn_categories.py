"""The lesson on categories: both languages, every part, the table, its link, bad input."""

from __future__ import annotations

import re

import numpy as np
import pytest

from embedviz.encodings import (
    categories_of,
    choice_table,
    cross_validated,
    extreme_pairs,
    one_hot_encoding,
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
from tests.pages.conftest import meaning_of, text_of

PAGE = "learn_categories"
MINE = "Ana|red,blue|Rome|S|Up;Ben|red,blue|Oslo|M|Up,Jaws;Cy|pink||XXL|Jaws"


def said(at) -> str:
    return text_of(at).replace("\\", "")


def html(at) -> str:
    return "\n".join(element.proto.body for element in at.get("html"))


def charts(at) -> list[str]:
    """What each chart of the page was given, as text."""
    return [str(element.proto).replace("\\", "") for element in at.get("bidi_component")]


def widget(at, kind: str, name: str):
    return next(each for each in at.get(kind) if each.key == f"{PAGE}-{name}")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", ["encode", "harm", "size", "learn"])
def test_every_part_opens_in_both_languages(open_page, lang, part):
    at = open_page(PAGE, lang=lang, part=part)
    own = texts("categories", lang)
    assert own.section("question") in said(at)
    assert len(meaning_of(at, own, part)) == 3
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


@pytest.mark.parametrize(
    ("feature", "shuffle", "begins"),
    [
        ("country", 0, "no better than saying the mean"), ("country", 20, "more than with one-hot"),
        ("continent", 0, "more than with one-hot"), ("income", 12, "happens to suit it"),
    ],
)  # fmt: skip
def test_what_the_order_costs_and_what_was_learned(open_page, feature, shuffle, begins):
    at = open_page(PAGE, part="harm", data=feature, shuffle=str(shuffle))
    first, second, third = meaning_of(at, texts("categories", "en"), "harm")
    data = life_expectancies()
    names = categories_of(data.features[feature], "sorted")
    k = len(names)
    order = np.random.default_rng(shuffle).permutation(k) if shuffle else range(k)
    encoding = ordinal_encoding([names[i] for i in order])
    values = data.features[feature]
    label = cross_validated(values, data.years, lambda *_: encoding).mean
    one_hot = cross_validated(values, data.years, lambda v, _: one_hot_encoding(categories_of(v)))
    none = cross_validated(values, data.years, None).mean
    assert begins in first
    assert (none - label < 0.05) is ("no better" in first)
    assert (label - one_hot.mean < 0.05) is ("happens" in first)
    assert f"{label:.1f} years off" in first
    assert f"{one_hot.mean:.1f} years off" in second
    # E of k × 2, its w and b; then the weights and the constant of the model that uses it.
    assert f"{2 * k + 3 + 3} learned numbers against one-hot's {k + 1}" in third
    assert "learned from the target itself" in third


@pytest.mark.parametrize("feature", FEATURES)
def test_near_in_the_embedding_is_chosen_alike_and_label_numbers_are_not(open_page, feature):
    at = open_page(PAGE, feature=feature)
    first, _, third = meaning_of(at, texts("categories", "en"), "encode")
    choices = sample_table(texts("categories", "en")).choices(FEATURES.index(feature))
    distances = pairwise_distances(train_entities(choices.chosen, steps=STEPS).models[-1].things)
    counts = []
    for a, b in extreme_pairs(distances):
        both = choices.chosen[:, a] * choices.chosen[:, b]
        counts.append(
            (int(both.sum()), int(abs(choices.chosen[:, a] - choices.chosen[:, b]).sum()))
        )
        assert f"{choices.categories[a]} – {choices.categories[b]}" in third.replace("\\", "")
    (_, near), (_, far) = counts
    assert near < far
    assert third.endswith("near means chosen alike.")
    assert ("not in their true order" in first) is (feature == "sizes")


@pytest.mark.parametrize("steps", ["0", "60", "200"])
def test_the_training_is_told_as_far_as_it_has_come(open_page, steps):
    at = open_page(PAGE, part="learn", steps=steps, of="Alien")
    _, second, third = meaning_of(at, texts("categories", "en"), "learn")
    chosen = sample_table(texts("categories", "en")).choices(FEATURES.index("films")).chosen
    training = train_entities(chosen, steps=STEPS)
    step = int(steps)
    right = ((training.models[step].probabilities() > 0.5) == (chosen > 0)).mean()
    assert f"{right:.0%} of the cells are right" in second
    if not step:
        assert "now nothing is learned" in second
        assert "still chance" in third
        return
    assert training.losses[step] < training.losses[0]
    assert f"fallen from {training.losses[0]:.3f} to {training.losses[step]:.3f}" in second
    assert third.startswith("Nobody named any kind")
    assert "nearest to Star Wars" in third


@pytest.mark.parametrize("seed", range(4))
def test_another_seed_turns_the_map_and_keeps_who_is_near(seed):
    choices = sample_table(texts("categories", "en")).choices(FEATURES.index("films"))
    away = pairwise_distances(
        train_entities(choices.chosen, steps=STEPS, seed=seed).models[-1].things
    )
    np.fill_diagonal(away, np.inf)
    assert away.argmin(axis=1).tolist() == [1, 0, 3, 2, 5, 4, 7, 6]


@pytest.mark.parametrize(("n", "d"), [("100000", "64"), ("10", "64"), ("1000", "300")])
def test_what_the_representations_weigh_is_told(open_page, n, d):
    at = open_page(PAGE, part="size", n=n, d=d)
    first, second, third = meaning_of(at, texts("categories", "en"), "size")
    sizes = representation_sizes(int(n), int(d))
    assert f"{1 - 1 / int(n):.3%} are zeros" in first
    assert (sizes.sparse < sizes.embedding) is ("less than the embedding's" in second)
    assert f"holds {d} numbers" in third


def test_heat_maps_side_by_side_share_one_scale(open_page):
    at = open_page(PAGE, feature="sizes")
    found = [re.search(r'"zmax":([\d.]+)', text) for text in charts(at)]
    scales = [float(each[1]) for each in found if each]
    assert len(scales) == 4
    choices = sample_table(texts("categories", "en")).choices(FEATURES.index("sizes"))
    things = train_entities(choices.chosen, steps=STEPS).models[-1].things
    largest = max(3.0, float(pairwise_distances(things).max()))  # S to XL, or what was learned
    assert scales == pytest.approx([largest] * 4)


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
        assert at.query_params.get("steps", "0") == str(step)
    at = open_page(PAGE, part="learn", steps="150")
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
