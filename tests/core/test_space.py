"""The one noun: what it accepts, what it keeps, what its fingerprints tell apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from embedviz.errors import InvalidParameterError, InvalidSpaceError, UnknownKeyError
from embedviz.space import EmbeddingSpace

KEYS = st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=8, unique=True)
FINITE = st.floats(-1e3, 1e3, width=32)


@st.composite
def spaces(draw: st.DrawFn) -> EmbeddingSpace:
    keys = draw(KEYS)
    shape = (len(keys), draw(st.integers(1, 5)))
    return EmbeddingSpace(keys, draw(hnp.arrays(np.float32, shape, elements=FINITE)))


@given(spaces())
def test_keys_and_rows_agree(space: EmbeddingSpace) -> None:
    for row, key in enumerate(space.keys):
        assert space.index(key) == row
        assert key in space
        np.testing.assert_array_equal(space.vector(key), space.vectors[row])
    lengths = np.linalg.norm(space.vectors.astype(np.float64), axis=1)
    np.testing.assert_allclose(space.norms, lengths, rtol=1e-6, atol=1e-40)


@given(spaces(), st.randoms())
def test_take_gives_the_rows_in_the_order_asked(space: EmbeddingSpace, random: object) -> None:
    rows = np.random.default_rng(0).permutation(len(space))[: max(1, len(space) // 2)]
    taken = space.take(rows, name="part")
    assert taken.keys == tuple(space.keys[row] for row in rows)
    np.testing.assert_array_equal(taken.vectors, space.vectors[rows])
    assert taken.name == "part"


def test_vectors_are_float32_in_rows_and_cannot_be_written_to() -> None:
    given_vectors = np.asfortranarray(np.arange(6.0).reshape(3, 2))
    space = EmbeddingSpace(["a", "b", "c"], given_vectors)
    assert space.vectors.dtype == np.float32
    assert space.vectors.flags["C_CONTIGUOUS"]
    with pytest.raises(ValueError, match="read-only"):
        space.vectors[0, 0] = 1
    given_vectors[0, 0] = 99
    assert space.vectors[0, 0] == 0


def test_without_copy_the_array_is_taken_over_and_stays_writable_for_its_owner() -> None:
    mine = np.ones((2, 3), np.float32)
    space = EmbeddingSpace(["a", "b"], mine, copy=False)
    assert np.shares_memory(space.vectors, mine)
    assert mine.flags.writeable


@pytest.mark.parametrize(
    ("keys", "vectors", "says"),
    [
        (["a", "a"], np.ones((2, 2)), "'a' stands more than once"),
        (["a", ""], np.ones((2, 2)), "Key 1 is ''"),
        (["a", 3], np.ones((2, 2)), "Key 1 is 3"),
        ("ab", np.ones((2, 2)), "one string 'ab'"),
        (["a"], np.ones((2, 2)), "1 keys but 2 vectors"),
        (["a"], np.ones(2), "2-D array"),
        (["a"], np.array([["x"]]), "2-D array of numbers"),
        (["a"], np.ones((1, 0)), "no dimensions"),
        (["a", "b"], np.array([[1.0, 2.0], [np.nan, 0.0]]), "first is row 1"),
        (["a", "b"], np.array([[np.inf, -np.inf], [0.0, 0.0]]), "1 of 2 vectors"),
        (["a"], np.array([[1e39]]), "beyond float32"),
    ],
)
def test_parts_that_do_not_fit_are_refused(keys: object, vectors: object, says: str) -> None:
    with pytest.raises(InvalidSpaceError, match=says):
        EmbeddingSpace(keys, vectors)  # type: ignore[arg-type]


def test_huge_finite_values_whose_sum_overflows_are_accepted() -> None:
    large = np.full((4, 4), 3e38, np.float32)
    np.testing.assert_array_equal(EmbeddingSpace(list("abcd"), large).vectors, large)


def test_an_unknown_key_names_the_space_and_the_nearest_spelling() -> None:
    space = EmbeddingSpace(["king", "queen"], np.eye(2), name="toy")
    with pytest.raises(UnknownKeyError, match=r"'kign' is not in toy \(2 keys\).*king") as error:
        space.index("kign")
    assert error.value.suggestions[0] == "king"
    with pytest.raises(UnknownKeyError, match="its keys are strings"):
        space.index(7)  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", [[True, False], [0.5], [2], [-1], [[0, 1]]])
def test_take_refuses_what_is_no_list_of_rows(rows: object) -> None:
    with pytest.raises(InvalidParameterError, match="rows"):
        EmbeddingSpace(["a", "b"], np.eye(2)).take(rows)  # type: ignore[arg-type]


def test_take_of_nothing_is_an_empty_space_that_keeps_its_columns() -> None:
    table = pd.DataFrame({"label": ["x", "y"]})
    empty = EmbeddingSpace(["a", "b"], np.eye(2), table).take([])
    assert len(empty) == 0
    assert list(empty.table.columns) == ["label"]


def test_the_table_goes_with_its_rows_and_is_a_copy() -> None:
    table = pd.DataFrame({"label": ["x", "y", "z"]}, index=[7, 8, 9])
    space = EmbeddingSpace(["a", "b", "c"], np.eye(3), table)
    table.loc[7, "label"] = "changed"
    shown = space.table
    shown.loc[0, "label"] = "changed"
    assert list(space.table["label"]) == ["x", "y", "z"]
    assert list(space.take([2, 0]).table["label"]) == ["z", "x"]
    with pytest.raises(InvalidSpaceError, match="a table of 1 rows"):
        EmbeddingSpace(["a", "b"], np.eye(2), table.head(1))


def test_editing_a_label_changes_only_the_full_fingerprint() -> None:
    one = EmbeddingSpace(["a", "b"], np.eye(2), pd.DataFrame({"label": ["x", "y"]}))
    other = EmbeddingSpace(["a", "b"], np.eye(2), pd.DataFrame({"label": ["x", "z"]}))
    assert one.vectors_fingerprint == other.vectors_fingerprint
    assert one.fingerprint != other.fingerprint


def test_a_small_change_of_a_number_in_the_table_changes_the_fingerprint() -> None:
    def with_score(score: float) -> EmbeddingSpace:
        return EmbeddingSpace(["a"], np.ones((1, 2)), pd.DataFrame({"score": [score]}))

    assert with_score(0.1).fingerprint != with_score(0.1 + 1e-13).fingerprint


@pytest.mark.parametrize(
    "other",
    [
        EmbeddingSpace(["a", "bc"], np.arange(4.0).reshape(2, 2)),
        EmbeddingSpace(["c", "ab"], np.arange(4.0).reshape(2, 2)),
        EmbeddingSpace(["ab", "c"], np.arange(4.0).reshape(2, 2) + 1e-3),
        EmbeddingSpace(["ab", "c"], np.zeros((2, 2))),
    ],
)
def test_vectors_fingerprint_tells_keys_order_and_values_apart(other: EmbeddingSpace) -> None:
    space = EmbeddingSpace(["ab", "c"], np.arange(4.0).reshape(2, 2))
    same = EmbeddingSpace(["ab", "c"], np.arange(4.0).reshape(2, 2), name="another name")
    assert space.vectors_fingerprint == same.vectors_fingerprint
    assert space.vectors_fingerprint != other.vectors_fingerprint


def test_shape_counts_in_the_fingerprint_of_equal_bytes() -> None:
    wide = EmbeddingSpace([], np.zeros((0, 3)))
    narrow = EmbeddingSpace([], np.zeros((0, 2)))
    assert wide.vectors_fingerprint != narrow.vectors_fingerprint


def test_renaming_copies_nothing_and_leaves_the_first_alone() -> None:
    space = EmbeddingSpace(["a"], np.ones((1, 2)), name="old", origin={"file": "x"})
    renamed = space.renamed("new")
    assert (space.name, renamed.name) == ("old", "new")
    assert np.shares_memory(space.vectors, renamed.vectors)
    assert renamed.vectors_fingerprint == space.vectors_fingerprint
    other = renamed.with_origin({"file": "y"})
    assert (space.origin, other.origin) == ({"file": "x"}, {"file": "y"})


def test_origin_is_a_copy() -> None:
    space = EmbeddingSpace(["a"], np.ones((1, 2)), origin={"file": "x"})
    space.origin["file"] = "changed"
    assert space.origin == {"file": "x"}


def test_tensors_and_sparse_matrices_are_vectors_too() -> None:
    import scipy.sparse
    import torch

    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    tensor = torch.tensor(rows, requires_grad=True)
    for kind in (tensor, tensor.detach().to(torch.bfloat16), scipy.sparse.csr_matrix(rows)):
        assert np.array_equal(EmbeddingSpace(["a", "b"], kind).vectors, rows)
