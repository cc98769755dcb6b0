"""Files of safetensors: written here by hand, read whole or refused in a sentence."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.errors import FormatError
from embedviz.safetensors_file import read_tensors
from tests.core.safetensors_writing import file_of as _file
from tests.core.safetensors_writing import safetensors_of

VALUES = {
    "F64": torch.tensor([[1.5, -2.0]], dtype=torch.float64),
    "F32": torch.arange(6, dtype=torch.float32).reshape(2, 3) / 7,
    "F16": torch.tensor([0.1, 65504.0], dtype=torch.float16),
    "BF16": torch.tensor([[1.0], [3.0e38]], dtype=torch.bfloat16),
    "I64": torch.tensor(-(2**62)),
    "I32": torch.tensor([2**31 - 1], dtype=torch.int32),
    "I16": torch.tensor([-300], dtype=torch.int16),
    "I8": torch.tensor([-128], dtype=torch.int8),
    "U8": torch.tensor([255], dtype=torch.uint8),
    "BOOL": torch.tensor([True, False]),
}


def _put(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_every_dtype_comes_back_as_it_was(tmp_path):
    tensors = VALUES | {"empty": torch.empty((0, 4))}
    path = _put(tmp_path / "w.safetensors", safetensors_of(tensors, __metadata__={"format": "pt"}))
    found = read_tensors(path)
    assert found.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert found[name].dtype == tensor.dtype
        assert torch.equal(found[name], tensor)


def test_the_header_may_name_tensors_in_another_order_than_their_bytes(tmp_path):
    header = {
        "b": {"dtype": "U8", "shape": [1], "data_offsets": [2, 3]},
        "a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]},
    }
    found = read_tensors(_put(tmp_path / "w.safetensors", _file(header, b"\1\2\3")))
    assert found["a"].tolist() == [1, 2]
    assert found["b"].tolist() == [3]


def _one(**changed: Any) -> dict[str, Any]:
    return {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} | changed}


EIGHT = bytes(8)
DAMAGED = {
    "nothing": (b"", "claim a header of 0 bytes"),
    "cut length": (b"\x08\0\0", "the file has 3"),
    "length beyond the file": (struct.pack("<Q", 2**60) + b"{}", "claim a header of 1,152,"),
    "length beyond the limit": (struct.pack("<Q", 2**63) + b"{}", "claim a header"),
    "no JSON": (_file(b"{nothing}", b""), "not the JSON"),
    "not UTF-8": (_file(b'{"\xff": 1}', b""), "not the JSON"),
    "deep": (_file(b'{"a":' * 100_000, b""), "not the JSON"),
    "a list": (_file([1], b""), "not a table of tensors"),
    "blanks first": (_file(b" {}", b""), "not a table of tensors"),
    "a name twice": (_file(b'{"a": {}, "a": {}}', b""), "stands in it twice"),
    "no table": (_file({"a": 3}, b""), "'a' must have a dtype"),
    "a part missing": (
        _file({"a": {"dtype": "F32", "shape": [2]}}, EIGHT),
        "'a' must have a dtype",
    ),
    "a part more": (_file(_one(more=1), EIGHT), "'a' must have a dtype"),
    "a dtype unknown": (_file(_one(dtype="F8_E4M3"), EIGHT), "dtype 'F8_E4M3'; read here are F64"),
    "a dtype that is none": (_file(_one(dtype=["F32"]), EIGHT), "is of dtype"),
    "a negative side": (_file(_one(shape=[-2]), EIGHT), "has the shape"),
    "a side that is true": (_file(_one(shape=[True, 2]), EIGHT), "has the shape"),
    "a side of 1.0": (_file(_one(shape=[2.0]), EIGHT), "has the shape"),
    "a giant side": (_file(_one(shape=[0, 2**60], data_offsets=[0, 0]), b""), "has the shape"),
    "too many sides": (_file(_one(shape=[1] * 65), EIGHT), "has the shape"),
    "offsets reversed": (_file(_one(data_offsets=[8, 0]), EIGHT), "has the offsets"),
    "one offset": (_file(_one(data_offsets=[8]), EIGHT), "has the offsets"),
    "another size": (_file(_one(shape=[3]), EIGHT), r"takes 12 bytes, its offsets give it 8"),
    "cut": (_file(_one(), EIGHT[:5]), "take 8 bytes, 5 follow"),
    "more bytes": (_file(_one(), EIGHT + b"x"), "take 8 bytes, 9 follow"),
    "overlap": (
        _file(_one() | {"b": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}, EIGHT),
        "'b' overlaps the one before",
    ),
    "hole": (
        _file(_one() | {"b": {"dtype": "F32", "shape": [1], "data_offsets": [12, 16]}}, EIGHT * 2),
        "'b' leaves a hole before it",
    ),
    "a truth of 2": (
        _file({"a": {"dtype": "BOOL", "shape": [1], "data_offsets": [0, 1]}}, b"\2"),
        "neither 0 nor 1",
    ),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damage_is_one_sentence(kind, tmp_path):
    content, says = DAMAGED[kind]
    path = _put(tmp_path / "w.safetensors", content)
    with pytest.raises(FormatError, match=says) as raised:
        read_tensors(path)
    assert str(raised.value).startswith("w.safetensors is no file of safetensors, or damaged: ")


def test_a_file_that_is_not_there_or_a_folder_is_said(tmp_path):
    for path in (tmp_path / "none.safetensors", tmp_path):
        with pytest.raises(FormatError, match="cannot be read"):
            read_tensors(path)


@given(st.integers(0, 10_000), st.integers(0, 255))
@settings(max_examples=60, deadline=None)
def test_one_byte_changed_reads_or_is_refused(tmp_path_factory, place, byte):
    content = bytearray(safetensors_of({"a": torch.ones(2, 3), "b": torch.zeros(1)}))
    content[place % len(content)] = byte
    path = _put(tmp_path_factory.getbasetemp() / "w.safetensors", bytes(content))
    try:
        found = read_tensors(path)
    except FormatError:
        return
    assert sum(tensor.numel() * tensor.element_size() for tensor in found.values()) == 28


def test_values_can_be_written_to_without_touching_the_file(tmp_path):
    path = _put(tmp_path / "w.safetensors", safetensors_of({"a": torch.zeros(3)}))
    read_tensors(path)["a"] += 1
    np.testing.assert_array_equal(read_tensors(path)["a"].numpy(), np.zeros(3))
