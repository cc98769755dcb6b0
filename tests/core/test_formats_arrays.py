"""NumPy files that are not plain numbers, and numbers that float32 would make equal."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import embedviz as ev
from embedviz.errors import FormatError, UntrustedFileError

NUMBERS = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)


def npy(array, **options):
    file = io.BytesIO()
    np.save(file, array, **options)
    return file


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file


def _bfloat16():
    return (NUMBERS.view(np.uint32) >> 16).astype(np.uint16).view("V2")


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (_bfloat16(), ["2 bytes", "bfloat16", "astype(np.float32)"]),
        (NUMBERS.astype(np.int8).view("V1"), ["1 byte", "float32"]),
        (NUMBERS.view("V4"), ["4 bytes", "float32"]),
        (NUMBERS + 1j * NUMBERS, ["complex", "a.real, a.imag"]),
        (NUMBERS.astype(np.complex64), ["all 0", "np.save(path, a.real)"]),
        (NUMBERS[0], ["one vector", "a[None]"]), (NUMBERS.reshape(3, 2, 3), ["a.mean(axis=1)"]),
        (np.float32(3), ["a single number"]), (NUMBERS.astype(str), ["texts", "second file"]),
        (np.array([["2024-01-05"]], "datetime64[D]"), ["dates"]),
        (np.zeros(3, [("x", "f4"), ("y", "f4")]), ["records", "'x'"]),
    ],
)  # fmt: skip
def test_an_array_that_makes_no_vectors_is_told_for_what_it_is(array, said):
    for file in (npy(array), npz(only=array)):
        with pytest.raises(FormatError) as caught:
            ev.read(file)
        if "all 0" not in said or file.getvalue()[:2] != b"PK":
            assert all(part in str(caught.value) for part in said), caught.value
        assert "axes" not in str(caught.value) or array.ndim > 2


def test_the_line_for_bfloat16_gives_its_numbers_back(tmp_path):
    old = npy(_bfloat16())
    old.seek(0)
    raw = np.load(old)
    numbers = (raw.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    np.testing.assert_allclose(ev.read(npy(numbers)).vectors, NUMBERS, rtol=1e-2)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.array({"a": [1, 2]}), ".item()"), (np.array([[1, 2], [3]], object), "np.stack"),
        (NUMBERS.astype(object), "astype(np.float32)"),
    ],
)  # fmt: skip
def test_objects_are_refused_with_the_line_that_saves_numbers(array, said):
    for file in (npy(array), npz(embeddings=array), npz(vectors=array, keys=np.array(["a"]))):
        with pytest.raises(UntrustedFileError) as caught:
            ev.read(file)
        assert said in str(caught.value)
        assert "can run any code" in str(caught.value)
        assert "gensim" not in str(caught.value)


@pytest.mark.parametrize(("vectors", "names"), [("e", "names"), ("vectors", "words")])
def test_names_that_are_objects_leave_numbered_rows_and_a_note(vectors, names):
    words = np.array(["a", "b", "c", "d", "e", "f"], object)
    space = ev.read(npz(**{vectors: NUMBERS, names: words}))
    assert space.keys == tuple(f"row-{row}" for row in range(1, 7))
    np.testing.assert_array_equal(space.vectors, NUMBERS)
    assert f"array '{names}' holds Python objects" in space.origin["notes"][0]


# Far from the origin

FAR = 1e7 + np.random.default_rng(5).normal(size=(200, 5))


def _as_csv(values):
    return io.BytesIO(pd.DataFrame(values, columns=list("pqrst")).to_csv(index=False).encode())


def _as_parquet(values):
    file = io.BytesIO()
    pd.DataFrame({"v": list(values)}).to_parquet(file)
    return file


def _as_jsonl(values):
    return io.BytesIO("".join(json.dumps({"v": row}) + "\n" for row in values.tolist()).encode())


@pytest.mark.parametrize(
    "made", [npy, lambda values: npz(e=values),
             lambda values: npz(vectors=values, keys=np.arange(200).astype(str)),
             _as_csv, _as_parquet, _as_jsonl],
)  # fmt: skip
def test_far_from_the_origin_the_neighbors_are_those_of_the_file(made):
    space = ev.read(made(FAR))
    exact = np.linalg.norm(FAR[:, None] - FAR[None], axis=2)
    np.fill_diagonal(exact, np.inf)
    nearest = exact.argsort(axis=1)[:, :5]
    for row in (0, 50, 199):
        found = ev.neighbors(space, space.keys[row], k=5, metric="euclidean")
        np.testing.assert_array_equal(found.rows, nearest[row])
        np.testing.assert_allclose(found.scores, exact[row][nearest[row]], rtol=1e-4)
    note = space.origin["notes"][-1]
    assert "centered" in note
    assert "of 200 rows would become equal" in note
    assert abs(space.vectors.mean()) < 1e-3


def test_the_count_of_equal_rows_is_right():
    values = np.full((4, 2), 2.0**30)
    values[:, 0] += [0, 1, 2, 500]
    (note,) = ev.read(npy(values)).origin["notes"]
    assert "2 of 4 rows would become equal" in note


@pytest.mark.parametrize(
    "values",
    [
        NUMBERS, NUMBERS.astype(np.float64) + 100, np.full((6, 3), 1e7),
        np.arange(18).reshape(6, 3) + 10**7,
        np.random.default_rng(0).normal(1e7, 1e6, (50, 4)), np.array([[1e-30, 1e30], [2e-30, 3e30]]),
    ],
)  # fmt: skip
def test_numbers_that_float32_holds_are_left_where_they_are(values):
    space = ev.read(npy(values))
    np.testing.assert_array_equal(space.vectors, np.asarray(values).astype(np.float32))
    assert "notes" not in space.origin


def test_a_row_that_cannot_be_used_does_not_move_the_center():
    values = FAR.copy()
    values[3, 2] = np.nan
    values[9] = np.inf
    for made in (npy, _as_csv):
        space = ev.read(made(values))
        assert len(space) == 198
        assert abs(space.vectors.mean()) < 1e-3


def test_whole_numbers_beyond_float32_are_centered():
    values = 2**40 + np.random.default_rng(2).integers(0, 9, (30, 3))
    space = ev.read(npy(values))
    np.testing.assert_allclose(
        np.diff(space.vectors, axis=0), np.diff(values, axis=0).astype(np.float32), atol=1e-5
    )


def test_a_space_made_of_such_numbers_says_what_was_lost():
    keys = [f"k{row}" for row in range(200)]
    (note,) = ev.EmbeddingSpace(keys, FAR).origin["notes"]
    assert "of 200 rows would become equal" in note
    assert "vectors - vectors.mean(axis=0)" in note
    centered = ev.EmbeddingSpace(keys, FAR - FAR.mean(axis=0), origin={"notes": ["mine"]})
    assert centered.origin["notes"] == ["mine"]


@pytest.mark.parametrize("at", [1.0, 1 + 2.0**-24, -1e7])  # the second lies between two float32
@pytest.mark.parametrize(
    ("spread", "apart", "said"),
    [(1e-13, False, "read as the same"), (1e-9, True, "centered")],
)
def test_rows_that_differ_by_the_rounding_of_float64_are_the_same(
    tmp_path: Path, at: float, spread: float, apart: bool, said: str
) -> None:
    numbers = at * (1 + spread * np.random.default_rng(0).normal(size=(50, 8)))
    np.save(tmp_path / "same.npy", numbers)
    space = ev.read(tmp_path / "same.npy")
    assert bool(np.ptp(space.vectors, axis=0).any()) is apart
    assert said in " ".join(space.origin["notes"])
