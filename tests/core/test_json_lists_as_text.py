"""JSON whose vectors are lists written as text, and columns of JSON whose keys are called ids."""

import json
from pathlib import Path

import pytest

import embedviz as ev


@pytest.mark.parametrize("limit", [None, 2])
@pytest.mark.parametrize("written", ["[1, 2.5]", "[1 2.5]", "1, 2.5"])
def test_lists_written_as_text_are_the_vectors(
    tmp_path: Path, written: str, limit: int | None
) -> None:
    rows = [{"id": name, "vector": written} for name in ("a", "b", "c")]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    space = ev.read(path, limit=limit)
    assert list(space.keys) == ["a", "b", "c"][:limit]
    assert space.vectors.tolist() == [[1, 2.5]] * (limit or 3)


def test_ids_are_the_keys(tmp_path: Path) -> None:
    path = tmp_path / "columns.json"
    path.write_text(json.dumps({"ids": ["a", "b"], "embeddings": [[1, 2], [3, 4]]}))
    space = ev.read(path)
    assert list(space.keys) == ["a", "b"]
    assert space.vectors.tolist() == [[1, 2], [3, 4]]
