"""Odd values for every argument of the public functions: the named error, or a right answer.

The table of calls is made from the functions' own signatures, so that a new one is tested before
its author writes a test.
"""

from __future__ import annotations

import inspect
import io
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
import pytest

import embedviz as ev
from embedviz.arguments import CHECKS
from embedviz.errors import EmbedvizError, InvalidParameterError
from embedviz.word_model import WordModel

N = 40
RANDOM = np.random.default_rng(0)
TABLE = pd.DataFrame({"c": list("ab") * 20, "n": range(N)})
SPACE = ev.EmbeddingSpace([f"w{row}" for row in range(N)], RANDOM.normal(size=(N, 5)), TABLE)
OTHER = ev.EmbeddingSpace(SPACE.keys, RANDOM.normal(size=(N, 4)))
PROJECTION = ev.project(SPACE, "pca")
CSV = b"k,x0,x1\na,1,2\nb,3,4\n"

ODD: list[Any] = [
    None, True, False, float("nan"), float("inf"), -float("inf"), -1, 0, 2.5, 1e300, 10**30, "",
    "no such thing", b"x", [], {}, (), object(), np.array([np.nan]), np.float32(2.5), [["w0"]],
    [None], SPACE, PROJECTION, TABLE, 1j,
]  # fmt: skip

# What each function is given besides the odd value.
GIVEN: dict[str, dict[str, Any]] = {
    "EmbeddingSpace": {"keys": ["a", "b"], "vectors": [[1, 2], [3, 4]]},
    "align": {"a": OTHER, "b": SPACE},
    "analogy": {"source": SPACE, "positive": ["w0"]},
    "cluster": {"points": SPACE, "method": "kmeans", "n_clusters": 2},
    "compare": {"a": SPACE, "b": OTHER},
    "concentration": {"points": SPACE},
    "embed_images": {"sources": []},
    "evaluate_analogies": {"source": SPACE},
    "evaluate_similarity": {"source": SPACE},
    "export": {"projection": PROJECTION, "path_or_file": io.BytesIO(), "format": "csv"},
    "find": {"space": SPACE, "query": "w0"},
    "hubness": {"space": SPACE},
    "intrinsic_dimension": {"vectors": SPACE},
    "load": {"name": "no such model"},
    "look_alikes": {"space": SPACE, "item": "w0"},
    "near_duplicates": {"space": SPACE},
    "neighbors": {"source": SPACE, "query": "w0"},
    "project": {"space": SPACE},
    "quality": {"space": SPACE, "projection": PROJECTION},
    "read": {"path_or_file": io.BytesIO(CSV)},
    "sample": {"name": "digits"},
    "scree": {"vectors": SPACE},
    "shepard": {"space": SPACE, "projection": PROJECTION, "pairs": 50},
    "stability": {"space": SPACE, "method": "pca"},
    "torn": {"space": SPACE, "projection": PROJECTION, "key": "w0"},
    "train_words": {"sentences": [["a", "b", "c"]] * 5, "min_count": 1, "vector_size": 4, "epochs": 1},
    "write": {"space": SPACE, "path_or_file": io.BytesIO(), "format": "csv"},
}  # fmt: skip
WATCHED = ("on_progress", "cancel")
FUNCTIONS = [
    name
    for name in ev.__all__
    if callable(getattr(ev, name)) and inspect.signature(getattr(ev, name)).parameters
]


def test_every_public_function_is_in_the_table():
    assert set(FUNCTIONS) == set(GIVEN)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_argument_of_a_public_function_is_checked_by_its_annotation(name):
    if name == "EmbeddingSpace":
        return
    known = (*CHECKS, "Any", "Sequence[Item]", "Sentences | None", "Iterable[str]")
    for parameter in inspect.signature(getattr(ev, name)).parameters.values():
        if parameter.name not in WATCHED and parameter.kind is not parameter.VAR_KEYWORD:
            assert str(parameter.annotation) in known, parameter


@pytest.mark.parametrize("name", FUNCTIONS)
def test_odd_values_give_the_named_error_or_an_answer(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some odd values are names of files
    function = getattr(ev, name)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in WATCHED or parameter.kind is parameter.VAR_KEYWORD:
            continue
        for odd in ODD:
            arguments = {**GIVEN[name], parameter.name: odd}
            try:
                function(**arguments)
            except EmbedvizError as error:
                assert str(error)  # noqa: PT017
                assert len(str(error)) < 2500  # noqa: PT017
            except Exception as error:
                pytest.fail(f"{name}({parameter.name}={odd!r}): {type(error).__name__}: {error}")


COUNTS = [
    (name, parameter.name)
    for name in FUNCTIONS
    for parameter in inspect.signature(getattr(ev, name)).parameters.values()
    if str(parameter.annotation).removesuffix(" | None") == "int"
]


@pytest.mark.parametrize(("name", "count"), COUNTS)
@pytest.mark.parametrize(
    "odd", [True, 2.5, float("nan"), float("inf"), "3", [3], 10**30, np.float64(3)]
)
def test_a_count_is_a_whole_number(name, count, odd):
    with pytest.raises(InvalidParameterError, match=count):
        getattr(ev, name)(**{**GIVEN[name], count: odd})


def test_numpys_numbers_and_a_word_model_are_taken():
    model = WordModel(SPACE)
    assert ev.neighbors(SPACE, "w0", k=np.int64(3)).keys == ev.neighbors(model, "w0", k=3).keys
    assert (
        ev.hubness(model, k=np.uint8(5)).counts.tolist() == ev.hubness(SPACE, k=5).counts.tolist()
    )
    assert len(ev.project(model, "pca").keys) == N


def test_a_space_is_taken_where_vectors_are():
    model = WordModel(SPACE)
    for function in (ev.scree, ev.intrinsic_dimension, ev.concentration):
        expected = function(SPACE.vectors)
        for given in (SPACE, model, SPACE.vectors.tolist()):
            found = function(given)
            for name, value in vars(expected).items():
                np.testing.assert_array_equal(getattr(found, name), value)


@pytest.mark.parametrize("method", ["3CosAdd", "3CosMul", "PairDirection"])
@pytest.mark.parametrize(
    ("positive", "negative"),
    [
        (["w0"], ["w0"]), (["w0", "w1"], ["w1", "w0"]), ([("w0", 0.5)], [("w0", 0.5)]), ("w0", []),
        ([("w0", float("nan"))], []), ([("w0", float("inf"))], []), (["w1"], [("w0", -float("inf"))]),
        ([("w0", True)], []), ([("w0", "1")], []), ([("w0",)], []), ([("w0", 1, 2)], []), ([3], []),
        ([None], []), ([], []), (None, []), (["w0"], None), ([("w0", 10**400)], []), ([["w0"]], []),
    ],
)  # fmt: skip
def test_sums_that_say_nothing_are_refused(method, positive, negative):
    with pytest.raises(EmbedvizError):
        ev.analogy(SPACE, positive, negative, method=method)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:20])
def test_a_space_answers_odd_questions_with_the_named_error(odd):
    for ask in (SPACE.index, SPACE.vector, SPACE.take, SPACE.with_table, SPACE.with_origin):
        with suppress(EmbedvizError):
            ask(odd)
