"""Fetching: whole or not there, resumed where it can be, and every failure a plain sentence."""

from __future__ import annotations

import errno
import hashlib
import socket
import threading
import zipfile
from pathlib import Path

import pytest

from embedviz import archives, disk
from embedviz.archives import extract_member
from embedviz.data_folder import data_dir, in_units
from embedviz.download import download
from embedviz.errors import CancelledError, DownloadError
from embedviz.partial_file import PartialFile
from embedviz.progress import Progress
from tests.core.loopback import Loopback

CONTENT = bytes(range(256)) * 4096  # 1 MB in several blocks
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def _left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_arrives_whole_with_its_checksum_beside_it(tmp_path: Path) -> None:
    said: list[Progress] = []
    with Loopback(CONTENT) as server:
        path = download(server.url, tmp_path / "new" / "file.bin", on_progress=said.append)
    assert path.read_bytes() == CONTENT
    assert (tmp_path / "new/file.bin.sha256").read_text() == f"{DIGEST}  file.bin\n"
    assert _left(path.parent) == {"file.bin", "file.bin.sha256"}
    fractions = [progress.fraction for progress in said if progress.fraction is not None]
    assert fractions == sorted(fractions)
    assert len(set(fractions)) > 3
    assert any("of 1.0 MB" in progress.message for progress in said)


def test_after_a_cut_only_the_rest_is_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "file.bin"
    with Loopback(CONTENT, cut_after=300_000) as server:
        with pytest.raises(DownloadError, match="broke off after 300,000 of 1,048,576 bytes"):
            download(server.url, target)
        assert not target.exists()
        server.cut_after = None
        download(server.url, target)
    assert server.asked == ["", "bytes=300000-"]
    assert target.read_bytes() == CONTENT
    assert _left(tmp_path) == {"file.bin", "file.bin.sha256"}


def test_a_file_that_changed_in_between_is_fetched_anew(tmp_path: Path) -> None:
    target = tmp_path / "file.bin"
    with Loopback(CONTENT, cut_after=300_000) as server:
        with pytest.raises(DownloadError):
            download(server.url, target)
        server.content, server.tag, server.cut_after = CONTENT[::-1], '"two"', None
        download(server.url, target)
    assert target.read_bytes() == CONTENT[::-1]


@pytest.mark.parametrize("switch", [{"tag": ""}, {"ranges": False}])
def test_a_server_that_cannot_resume_sends_it_all_again(
    tmp_path: Path, switch: dict[str, object]
) -> None:
    target = tmp_path / "file.bin"
    with Loopback(CONTENT, cut_after=300_000, **switch) as server:  # type: ignore[arg-type]
        with pytest.raises(DownloadError):
            download(server.url, target)
        server.cut_after = None
        download(server.url, target)
    assert target.read_bytes() == CONTENT


def test_a_part_of_another_address_is_not_gone_on_with(tmp_path: Path) -> None:
    target = tmp_path / "file.bin"
    with Loopback(b"x" * 500_000, cut_after=1000) as other, pytest.raises(DownloadError):
        download(other.url, target)
    with Loopback(CONTENT) as server:
        download(server.url, target)
    assert server.asked == [""]
    assert target.read_bytes() == CONTENT


def test_stopping_keeps_what_arrived_for_the_next_time(tmp_path: Path) -> None:
    target, stop = tmp_path / "file.bin", threading.Event()

    def stop_half_way(progress: Progress) -> None:
        if (progress.fraction or 0) > 0.4:
            stop.set()

    with Loopback(CONTENT) as server:
        with pytest.raises(CancelledError, match="kB are kept"):
            download(server.url, target, on_progress=stop_half_way, cancel=stop)
        assert not target.exists()
        kept = target.with_name("file.bin.part").stat().st_size
        assert 0 < kept < len(CONTENT)
        download(server.url, target)
    assert server.asked == ["", f"bytes={kept}-"]
    assert target.read_bytes() == CONTENT


def test_a_wrong_checksum_throws_the_file_away(tmp_path: Path) -> None:
    with Loopback(CONTENT) as server:
        with pytest.raises(DownloadError, match=f"arrived damaged: its SHA-256 is {DIGEST}"):
            download(server.url, tmp_path / "file.bin", sha256="0" * 64)
        assert _left(tmp_path) == set()
        download(server.url, tmp_path / "file.bin", sha256=DIGEST.upper())
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_a_server_that_states_no_length_is_believed(tmp_path: Path) -> None:
    with Loopback(CONTENT, length=False) as server:
        assert download(server.url, tmp_path / "file.bin").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("status", "says"),
    [(404, "404 Not Found. It has moved"), (410, "moved or is gone"), (503, "Try again later")],
)
def test_what_the_server_refuses_is_said(tmp_path: Path, status: int, says: str) -> None:
    with Loopback(CONTENT, status=status) as server, pytest.raises(DownloadError, match=says):
        download(server.url, tmp_path / "file.bin")
    assert _left(tmp_path) == set()


