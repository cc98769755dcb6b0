"""Where images come from: paths, folders, archives, uploads, and tables of labels."""

from __future__ import annotations

import io
import os
import re
import struct
import sys
import tracemalloc
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from embedviz.errors import EmbedvizError, FormatError, InvalidParameterError
from embedviz.images.decoding import ImageLimits, decode
from embedviz.images.kind import IMAGE
from embedviz.items import zips as image_archive
from embedviz.items.file_names import clean_name, label_from_name
from embedviz.items.files import Failure, ItemFile, read_bytes
from embedviz.items.labels import labeled, labels_from_csv
from embedviz.items.sources import files_in_folder
from embedviz.items.sources import item_files as files_of
from embedviz.items.zips import files_in_zip

images_in_folder = partial(files_in_folder, IMAGE)
images_in_zip = partial(files_in_zip, IMAGE)
image_files = partial(files_of, IMAGE)


def png(shade: int = 0, size: tuple[int, int] = (2, 2)) -> bytes:
    file = io.BytesIO()
    Image.new("L", size, shade).save(file, "PNG")
    return file.getvalue()


def shade(file: ItemFile) -> int:
    """The one shade of gray of an image made by :func:`png`."""
    return int(np.asarray(decode(read_bytes(file, ImageLimits())).picture)[0, 0, 0])


def archive(members: dict[str, bytes] | list[tuple[str, bytes]], **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # two members of one name
        for name, content in members.items() if isinstance(members, dict) else members:
            opened.writestr(name, content)
    return file


def names(files: list[ItemFile]) -> list[str]:
    return [file.name for file in files]


def reasons(failures: list[Failure]) -> dict[str, str]:
    assert all(re.fullmatch(r"[A-Z0-9].*\.", failure.reason) for failure in failures), failures
    return {failure.name: failure.reason for failure in failures}


# Names


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("tom.jpg", "tom.jpg"),
        ("cats/tom.jpg", "cats/tom.jpg"),
        ("../../etc/passwd.png", "etc/passwd.png"),
        ("/etc/passwd.png", "etc/passwd.png"),
        ("C:\\Windows\\..\\tom.jpg", "Windows/tom.jpg"),
        ("\\\\server\\share\\tom.jpg", "server/share/tom.jpg"),
        ("./a/./b//c.png", "a/b/c.png"),
        ("a\x00b\n\x1b[31m.png", "ab[31m.png"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
        ("사진/고양이.jpg", "사진/고양이.jpg"),
        ("\u1109\u1161\u110c\u1175\u11ab.jpg", "사진.jpg"),
        ("", "?"),
        ("..", "?"),
        ("///", "?"),
        ("a" * 300 + ".png", "a" * 251 + ".png"),
        ("lone \ud83d half.png", "lone  half.png"),
    ],
    ids=range(17),
)
def test_names_are_cleaned(name: str, wanted: str) -> None:
    assert clean_name(name) == wanted


@given(st.text(st.characters(), max_size=60))
def test_any_name_becomes_one_that_can_be_shown_and_stored(name: str) -> None:
    cleaned = clean_name(name)
    cleaned.encode("utf-8")
    assert cleaned
    assert not cleaned.startswith("/")
    assert ".." not in cleaned.split("/")
    assert clean_name(cleaned) == cleaned or cleaned[1:2] == ":"


def test_labels_are_the_folder_of_a_name() -> None:
    assert label_from_name("train/cats/1.jpg") == "cats"
    assert label_from_name("train\\cats\\1.jpg") == "cats"
    assert label_from_name("1.jpg") == label_from_name("../1.jpg") == ""


@pytest.mark.parametrize("name", ["a.jpg", "A.JPEG", "b.PNG", "사진.heic", "x.tar.webp"])
def test_names_of_images(name: str) -> None:
    assert IMAGE.is_named(name)
    assert not IMAGE.is_named(f"{name}.txt")


# Archives


def test_images_of_an_archive_in_its_order_with_labels() -> None:
    file = archive({"dogs/b.png": png(1), "cats/a.png": png(2), "c.png": png(3)})
    files, failures = images_in_zip(file)
    assert not failures
    assert [(f.name, f.label, shade(f), f.path, f.date) for f in files] == [
        ("dogs/b.png", "dogs", 1, "", None),
        ("cats/a.png", "cats", 2, "", None),
        ("c.png", "", 3, "", None),
    ]
    assert [file.size for file in files] == [len(png(1))] * 3
    assert not file.closed


