"""What the core reports and refuses inside of a lesson is said in the lesson's language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

import embedviz as ev
from embedviz.encodings import choice_table, ordinal_encoding, parse_table
from embedviz.encodings.encoding import categories_of
from embedviz.errors import EmbedvizError, MissingDependencyError
from embedviz.items.embedding import Speed
from embedviz.network.blanks import blank_in
from embedviz.network.full_softmax_training import train_full_softmax
from embedviz.network.output_cost import measure_output_cost
from embedviz.network.side_by_side import DuelSettings, side_by_side
from embedviz.network.toy_corpus import toy_text
from embedviz.network.trained_cbow import train_cbow
from embedviz.network.vocabulary import Vocabulary
from embedviz.residual.training import train_pair
from embedviz.search_cost import brute_force, growth, hnsw, ivf, recall_latency, trial_of
from embedviz.trust.known_shapes import shape_data
from embedviz.trust.map_panels import panels
from embedviz.ui.learn.core_texts import KOREAN, in_korean
from embedviz.ui.learn.texts import texts
from embedviz.words.corpora import Corpus
from embedviz.words.training_params import TrainingParams

ROOT = Path(__file__).resolve().parents[2] / "embedviz"
HANGUL = re.compile("[가-힣]")
# Where the work of lessons reports from, and where what a person types in one is refused.
REPORTS = (
    "projections/*.py", "network/*.py", "search_cost/*.py", "residual/*.py", "indexes/structures.py",
    "trust/map_panels.py", "trust/blocks.py", "words/training.py", "words/sentences.py",
    "words/corpus_reading.py", "images/raw_pixels.py", "items/retrieval.py", "jobs.py", "things.py",
)  # fmt: skip
REFUSALS = (
    "encodings/choices.py", "encodings/label.py", "network/blanks.py", "network/toy_corpus.py",
    "space.py:_unknown", "encodings/encoding.py:check_categories",
)  # fmt: skip
SENTENCES = [["a", "cat", "sat"], ["the", "cat", "ran", "off"], ["a", "dog", "ran"]] * 20


def written(node: ast.expr) -> str | None:
    """A message as it would be sent, with 7 for each number, and a message within a message."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else _filled(ast.unparse(part.value))
        for part in node.values
        if isinstance(part, ast.Constant | ast.FormattedValue)
    )


def _filled(place: str) -> str:
    if place.endswith(".message"):
        return "starting"
    return "Reading alice" if place == "what" else "7"


def files_of(patterns: tuple[str, ...]) -> Iterator[tuple[Path, ast.AST]]:
    """The trees of the files, or of one function in a file (``file.py:function``)."""
    for pattern in patterns:
        name, _, function = pattern.partition(":")
        found = sorted(ROOT.glob(name))
        assert found, pattern
        for path in found:
            tree: ast.AST = ast.parse(path.read_text(encoding="utf-8"))
            if function:
                tree = next(
                    node
                    for node in ast.walk(tree)
                    if isinstance(node, ast.FunctionDef) and node.name == function
                )
            yield path, tree