def test_a_refused_connection_is_said(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]  # taken, and nobody listens
        with pytest.raises(
            DownloadError, match=r"refuses connections \(127.0.0.1\). Check the network"
        ):
            download(f"http://127.0.0.1:{port}/file.bin", tmp_path / "file.bin")


def test_a_silent_server_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        with pytest.raises(DownloadError, match=r"sent nothing for 0.2 seconds"):
            download(f"http://127.0.0.1:{port}/f", tmp_path / "f", timeout=0.2)


def test_a_name_that_is_not_known_asks_for_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    with pytest.raises(DownloadError, match="is there a network"):
        download("http://example.invalid/file.bin", tmp_path / "file.bin")


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/f", "glove.zip"])
def test_only_web_addresses_are_fetched(tmp_path: Path, address: str) -> None:
    with pytest.raises(DownloadError, match="must begin with https"):
        download(address, tmp_path / "file.bin")


def test_too_little_space_is_said_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: Usage)
    with (
        Loopback(CONTENT) as server,
        pytest.raises(DownloadError, match=r"1.0 MB in .* 1.0 kB are"),
    ):
        download(server.url, tmp_path / "file.bin")


@pytest.mark.parametrize(
    ("number", "says"),
    [(errno.ENOSPC, "The disk is full"), (errno.EACCES, "could not be written.*EMBEDVIZ_DATA_DIR")],
)
def test_what_the_disk_refuses_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, says: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(PartialFile, "finish", refuse)
    with Loopback(CONTENT) as server, pytest.raises(DownloadError, match=says):
        download(server.url, tmp_path / "file.bin")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("folder/wanted.txt", CONTENT)
        zipped.writestr("../../outside.txt", b"out")
        zipped.writestr("other.txt", b"other")
    return path


def test_one_member_is_unpacked_and_nothing_else(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    extract_member(archive, "wanted.txt", folder / "mine.txt", max_bytes=len(CONTENT))
    assert (folder / "mine.txt").read_bytes() == CONTENT
    assert _left(folder) == {"mine.txt", "mine.txt.sha256"}
    assert _left(tmp_path) == {"archive.zip", "a"}
    extract_member(archive, "outside.txt", folder / "out.txt", max_bytes=10)
    assert _left(tmp_path) == {"archive.zip", "a"}


def test_a_member_beyond_the_cap_is_not_even_begun(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_unpacked", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(DownloadError, match="unpacks to more than"):
        extract_member(archive, "wanted.txt", tmp_path / "out", max_bytes=len(CONTENT) - 1)
    assert _left(tmp_path) == {"archive.zip"}


def test_a_missing_member_names_what_is_there(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"holds 0. In it: folder/wanted.txt, .*other.txt"):
        extract_member(archive, "absent.txt", tmp_path / "out", max_bytes=10)


def test_damage_inside_an_archive_is_noticed(archive: Path, tmp_path: Path) -> None:
    content = bytearray(archive.read_bytes())
    content[400] ^= 0xFF
    archive.write_bytes(content)
    with pytest.raises(DownloadError, match=r"archive.zip is damaged"):
        extract_member(archive, "wanted.txt", tmp_path / "out", max_bytes=len(CONTENT))
    archive.write_bytes(b"no zip at all")
    with pytest.raises(DownloadError, match=r"archive.zip is damaged"):
        extract_member(archive, "wanted.txt", tmp_path / "out", max_bytes=len(CONTENT))
    assert _left(tmp_path) == {"archive.zip"}


def test_unpacking_can_be_stopped(archive: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        extract_member(archive, "wanted.txt", tmp_path / "o", max_bytes=len(CONTENT), cancel=stop)
    assert _left(tmp_path) == {"archive.zip"}


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (9_960, "10 kB"), (862_182_613, "862 MB"),
     (999_499, "999 kB"), (999_500, "1.0 MB"), (4_490_000_000, "4.5 GB"),
     (5_000_000_000_000, "5,000 GB")],
)  # fmt: skip
def test_sizes_are_said_as_people_say_them(count: int, said: str) -> None:
    assert in_units(count) == said


def test_the_folder_is_the_variables_or_the_users(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EMBEDVIZ_DATA_DIR", str(tmp_path))
    assert data_dir() == tmp_path
    monkeypatch.delenv("EMBEDVIZ_DATA_DIR")
    assert "embedviz" in str(data_dir())
