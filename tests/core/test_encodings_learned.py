"""Embeddings learned from a table: gradients by torch, and what the training must find."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.encodings import (
    choice_table,
    flat_paths,
    pairwise_distances,
    parse_table,
    table_text,
    target_embedding,
    train_entities,
)
from embedviz.encodings.choices import MOST_CATEGORIES, MOST_PEOPLE
from embedviz.encodings.entity_embedding import initial_entities, loss_and_gradient
from embedviz.encodings.target_embedding import loss_and_gradient as target_loss
from embedviz.errors import InvalidParameterError
from tests.counts import examples

# Two kinds of people, two kinds of films: 0 and 1 go together, 2 and 3, and everyone likes 4.
TASTES = np.array([[1, 1, 0, 0, 1]] * 3 + [[0, 0, 1, 1, 1]] * 3, dtype=float)


@given(
    p=st.integers(1, 6), k=st.integers(1, 6), d=st.integers(1, 4), seed=st.integers(0, 99),
    decay=st.sampled_from([0.0, 0.05, 1.0]),
)  # fmt: skip
@settings(max_examples=examples(25, 250))
def test_the_gradient_is_autograds(p, k, d, seed, decay):
    import torch

    rng = np.random.default_rng(seed)
    chosen = (rng.random((p, k)) < 0.5).astype(float)
    model = initial_entities(p, k, d, seed)
    model.people[:] *= 10
    model.bias[:] = rng.normal(size=k)
    loss, gradient = loss_and_gradient(model, chosen, decay)
    leaves = [
        torch.tensor(each, requires_grad=True) for each in (model.people, model.things, model.bias)
    ]
    people, things, bias = leaves
    expected = torch.nn.functional.binary_cross_entropy_with_logits(
        people @ things.T + bias, torch.tensor(chosen)
    )
    expected = expected + decay / 2 * ((people**2).sum() / p + (things**2).sum() / k)
    expected.backward()
    assert loss == pytest.approx(expected.item(), abs=1e-12)
    for ours, leaf in zip((gradient.people, gradient.things, gradient.bias), leaves, strict=True):
        np.testing.assert_allclose(ours, leaf.grad.numpy(), atol=1e-12)


def test_the_gradient_of_the_predicting_embedding_is_autograds():
    import torch

    rng = np.random.default_rng(0)
    rows = rng.integers(5, size=40)
    y = rng.normal(size=40)
    counts = np.bincount(rows, minlength=5)
    means = np.bincount(rows, weights=y, minlength=5) / counts
    E, w, b = rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=1)
    loss, gradients = target_loss(E, w, b, means, counts / 40)
    leaves = [torch.tensor(each, requires_grad=True) for each in (E, w, b)]
    said = leaves[0][rows] @ leaves[1] + leaves[2]  # row by row, as the model is defined
    expected = ((said - torch.tensor(y)) ** 2).mean()
    expected.backward()
    spread = np.mean((y - means[rows]) ** 2)  # what no encoding can predict
    assert loss + spread == pytest.approx(expected.item())
    for ours, leaf in zip(gradients, leaves, strict=True):
        np.testing.assert_allclose(ours, leaf.grad.numpy(), atol=1e-12)


def test_a_step_is_one_step_of_gradient_descent():
    training = train_entities(TASTES, d=2, steps=1, learning_rate=0.1, decay=0.02)
    before, after = training.models
    _, gradient = loss_and_gradient(before, TASTES, 0.02)
    np.testing.assert_allclose(after.things, before.things - 0.1 * 5 * gradient.things)
    np.testing.assert_allclose(after.people, before.people - 0.1 * 6 * gradient.people)
    np.testing.assert_allclose(after.bias, before.bias - 0.1 * 5 * gradient.bias)
    assert training.losses.tolist() == [
        loss_and_gradient(model, TASTES, 0.02)[0] for model in training.models
    ]


@pytest.mark.parametrize("seed", range(5))
def test_what_the_same_people_choose_ends_near_whatever_the_seed(seed):
    training = train_entities(TASTES, seed=seed)
    assert training.losses[0] == pytest.approx(np.log(2), abs=0.02)
    assert training.losses[-1] < 0.45
    assert (np.diff(training.losses) < 1e-9).all()
    distances = pairwise_distances(training.models[-1].things)
    assert distances[0, 1] < 0.1 < distances[0, 2]
    assert distances[2, 3] < 0.1 < distances[1, 3]
    chances = training.models[-1].probabilities()
    np.testing.assert_array_equal(chances > 0.5, TASTES > 0.5)


def test_the_same_seed_gives_the_same_training_and_each_step_can_be_seen():
    first, second = train_entities(TASTES, steps=40), train_entities(TASTES, steps=60)
    assert len(first.models) == len(first.losses) == 41
    np.testing.assert_array_equal(first.losses, second.losses[:41])
    np.testing.assert_array_equal(first.models[-1].things, second.models[40].things)
    assert not np.array_equal(
        first.models[0].things, train_entities(TASTES, steps=0, seed=1).models[0].things
    )


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_the_way_is_drawn_on_a_plane_that_keeps_what_it_can(d):
    training = train_entities(TASTES, d=d, steps=30)
    paths = flat_paths(training)
    assert paths.shape == (31, 5, 2)
    full = pairwise_distances(training.models[-1].things)
    flat = pairwise_distances(paths[-1])
    assert (flat <= full + 1e-9).all()
    if d <= 2:
        np.testing.assert_allclose(flat, full, atol=1e-12)


@pytest.mark.parametrize("bad", [[], [[]], [1, 0], [[0.5, 1]], [[np.nan, 1]], [[2, 0]]])
def test_a_table_that_is_none_is_refused(bad):
    with pytest.raises(InvalidParameterError, match="only 0 and 1"):
        train_entities(bad)


def test_what_cannot_be_trained_is_refused():
    with pytest.raises(InvalidParameterError, match="d is 0"):
        train_entities(TASTES, d=0)
    with pytest.raises(InvalidParameterError, match="steps is 99999"):
        train_entities(TASTES, steps=99_999)
    for values, target in (([], []), (["a"], [1, 2]), (["a"], [np.inf])):
        with pytest.raises(InvalidParameterError, match="a finite target for each"):
            target_embedding(values, target)


def test_a_category_with_a_target_of_its_own_gets_a_place_of_its_own():
    values = ["a", "b", "c"] * 20
    target = [1.0, 1.0, 9.0] * 20
    encoding = target_embedding(values, target)
    distances = pairwise_distances(encoding.vectors)
    assert encoding.vectors.shape == (3, 2)
    line = np.linalg.lstsq(np.c_[encoding.encode(values), np.ones(60)], np.array(target))[0]
    np.testing.assert_allclose(np.c_[encoding.vectors, np.ones(3)] @ line, [1, 1, 9], atol=1e-6)
    assert distances[0, 1] < distances[0, 2]
    stranger = encoding.encode(["z"], unknown="value")[0]
    np.testing.assert_allclose(stranger, encoding.vectors.mean(axis=0))


names = st.text(max_size=30)


@given(
    people=st.lists(names, max_size=5),
    cells=st.data(),
)
@settings(max_examples=examples(60, 600))
def test_any_table_survives_the_link(people, cells):
    typed = [[cells.draw(st.lists(names, max_size=3)) for _ in range(2)] for _ in people]
    table = choice_table(people, typed)
    assert parse_table(table_text(table), 2) == table


def test_a_column_becomes_a_table_of_choices():
    table = choice_table(["Ana", "", "Ben "], [[["x", "y"]], [[]], [["y", " y ", "z,|;w"]]])
    assert table.people == ("Ana", "Ben")  # a row that says nothing is none
    choices = table.choices(0)
    assert choices.categories == ("x", "y", "z w")
    assert choices.chosen.tolist() == [[1, 1, 0], [0, 1, 1]]


def test_a_table_too_large_or_broken_is_refused():
    many = [[[f"c{i}" for i in range(MOST_CATEGORIES + 1)]]]
    with pytest.raises(InvalidParameterError, match="holds 17 different categories"):
        choice_table(["Ana"], many).choices(0)
    with pytest.raises(InvalidParameterError, match="holds 0 different categories"):
        choice_table([], []).choices(0)
    with pytest.raises(InvalidParameterError, match="25 rows"):
        choice_table([f"p{i}" for i in range(MOST_PEOPLE + 1)], [[["x"]]] * (MOST_PEOPLE + 1))
    with pytest.raises(InvalidParameterError, match="1 cells after its name; 2 are needed"):
        parse_table("Ana|x", 2)
