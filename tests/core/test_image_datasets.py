"""Sets of images from public sites: fetched whole or not at all, by way of a local server."""

from __future__ import annotations

import dataclasses
import os
import pickle
import tarfile
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from embedviz.errors import (
    CancelledError,
    DownloadError,
    EmbedvizError,
    FormatError,
    InvalidParameterError,
    UntrustedFileError,
)
from embedviz.images.datasets import DATASETS, dataset_named
from embedviz.images.datasets.plain_pickle import byte_array, read_plain
from embedviz.items import fetching
from embedviz.items.fetching import fetch_dataset, unpack
from embedviz.items.files import ItemFile
from embedviz.progress import Progress
from embedviz.registry import ENCODERS
from embedviz.words.known_models import MODELS
from tests.core.tiny_datasets import (
    CIFAR_LABELS,
    PETS,
    PIXELS,
    THINGS,
    jpeg,
    offered,
    pets,
    python2_batch,
    tar,
)

LABELS = {
    "flowers102": ["pink primrose", "pink primrose", "passion flower", "blackberry lily",
                   "passion flower", "passion flower"],
    "oxford-pets": ["Abyssinian", "American Bulldog", "American Bulldog", "Abyssinian"],
    "cifar10": [THINGS[number].decode() for number in CIFAR_LABELS.ravel()],
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for what is fetched."""
    monkeypatch.setenv("EMBEDVIZ_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data" / "datasets"


def _below(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def _pixels(file: ItemFile) -> np.ndarray:
    from PIL import Image

    with file.open() as opened, Image.open(opened) as picture:
        return np.asarray(picture.convert("RGB"))


def test_addresses_and_checksums_are_torchvisions_own() -> None:
    from embedviz.torch_runtime import load_torchvision

    theirs = load_torchvision().datasets
    flowers, pets_class, cifar = theirs.Flowers102, theirs.OxfordIIITPet, theirs.CIFAR10
    expected = {
        "flowers102": [
            (flowers._download_url_prefix + file, md5)
            for file, md5 in (flowers._file_dict["image"], flowers._file_dict["label"])
        ],
        "oxford-pets": list(pets_class._RESOURCES),
        "cifar10": [(cifar.url, cifar.tgz_md5)],
    }
    ours = {
        name: [(archive.url, archive.md5) for archive in dataset.archives]
        for name, dataset in DATASETS.items()
    }
    assert ours == expected
    assert len(flowers.classes) == DATASETS["flowers102"].classes


def test_the_table_says_what_a_person_must_know(folder: Path) -> None:
    assert not set(DATASETS) & (set(MODELS) | set(ENCODERS))
    for name, dataset in DATASETS.items():
        assert dataset.name == name
        assert dataset.label
        assert dataset.help.endswith(".")
        assert dataset.license
        assert "(20" in dataset.citation
        assert dataset.source.startswith("https://")
        assert dataset.count > 100 * dataset.classes / 2
        assert dataset.download_bytes > 100_000_000
        assert dataset.folder == folder / name
        assert not dataset.installed


@pytest.mark.parametrize("name", DATASETS)
def test_what_is_not_here_says_how_large_it_is_and_how_to_get_it(name: str) -> None:
    with pytest.raises(EmbedvizError, match=rf"\d MB: python -m embedviz fetch {name}$"):
        DATASETS[name].open()


@pytest.mark.parametrize("name", DATASETS)
def test_a_set_arrives_whole_and_opens_with_its_labels(
    monkeypatch: pytest.MonkeyPatch, folder: Path, name: str
) -> None:
    said: list[Progress] = []
    with offered(monkeypatch, name) as servers:
        assert fetch_dataset(dataset_named(name), on_progress=said.append) == folder / name
        asked = sum(len(server.asked) for server in servers)
        assert fetch_dataset(dataset_named(name)) == folder / name
        assert sum(len(server.asked) for server in servers) == asked == len(servers)
    assert [path.name for path in folder.iterdir()] == [name]
    assert not [file for file in _below(folder) if file.endswith((".gz", ".tgz", ".part"))]
    fractions = [progress.fraction or 0.0 for progress in said]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert any("Unpacking" in progress.message for progress in said)
    images = DATASETS[name].open()
    assert [image.label for image in images] == LABELS[name]
    assert len({image.name for image in images}) == len(images)
    assert all(image.name.startswith(f"{image.label}/") for image in images)
    for image in images:
        assert _pixels(image).shape == ((32, 32, 3) if name == "cifar10" else (12, 10, 3))


def test_files_of_a_set_say_where_they_lie_and_how_large_they_are(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    with offered(monkeypatch, "oxford-pets"):
        fetch_dataset(dataset_named("oxford-pets"))
    images = DATASETS["oxford-pets"].open()
    assert [Path(image.path).stem for image in images] == PETS
    assert [image.size for image in images] == [len(jpeg(n)) for n in range(4)]
    # What the list does not vouch for and what is no image was not opened, or not even unpacked.
    assert (folder / "oxford-pets/images/Abyssinian_34.jpg").is_file()
    assert set(_below(folder / "oxford-pets/annotations")) == {"list.txt"}
    assert not list(folder.rglob("*.mat"))


def test_tiny_pictures_come_out_pixel_by_pixel_and_no_pickle_stays(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    with offered(monkeypatch, "cifar10"):
        fetch_dataset(dataset_named("cifar10"))
    found = np.stack([_pixels(image) for image in DATASETS["cifar10"].open()])
    np.testing.assert_array_equal(found, PIXELS.reshape(-1, 32, 32, 3))
    assert {Path(file).suffix for file in _below(folder)} == {".npy", ".txt"}


def test_after_a_break_only_what_is_missing_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    with offered(monkeypatch, "flowers102") as (images, labels):
        labels.cut_after = 100
        with pytest.raises(DownloadError, match=r"broke off after 100 of .* bytes"):
            fetch_dataset(dataset_named("flowers102"))
        assert not DATASETS["flowers102"].installed
        labels.cut_after = None
        fetch_dataset(dataset_named("flowers102"))
        assert (images.asked, labels.asked) == ([""], ["", "bytes=100-"])
    assert len(DATASETS["flowers102"].open()) == 6
    assert [path.name for path in folder.iterdir()] == ["flowers102"]


def test_a_wrong_checksum_throws_the_archive_away(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    with offered(monkeypatch, "cifar10") as (server,):
        good, server.content = server.content, server.content[:-1] + b"!"
        with pytest.raises(DownloadError, match="arrived damaged: its MD5 is"):
            fetch_dataset(dataset_named("cifar10"))
        assert not DATASETS["cifar10"].installed
        assert _below(folder) == {}
        server.content, server.tag = good, '"two"'
        fetch_dataset(dataset_named("cifar10"))
    assert DATASETS["cifar10"].installed


def test_an_archive_that_the_disk_has_spoiled_is_fetched_anew(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    with offered(monkeypatch, "flowers102") as (images, labels):
        labels.cut_after = 100
        with pytest.raises(DownloadError):
            fetch_dataset(dataset_named("flowers102"))
        (folder / "flowers102.part/102flowers.tgz").write_bytes(b"spoiled")
        labels.cut_after = None
        fetch_dataset(dataset_named("flowers102"))
        assert images.asked == ["", ""]
    assert len(DATASETS["flowers102"].open()) == 6


def test_without_a_network_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with offered(monkeypatch, "cifar10"):
        pass  # the server is gone from here on
    with pytest.raises(DownloadError, match=r"refuses connections.*Check the network"):
        fetch_dataset(dataset_named("cifar10"))
    assert not DATASETS["cifar10"].installed


def test_a_name_that_is_not_known_lists_those_that_are() -> None:
    with pytest.raises(InvalidParameterError, match=r"'cifar'.*flowers102, oxford-pets, cifar10"):
        fetch_dataset(dataset_named("cifar"))


@pytest.mark.parametrize("moment", ["Fetching images", "Unpacking images", "Preparing"])
def test_a_stop_keeps_what_was_here_and_what_arrived(
    monkeypatch: pytest.MonkeyPatch, folder: Path, moment: str
) -> None:
    name = "cifar10" if moment == "Preparing" else "oxford-pets"
    with offered(monkeypatch, name) as servers:
        fetch_dataset(dataset_named(name))
        before, stop = _below(folder), threading.Event()

        def stop_then(progress: Progress) -> None:
            if progress.message.startswith(moment):
                stop.set()

        with pytest.raises(CancelledError):
            fetch_dataset(dataset_named(name), again=True, on_progress=stop_then, cancel=stop)
        kept = _below(folder)
        assert {file: kept[file] for file in before} == before
        assert not list(folder.glob(f"{name}.part/*/unpacked"))
        asked = [len(server.asked) for server in servers]
        fetch_dataset(dataset_named(name), again=True)
        if not moment.startswith("Fetching"):  # then every archive had arrived
            assert [len(server.asked) for server in servers] == asked
    assert _below(folder) == before


def test_fetching_again_mends_a_damaged_set(monkeypatch: pytest.MonkeyPatch) -> None:
    with offered(monkeypatch, "oxford-pets"):
        path = fetch_dataset(dataset_named("oxford-pets"))
        (path / "images/Abyssinian_1.jpg").unlink()
        with pytest.raises(FormatError, match=r"'Abyssinian_1.jpg'.*oxford-pets --again"):
            DATASETS["oxford-pets"].open()
        fetch_dataset(dataset_named("oxford-pets"), again=True)
    assert len(DATASETS["oxford-pets"].open()) == 4


@pytest.mark.parametrize(
    ("name", "file", "content"),
    [
        ("flowers102", "imagelabels.mat", b"no matrix"),
        ("oxford-pets", "annotations/list.txt", b"#\n"),
        ("oxford-pets", "annotations/list.txt", b"../../secret 1 1 1\n"),
        ("cifar10", "data_batch_3.npy", b"no array"),
        ("cifar10", "classes.txt", b"one"),
    ],
    ids=["no matrix", "empty list", "a list that leads out", "no array", "too few classes"],
)
def test_a_damaged_set_says_how_to_mend_it(
    monkeypatch: pytest.MonkeyPatch, name: str, file: str, content: bytes
) -> None:
    with offered(monkeypatch, name):
        path = fetch_dataset(dataset_named(name))
    (path / file).write_bytes(content)
    with pytest.raises(FormatError, match=rf"damaged.*fetch {name} --again"):
        DATASETS[name].open()


def test_labels_and_images_that_do_not_fit_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    with offered(monkeypatch, "flowers102"):
        path = fetch_dataset(dataset_named("flowers102"))
    (path / "jpg/image_00007.jpg").write_bytes(jpeg(7))
    with pytest.raises(FormatError, match="do not fit"):
        DATASETS["flowers102"].open()


def test_a_folder_that_cannot_be_replaced_stays(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    with offered(monkeypatch, "oxford-pets"):
        fetch_dataset(dataset_named("oxford-pets"))
        before, replace = _below(folder / "oxford-pets"), os.replace

        def refuse(source: Path, target: Path) -> None:
            if Path(source).name == "unpacked":
                raise PermissionError(13, "Permission denied")
            replace(source, target)

        monkeypatch.setattr(fetching.os, "replace", refuse)
        with pytest.raises(DownloadError, match="could not be written"):
            fetch_dataset(dataset_named("oxford-pets"), again=True)
    assert _below(folder / "oxford-pets") == before


def _header(name: str, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


HOSTILE = {
    "a path that climbs out": _header("jpg/../../../evil.jpg"),
    "a path that is not kept and climbs out": _header("../evil.txt"),
    "a link that leads out": _header("jpg/a.jpg", type=tarfile.SYMTYPE, linkname="/etc"),
    "a link inside": _header("jpg/a.jpg", type=tarfile.SYMTYPE, linkname="b.jpg"),
    "a hard link": _header("jpg/a.jpg", type=tarfile.LNKTYPE, linkname="/etc/passwd"),
    "a device": _header("jpg/a.jpg", type=tarfile.CHRTYPE, devmajor=1, devminor=3),
    "a pipe": _header("jpg/a.jpg", type=tarfile.FIFOTYPE),
}


@pytest.mark.parametrize("member", HOSTILE.values(), ids=HOSTILE)
def test_an_archive_that_reaches_out_is_refused(tmp_path: Path, member: tarfile.TarInfo) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    archive = tmp_path / "set.tgz"
    archive.write_bytes(tar({"hostile": member, "jpg/late.jpg": b"x"}))
    with pytest.raises(DownloadError, match=r"set.tgz holds .*is not unpacked"):
        unpack(archive, inside, keep=["jpg/*.jpg"], max_bytes=1000)
    assert _below(tmp_path).keys() == {"set.tgz"}


def test_a_hostile_archive_leaves_the_set_that_was_here(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    with offered(monkeypatch, "oxford-pets"):
        fetch_dataset(dataset_named("oxford-pets"))
    before = _below(folder / "oxford-pets")
    hostile = [tar({"x": HOSTILE["a link that leads out"]}), pets()[1]]
    with (
        offered(monkeypatch, "oxford-pets", hostile),
        pytest.raises(DownloadError, match="a link or a device"),
    ):
        fetch_dataset(dataset_named("oxford-pets"), again=True)
    assert _below(folder / "oxford-pets") == before


@pytest.mark.parametrize(
    ("members", "limits"),
    [
        ({"jpg/a.jpg": bytes(5000)}, {"max_bytes": 4999}),
        ({"jpg/a.jpg": b"", "other.bin": bytes(5000)}, {"max_bytes": 4999}),
        ({f"jpg/{n}.jpg": b"" for n in range(11)}, {"max_bytes": 100, "max_members": 10}),
    ],
    ids=["one large file", "a large file that is not kept", "many files"],
)
def test_an_archive_that_explodes_is_given_up(
    tmp_path: Path, members: dict[str, bytes | tarfile.TarInfo], limits: dict[str, int]
) -> None:
    archive = tmp_path / "set.tgz"
    archive.write_bytes(tar(members))
    with pytest.raises(DownloadError, match="unpacks to more than"):
        unpack(archive, tmp_path, keep=["jpg/*.jpg"], **limits)  # type: ignore[arg-type]
    roomy = {name: limit + 1 for name, limit in limits.items()}
    assert unpack(archive, tmp_path, keep=["jpg/*.jpg"], **roomy)  # type: ignore[arg-type]


@pytest.mark.parametrize("cut", [0, 1, 20, 200], ids=lambda cut: f"{cut} bytes of it")
def test_a_cut_archive_is_called_damaged(tmp_path: Path, cut: int) -> None:
    archive = tmp_path / "set.tgz"
    whole = tar({f"jpg/{n}.jpg": jpeg(n) for n in range(3)})
    assert len(whole) > 400
    archive.write_bytes(whole[:cut])
    with pytest.raises(DownloadError, match=r"set\.tgz is damaged"):
        unpack(archive, tmp_path, keep=["jpg/*.jpg"], max_bytes=10_000)


def test_an_archive_without_what_is_wanted_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "set.tgz"
    archive.write_bytes(tar({"png/1.png": b"x"}))
    with pytest.raises(DownloadError, match=r"holds nothing like jpg/\*.jpg"):
        unpack(archive, tmp_path, keep=["jpg/*.jpg"], max_bytes=1000)


def test_an_old_pickle_reads_as_python_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "data_batch_1"
    path.write_bytes(python2_batch(PIXELS[0], [2, 0, 1, 1]))
    theirs = pickle.loads(path.read_bytes(), encoding="bytes")
    ours = read_plain(path)
    assert ours.keys() == theirs.keys()
    assert ours[b"labels"] == theirs[b"labels"] == [2, 0, 1, 1]
    np.testing.assert_array_equal(byte_array(ours[b"data"]), theirs[b"data"])


class Trap:
    """Makes a folder when it is unpickled without care."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize(
    "protocol", range(pickle.HIGHEST_PROTOCOL + 1), ids=lambda p: f"protocol{p}"
)
def test_a_pickle_with_code_is_refused_and_nothing_runs(tmp_path: Path, protocol: int) -> None:
    path, sprung = tmp_path / "data_batch_1", tmp_path / "sprung"
    path.write_bytes(pickle.dumps({"data": Trap(sprung)}, protocol))
    with pytest.raises(UntrustedFileError, match=r"data_batch_1.*posix.mkdir"):
        read_plain(path)
    assert not sprung.exists()
    pickle.loads(path.read_bytes())
    assert sprung.exists()  # the trap was real


