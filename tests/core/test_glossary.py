"""The glossary: every term of the lessons, found in both languages, each where it is touched."""

from __future__ import annotations

import pytest

from embedviz.ui.learn.glossary import found, terms
from embedviz.ui.learn.texts import LANGUAGES, texts
from embedviz.ui.lessons import LESSONS
from embedviz.ui.navigation import PAGES
from tests.core.test_lesson_texts import HANGUL, TERMS


def test_every_term_is_said_in_both_languages() -> None:
    for term in terms():
        assert set(term.names) == set(term.meanings) == set(LANGUAGES)
        assert all(len(text) > 8 and text.endswith(".") for text in term.meanings.values())
        assert HANGUL.search(term.meanings["ko"])
        assert not HANGUL.search(term.names["en"] + term.meanings["en"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_term_stands_twice(language: str) -> None:
    names = [term.names[language] for term in terms()]
    assert len(names) == len(set(names))


def test_every_term_leads_to_a_part_that_there_is() -> None:
    for term in terms():
        assert term.page in PAGES
        if term.page in LESSONS:
            folder = LESSONS[term.page].folder
            assert texts(folder, "en").has(f"part.{term.state['part']}"), term.names["en"]
        else:
            assert texts("common", "en").has(f"tool.{term.page}")
    assert {term.page for term in terms()} >= set(LESSONS)


@pytest.mark.parametrize("folder", TERMS)
def test_what_the_course_names_is_found(folder: str) -> None:
    """But for the words of examples, which are no terms."""
    examples = {
        "film", "red", "green", "blue", "text", "image", "video", "product", "user", "tens",
        "thousands", "bert", "gpu", "input", "output", "photo", "fruit", "cat", "dog", "kitten",
        "(v,)", "(c, d)", "little", "wattenberg", "width", "height", "50 layers/50 layer", "slope",
    }  # fmt: skip
    missing = [
        names
        for names in TERMS[folder]
        if names[0] not in examples
        and not any(
            found(way) for names_in in names for way in names_in.split("/") if "\\" not in way
        )
    ]
    assert not missing


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("recall@k", "recall@k"), ("재현율", "recall@k"), ("SOFTMAX", "softmax"),
        ("소프트맥스", "full softmax"), ("kendall", "Spearman's ρ, Kendall's τ"),
        ("150,528", "224 × 224 × 3 = 150,528"), ("queen", "king − man + woman ≈ queen"),
    ],
)  # fmt: skip
def test_a_query_finds_its_term_first(query: str, first: str) -> None:
    assert first in [term.names["en"] for term in found(query)[:3]]


def test_all_words_of_a_query_count() -> None:
    assert [term.names["en"] for term in found("right angle orthogonal")] == ["orthogonal"]
    assert not found("no such term at all")
    assert found("") == terms()
