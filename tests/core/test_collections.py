"""Collections: what is saved is there again, added to, renamed, deleted; bad input is refused."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from embedviz import collections
from embedviz.collections import database
from embedviz.collections.metadata import original_name, packed, plain, unpacked
from embedviz.errors import (
    CancelledError,
    EmbedvizError,
    InvalidParameterError,
    UnknownKeyError,
)
from embedviz.space import EmbeddingSpace

ORIGIN = {
    "encoder": "resnet50", "layer": "avgpool", "weights_sha256": "11223344aabb",
    "encoding": "resnet50/avgpool/1122/1", "settings": {"crop": 224},
}  # fmt: skip
JPEG = b"\xff\xd8\xff"


class Pictures:
    """Pictures that say which they are; notes the threads that asked."""

    def __init__(self) -> None:
        self.threads: set[int] = set()

    def thumbnail(self, content: str, /) -> bytes | None:
        return self.thumbnails([content]).get(content)

    def view(self, content: str, /) -> bytes | None:
        self.threads.add(threading.get_ident())
        return None if content == "no-view" else JPEG + b"view of " + content.encode()

    def thumbnails(self, hashes):
        self.threads.add(threading.get_ident())
        return {one: JPEG + one.encode() for one in hashes if one != "no-thumbnail"}


class Seen:
    """What ``ev.embed_images`` gives, as far as collections look at it."""

    def __init__(self, space: EmbeddingSpace, pictures: Pictures | None) -> None:
        self.space, self.pictures = space, pictures


def images(count: int, first: int = 0, dimensions: int = 6, **origin) -> EmbeddingSpace:
    """Images ``first`` and following: the vector, key and hash of each follow from its number."""
    numbers = range(first, first + count)
    vectors = [np.random.default_rng(number).normal(size=dimensions) for number in numbers]
    table = pd.DataFrame(
        {
            "hash": [f"hash-{number}" for number in numbers],
            "label": ["cat" if number % 2 else "고양이" for number in numbers],
            "width": [number + 100 for number in numbers],
        }
    )
    keys = [f"photos/{number}.jpg" for number in numbers]
    shape = np.array(vectors).reshape(count, dimensions)
    return EmbeddingSpace(keys, shape, table, "mine", ORIGIN | origin)


def every_kind_of_column(rows: int) -> pd.DataFrame:
    again = -(-rows // 3)
    moments = ["2020-01-01T00:00:00.123456", None, "2021-02-03T04:05:06"]
    columns = {
        "text": ["a", None, ""], "한글 text": ["가", "=1+1", "\n\"',"], "whole": [1, -2, 3],
        "real": [1.5, np.nan, 0.1], "true": [True, False, True], "small": np.array([1, 2, 3], "u1"),
        "moment": pd.to_datetime(moments, format="ISO8601"),
        "seconds": pd.to_datetime(moments, format="ISO8601").astype("datetime64[s]"),
        "seoul": pd.to_datetime(moments, format="ISO8601").tz_localize("Asia/Seoul"),
        "maybe": pd.array([1, None, 3], dtype="Int64"), "nothing": [None, None, None],
        "kind": pd.Categorical(["x", None, "y"], ["y", "x", "z"], ordered=True),
        "duration": pd.to_timedelta([1, 2, 3], unit="h"),
        "key": ["k", "l", "m"], "vector": [1, 2, 3], "thumbnail": ["t", "u", "v"], "_rowid": [7, 8, 9],
        "a.b": [1, 2, 3], "~a": [1, 2, 3], "`'\"": [1, 2, 3], "": [1, 2, 3], "KEY": [1, 2, 3],
    }  # fmt: skip
    return pd.concat([pd.DataFrame(columns)] * again, ignore_index=True).head(rows)


def same(first: EmbeddingSpace, second: EmbeddingSpace) -> None:
    assert first.keys == second.keys
    np.testing.assert_array_equal(first.vectors, second.vectors)
    pd.testing.assert_frame_equal(first.table, second.table)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "collections"


def test_listing_nothing_makes_no_folder_and_loads_no_database(root):
    script = (
        "import sys; from embedviz import collections; "
        f"assert collections.list({str(root)!r}) == (); "
        "assert not {'lancedb', 'pyarrow', 'pandas'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], check=True)
    assert not root.parent.exists()


def test_what_is_saved_is_there_again(root):
    space = images(700)
    info = collections.save(
        "  내 고양이 ", space, pictures=Pictures(), description="all of them", root=root
    )
    (listed,) = collections.list(root)
    assert listed == info
    assert (info.name, info.count, info.dimensions) == ("내 고양이", 700, 6)
    assert (info.encoder, info.description) == ("resnet50", "all of them")
    assert info.origin == ORIGIN
    assert info.nbytes >= space.nbytes
    opened = collections.open("내 고양이", root)
    same(opened.space, space)
    assert (opened.space.name, opened.space.origin) == ("내 고양이", ORIGIN)
    assert opened.space is opened.space
    assert opened.thumbnail("hash-699") == JPEG + b"hash-699"
    assert opened.view("hash-3") == JPEG + b"view of hash-3"
    assert opened.original("photos/3.jpg") is None
    assert opened.thumbnail("unknown") is None
    wanted = [f"hash-{number}" for number in (690, 2, 2, 300)]
    assert opened.thumbnails([*wanted, "unknown"]) == {one: JPEG + one.encode() for one in wanted}
    assert opened.thumbnails([]) == {}


def test_every_kind_of_column_comes_back(root):
    table = every_kind_of_column(20)
    space = EmbeddingSpace([f"k{row}" for row in range(20)], np.eye(20), table)
    collections.save("columns", space, root=root)
    same(collections.open("columns", root).space, space)


@pytest.mark.parametrize("name", ["label", "GPS position", "key", "a.b", "~x", "_rowid", "", "`"])
def test_column_names_survive_where_lance_has_its_own(name):
    columns = packed(pd.DataFrame({name: [1, 2]}), ("key",), plain)
    (stored,) = columns.column_names
    assert stored == "~" + stored[1:] or plain(stored)
    assert original_name(stored) == name
    pd.testing.assert_frame_equal(unpacked(columns), pd.DataFrame({name: [1, 2]}))


def test_no_metadata_is_no_metadata(root):
    collections.save("bare", EmbeddingSpace(["a", "b"], np.eye(2)), root=root)
    opened = collections.open("bare", root)
    assert opened.space.table.shape == (2, 0)
    assert opened.info.encoder == ""
    assert opened.thumbnail("anything") is None


def test_pictures_and_originals_come_along_or_not(root):
    space = images(4)
    collections.save(
        "with", Seen(space, Pictures()), originals=lambda key: None if "2" in key else key.encode(),
        root=root,
    )  # fmt: skip
    opened = collections.open("with", root)
    assert opened.original("photos/1.jpg") == b"photos/1.jpg"
    assert opened.original("photos/2.jpg") is None
    with pytest.raises(UnknownKeyError):
        opened.original("photos/9.jpg")
    collections.save("copy", opened, root=root)  # a collection shows its own pictures
    copy = collections.open("copy", root)
    assert copy.view("hash-1") == opened.view("hash-1")
    assert copy.original("photos/1.jpg") is None


def test_pictures_that_are_not_there_are_none(root):
    space = images(2)
    table = space.table.assign(hash=["no-view", "no-thumbnail"])
    given = EmbeddingSpace(space.keys, space.vectors, table)
    collections.save("gaps", given, pictures=Pictures(), root=root)
    opened = collections.open("gaps", root)
    assert opened.view("no-view") is None
    assert opened.thumbnail("no-thumbnail") is None
    assert opened.thumbnail("no-view") == JPEG + b"no-view"


def test_large_originals_go_in_smaller_batches(root, monkeypatch):
    monkeypatch.setattr("embedviz.collections.content._BYTES_AT_ONCE", 1000)
    space = images(30)
    sizes = {key: row * 60 for row, key in enumerate(space.keys)}
    collections.save("large", space, originals=lambda key: b"x" * sizes[key], root=root)
    opened = collections.open("large", root)
    same(opened.space, space)
    assert all(len(opened.original(key) or b"") == size for key, size in sizes.items())


def test_adding_leaves_out_what_is_there_and_numbers_the_keys(root):
    collections.save("cats", images(600), pictures=Pictures(), root=root)
    new = images(5, first=598)
    table = new.table.assign(hash=["hash-598", "new-1", "new-1", "new-2", "hash-7"])
    keys = ["photos/1.jpg", "photos/1.jpg#2", "x", "photos/2.jpg", "y"]
    given = EmbeddingSpace(keys, new.vectors, table, origin=ORIGIN)
    added = collections.add("cats", given, pictures=Pictures(), root=root)
    assert (added.added, added.skipped, added.info.count) == (2, 3, 602)
    opened = collections.open("cats", root)
    assert opened.space.keys[600:] == ("photos/1.jpg#2", "photos/2.jpg#2")
    np.testing.assert_array_equal(opened.space.vectors[600:], new.vectors[[1, 3]])
    assert opened.thumbnail("new-2") == JPEG + b"new-2"
    assert opened.thumbnail("hash-599") == JPEG + b"hash-599"
    again = collections.add("cats", given, root=root)
    assert (again.added, again.skipped, again.info.count) == (0, 5, 602)
    assert collections.add("cats", given.take([]), root=root).added == 0


def test_originals_of_what_is_added_are_those_of_its_own_keys(root):
    collections.save("cats", images(2), root=root)
    given = EmbeddingSpace(["photos/0.jpg"], images(1, 9).vectors, images(1, 9).table, "", ORIGIN)
    collections.add("cats", given, originals=lambda key: b"mine " + key.encode(), root=root)
    opened = collections.open("cats", root)
    assert opened.original("photos/0.jpg#2") == b"mine photos/0.jpg"
    assert opened.original("photos/0.jpg") is None


def test_columns_of_one_side_are_empty_on_the_other(root):
    def rows(keys, **columns):
        return EmbeddingSpace(keys, np.ones((len(keys), 2)), pd.DataFrame(columns))

    kinds = pd.Categorical(["x"], ["x", "z"])
    collections.save("c", rows(["a"], n=[1], later=[None], kind=kinds), root=root)
    collections.add("c", rows(["b"], s=["t"], later=["now"], kind=pd.Categorical(["y"])), root=root)
    collections.add("c", rows(["c"], n=[2.0]), root=root)
    table = collections.open("c", root).space.table
    assert table["n"].tolist()[::2] == [1, 2]
    assert table["n"].isna().tolist() == [False, True, False]
    assert table["s"].fillna("-").tolist() == ["-", "t", "-"]
    assert table["later"].fillna("-").tolist() == ["-", "now", "-"]
    assert table["kind"].cat.categories.tolist() == ["x", "z", "y"]
    assert table["kind"].astype(object).fillna("-").tolist() == ["x", "y", "-"]
    with pytest.raises(InvalidParameterError, match="Column 'n' holds values of type int64"):
        collections.add("c", rows(["d"], n=["many"], other=[1]), root=root)
    assert "other" not in collections.open("c", root).space.table


@pytest.mark.parametrize(
    ("origin", "dimensions", "said"),
    [
        ({"encoder": "vgg16", "encoding": "v"}, 6, "resnet50, layer avgpool.*; these by vgg16"),
        ({"layer": "layer3", "encoding": "l"}, 6, "layer avgpool.*these by .*layer layer3"),
        ({"weights_sha256": "99887766", "encoding": "w"}, 6, "weights 11223344.*weights 99887766"),
        ({"encoding": "other"}, 6, "resnet50/avgpool/1122/1; these by other"),
        ({"encoding": None}, 6, "resnet50/avgpool/1122/1; these by None"),
        ({}, 5, "6 numbers each; these by .* 5 numbers each"),
    ],
    ids=["encoder", "layer", "weights", "preprocessing", "unknown", "dimensions"],
)
def test_another_encoding_is_refused_by_naming_both(root, origin, dimensions, said):
    collections.save("cats", images(3), root=root)
    with pytest.raises(InvalidParameterError, match=said):
        collections.add("cats", images(3, 5, dimensions, **origin), root=root)
    assert collections.open("cats", root).info.count == 3


def test_a_taken_name_is_refused_and_replaced_only_when_asked(root):
    first = collections.save("cats", images(3), root=root)
    with pytest.raises(InvalidParameterError, match=r"'cats' already.*replace=True"):
        collections.save("cats", images(4), root=root)
    old = collections.open("cats", root)
    info = collections.save("cats", images(4), replace=True, root=root)
    assert info.created == first.created
    assert [one.count for one in collections.list(root)] == [4]
    same(collections.open("cats", root).space, images(4))
    assert not (root / f"{first.id}.lance").exists()
    with pytest.raises(EmbedvizError, match=r"'cats' cannot be read.*open it again"):
        _ = old.space


def test_a_collection_can_replace_itself(root):
    collections.save("cats", images(3), pictures=Pictures(), root=root)
    collections.save("cats", collections.open("cats", root), replace=True, root=root)
    opened = collections.open("cats", root)
    same(opened.space, images(3))
    assert opened.thumbnail("hash-2") == JPEG + b"hash-2"


def test_names_are_the_same_in_every_way_of_typing_them(root):
    collections.save("Cafe\u0301", images(2), root=root)
    assert collections.open("Caf\u00e9", root).info.name == "Caf\u00e9"
    with pytest.raises(InvalidParameterError, match="already"):
        collections.save("Caf\u00e9 ", images(2), root=root)
    collections.save('caf\u00e9\'; drop table "x" -- <b>/../', images(2), root=root)
    assert len(collections.list(root)) == 2


@pytest.mark.parametrize(
    "name", ["", " \t", "a\nb", "a\x00", "a\u202eb", "\udcff", "\u2028", "n" * 81, 3, None]
)
def test_impossible_names_are_refused_before_anything_is_made(root, name):
    with pytest.raises(InvalidParameterError, match="name"):
        collections.save(name, images(2), root=root)
    assert not root.exists()


def test_the_longest_name_and_joined_characters_are_possible(root):
    for name in ("고" * 80, "👩‍👩‍👧", "نمی‌خواهم"):
        collections.save(name, images(1), root=root)
        assert collections.open(name, root).info.name == name


def test_renaming(root):
    info = collections.save("cats", images(3), root=root)
    collections.save("dogs", images(2), root=root)
    renamed = collections.rename("cats", " my \"cats\" 'n' all ", root)
    assert renamed.name == "my \"cats\" 'n' all"
    assert renamed.id == info.id
    assert [one.name for one in collections.list(root)] == ["dogs", renamed.name]
    same(collections.open(renamed.name, root).space, images(3))
    with pytest.raises(InvalidParameterError, match="'dogs' already"):
        collections.rename(renamed.name, "dogs", root)
    assert collections.rename("dogs", "dogs", root).name == "dogs"


def test_deleting_takes_all_of_it_away(root):
    info = collections.save("cats", images(3), root=root)
    collections.save("dogs", images(2), root=root)
    opened = collections.open("cats", root)
    collections.delete("cats", root)
    assert [one.name for one in collections.list(root)] == ["dogs"]
    assert not (root / f"{info.id}.lance").exists()
    with pytest.raises(EmbedvizError, match="deleted or replaced"):
        _ = opened.space
    collections.save("cats", images(5), root=root)
    assert collections.open("cats", root).info.count == 5


def test_a_missing_collection_is_told_with_those_there_are(root):
    calls = (
        lambda: collections.open("kats", root),
        lambda: collections.add("kats", images(1), root=root),
        lambda: collections.rename("kats", "x", root),
        lambda: collections.delete("kats", root),
        lambda: collections.export("kats", root, "npz", root=root),
    )
    for call in calls:
        with pytest.raises(InvalidParameterError, match=r"'kats'\. Nothing has been saved"):
            call()
    assert not root.exists()
    collections.save("cats", images(1), root=root)
    for call in calls:
        with pytest.raises(InvalidParameterError, match=r"'kats'\. There are: 'cats'"):
            call()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (EmbeddingSpace([], np.empty((0, 3))), "nothing to save"),
        (EmbeddingSpace(["a\udcff"], np.ones((1, 3))), "not text"),
        (EmbeddingSpace(["a"], np.ones((1, 3)), pd.DataFrame({"x": [object()]})), "Column 'x'"),
        (EmbeddingSpace(["a", "b"], np.eye(2), pd.DataFrame({"x": [1, "a"]})), "Column 'x'"),
        (EmbeddingSpace(["a"], np.ones((1, 3)), pd.DataFrame({3: [1]})), "text names, got 3"),
        (EmbeddingSpace(["a"], np.ones((1, 3)), pd.DataFrame([[1, 2]], columns=["x", "x"])), "Two"),
        (np.eye(3), "ndarray"),
    ],
    ids=["empty", "no-text", "object", "mixed", "number-name", "twice", "array"],
)
def test_what_cannot_be_kept_is_refused(root, given, said):
    with pytest.raises(InvalidParameterError, match=said):
        collections.save("cats", given, root=root)
    assert collections.list(root) == ()


def test_pictures_without_hashes_are_refused(root):
    with pytest.raises(InvalidParameterError, match="no column 'hash'"):
        collections.save("x", EmbeddingSpace(["a"], [[1.0]]), pictures=Pictures(), root=root)


def test_a_stop_leaves_what_was_there(root):
    class Stop:
        asked = 0

        def is_set(self):
            self.asked += 1
            return self.asked > 3

    with pytest.raises(CancelledError):
        collections.save("cats", images(2000), root=root, cancel=Stop())
    assert collections.list(root) == ()
    assert not list(root.glob("collection-*"))
    collections.save("cats", images(10), root=root)
    with pytest.raises(CancelledError):
        collections.add("cats", images(2000, 10), root=root, cancel=Stop())
    same(collections.open("cats", root).space, images(10))
    with pytest.raises(CancelledError):
        collections.save("cats", images(2000), replace=True, root=root, cancel=Stop())
    same(collections.open("cats", root).space, images(10))


def test_callbacks_run_on_the_thread_that_called(root):
    pictures, reports = Pictures(), []

    def note(progress):
        pictures.threads.add(threading.get_ident())
        reports.append(progress.fraction)

    collections.save("cats", images(600), pictures=pictures, root=root, on_progress=note)
    assert pictures.threads == {threading.get_ident()}
    assert reports == sorted(reports)
    assert reports[-1] == 1


def test_an_error_of_a_callback_ends_the_saving(root):
    def broken(key):
        raise KeyError(key)

    with pytest.raises(KeyError):
        collections.save("cats", images(600), originals=broken, root=root)
    assert collections.list(root) == ()
    assert not list(root.glob("collection-*"))


def test_two_threads_save_one_name_once(root):
    def attempt(number):
        try:
            return collections.save("cats", images(number + 1), root=root).count
        except InvalidParameterError as error:
            return str(error)

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(attempt, range(4)))
    (won,) = [result for result in results if isinstance(result, int)]
    assert all("already" in result for result in results if result != won)
    assert [one.count for one in collections.list(root)] == [won]
    assert len(list(root.glob("collection-*"))) == 1


def test_threads_add_to_one_and_save_others_at_once(root):
    collections.save("cats", images(10), root=root)

    def work(number):
        collections.add("cats", images(10, 10 * number - 5), root=root)
        collections.save(f"other {number}", images(number), root=root)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(1, 9)))
    space = collections.open("cats", root).space
    assert sorted(space.table["hash"]) == sorted(f"hash-{number}" for number in range(85))
    counts = {one.name: one.count for one in collections.list(root)}
    assert counts == {"cats": 85} | {f"other {number}": number for number in range(1, 9)}


def test_one_opened_collection_is_shared_by_threads(root):
    collections.save("cats", images(300), pictures=Pictures(), root=root)
    opened = collections.open("cats", root)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(opened.thumbnail, [f"hash-{number}" for number in range(60)]))
    assert found == [JPEG + f"hash-{number}".encode() for number in range(60)]


def test_an_opened_collection_stays_as_it_was_and_outlives_tidying(root, monkeypatch):
    collections.save("cats", images(2), pictures=Pictures(), root=root)
    opened = collections.open("cats", root)
    monkeypatch.setattr(database, "_MANY_FILES", 3)
    monkeypatch.setattr(database, "ABANDONED", timedelta(milliseconds=1))
    for number in range(2, 8):
        collections.add("cats", images(1, number), pictures=Pictures(), root=root)
    folder = next(root.glob("collection-*")) / "data"
    assert len(list(folder.iterdir())) < 5
    same(opened.space, images(2))
    assert opened.thumbnail("hash-1") == JPEG + b"hash-1"
    again = collections.open("cats", root)
    same(again.space, images(8))
    assert again.thumbnail("hash-7") == JPEG + b"hash-7"


def test_tables_of_others_in_the_same_database_are_left_alone(root, monkeypatch):
    import lancedb

    lancedb.connect(str(root)).create_table("collection-of-mine", [{"a": 1}])
    monkeypatch.setattr(database, "ABANDONED", timedelta(seconds=-60))
    assert collections.list(root) == ()
    collections.save("cats", images(2), root=root)
    collections.save("dogs", images(2), root=root)
    assert (root / "collection-of-mine.lance").exists()


def test_the_variable_chooses_the_folder(tmp_path, monkeypatch):
    monkeypatch.delenv(collections.VARIABLE, raising=False)
    monkeypatch.setenv("EMBEDVIZ_DATA_DIR", str(tmp_path / "data"))
    assert collections.collections_root() == str(tmp_path / "data" / "collections")
    monkeypatch.setenv(collections.VARIABLE, str(tmp_path / "chosen"))
    collections.save("cats", images(2))
    assert [one.name for one in collections.list()] == ["cats"]
    assert [one.name for one in collections.list(f"file://{tmp_path}/chosen")] == ["cats"]
    collections.delete("cats")
    assert collections.list() == ()


def test_an_object_store_works_too(tmp_path):
    # The scheme takes Lance's way through an object store, on this disk.
    root = f"file-object-store://{tmp_path}/bucket"
    assert collections.list(root) == ()
    collections.save("cats", images(20), pictures=Pictures(), root=root)
    collections.add("cats", images(20, 10), pictures=Pictures(), root=root)
    collections.rename("cats", "dogs", root)
    opened = collections.open("dogs", root)
    same(opened.space, images(30))
    assert opened.thumbnail("hash-25") == JPEG + b"hash-25"
    collections.delete("dogs", root)
    assert collections.list(root) == ()


def test_many_rows_come_back_in_their_order(root):
    space = EmbeddingSpace([f"{n}" for n in range(20_000)], np.arange(40_000.0).reshape(-1, 2))
    collections.save("many", space, root=root)
    same(collections.open("many", root).space, space)


def test_no_more_collections_than_there_may_be(tmp_path: Path) -> None:
    collections.save("one", images(3), root=tmp_path, most=2)
    collections.save("two", images(3), root=tmp_path, most=2)
    with pytest.raises(InvalidParameterError, match="2 collections here and there may be 2"):
        collections.save("three", images(3), root=tmp_path, most=2)
    assert [info.name for info in collections.list(tmp_path)] == ["one", "two"]
    collections.save("two", images(4), root=tmp_path, most=2, replace=True)
    assert collections.open("two", tmp_path).info.count == 4


def test_vectors_of_small_pictures_do_not_join_those_of_files(tmp_path: Path) -> None:
    collections.save("files", images(3), root=tmp_path)
    views = images(3, first=3)
    views = views.with_origin(views.origin | {"pictures": "views"})
    with pytest.raises(InvalidParameterError, match=r"these by .*, seen in small pictures"):
        collections.add("files", views, root=tmp_path)
    assert collections.open("files", tmp_path).info.count == 3
