"""JSON in the shapes that people bring: lines, arrays, pandas' orients, answers of services."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import embedviz as ev
from embedviz.errors import FormatError
from embedviz.formats import describe, json_values, jsonl, recognised
from tests.counts import examples

ROWS = np.round(np.random.default_rng(3).normal(size=(3, 5)), 4)
FRAME = pd.DataFrame({"id": ["a", "b", "c"], "n": [1, 2, 3], "embedding": ROWS.tolist()})
WIDE = pd.DataFrame({"id": ["a", "b", "c"], **{f"x{at}": ROWS[:, at] for at in range(5)}})


def read(text, **options):
    file = io.BytesIO(text.encode() if isinstance(text, str) else text)
    file.name = "rows.json"
    return ev.read(file, **options)


def check(text, keys=("a", "b", "c"), **options):
    space = read(text, **options)
    np.testing.assert_array_equal(space.vectors, ROWS.astype(np.float32))
    assert space.keys == tuple(keys)
    return space


def lines(objects):
    return "".join(json.dumps(one) + "\n" for one in objects)


OBJECTS = json.loads(FRAME.to_json(orient="records"))


@pytest.mark.parametrize("frame", [FRAME, WIDE], ids=["list", "wide"])
@pytest.mark.parametrize("orient", ["records", "columns", "split", "table", "index"])
@pytest.mark.parametrize("indent", [None, 2])
def test_pandas_orients_come_back(frame, orient, indent):
    named = frame.set_index("id") if orient == "index" else frame
    space = check(named.to_json(orient=orient, indent=indent))
    if frame is FRAME:
        assert space.table["n"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("orient", ["columns", "split", "table"])
def test_an_index_of_names_is_the_key(orient):
    check(FRAME.set_index("id").to_json(orient=orient))


def test_values_alone_are_numbered_rows():
    check(pd.DataFrame(ROWS).to_json(orient="values"), ["row-1", "row-2", "row-3"])


@pytest.mark.parametrize(
    "text",
    [
        lines(OBJECTS), json.dumps(OBJECTS), json.dumps(OBJECTS, indent=1),
        "\n\n".join(map(json.dumps, OBJECTS)) + "\n\n", "\ufeff" + lines(OBJECTS),
        "".join(json.dumps(one, indent=2) + "\n" for one in OBJECTS), "\ufeff" + json.dumps(OBJECTS),
        lines(OBJECTS).replace("\n", "\r\n"), json.dumps({"data": OBJECTS, "model": "m"}),
        json.dumps({"model": "m", "usage": {"tokens": 3}, "whatever": OBJECTS}),
        json.dumps({"id": ["a", "b", "c"], "embedding": ROWS.tolist()}),
        json.dumps({"ids": 0, "id": ["a", "b", "c"], "embedding": ROWS.tolist(), "model": "m"}),
        json.dumps({"a": ROWS[0].tolist(), "b": ROWS[1].tolist(), "c": ROWS[2].tolist()}),
        json.dumps({"a": ROWS[0].tolist(), "b": ROWS[1].tolist(), "c": ROWS[2].tolist()}, indent=1),
        json.dumps([["a", *ROWS[0]], ["b", *ROWS[1]], ["c", *ROWS[2]]]),
        lines([["a", *ROWS[0]], ["b", *ROWS[1]], ["c", *ROWS[2]]]),
        json.dumps([["id", "x0", "x1", "x2", "x3", "x4"], ["a", *ROWS[0]], ["b", *ROWS[1]], ["c", *ROWS[2]]]),
        json.dumps([["a", ROWS[0].tolist()], ["b", ROWS[1].tolist()], ["c", ROWS[2].tolist()]]),
        json.dumps({name: {"embedding": list(row)} for name, row in zip("abc", ROWS, strict=True)}),
        json.dumps({name: {"v": list(row), "n": 1} for name, row in zip("abc", ROWS, strict=True)}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("limit", [None, 3, 10])
def test_shapes_of_json_give_the_same_rows(text, limit):
    check(text, limit=limit)


@pytest.mark.parametrize(
    "text",
    [
        lines(ROWS.tolist()), json.dumps(ROWS.tolist()), json.dumps({"embeddings": ROWS.tolist()}),
        json.dumps({"embeddings": {"float": ROWS.tolist()}, "id": "r"}),
        json.dumps({"predictions": [{"embeddings": {"values": list(row)}} for row in ROWS]}),
        json.dumps({"object": "list", "data": [{"embedding": list(row)} for row in ROWS]}),
        json.dumps({f"x{at}": ROWS[:, at].tolist() for at in range(5)}),
    ],
)  # fmt: skip
def test_rows_without_names_are_numbered(text):
    check(text, ["row-1", "row-2", "row-3"])


def test_a_limit_reads_the_first_rows_of_any_shape():
    for text in (json.dumps(OBJECTS), lines(OBJECTS), FRAME.to_json()):
        space = read(text, limit=2)
        assert space.keys == ("a", "b")


def batch(row, vector):
    return {
        "id": f"b{row}", "custom_id": f"request-{row}", "error": None,
        "response": {"status_code": 200, "body": {"object": "list", "model": "m", "data": [
            {"object": "embedding", "index": 0, "embedding": list(vector)}
        ]}},
    }  # fmt: skip


def test_the_answers_of_batch_services_with_failures_between():
    failed = {"id": "bX", "custom_id": "request-X", "response": None, "error": {"code": "expired"}}
    answers = [batch(0, ROWS[0]), batch(1, ROWS[1]), failed, batch(2, ROWS[2])]
    text = "\n\n".join(map(json.dumps, answers))
    space = check(text, ["request-0", "request-1", "request-2"])
    assert space.origin["read"]["set_aside"] == [[3, "request-X", "missing"]]
    assert recognised(io.BytesIO(text.encode())).vector == (
        "response.body.data[0].embedding",
    )  # fmt: skip


def test_several_vectors_in_one_answer_are_said():
    answers = []
    for row in range(3):
        one = batch(row, ROWS[row])
        one["response"]["body"]["data"] *= 2
        answers.append(one)
    space = check(lines(answers), ["request-0", "request-1", "request-2"])
    assert any("data[1].embedding" in note for note in space.origin["notes"])


def test_nested_fields_are_columns_and_lists_stay_json():
    rows = [{"text": f"t{at}", "meta": {"lang": "en", "n": at}, "deep": {"a": [at]},
             "result": {"embedding": list(row)}} for at, row in enumerate(ROWS)]  # fmt: skip
    space = check(lines(rows), ["t0", "t1", "t2"])
    assert space.table["meta.lang"].tolist() == ["en"] * 3
    assert space.table["meta.n"].tolist() == [0, 1, 2]
    assert space.table["deep"].tolist() == ['{"a": [0]}', '{"a": [1]}', '{"a": [2]}']


def test_base64_is_float32_and_said():
    rows = [{"id": name, "embedding": base64.b64encode(row.astype("<f4").tobytes()).decode()}
            for name, row in zip("abc", ROWS, strict=True)]  # fmt: skip
    space = check(lines(rows))
    assert "base64" in space.origin["notes"][0]


@pytest.mark.parametrize("text", ["plain text!", "aGVsbG8gd29ybGQh", "abcd", "deadbeefdeadbeef"])
def test_text_is_not_taken_for_base64_numbers(text):
    rows = [{"embedding_model": text, "id": name, "vector": list(row)}
            for name, row in zip("abc", ROWS, strict=True)]  # fmt: skip
    assert check(lines(rows)).table["embedding_model"].tolist() == [text] * 3


def test_whole_numbers_stay_whole_and_late_changes_are_met():
    n = 5000
    rows = [{"v": [1.5, at + 0.5], "id": f"k{at}", "n": at, "day": "2024-01-05", "part": 0.5}
            for at in range(n)]  # fmt: skip
    rows[4500] |= {"n": None, "day": "soon", "late": 7}
    rows[4600]["part"] = 2**60 + 1
    for limit in (None, n):
        table = read(lines(rows), limit=limit).table
        assert table["n"].tolist()[4999] == 4999
        assert pd.isna(table["n"].tolist()[4500])
        assert str(table["n"].dtype) == "Int64"
        assert table["day"].tolist()[:1] + table["day"].tolist()[4500:4501] == [
            "2024-01-05",
            "soon",
        ]
        assert table["late"].tolist()[4500] == 7
        assert table["part"].tolist()[4600] == str(2**60 + 1)
        assert table["part"].tolist()[0] == "0.5"


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([2**63 + 1, 5, 6], [2**63 + 1, 5, 6]), ([2**70, 5, 6], [str(2**70), "5", "6"]),
        ([1262100000000000001, None, 3], [1262100000000000001, None, 3]),
        ([1, float("nan"), 3], [1, None, 3]), ([0.1, None, 0.5], [0.1, None, 0.5]),
        (["2024-01-05", "2024-01-05T10:00:00", "x"], ["2024-01-05", "2024-01-05T10:00:00", "x"]),
        (["2024-01-05", "2024-01-05T10:00:00", None], ["2024-01-05", "2024-01-05T10:00:00", None]),
        (["01067", "1E3", "+4930"], ["01067", "1E3", "+4930"]), ([True, None, False], [True, None, False]),
    ],
)  # fmt: skip
def test_values_of_fields_are_kept(values, kept):
    rows = [{"id": name, "f": value, "v": list(row)}
            for name, value, row in zip("abc", values, ROWS, strict=True)]  # fmt: skip
    found = [None if pd.isna(value) else value for value in check(lines(rows)).table["f"].tolist()]
    assert found == kept
    found = [
        None if pd.isna(value) else value for value in check(json.dumps(rows)).table["f"].tolist()
    ]
    assert found == kept


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"id": 1, "embedding": [1, 2]}, {"id": 2, "embedding": [1, 2]', "item 2"),
        ('[{"id": 1, "embedding": [1, 2]}, 7]', "item 2"), ('[[1, 2], {"a": 1}]', "item 2"),
        ('[{"id": 1, "embedding": [1, 2]}] more', "behind the end"), ("[1, 2, 3]", "item 1"),
        ('{"id": 1, "v": [1, 2]}\n{"id": 2, "v": [1, 2}\n', "line 2"), ('["a", "b"]', "item 1"),
        ('[{"id": 1, "v": [1, 2]} {"id": 2}]', "expected ','"), ('{"a": {"b": 1}}', "vector"),
        ("[\n" + '{"v": [1, 2]},\n' * 20 + '{"v": [1, oops]},\n' + '{"v": [1, 2]},\n' * 20, "line 22"),
    ],
)  # fmt: skip
def test_broken_json_names_the_place(text, said):
    with pytest.raises(FormatError, match=said):
        read(text)


def test_an_array_is_streamed(monkeypatch):
    monkeypatch.setattr(json_values, "_BLOCK", 64)
    monkeypatch.setattr(json_values, "_LONGEST_ITEM", 1000)
    space = read(json.dumps([{"id": f"k{at}", "v": [at + 0.5, 12345.678]} for at in range(500)]))
    assert len(space) == 500
    assert space.vectors[499].tolist() == [499.5, np.float32(12345.678)]
    with pytest.raises(FormatError, match=r"item 1.*JSON lines"):
        read(json.dumps([{"id": "a", "v": list(range(500))}]))


def test_an_object_that_is_the_file_has_a_limit(monkeypatch):
    monkeypatch.setattr(json_values, "LARGEST_OBJECT", 1 << 20)
    monkeypatch.setattr(json_values, "_BLOCK", 1 << 18)
    with pytest.raises(FormatError, match=r"more than 1 MB.*JSON lines"):
        read(json.dumps({f"w{at}": [at + 0.5] * 50 for at in range(9000)}))


def test_a_long_single_line_and_long_rows_are_read():
    rows = [{"id": name, "pad": "x" * 70_000, "embedding": list(row)}
            for name, row in zip("abc", ROWS, strict=True)]  # fmt: skip
    check(json.dumps(rows))
    check(lines(rows))


def test_it_is_described_and_kept_apart_from_other_text():
    found = describe(io.BytesIO(json.dumps(OBJECTS).encode()))
    assert (found.format, found.rows, found.dimensions) == ("jsonl", 3, 5)
    for head in (
        b"[ 0.1 0.2 0.3\n] 0.4 0.5 0.6\n",
        b"{ 0.1 0.2\n",
        b"[UNK] 0.1 0.2\n",
        b"",
        b"{}\n",
        b"[]",
    ):
        assert not jsonl.sniff(head, "a.json")


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_infinity=False)
    | st.text()
)


@settings(max_examples=examples(30, 600), deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(["p", "q", "r"]), _SCALARS), min_size=1, max_size=6),
       st.booleans())  # fmt: skip
def test_what_stands_in_a_field_is_what_is_read(rows, array):
    objects = [{**row, "vector": [1.5, at + 1.0]} for at, row in enumerate(rows)]
    table = read(json.dumps(objects) if array else lines(objects), key=False).table
    for name in table:
        for row, found in zip(rows, table[name].tolist(), strict=True):
            value = row.get(name)
            if value is None or value != value:  # noqa: PLR0124
                assert found is None or pd.isna(found)
            elif isinstance(found, str) and not isinstance(value, str):
                assert json.loads(found) == value
            elif isinstance(found, pd.Timestamp):
                assert str(found.date()) == value[:10]
            else:
                assert found == (
                    value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
                )