def test_an_archive_on_disk(tmp_path: Path) -> None:
    (tmp_path / "photos.zip").write_bytes(archive({"a.png": png(7)}).getvalue())
    for place in (tmp_path / "photos.zip", str(tmp_path / "photos.zip")):
        files, failures = images_in_zip(place)
        assert [shade(file) for file in files] == [7]
        assert not failures
    assert reasons(images_in_zip(tmp_path / "gone.zip", name="gone.zip")[1]) == {
        "gone.zip": "The archive cannot be opened: No such file or directory."
    }


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_images_open_again_and_from_many_threads(packing: int) -> None:
    file = archive({f"{n}.png": png(n, (50, 50)) for n in range(200)}, compression=packing)
    files, _ = images_in_zip(file)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(shade, files)) == list(range(200))
        assert list(pool.map(shade, files * 2)) == list(range(200)) * 2


def test_one_upload_read_by_two_at_once() -> None:
    """The position of an upload belongs to nobody: a page may run again while a job reads."""
    file = archive({f"{n}.png": png(n) for n in range(100)})

    def read(_: int) -> list[int]:
        return [shade(image) for image in images_in_zip(file)[0]]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, range(4))) == [list(range(100))] * 4
    file.seek(5)
    images_in_zip(file)
    assert file.tell() == 5


def test_an_upload_that_was_let_go_is_said() -> None:
    file = archive({"a.png": png()})
    files, _ = images_in_zip(file)
    file.close()
    with pytest.raises(FormatError, match=r"damaged|cannot be read"):
        read_bytes(files[0], ImageLimits())
    assert len(reasons(images_in_zip(file, name="photos.zip")[1])) == 1


def test_nothing_is_lost_beside_what_is_no_image() -> None:
    inner = archive({"x.png": png()}).getvalue()
    file = archive(
        {
            "folder/": b"", "readme.txt": b"text", "more.zip": inner, "a.png": png(9),
            "__MACOSX/._a.png": b"fork", ".DS_Store": b"x", "sub/Thumbs.db": b"x",
            ".hidden/b.png": png(), "noext": b"x", "empty.png": b"",
        }
    )  # fmt: skip
    files, failures = images_in_zip(file)
    assert names(files) == ["a.png", "empty.png"]
    assert shade(files[0]) == 9
    with pytest.raises(FormatError, match="empty"):
        read_bytes(files[1], ImageLimits())
    said = reasons(failures)
    assert said.keys() == {"readme.txt", "more.zip", "noext"}
    assert said["readme.txt"].startswith(
        "Not an image file (.txt): images are read from files that"
    )
    assert said["more.zip"] == "An archive inside the archive: unpack it and bring it on its own."
    assert said["noext"].startswith("Not an image file, for its name has no ending: ")


def test_names_that_climb_out_are_only_names(tmp_path: Path) -> None:
    climbing = ["../../out.png", "/abs.png", "C:\\drive.png", "a/../../b.png", "<b>x</b>.png"]
    file = archive([(name, png(n)) for n, name in enumerate(climbing)])
    before = sorted(tmp_path.rglob("*"))
    files, failures = images_in_zip(file)
    assert not failures
    assert names(files) == ["out.png", "abs.png", "drive.png", "a/b.png", "<b>x</b>.png"]
    assert [shade(image) for image in files] == list(range(5))
    assert sorted(tmp_path.rglob("*")) == before


def test_two_files_of_one_name_are_two() -> None:
    files, _ = images_in_zip(archive([("a.png", png(1)), ("a.png", png(2))]))
    assert [(image.name, shade(image)) for image in files] == [("a.png", 1), ("a.png", 2)]


def _named_in(encoding: str, *wanted: str) -> io.BytesIO:
    """An archive whose names are in ``encoding``, without the mark of UTF-8."""
    stand_ins = [f"{'x' * len(name.encode(encoding))}" for name in wanted]
    data = archive([(stand_in, png()) for stand_in in stand_ins]).getvalue()
    for stand_in, name in zip(stand_ins, wanted, strict=True):
        assert data.count(stand_in.encode()) == 2
        data = data.replace(stand_in.encode(), name.encode(encoding))
    return io.BytesIO(data)


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
@pytest.mark.parametrize("name", ["사진/고양이.png", "똠방각하.png", "서울 2024 (여름).png"])
def test_korean_names_without_the_mark_of_utf_8(encoding: str, name: str) -> None:
    files, failures = images_in_zip(_named_in(encoding, name))
    assert (names(files), failures) == ([name], [])
    assert shade(files[0]) == 0