def calls(tree: ast.AST, place: int, *names: str) -> Iterator[str]:
    """What the calls of functions with such names hold at this place."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) > place:
            called = ast.unparse(node.func)
            message = written(node.args[place])
            if any(re.fullmatch(name, called) for name in names) and message is not None:
                yield message


def korean(message: str) -> str:
    """The message in Korean; fails where the table has none, or leaves a sentence in English."""
    said = in_korean(message)
    assert said is not None, f"no Korean for {message!r}"
    left = re.sub(r"“[^”]*”|pip install \S+|t-SNE|UMAP|k-평균", "", said)
    assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", left), said
    assert HANGUL.search(said) or re.fullmatch(r"V = [\d,.]+", said), said
    assert "{" not in said.replace("{", "", message.count("{"))
    return said


class Reports(list[str]):
    """What a work reports, each message once."""

    def __call__(self, progress) -> None:
        if progress.message not in self:
            self.append(progress.message)


def test_every_report_that_is_written_in_the_core_has_its_korean():
    found = [
        message
        for path, tree in files_of(REPORTS)
        for message in calls(tree, 2, "report")
        if path.name != "reporting.py"
    ] + [message for _, tree in files_of(("jobs.py",)) for message in calls(tree, 1, "Progress")]
    assert len(found) > 20
    assert "starting" in found
    for message in found:
        korean(message)


def test_every_refusal_of_what_is_typed_has_its_korean():
    found = [
        message.replace("'7'", "'word'")
        for _, tree in files_of(REFUSALS)
        for message in calls(tree, 0, r"InvalidParameterError")
    ]
    assert len(found) >= 7
    for message in found:
        korean(message)


@pytest.mark.parametrize("work", ["tsne", "pca", "panels", "search", "growth"])
def test_maps_and_searches_report_in_korean(work):
    told = Reports()
    space = shape_data("spreads").space
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(700, 8)).astype(np.float32)
    if work in ("tsne", "pca"):
        ev.project(space, work, on_progress=told, cache=False)
    elif work == "panels":
        panels(shape_data("noise"), scales=[5], on_progress=told, cache=False, n_iter=100)
    elif work == "search":
        trial = trial_of(vectors, 20)
        for searcher in (
            brute_force(trial.vectors),
            ivf(trial.vectors, 8, on_progress=told),
            hnsw(trial.vectors, 8, 16, told),
        ):
            recall_latency(searcher, trial, 5, patience=0.001, on_progress=told)
    else:
        growth(vectors, [100, 200], on_progress=told)
    assert len(told) >= (1 if work == "pca" else 2)
    for message in told:
        korean(message)


@pytest.mark.parametrize("work", ["full", "negative", "hierarchical", "cost", "duel", "residual"])
def test_networks_report_in_korean(work, monkeypatch):
    monkeypatch.setattr("embedviz.words.training_log._REPORT_SECONDS", 0.0)
    monkeypatch.setattr("embedviz.words.sentences._REPORT_SECONDS", 0.0)
    told = Reports()
    params = TrainingParams(vector_size=8, min_count=1, epochs=2)
    if work == "full":
        train_full_softmax(SENTENCES, params, on_progress=told)
    elif work in ("negative", "hierarchical"):
        train_cbow(SENTENCES, work, params, on_progress=told)
    elif work == "cost":
        measure_output_cost((10, 20), 4, 2, on_progress=told)
    elif work == "residual":
        train_pair(4, 3, on_progress=told)
    else:
        names = [f"word{i}" for i in range(60)]
        text = [[names[(i + j) % 60] for j in range(8)] for i in range(60)]
        rng = np.random.default_rng(0)
        reference = ev.EmbeddingSpace(names, rng.normal(size=(60, 4)).astype(np.float32))
        settings = DuelSettings(vector_size=8, epochs=1, min_count=1, seeds=(0,))
        side_by_side(text, reference, settings, on_progress=told)
    assert told
    for message in told:
        korean(message)


def test_reading_and_images_report_in_korean():
    from PIL import Image

    told = Reports()
    Corpus.from_text("A cat sat. A dog ran.", name="sentences", on_progress=told)
    pictures = []
    for shade in (20, 120, 220):
        buffer = BytesIO()
        Image.new("RGB", (32, 32), (shade, 80, 40)).save(buffer, "PNG")
        pictures.append(buffer.getvalue())
    ev.embed_images(pictures, "efficientnet-lite0", on_progress=told)
    assert any("images" in message for message in told)
    for message in told:
        korean(message)
    speed = Speed("images")
    with speed.of(3):
        pass
    for seconds in (5, 200, 9000):
        speed._marks[-1] = (speed._marks[0][0] + seconds / 1000, 3)
        korean(speed.told(3, 3003, 0)[1])
        assert korean(speed.told(3, 3003, 2)[1]).endswith("읽지 못한 것 2장")


def _space() -> ev.EmbeddingSpace:
    return ev.EmbeddingSpace(["king", "queen"], np.eye(2, dtype=np.float32), name="small")


def _refusals() -> dict[str, object]:
    words = Vocabulary(("cat", "dog"))
    table = parse_table("Ana|red", 1)
    return {
        "few words": lambda: toy_text("cat"),
        "no blank": lambda: blank_in("a cat", words, 2),
        "no word": lambda: blank_in("___", words, 2),
        "no known word": lambda: blank_in("zzz ___ yyy", words, 2),
        "many rows": lambda: choice_table(["x"] * 99, [[["red"]]] * 99),
        "no category": lambda: parse_table("", 1).choices(0),
        "few cells": lambda: parse_table("Ana|red|x", 1),
        "a stranger": lambda: ordinal_encoding(["S", "M"]).encode(["L"]),
        "blank": lambda: categories_of([" "]),
        "nothing": lambda: ordinal_encoding([]),
        "twice": lambda: ordinal_encoding(["S", "S"]),
        "a near spelling": lambda: _space().index("kng"),
        "no spelling": lambda: _space().index("a {b} <c>, it's"),
        "no word of these": lambda: words.ids(["cow"]),
        "few vectors": lambda: trial_of(np.eye(3, dtype=np.float32)),
        "no package": lambda: (_ for _ in ()).throw(MissingDependencyError("umap-learn", "UMAP")),
        "no error": lambda: table.choices(0),
    }


@pytest.mark.parametrize("name", list(_refusals())[:-1])
def test_what_the_core_refuses_is_said_in_korean(name):
    with pytest.raises(EmbedvizError) as refused:
        _refusals()[name]()
    korean(str(refused.value))


def test_names_and_numbers_stay():
    assert korean("iteration 250 of 1,750") == "전체 1,750번 가운데 250번째 반복"
    assert korean("3 of 10, KL divergence 0.250") == "10개 가운데 3번째, KL 발산 0.250"
    said = korean("'kign' is not in glove (400,000 keys). Nearest spellings: king, kin.")
    assert "“kign”" in said
    assert "king, kin" in said
    assert "400,000" in said


def test_an_unknown_message_is_none_and_fails_the_tests_above():
    for message in ("sorting the socks", "3 of many", "cbow, seed 0: sorting the socks", ""):
        assert in_korean(message) is None
    with pytest.raises(AssertionError, match="no Korean"):
        korean("sorting the socks")


@pytest.mark.parametrize("english", KOREAN)
def test_every_pattern_fits_what_it_is_written_for(english):
    filled = re.sub(r"\{[a-z_]+:n\}", "1,234.5", english)
    filled = re.sub(r"\{[a-z_]+:m\}", "starting", filled)
    korean(re.sub(r"\{[a-z_]+\}", "Word", filled))


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("learn_nearness", {"part": "words", "vocabulary": "10000", "word": "kingg"}),
        ("learn_nearness", {"part": "words", "vocabulary": "10000", "word": "'; --"}),
        ("learn_cbow", {"sentence": "cat"}),
        ("learn_categories", {"feature": "sizes", "order": "S, S"}),
    ],
)
def test_a_korean_lesson_refuses_in_korean(open_page, page, link):
    at = open_page(page, lang="ko", **link)
    told = [item.value.replace("\\", "") for kind in ("error", "warning") for item in at.get(kind)]
    assert told
    for message in told:
        assert HANGUL.search(message)
        assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}", message)


def test_the_progress_line_of_a_korean_lesson_is_korean(monkeypatch):
    from embedviz.ui.learn import core_texts

    monkeypatch.setattr(core_texts, "language", lambda: "ko")
    monkeypatch.setattr(core_texts, "common_texts", lambda: texts("common", "ko"))
    assert core_texts.progress_text("iteration 2 of 9") == "전체 9번 가운데 2번째 반복"
    assert core_texts.progress_text("sorting the socks") == "진행 중"
    told = core_texts.error_text(EmbedvizError("No socks."))
    assert told.startswith("embedviz가")
    assert told.endswith("No socks.")
    monkeypatch.setattr(core_texts, "language", lambda: "en")
    assert core_texts.progress_text("sorting the socks") == "sorting the socks"
    assert core_texts.error_text(EmbedvizError("No socks.")) == "No socks."