@pytest.mark.parametrize(
    "content",
    [b"", b"\x80\x02}(", b"\x80\x02].", b"not a pickle", b"\x80\x02Pid\n.", b"\x80\x02\x82\x01."],
    ids=["empty", "cut", "a list", "text", "a persistent id", "an extension"],
)
def test_a_damaged_pickle_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data_batch_1"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=r"^data_batch_1 "):
        read_plain(path)


def test_a_set_with_code_in_it_is_never_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: Path
) -> None:
    meta = pickle.dumps({"label_names": Trap(tmp_path / "sprung")}, 2)
    with (
        offered(monkeypatch, "cifar10", [tar({"cifar-10-batches-py/batches.meta": meta})]),
        pytest.raises(UntrustedFileError, match=r"batches\.meta is not plain data"),
    ):
        fetch_dataset(dataset_named("cifar10"))
    assert not (tmp_path / "sprung").exists()
    assert not DATASETS["cifar10"].installed


@pytest.fixture
def uneven(monkeypatch: pytest.MonkeyPatch, folder: Path) -> str:
    """A set of 2 a, 30 b and 20 c, installed."""
    labels = list("ab" * 2 + "b" * 28 + "c" * 20)
    images = [
        ItemFile(f"{n}.jpg", lambda: pytest.fail("opened"), label=label)
        for n, label in enumerate(labels)
    ]
    dataset = dataclasses.replace(DATASETS["flowers102"], list_files=lambda _: list(images))
    monkeypatch.setitem(DATASETS, "flowers102", dataset)
    dataset.folder.mkdir(parents=True)
    return "flowers102"