@pytest.mark.parametrize("name", ["café.png", "Müller.png", "Ärger/Öl.png", "año.png", "naïve.png"])
def test_western_names_are_not_taken_for_korean(name: str) -> None:
    assert names(images_in_zip(_named_in("cp437", name))[0]) == [name]


def test_names_marked_as_utf_8() -> None:
    assert names(images_in_zip(archive({"사진/🐈.png": png()}))[0]) == ["사진/🐈.png"]


def test_the_first_so_many_are_taken() -> None:
    file = archive({f"{n}.png": png(n) for n in range(7)} | {"a.txt": b""})
    files, failures = images_in_zip(file, ImageLimits(count=3), "many.zip")
    assert names(files) == ["0.png", "1.png", "2.png"]
    said = reasons(failures)
    assert set(said) == {"many.zip", "a.txt"}
    assert "holds 7 images" in said["many.zip"]
    assert "4 were not" in said["many.zip"]


def test_lines_about_other_files_have_an_end() -> None:
    file = archive({f"{n}.txt": b"" for n in range(50)} | {"a.png": png()})
    files, failures = images_in_zip(file, ImageLimits(count=3), "texts.zip")
    assert names(files) == ["a.png"]
    assert [failure.name for failure in failures] == ["0.txt", "1.txt", "2.txt", "texts.zip"]
    assert failures[-1].reason.startswith("47 more")


def test_what_is_too_large_unpacked_is_not_taken() -> None:
    zeros = bytes((1 << 20) + 1)
    file = archive({"a.png": zeros, "b.png": png(4)}, compression=zipfile.ZIP_DEFLATED)
    files, failures = images_in_zip(file, ImageLimits(file_mb=1))
    assert names(files) == ["b.png"]
    assert "larger than 1 MB" in reasons(failures)["a.png"]


def test_what_is_too_large_together_is_said_in_one_line() -> None:
    megabyte = bytes(1 << 20)
    file = archive({f"{n}.png": megabyte for n in range(5)}, compression=zipfile.ZIP_DEFLATED)
    files, failures = images_in_zip(file, ImageLimits(total_mb=2), "large.zip")
    assert names(files) == ["0.png", "1.png"]
    assert "3 of them were left out" in reasons(failures)["large.zip"]


