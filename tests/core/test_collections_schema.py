"""Collections of other versions: 0.1.0's open, a newer one's are refused; each knows its kind."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import embedviz as ev
from embedviz.collections import content
from embedviz.errors import EmbedvizError
from embedviz.images.kind import IMAGE
from embedviz.images.samples import SAMPLES
from embedviz.registry import kind_of

ROOT = Path(__file__).resolve().parents[1]
LITE = "efficientnet-lite0"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder of collections just as 0.1.0 left it: images that were added to, and words."""
    with zipfile.ZipFile(ROOT / "fixtures/collections-0.1.0.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path / "collections"


@pytest.fixture
def expected(old: Path) -> dict[str, Any]:
    """What 0.1.0 itself said of the images."""
    said: dict[str, Any] = json.loads((old.parent / "expected.json").read_text())
    return said


def test_a_collection_of_0_1_0_opens_with_all_that_it_had(
    old: Path, expected: dict[str, Any]
) -> None:
    opened = ev.collections.open("Patches", root=old)
    space = opened.space
    assert list(space.keys) == expected["keys"]
    assert list(space.table.columns) == expected["columns"]
    assert space.table["hash"].tolist() == expected["hashes"]
    assert space.vectors_fingerprint == expected["vectors_fingerprint"]
    assert space.fingerprint == expected["fingerprint"]
    assert space.origin == expected["origin"]
    assert kind_of(space.origin) is IMAGE
    assert opened.info.description == expected["description"]
    thumbnail = opened.thumbnail(expected["hashes"][0])
    assert thumbnail is not None
    assert len(thumbnail) == expected["thumbnail_bytes"]
    assert opened.original(expected["keys"][0]) is not None
    alike = ev.look_alikes(space, key=expected["keys"][0], k=3, normal=False)
    assert list(alike.keys) == expected["look_alikes_of_the_first"]


def test_a_query_is_encoded_as_0_1_0_encoded_the_collection(
    old: Path, expected: dict[str, Any]
) -> None:
    opened = ev.collections.open("Patches", root=old)
    original = opened.original(expected["keys"][0])
    assert original is not None
    found = ev.find(opened.space, original, k=1)
    assert found.keys[0] == expected["keys"][0]
    assert found.scores[0] == pytest.approx(1, abs=1e-5)


def test_a_collection_of_0_1_0_is_added_to_renamed_and_deleted(old: Path) -> None:
    files = [file for file in SAMPLES["photo-patches"].open() if file.label == "grass"][:2]
    more = ev.embed_images(files, LITE, cache=False, pictures=True)
    before = ev.collections.open("Patches", root=old).space
    added = ev.collections.add("Patches", more, root=old)
    assert (added.added, added.info.kind) == (2, "image")
    after = ev.collections.open("Patches", root=old).space
    np.testing.assert_array_equal(after.vectors[: len(before)], before.vectors)
    np.testing.assert_array_equal(after.vectors[len(before) :], more.space.vectors)
    assert ev.collections.rename("Patches", "Older", root=old).name == "Older"
    ev.collections.delete("Older", root=old)
    assert [info.name for info in ev.collections.list(old)] == ["Words"]


@pytest.mark.parametrize("format", sorted(ev.collections.EXPORTS))
def test_an_export_of_0_1_0_is_saved_as_what_it_is(old: Path, tmp_path: Path, format: str) -> None:  # noqa: A002
    file = tmp_path / f"exported{ev.collections.EXPORTS[format].suffix}"
    # What 0.1.0 exported: its origin does not say a kind.
    ev.collections.export("Patches", file, format, root=old)
    again = ev.collections.read_export(file)
    assert "kind" not in again.space.origin
    ev.collections.save("Again", again, root=old)
    assert [i.name for i in ev.collections.list(old, kind="image")] == ["Again", "Patches"]
    more = ev.embed_images([SAMPLES["photo-patches"].open()[40]], LITE, cache=False)
    assert ev.collections.add("Again", more, root=old).added == 1
    assert ev.collections.rename("Again", "Once more", root=old).kind == "image"


def test_a_damaged_collection_of_0_1_0_stays_in_the_list_of_images(old: Path) -> None:
    for manifest in old.glob("collection-*.lance/_versions/*.manifest"):
        manifest.write_bytes(bytes(manifest.stat().st_size))
    assert "Patches" in [info.name for info in ev.collections.list(old, kind="image")]
    ev.collections.delete("Patches", root=old)
    assert ev.collections.list(old, kind="image") == ()


def test_collections_know_their_kind(old: Path) -> None:
    assert [info.kind for info in ev.collections.list(old)] == ["image", ""]
    assert [info.name for info in ev.collections.list(old, kind="image")] == ["Patches"]
    assert [info.name for info in ev.collections.list(old, kind="")] == ["Words"]


def test_a_collection_that_is_saved_again_is_of_this_schema(old: Path, tmp_path: Path) -> None:
    ev.collections.save("Copy", ev.collections.open("Patches", root=old), root=tmp_path / "new")
    copied = ev.collections.open("Copy", root=tmp_path / "new")
    assert content.schema_number(copied._table.schema) == content.SCHEMA
    assert copied.info.kind == "image"
    old_table = ev.collections.open("Patches", root=old)._table
    assert content.schema_number(old_table.schema) == 1


@pytest.mark.parametrize("number", [content.SCHEMA + 1, 99])
def test_a_newer_schema_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    space = ev.EmbeddingSpace(["a", "b"], np.eye(2))
    with monkeypatch.context() as patch:
        patch.setattr(content, "SCHEMA", number)
        patch.setattr("embedviz.collections.saving.SCHEMA", number)
        ev.collections.save("Tomorrow's", space, root=tmp_path)
    said = (
        rf"'Tomorrow's' was saved by a newer embedviz .*number {number}.*up to {content.SCHEMA}\)"
    )
    with pytest.raises(EmbedvizError, match=said):
        ev.collections.open("Tomorrow's", root=tmp_path)
    with pytest.raises(EmbedvizError, match=said):
        ev.collections.add("Tomorrow's", space, root=tmp_path)
    # It is there, and one's own: it can be seen, renamed and let go.
    assert [info.name for info in ev.collections.list(tmp_path)] == ["Tomorrow's"]
    ev.collections.rename("Tomorrow's", "Later", root=tmp_path)
    ev.collections.delete("Later", root=tmp_path)
    assert ev.collections.list(tmp_path) == ()
