"""Columns of metadata keep what was written: codes, ids, days, in every format and on the way out."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import embedviz as ev
from embedviz.column_values import coded, exceed_floats, texts_of
from embedviz.errors import InvalidParameterError
from embedviz.exporting.content import hover_of
from embedviz.formats import recognised
from embedviz.metadata.cells import cells_of
from embedviz.metadata.editing import with_value
from embedviz.metadata.filters import Range, Values, from_json, mask, to_json
from embedviz.metadata.histograms import bins_of
from embedviz.metadata.kinds import kind_of
from embedviz.metadata.selection_files import rows_as_csv, rows_as_table
from embedviz.plots.dates import dated
from tests.counts import examples

IDS = [1262100000000000001 + row for row in range(8)]


def read_text(text, name="a.csv", **options):
    file = io.BytesIO(text.encode())
    file.name = name
    return ev.read(file, **options)


def column_of_csv(values, separator=",", **options):
    quoted = ['"' + value.replace('"', '""') + '"' for value in values]
    lines = [separator.join([f"k{row}", value, str(0.5 + row), str(1.5 * row), "1.25"])
             for row, value in enumerate(quoted)]  # fmt: skip
    head = separator.join(["key", "code", "x0", "x1", "x2"])
    name = "a.csv" if separator == "," else "a.tsv"
    return read_text("\n".join([head, *lines, ""]), name, **options).table["code"]


@pytest.mark.parametrize("separator", [",", "\t"])
@pytest.mark.parametrize(
    "values",
    [
        ["01067", "00501", "10115"], ["+4930", "+1", "5"], ["1E3", "2E4", "7"], ["07", "8", "9"],
        ["0x1F", "0x20", "0x21"], ["1_000", "2_000", "3"], ["١٢", "٣", "٤"], ["1.10", "1.9", "1.2"],
        ["00", "0", "1"], ["-01", "2", "3"], ["5.", "6.", "7."], ["1", "two", "3"],
        ["12:30", "08:15", "23:59"], ["0.12345678901234567891", "0.5", "1"],
        ["99999999999999999999999", "1", "2"], ["true", "1", "0"], ["2024-01-05", "soon", "later"],
        ["2024-01-05", "2024-01-05 10:00", "2024-02-30"], ["inf", "nan", "inf"], ["½", "1", "2"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("limit", [None, 2, 3])
def test_codes_that_look_like_numbers_stay_as_they_are(values, separator, limit):
    if separator == "\t":  # in tab-separated text quotes are plain where they do not enclose
        read = column_of_csv(values, separator, limit=limit)
    else:
        read = column_of_csv(values, limit=limit)
    if limit != 2 or kind_of(read) == "text":
        assert read.tolist() == values[:limit]


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["1.50", "2.25", "10.00"], [1.5, 2.25, 10.0]), (["1e-05", "0.5", "2"], [1e-05, 0.5, 2.0]),
        (["1.000000000000000056e-01"] * 3, [0.1] * 3), (["1.0", "2.5", ""], [1.0, 2.5, np.nan]),
        (["0.1", "None", "NA"], [0.1, np.nan, np.nan]), ([" 1.5", "2.5 ", "3"], [1.5, 2.5, 3.0]),
        (["-0.5", ".5", "1E-05"], [-0.5, 0.5, 1e-05]),
    ],
)  # fmt: skip
def test_numbers_as_programs_write_them_are_numbers(values, numbers):
    read = column_of_csv(values)
    assert read.dtype == np.float64
    np.testing.assert_array_equal(read.to_numpy(), numbers)


def test_a_code_far_below_makes_the_whole_column_text_with_any_limit():
    values = [str(row) for row in range(3000)]
    values[2500] = "02500"
    assert column_of_csv(values).tolist() == values
    assert column_of_csv(values, limit=2600).tolist() == values[:2600]


@settings(max_examples=examples(40, 1000), deadline=None)
@given(
    st.lists(
        st.one_of(
            st.from_regex(r"[+-]?0?[0-9]{1,4}([.][0-9]{0,3})?([eE][+-]?[0-9]{1,2})?", fullmatch=True),
            st.sampled_from(["", "NA", "nan", "0x1", "1_0", "2024-01-05", "true", "٣", "-0", "inf"]),
            st.integers(-(2**64), 2**65).map(str),
        ),
        min_size=2,
        max_size=5,
    )
)  # fmt: skip
def test_a_cell_is_its_letters_or_the_same_number(values):
    read = column_of_csv(values)
    for value, found in zip(values, read.tolist(), strict=True):
        if isinstance(found, str):
            assert found == value
        elif found is None or pd.isna(found):
            assert value in ("", "NA", "nan")
        elif isinstance(found, bool):
            assert str(found).lower() == value.lower()
        elif isinstance(found, int):
            assert str(found) == value
        elif isinstance(found, float):
            assert found == float(value)
            assert not value.lstrip("-").startswith("0") or value.lstrip("-")[1:2] in (
                "",
                ".",
                "e",
                "E",
            )
            assert not value.startswith("+")
        else:
            assert str(found)[:10] == value


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.arrow", "a.npz"])
def test_our_own_export_comes_back_the_same(tmp_path, name):
    table = pd.DataFrame(
        {
            "zip": ["01067", "00501", "10115", ""], "phone": ["+4930", "+1", "+44", "+0"],
            "code": ["1E3", "07", "0x1F", "1_000"], "id": [2**60 + 1, 2**60 + 2, 2**60 + 3, -5],
            "some": pd.array([2**60 + 1, None, 3, 4], dtype="Int64"),
            "score": [0.1, None, 0.5, 0.25],
            "when": pd.to_datetime(["2024-01-05", "2024-02-29", None, "1999-12-31"]),
        }
    )  # fmt: skip
    space = ev.EmbeddingSpace(list("abcd"), np.eye(4) + 1, table)
    path = tmp_path / name
    ev.write(space, path)
    again = ev.read(path).table
    for column in table:
        assert texts_of(again[column]) == texts_of(table[column]) or column == "zip"
    assert again["zip"].fillna("").tolist() == table["zip"].tolist()
    assert again["id"].dtype.kind == "i"
    assert again["some"].tolist()[0] == 2**60 + 1
    assert kind_of(again["when"]) == "date"


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_ids_beyond_floats_stay_apart_with_one_missing(tmp_path, form):
    path = tmp_path / f"ids.{form}"
    frame = pd.DataFrame({"tweet": pd.array([*IDS, None], dtype="Int64")})
    for at in range(3):
        frame[f"x{at}"] = np.linspace(0.5, 2 + at, 9)
    if form == "csv":
        frame.to_csv(path, index=False)
    elif form == "parquet":
        frame.to_parquet(path)
    else:
        path.write_text("".join(
            json.dumps({"tweet": None if pd.isna(tweet) else int(tweet), "vector": list(row)}) + "\n"
            for tweet, *row in frame.itertuples(index=False)
        ))  # fmt: skip
    table = ev.read(path).table
    assert table["tweet"].tolist()[:8] == IDS
    assert pd.isna(table["tweet"].tolist()[8])
    assert kind_of(table["tweet"]) == "text"
    assert exceed_floats(table["tweet"])
    assert (
        mask(table, {"tweet": Range(IDS[2], IDS[4])}).tolist()
        == [False] * 2 + [True] * 3 + [False] * 4
    )
    assert mask(table, {"tweet": Range(IDS[7], None, missing=True)}).sum() == 2
    assert mask(table, {"tweet": Values((str(IDS[3]),))}).sum() == 1
    linked = from_json(to_json({"tweet": Range(IDS[2], IDS[2])}))
    assert mask(table, linked).tolist().index(True) == 2
    assert mask(table, linked).sum() == 1
    assert coded(table["tweet"]).labels == tuple(map(str, IDS))
    hover = hover_of(table)
    assert str(IDS[4]) in hover[4]
    assert "no value" in hover[8]
    assert cells_of(table)["tweet"].tolist() == [*map(str, IDS), None]


def test_ends_of_ranges_beyond_all_whole_numbers():
    table = pd.DataFrame({"id": [1, 2**62, -(2**62)]})
    for low, high, kept in [
        (1e300, None, 0), (None, 1e300, 3), (-1e300, None, 3), (None, -1e300, 0), (0.5, 1.5, 1),
        (float("-inf"), float("inf"), 3), (2**62, 2**62, 1), (2**62 + 1, None, 0), (2**70, None, 0),
    ]:  # fmt: skip
        assert mask(table, {"id": Range(low, high)}).sum() == kept, (low, high)


def test_unsigned_and_fractional_numbers_are_filtered_as_before():
    table = pd.DataFrame(
        {"u": np.array([0, 2**63 + 1, 2**64 - 1], np.uint64), "f": [0.25, np.nan, 3]}
    )
    assert mask(table, {"u": Range(2**63 + 1, 2**63 + 1)}).tolist() == [False, True, False]
    assert mask(table, {"f": Range(0.25, None, missing=True)}).all()


def test_ids_are_edited_digit_by_digit():
    table = pd.DataFrame({"id": pd.array([IDS[0], None, 3], dtype="Int64")})
    edited = with_value(table, np.array([1]), "id", str(IDS[5]))
    assert edited["id"].tolist() == [IDS[0], IDS[5], 3]
    assert with_value(table, np.array([0]), "id", "")["id"].isna().tolist() == [True, True, False]
    with pytest.raises(InvalidParameterError, match="whole number"):
        with_value(table, np.array([1]), "id", "0.5")


def test_a_score_with_missing_ones_is_a_continuous_color():
    table = pd.DataFrame({"score": [0.1, 0.5, 0.9, None] * 3})
    assert kind_of(table["score"]) == "number"
    vectors = np.random.default_rng(0).normal(size=(12, 3))
    space = ev.EmbeddingSpace([str(row) for row in range(12)], vectors, table)
    page = io.BytesIO()
    ev.export(ev.project(space, "pca"), page, format="html", color="score")
    assert b"no value" in page.getvalue()


DAYS = ["2024-01-05", "2024-02-29", "2023-12-31"]


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl", "parquet", "date32"])
def test_days_stay_days_everywhere(tmp_path, form):
    table = pd.DataFrame({"day": pd.to_datetime(DAYS)})
    space = ev.EmbeddingSpace(list("abc"), np.eye(3) + 0.5, table)
    if form == "date32":
        import pyarrow as pa
        from pyarrow import parquet

        lists = pa.array(space.vectors.tolist())
        days = pa.array([pd.Timestamp(day).date() for day in DAYS])
        path = tmp_path / "a.parquet"
        parquet.write_table(pa.table({"key": list("abc"), "day": days, "vector": lists}), path)
    else:
        path = tmp_path / f"a.{form}"
        ev.write(space, path)
    if form in ("csv", "tsv", "jsonl"):
        assert "00:00" not in path.read_text()
    again = ev.read(path)
    assert texts_of(again.table["day"]) == DAYS
    assert hover_of(again.table) == tuple(f"day: {day}" for day in DAYS)
    assert [str(cell) for cell in cells_of(again.table)["day"]] == DAYS
    assert coded(again.table["day"]).labels == tuple(DAYS)
    for file in (rows_as_csv(rows_as_table(again, np.arange(3))), _exported(again, "coordinates")):
        assert b"00:00" not in file
        assert b"2024-02-29" in file
    bins = bins_of(again.table["day"], "date")
    assert bins.days
    assert all(str(edge).endswith("T00:00:00") for edge in bins.edges)
    assert all(" " not in tick.label for tick in dated(again.table["day"]).ticks)
    assert mask(again.table, {"day": Range("2024-01-05", "2024-01-05")}).sum() == 1


def test_moments_with_a_time_keep_it():
    read = column_of_csv(["2024-01-05 10:00", "2024-01-06 00:00", "2024-01-07 12:30"])
    assert texts_of(read)[1] == "2024-01-06 00:00:00"
    assert not bins_of(read, "date").days


@pytest.mark.parametrize("span", [0, 1, 2, 3, 30, 3000])
def test_scales_of_days_name_days(span):
    first = np.datetime64("2024-01-05")
    ticks = dated(np.array([first, first + span])).ticks
    assert ticks
    assert all(":" not in tick.label for tick in ticks)
    if 0 < span < 3:
        assert len({tick.label for tick in ticks}) == len(ticks)


def test_the_dialog_says_text_of_codes():
    file = io.BytesIO(b"key,zip,x0,x1\na,01067,1,2\nb,10115,3,4\n")
    kinds = {column.name: column.type for column in recognised(file).columns}
    assert kinds["zip"] == "text"


def _exported(space, form):
    file = io.BytesIO()
    ev.export(ev.project(space, "pca"), file, format=form)
    return file.getvalue()