def _patched(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    content = bytearray(data)
    at = content.index(signature) + offset
    content[at : at + len(value)] = value
    return bytes(content)


def test_a_member_that_lies_about_its_size_stays_within_it() -> None:
    """A bomb that announces 100 bytes and unpacks to 64 MB."""
    data = archive({"a.png": bytes(64 << 20)}, compression=zipfile.ZIP_DEFLATED).getvalue()
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        data = _patched(data, signature, offset, struct.pack("<I", 100))
    files, _ = images_in_zip(io.BytesIO(data))
    tracemalloc.start()
    with pytest.raises(FormatError):
        read_bytes(files[0], ImageLimits())
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_encrypted_members_are_said() -> None:
    data = _patched(archive({"a.png": png()}).getvalue(), b"PK\x01\x02", 8, b"\x01\x00")
    files, failures = images_in_zip(io.BytesIO(data))
    assert not files
    assert "password" in reasons(failures)["a.png"]


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_could_unpack_to_anything_at_once_are_refused(packing: int) -> None:
    files, failures = images_in_zip(archive({"a.png": png()}, compression=packing))
    assert not files
    assert "unusual way" in reasons(failures)["a.png"]


def test_members_that_share_their_bytes_are_refused() -> None:
    """A bomb that packs one stream under a thousand names, as Fifield's does."""
    data = archive({"a.png": png(5)}).getvalue()
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[start:end]
    count = 1000
    tail = bytearray(data[end:])
    tail[8:20] = struct.pack("<HHII", count, count, len(entry) * count, start)
    files, failures = images_in_zip(io.BytesIO(data[:start] + entry * count + bytes(tail)))
    assert [shade(file) for file in files] == [5]
    assert len(failures) == count - 1
    assert "shares its bytes" in failures[0].reason


def test_a_list_of_members_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    file = archive({f"{n}.png": b"" for n in range(500)})
    monkeypatch.setattr(image_archive, "_LONGEST_DIRECTORY", 10_000)
    files, failures = images_in_zip(file, name="endless.zip")
    assert not files
    assert "far too many files" in reasons(failures)["endless.zip"]


def test_damaged_members_leave_the_others_whole() -> None:
    data = bytearray(archive({"a.png": png(1), "b.png": png(2)}).getvalue())
    data[data.index(b"\x89PNG") + 30] ^= 0xFF
    files, failures = images_in_zip(io.BytesIO(bytes(data)))
    assert not failures
    with pytest.raises(FormatError, match="damaged inside the archive"):
        read_bytes(files[0], ImageLimits())
    assert shade(files[1]) == 2


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04" + bytes(100), bytes(1000)])
def test_what_is_no_archive_is_one_failure(data: bytes) -> None:
    files, failures = images_in_zip(io.BytesIO(data), name="photos.zip")
    assert not files
    assert "no zip archive" in reasons(failures)["photos.zip"]


_GOOD_ARCHIVES = [
    archive({"cats/a.png": png(1), "b.png": png(2), "labels.csv": b"b.png,dog\n"}).getvalue(),
    archive({"a.png": png(1), "b.txt": b"x"}, compression=zipfile.ZIP_DEFLATED).getvalue(),
    _named_in("cp949", "사진.png").getvalue(),
]


@given(st.data())
def test_damaged_archives_only_speak(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(_GOOD_ARCHIVES)))
    near_the_end = st.integers(max(0, len(content) - 200), len(content) - 1)
    place = st.integers(0, len(content) - 1) | near_the_end
    for at, value in data.draw(st.lists(st.tuples(place, st.integers(0, 255)), max_size=8)):
        content[at] = value
    cut = data.draw(st.none() | st.integers(0, len(content)))
    files, failures = images_in_zip(io.BytesIO(bytes(content[:cut])), ImageLimits(file_mb=1))
    reasons(failures)
    for file in files:
        try:
            decode(read_bytes(file, ImageLimits(file_mb=1)))
        except FormatError:
            continue


