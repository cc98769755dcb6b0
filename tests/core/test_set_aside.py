"""Nothing of a folder, a zip or a table of labels goes missing without a word."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from embedviz.images.decoding import ImageLimits
from embedviz.images.kind import IMAGE
from embedviz.items import labels as item_labels
from embedviz.items import sources
from embedviz.items.cache import ItemCache
from embedviz.items.embedding import embed_items
from embedviz.items.encoder import open_model
from embedviz.items.files import Failure, ItemFile
from embedviz.items.labels import labeled, labels_from_csv, labels_of_none
from embedviz.items.sources import files_in_folder
from embedviz.items.zips import files_in_zip
from embedviz.texts.kind import TEXT
from embedviz.ui.items.own import listed_uploads
from tests.toy_things import TWO_DOORS

OTHERS = ("vector.svg", "old.jp2", "icon.ico", "scan.pgm", "photo", "README", "clip.MOV", "a.b.xmp")
LABELS = """file,label
good0.jpg,red
GOOD2.JPG,blue
missing.jpg,none
사진 é/é한글.png,olive
vector.svg,drawing
"""


def picture(suffix: str, shade: int = 0) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (9, 9), (shade, 90, 200)).save(file, {".png": "PNG"}.get(suffix, "JPEG"))
    return file.getvalue()


def contents() -> dict[str, bytes]:
    good = {f"good{n}.jpg": picture(".jpg", 40 * n) for n in range(3)}
    # As macOS writes names: each accent, and each part of a Korean syllable, a sign of its own.
    far = unicodedata.normalize("NFD", "사진 é/é한글.png")
    return {
        **good, far: picture(".png", 200), "empty.jpg": b"", "page.jpg": b"<html></html>",
        "labels.csv": LABELS.encode(), **dict.fromkeys(OTHERS, b"\0\1 something"),
        ".DS_Store": b"x", "Thumbs.db": b"x",
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "photos"
    for name, data in contents().items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def zipped() -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in contents().items():
            archive.writestr(name, data)
    return file


class Upload(io.BytesIO):
    """What Streamlit hands over."""

    def __init__(self, name: str, data: bytes) -> None:
        super().__init__(data)
        self.name, self.size = name, len(data)


def check(files: list[ItemFile], failures: list[Failure]) -> None:
    by_name = {file.name: file.label for file in files}
    assert by_name["good0.jpg"] == "red"
    assert by_name["good2.jpg"] == "blue"
    assert by_name["사진 é/é한글.png"] == "olive"
    said = {failure.name: failure.reason for failure in failures}
    assert "there is no such file" in said.pop("missing.jpg")
    assert said.keys() == set(OTHERS)
    assert "(.svg)" in said["vector.svg"]
    assert "its name has no ending" in said["photo"]
    assert all(".jpg, .jpeg" in reason for reason in said.values())


def test_a_folder_lists_all_that_it_does_not_read(folder: Path) -> None:
    check(*files_in_folder(IMAGE, folder))


def test_a_zip_lists_all_that_it_does_not_read() -> None:
    check(*files_in_zip(IMAGE, zipped()))


@pytest.mark.parametrize("as_zip", [False, True])
def test_an_upload_lists_all_that_it_does_not_read(as_zip: bool) -> None:
    given = {"all.zip": zipped().getvalue()} if as_zip else contents()
    files, failures = listed_uploads(IMAGE, [Upload(*item) for item in given.items()])
    if as_zip:
        check(files, failures)
        return
    # Files that a person chose are tried, whatever they are called: each says what it is.
    done = embed_items(IMAGE, files, open_model(TWO_DOORS), cache=False)
    assert {*done.space.keys, *(one.name for one in done.failures)} == {
        unicodedata.normalize("NFC", name) for name in contents()
    } - {"labels.csv"}
    assert [failure.name for failure in failures] == ["missing.jpg"]


def test_the_api_hands_the_list_over_and_the_rest_is_as_if_alone(folder: Path) -> None:
    model = open_model(TWO_DOORS)
    done = embed_items(IMAGE, [folder], model, cache=ItemCache())
    assert len(done.space) == 4
    assert {failure.name for failure in done.failures} == {
        *OTHERS, "missing.jpg", "empty.jpg", "page.jpg",
    }  # fmt: skip
    alone = embed_items(IMAGE, [folder / "good1.jpg"], model, cache=False).space.vectors[0]
    assert (done.space.vectors[done.space.index("good1.jpg")] == alone).all()


def test_a_folder_of_nothing_that_is_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("<svg/>")
    with pytest.raises(Exception, match=r"'a.svg': Not an image file \(.svg\)"):
        embed_items(IMAGE, [tmp_path], open_model(TWO_DOORS), cache=False)


def test_every_kind_says_it_of_its_own_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    (tmp_path / "b.docx").write_bytes(b"PK")
    files, failures = files_in_folder(TEXT, tmp_path)
    assert [file.name for file in files] == ["a.txt"]
    assert failures[0].reason.startswith("Not a text file (.docx): texts are read from files")


def test_very_many_others_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        (tmp_path / f"{number}.mov").write_bytes(b"x")
    monkeypatch.setattr(sources, "_MOST_LISTED", 4)
    _, failures = files_in_folder(IMAGE, tmp_path)
    assert len(failures) == 5
    assert failures[-1].reason == "5 more of its files are not images."
    assert len(files_in_folder(IMAGE, tmp_path, ImageLimits(count=2))[1]) == 3


def test_only_the_table_of_the_folder_itself_is_read_and_the_other_is_listed(
    tmp_path: Path,
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.png").write_bytes(picture(".png"))
    (tmp_path / "sub" / "labels.csv").write_text("a.png,cat\n")
    (tmp_path / "LABELS.CSV").write_text("a.png,dog\n")
    (file,), (failure,) = files_in_folder(IMAGE, tmp_path)
    assert file.label == "dog"
    assert (failure.name, "Only the labels.csv in the folder itself" in failure.reason) == (
        "sub/labels.csv", True,
    )  # fmt: skip


def test_files_beyond_the_limit_are_not_called_missing(folder: Path) -> None:
    _, failures = files_in_folder(IMAGE, folder, ImageLimits(count=1))
    unmatched = [one.name for one in failures if "no such file" in one.reason]
    assert unmatched == ["missing.jpg"]


def test_a_name_that_differs_in_case_alone_has_its_own_label() -> None:
    files = [ItemFile(name, io.BytesIO) for name in ("a.jpg", "A.JPG", "b.jpg")]
    labels = {"a.jpg": "small", "A.JPG": "large", "B.jpg": "one"}
    assert [file.label for file in labeled(files, labels)] == ["small", "large", "one"]
    assert labels_of_none(labels, ["a.jpg", "A.JPG", "b.jpg"]) == []


def test_a_last_part_that_two_folders_share_names_none_and_that_is_said() -> None:
    labels = {"x/1.jpg": "cat", "y/1.jpg": "dog"}
    assert [one.name for one in labels_of_none(labels, ["z/1.jpg"])] == ["x/1.jpg", "y/1.jpg"]
    assert labels_of_none({"x/1.jpg": "cat"}, ["z/1.jpg"]) == []


def test_two_labels_of_one_file_are_said() -> None:
    said: list[Failure] = []
    labels = labels_from_csv(b"file,label\na.jpg,cat\nb.jpg,dog\na.jpg,hen\nb.jpg,dog\n", said)
    assert labels == {"a.jpg": "hen", "b.jpg": "dog"}
    assert [(one.name, "'cat' and, further down, 'hen'" in one.reason) for one in said] == [
        ("a.jpg", True)
    ]


def test_a_table_of_another_collection_is_not_repeated_line_by_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(item_labels, "_MOST_SAID", 3)
    failures = labels_of_none({f"{number}.jpg": "x" for number in range(10)}, ["other.jpg"])
    assert len(failures) == 4
    assert "7 more names" in failures[-1].reason