@pytest.mark.parametrize(
    ("limit", "counts"),
    [(3, (1, 1, 1)), (6, (2, 2, 2)), (12, (2, 5, 5)), (42, (2, 20, 20)), (45, (2, 23, 20)),
     (52, (2, 30, 20)), (1000, (2, 30, 20))],
)  # fmt: skip
def test_a_sample_is_even_over_the_labels(
    uneven: str, limit: int, counts: tuple[int, int, int]
) -> None:
    images = DATASETS[uneven].open(limit)
    found = Counter(image.label for image in images)
    assert tuple(found[label] for label in "abc") == counts
    numbers = [int(Path(image.name).stem) for image in images]
    assert numbers == sorted(set(numbers))


def test_a_sample_is_the_seeds_and_grows_by_adding(uneven: str) -> None:
    def names(limit: int, seed: int) -> list[str]:
        return [image.name for image in DATASETS[uneven].open(limit, seed)]

    assert names(13, 0) == names(13, 0)
    assert names(13, 0) != names(13, 1)
    assert set(names(13, 0)) < set(names(14, 0)) < set(names(40, 0))
    with pytest.raises(InvalidParameterError, match="limit=0"):
        names(0, 0)
    with pytest.raises(InvalidParameterError, match="seed=-1"):
        names(1, -1)