def test_ten_thousand_tiny_members_are_read_without_parsing_the_list_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Work per member is the same however many there are: counted, as clocks cannot be trusted."""
    calls = {"parsed": 0, "bytes": 0}
    parse, read = zipfile.ZipFile._RealGetContents, image_archive.SharedFile.at  # type: ignore[attr-defined]

    def parsed(self: Any) -> None:
        calls["parsed"] += 1
        parse(self)

    def counted(self: Any, place: int, count: int) -> bytes:
        data: bytes = read(self, place, count)
        calls["bytes"] += len(data)
        return data

    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", parsed)
    monkeypatch.setattr(image_archive.SharedFile, "at", counted)
    tiny = png()
    file = archive({f"{n}.png": tiny for n in range(10_000)})
    files, failures = images_in_zip(file)
    assert (len(files), failures) == (10_000, [])
    assert all(read_bytes(image, ImageLimits()) == tiny for image in files)
    assert calls["parsed"] == 1
    assert calls["bytes"] < 10_000 * 40_000


# Labels


@pytest.mark.parametrize(
    "table",
    [
        "file,label\na.png,cat\nb.png,dog\n",
        "filename;class\r\na.png;cat\r\nb.png;dog\r\n",
        "id\tlabel\tpath\n1\tcat\ta.png\n2\tdog\tb.png\n",
        "Image|Category\na.png|cat\nb.png|dog",
        "a.png,cat\nb.png,dog",
        "what,is it\na.png,cat\nb.png,dog",
        'name,species\n"a.png","cat"\n"./b.png","dog"',
        "species,file\ncat,a.png\ndog,b.png\n",
        "label,picture\ncat,a.png\ndog,b.png\n",
        "\n  \nfile , label\n a.png , cat \n,\nb.png,dog\nc.png,\n",
        "\ufefffile,label\na.png,cat\nb.png,dog\n",
    ],
    ids=range(11),
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_tables_of_labels(table: str, encoding: str) -> None:
    data = table.lstrip("\ufeff").encode(encoding) if encoding == "utf-16" else table.encode()
    assert labels_from_csv(data) == {"a.png": "cat", "b.png": "dog"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_korean_tables_of_labels(encoding: str) -> None:
    data = "파일,label\n사진1.png,고양이\n사진2.png,강아지\n".encode(encoding)
    assert labels_from_csv(data) == {"사진1.png": "고양이", "사진2.png": "강아지"}


def test_western_tables_of_labels() -> None:
    words = ["forêt brûlée", "château", "élève", "garçon", "œuvre", "naïf", "Noël", "été", "où"]
    table = "file,label\n" + "".join(f"{n}.png,{word}\n" for n, word in enumerate(words))
    labels = labels_from_csv(table.encode("cp1252"))
    assert list(labels.values()) == words
    assert "read as cp1252, a guess; it may be" in labels.note
    assert labels_from_csv(table.encode()).note == ""
    broken = labels_from_csv(table.encode() + b"x.png,\xff\xfe\n")
    assert "2 signs could not be read" in broken.note


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"a.png\nb.png\n", "one column"),
        (b"file\na.png\n", "one column"),
        (png(), "not plain text"),
        (b"PK\x03\x04" + bytes(100), "not plain text"),
        (b'a.png,"' + b"x" * 200_000 + b'"\n', "cannot be read as CSV"),
        (bytes(17 << 20), "larger than 16 MB"),
    ],
    ids=range(8),
)
def test_what_is_no_table_is_said(data: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        labels_from_csv(data)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes_are_labels_or_a_sentence(data: bytes) -> None:
    try:
        labels = labels_from_csv(data)
    except FormatError:
        return
    assert all(isinstance(text, str) and text for pair in labels.items() for text in pair)


def _files(*names: str) -> list[ItemFile]:
    return [ItemFile(name, io.BytesIO, label="own") for name in names]


def test_labels_go_to_whole_names_first_then_to_the_last_part() -> None:
    files = _files("cats/1.jpg", "dogs/1.jpg", "x/2.JPG", "3.jpg", "4.jpg", "사진/나.jpg")
    labels = {
        "cats/1.jpg": "tom", "1.jpg": "someone", "2.jpg": "two", "deep/er/3.jpg": "three",
        "사진/나.jpg".encode().decode(): "나",
    }  # fmt: skip
    got = [file.label for file in labeled(files, labels)]
    # Both tables' rows end in 1.jpg with different labels, so the last part alone tells nothing …
    assert got == ["tom", "own", "two", "three", "own", "나"]
    # … but a row that is 1.jpg as a whole would label the one file of that whole name.
    assert labeled(_files("1.jpg"), labels)[0].label == "someone"


def test_the_labels_of_an_archive_are_applied() -> None:
    table = b"file,label\na.png,apple\ndeep/b.png,pear\n"
    members = {"top/a.png": png(), "top/b.png": png(), "top/c.png": png(), "top/Labels.csv": table}
    files, failures = images_in_zip(archive(members))
    assert not failures
    assert [file.label for file in files] == ["apple", "pear", "top"]
    files, failures = images_in_zip(archive({"cats/a.png": png(), "labels.csv": b"\0\0"}))
    assert [file.label for file in files] == ["cats"]
    assert "plain text" in failures[0].reason


# Folders


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    root = tmp_path / "photos"
    for n, name in enumerate(["train/cats/b.png", "train/cats/a.PNG", "dogs/c.png", "top.png"]):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(png(n))
    for name in ("notes.txt", ".hidden.png", "dogs/Thumbs.db", ".git/x.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


def test_images_of_a_folder_sorted_with_labels(photos: Path) -> None:
    moment = datetime(2024, 3, 9, 17, 5)
    os.utime(photos / "top.png", (moment.timestamp(), moment.timestamp()))
    files, failures = images_in_folder(photos)
    assert reasons(failures).keys() == {"notes.txt"}  # what systems leave about nobody misses
    assert [(file.name, file.label, shade(file)) for file in files] == [
        ("dogs/c.png", "dogs", 2),
        ("top.png", "", 3),
        ("train/cats/a.PNG", "cats", 1),
        ("train/cats/b.png", "cats", 0),
    ]
    assert files[1].date == moment
    assert files[1].size == len(png(3))
    assert Path(files[1].path) == photos / "top.png"
    assert names(images_in_folder(str(photos))[0]) == names(files)


def test_a_table_in_a_folder_comes_before_its_sub_folders(photos: Path) -> None:
    (photos / "labels.csv").write_text("a.png,tabby\n")
    files, failures = images_in_folder(photos)
    assert names(failures) == ["notes.txt"]
    assert [file.label for file in files] == ["dogs", "", "tabby", "cats"]
    (photos / "labels.csv").write_bytes(b"\x89PNG\0")
    files, failures = images_in_folder(photos)
    assert [file.label for file in files] == ["dogs", "", "cats", "cats"]
    assert "plain text" in failures[-1].reason


def test_the_first_so_many_of_a_folder(photos: Path) -> None:
    files, failures = images_in_folder(photos, ImageLimits(count=2))
    assert names(files) == ["dogs/c.png", "top.png"]
    assert "holds 4 images" in reasons(failures)["photos"]


def test_links_that_lead_out_are_refused(photos: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "s.png").write_bytes(png(9))
    (photos / "out.png").symlink_to(secret / "s.png")
    (photos / "outside").symlink_to(secret, target_is_directory=True)
    (photos / "again").symlink_to(photos, target_is_directory=True)
    (photos / "in.png").symlink_to(photos / "top.png")
    (photos / "nowhere.png").symlink_to(photos / "gone.png")
    files, failures = images_in_folder(photos)
    assert names(files) == [
        "dogs/c.png", "in.png", "nowhere.png", "top.png", "train/cats/a.PNG", "train/cats/b.png",
    ]  # fmt: skip
    said = reasons(failures)
    assert "outside the folder" in said["out.png"]
    assert "link to a folder" in said["outside"]
    assert "link to a folder" in said["again"]
    with pytest.raises(FormatError, match="No such file"):
        read_bytes(files[2], ImageLimits())


def test_a_table_of_labels_that_is_a_link_outwards_is_not_read(
    photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "other.csv").write_text("top.png,secret\n")
    (photos / "labels.csv").symlink_to(tmp_path / "other.csv")
    assert "secret" not in [file.label for file in images_in_folder(photos)[0]]


def test_only_allowed_folders_are_read(photos: Path, tmp_path: Path) -> None:
    allowed = [photos / "train", photos / "dogs"]
    assert names(images_in_folder(photos / "train/cats", inside=allowed)[0]) == ["a.PNG", "b.png"]
    assert names(images_in_folder(photos / "dogs", inside=allowed)[0]) == ["c.png"]
    (photos / "train/out").symlink_to(tmp_path, target_is_directory=True)
    for root in (
        photos,
        tmp_path,
        photos / "dogs/..",
        photos / "train/out",
        "/",
        "",
        photos / "no",
    ):
        with pytest.raises(EmbedvizError, match="is not open here"):
            images_in_folder(root, inside=allowed)


@pytest.mark.parametrize("name", ["gone", "photos/top.png"])
def test_what_is_no_folder_is_said(name: str, photos: Path) -> None:
    with pytest.raises(EmbedvizError, match="There is no folder"):
        images_in_folder(photos.parent / name)


@pytest.mark.skipif(os.name != "posix", reason="names are text elsewhere")
def test_names_on_disk_that_are_not_utf_8(tmp_path: Path) -> None:
    for raw in ("사진".encode("cp949") + b".png", b"\xff\xfe.png"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + raw)).write_bytes(png(6))
    files, failures = images_in_folder(tmp_path)
    assert not failures
    assert sorted(names(files)) == ["사진.png", "\ufffd\ufffd.png"]
    for file in files:
        file.path.encode("utf-8")
        assert shade(file) == 6


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    files, _ = images_in_folder(tmp_path)
    for file in [*files, *image_files([tmp_path / "pipe.png"])]:
        with pytest.raises(FormatError, match="no file"):
            read_bytes(file, ImageLimits())


# Whatever a program has


def test_files_folders_bytes_streams_and_pictures(photos: Path) -> None:
    upload = io.BytesIO(png(30))
    upload.name = "cats/upload.png"
    ready = ItemFile("ready.png", lambda: io.BytesIO(png(31)))
    sources: list[Any] = [
        photos / "train/cats/b.png", str(photos / "dogs"), png(20), ("n/named.png", png(21)),
        ("s.png", io.BytesIO(png(22))), upload, Image.new("L", (3, 3), 23), ready,
    ]  # fmt: skip
    files = list(image_files(iter(sources)))
    assert [(file.name, file.label, shade(file)) for file in files] == [
        ("b.png", "cats", 0), ("c.png", "", 2), ("image 3", "", 20), ("n/named.png", "n", 21),
        ("s.png", "", 22), ("cats/upload.png", "cats", 30), ("image 7", "", 23),
        ("ready.png", "", 31),
    ]  # fmt: skip
    assert Path(files[0].path) == photos / "train/cats/b.png"
    assert files[0].date is not None
    assert files[-1] is ready


def test_one_source_needs_no_list(photos: Path) -> None:
    for source in (photos / "top.png", str(photos / "top.png"), io.BytesIO(png(3)), png(3)):
        assert [shade(file) for file in image_files(source)] == [3]
    assert [shade(file) for file in image_files(Image.new("L", (2, 2), 3))] == [3]
    *images, notes = image_files(photos)
    assert len(images) == 4
    with pytest.raises(FormatError, match=r"Not an image file \(.txt\)"):
        notes.open()


def test_sources_are_taken_when_their_turn_comes(photos: Path) -> None:
    def sources() -> Any:
        yield photos / "top.png"
        raise AssertionError("too early")

    assert next(image_files(sources())).name == "top.png"


def test_streams_open_again_and_are_left_open(photos: Path) -> None:
    upload = io.BytesIO(png(8))
    with open(photos / "top.png", "rb") as stream:
        for source, wanted in ((upload, 8), (stream, 3)):
            (file,) = image_files([source])
            assert [shade(file), shade(file)] == [wanted, wanted]
            assert not source.closed
        assert next(image_files([stream])).name == "top.png"


def test_a_view_of_a_stream_goes_where_it_is_told() -> None:
    (file,) = image_files([io.BytesIO(b"0123456789")])
    with file.open() as view:
        assert view.read(3) == b"012"
        assert view.seek(-2, os.SEEK_END) == 8
        assert view.read() == b"89"
        view.seek(1)
        view.seek(2, os.SEEK_CUR)
        assert view.read(1) == b"3"


def test_what_is_missing_takes_its_place_and_says_so(photos: Path) -> None:
    (photos / "dogs/out.png").symlink_to("/etc/hostname")
    files = list(image_files([photos / "gone.png", photos / "dogs", photos / "top.png"]))
    assert names(files) == ["gone.png", "c.png", "out.png", "top.png"]
    said: list[Any] = []
    for file in files:
        try:
            said.append(shade(file))
        except FormatError as error:
            said.append(str(error))
    assert said[1::2] == [2, 3]
    assert "No such file" in said[0]
    assert "outside the folder" in said[2]


@pytest.mark.parametrize(
    "sources", [[3], 3, [None], [("a.png", 3)], [("a", b"", 1)], [["a.png"]]], ids=range(6)
)
def test_other_things_are_refused_with_what_is_taken(sources: Any) -> None:
    with pytest.raises(InvalidParameterError, match="paths, folders, bytes"):
        list(image_files(sources))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK", "F", "I"])
def test_pictures_in_memory_lose_nothing(mode: str) -> None:
    picture = (
        Image.new("L", (4, 2), 255).convert(mode) if mode != "I;16" else Image.new(mode, (4, 2))
    )
    (file,) = image_files([picture])
    assert decode(read_bytes(file, ImageLimits())).picture.size == (4, 2)
    assert read_bytes(file, ImageLimits()) == read_bytes(file, ImageLimits())


def test_a_picture_in_memory_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = io.BytesIO()
    Image.new("RGB", (40, 30)).save(stored, "JPEG", exif=exif)
    (file,) = image_files([Image.open(stored)])
    assert decode(read_bytes(file, ImageLimits())).picture.size == (30, 40)


def test_a_folder_given_to_a_program_has_no_limit_on_its_number(photos: Path) -> None:
    assert (
        len(list(image_files([photos], ImageLimits(count=2)))) == 4
    )  # two, notes.txt, and what was left out
    assert len(list(image_files([photos]))) == 5


def test_sources_load_no_pillow_until_they_are_read(photos: Path) -> None:
    import subprocess

    script = (
        "import sys\nfrom embedviz.images.kind import IMAGE\n"
        "from embedviz.items.sources import item_files\n"
        f"files = list(item_files(IMAGE, [{str(photos)!r}, b'x', ('a', b'x')]))\n"
        "assert len(files) == 7\nprint('PIL' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_a_file_is_no_picture_while_another_thread_loads_pillow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    half_loaded = type(sys)("PIL.Image")
    monkeypatch.setitem(sys.modules, "PIL.Image", half_loaded)
    assert not IMAGE.accepts("photo.jpg")
