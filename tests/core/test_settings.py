"""The operator's settings: where they come from, which wins, and what is said of mistakes."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest

from embedviz import vectors_file as vectors_module
from embedviz.errors import InvalidParameterError
from embedviz.params import specs
from embedviz.settings import Settings, VectorsFile, settings
from embedviz.vectors_file import vectors_file


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with two files of vectors and no config."""
    monkeypatch.chdir(tmp_path)
    for name in ("one.bin", "two.vec.gz"):
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def _config(text: str, name: str = "embedviz.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_anything_the_defaults_hold() -> None:
    assert settings([], {}) == Settings()
    assert settings([], {}).vectors == ()


def test_the_arguments_of_another_program_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["pytest", "--vectors", "one.bin"])
    assert settings(environ={}).vectors == ()
    monkeypatch.setattr("sys.argv", ["/somewhere/app.py", "--vectors", "one.bin"])
    assert [file.name for file in settings(environ={}).vectors] == ["one"]


def test_files_on_the_command_line_have_a_limit_and_are_trusted() -> None:
    found = settings(["--vectors", "one.bin:200_000", "--vectors", "two.vec.gz"], {}).vectors
    assert found == (
        VectorsFile("one", Path("one.bin"), 200_000, trusted=True),
        VectorsFile("two", Path("two.vec.gz"), None, trusted=True),
    )


@pytest.mark.parametrize("name", specs(Settings))
def test_the_command_line_wins_over_the_environment_and_that_over_the_file(name: str) -> None:
    option, variable = f"--{name.replace('_', '-')}", f"EMBEDVIZ_{name.upper()}"
    _config(f"{name} = 11")
    assert getattr(settings([], {}), name) == 11
    assert getattr(settings([], {variable: "22"}), name) == 22
    assert getattr(settings([option, "33"], {variable: "22"}), name) == 33
    if (specs(Settings)[name].maximum or 0) >= 1000:
        assert getattr(settings([f"{option}=1,000"], {}), name) == 1000


def test_files_of_all_three_are_put_together_under_different_names() -> None:
    _config('vectors = ["one.bin:5", {path = "two.vec.gz", name = "Mine", trusted = false}]')
    found = settings(["--vectors", "one.bin:7"], {"EMBEDVIZ_VECTORS": "two.vec.gz; one.bin:7"})
    assert [(file.name, file.limit, file.trusted) for file in found.vectors] == [
        ("one", 7, True), ("two", None, True), ("one (2)", 5, True), ("Mine", None, False),
    ]  # fmt: skip


def test_paths_in_a_config_start_from_where_it_lies(folder: Path) -> None:
    (folder / "etc").mkdir()
    (folder / "etc" / "inner.bin").write_bytes(b"x")
    path = _config('[[vectors]]\npath = "inner.bin"\nlimit = 3', "etc/server.toml")
    (found,) = settings([], {"EMBEDVIZ_CONFIG": str(path)}).vectors
    assert found == VectorsFile("inner", path.parent / "inner.bin", 3)


def test_the_variable_replaces_the_file_in_the_working_directory() -> None:
    _config("cache_mb = 1")
    other = _config("upload_limit_mb = 2", "other.toml")
    found = settings([], {"EMBEDVIZ_CONFIG": str(other)})
    assert (found.cache_mb, found.upload_limit_mb) == (Settings().cache_mb, 2)


@pytest.mark.parametrize(
    ("text", "limit"),
    [("a:b.bin", None), ("a:b.bin:9", 9), ("v:10", None), ("v:10:20", 20)],
)
def test_colons_in_names_belong_to_the_name(text: str, limit: int | None, folder: Path) -> None:
    for name in ("a:b.bin", "v:10"):
        (folder / name).write_bytes(b"x")
    found = vectors_file(text, "here")
    assert found.limit == limit
    assert found.path == Path(text if limit is None else text.rpartition(":")[0])


@pytest.mark.parametrize(
    ("text", "path", "limit"),
    [
        (r"C:\data\glove.txt", r"C:\data\glove.txt", None),
        (r"C:\data\glove.txt:1000", r"C:\data\glove.txt", 1000),
        (r"C:glove.txt:1,000", "C:glove.txt", 1000),
    ],
)
def test_windows_drives_are_not_taken_for_limits(
    text: str, path: str, limit: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class There(PureWindowsPath):
        def expanduser(self) -> There:
            return self

        def is_file(self) -> bool:
            return str(self) == path

        def is_dir(self) -> bool:
            return False

    monkeypatch.setattr(vectors_module, "Path", There)
    found = vectors_file(text, "here")
    assert (str(found.path), found.limit) == (path, limit)


@pytest.mark.parametrize(
    ("argv", "environ", "says"),
    [
        (["--vectors", "none.bin"], {}, "--vectors: there is no file 'none.bin'.*PATH:LIMIT"),
        (["--vectors", "one.bin:0"], {}, "--vectors: 'one.bin' with a limit of 0 rows"),
        (
            ["--vectors"],
            {},
            "--vectors: expected one argument.*Options: --vectors, --images, --weights, --upload",
        ),
        (["--vector", "one.bin"], {}, "unrecognized arguments: --vector"),
        (["--cache-mb", "0"], {}, "--cache-mb: cache_mb=0 is out of range. Allowed: 1 to"),
        (["--cache-mb", "ten"], {}, "--cache-mb must be a whole number, got 'ten'"),
        ([], {"EMBEDVIZ_ROWS_LIMIT": "-1"}, "EMBEDVIZ_ROWS_LIMIT: rows_limit=-1"),
        ([], {"EMBEDVIZ_VECTORS": "one.bin;no"}, "EMBEDVIZ_VECTORS: there is no file 'no'"),
        ([], {"EMBEDVIZ_CONFIG": "no.toml"}, "EMBEDVIZ_CONFIG names 'no.toml'"),
    ],
)
def test_mistakes_name_the_option(argv: list[str], environ: dict[str, str], says: str) -> None:
    with pytest.raises(InvalidParameterError, match=says):
        settings(argv, environ)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cache_mb = 5\nrows_limit = = 5", r"embedviz.toml is not valid TOML: .*line 2"),
        ("\n\ncache = 5", "no setting 'cache'. Settings: upload_limit_mb, .*vectors"),
        ('cache_mb = "5"', "embedviz.toml: cache_mb must be int, got '5'"),
        ("cache_mb = 0", "out of range"),
        ('vectors = "one.bin"', "'vectors' must be a list"),
        ("vectors = [5]", "entry 1: it needs a path"),
        ('vectors = ["one.bin", "none.bin"]', "entry 2: there is no file"),
        ('[[vectors]]\nname = "x"', "entry 1: it needs a path"),
        ('[[vectors]]\npath = "one.bin"\nrows = 3', "no key 'rows'. Keys: path, name, limit"),
        ('[[vectors]]\npath = "one.bin"\nlimit = "3"', "limit must be int, got '3'"),
        ('[[vectors]]\npath = "one.bin"\nlimit = true', "limit must be int, got True"),
        ('[[vectors]]\npath = "one.bin"\nname = ""', "name must be str, got ''"),
        ('[[vectors]]\npath = "one.bin"\nlimit = -3', "limit of -3 rows"),
    ],
)
def test_mistakes_in_the_file_name_the_file_and_the_place(text: str, says: str) -> None:
    _config(text)
    with pytest.raises(InvalidParameterError, match=says) as error:
        settings([], {})
    assert "embedviz.toml" in str(error.value)


def test_a_config_that_is_no_text_is_said() -> None:
    Path("embedviz.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidParameterError, match=r"embedviz\.toml cannot be read"):
        settings([], {})


def test_folders_and_weights_come_from_everywhere_and_the_nearest_first(tmp_path: Path) -> None:
    for name in ("photos", "more"):
        (tmp_path / name).mkdir()
    for name in ("a.pth", "b.pth"):
        (tmp_path / name).write_bytes(b"x")
    _config('images = ["photos"]\n[weights]\nresnet50 = "a.pth"')
    argv = ["--images", "more", "--weights", "resnet50=b.pth"]
    found = settings(argv, {"EMBEDVIZ_IMAGES": "photos; more"})
    assert found.images == (tmp_path / "more", tmp_path / "photos")
    assert found.weights == (("resnet50", tmp_path / "b.pth"), ("resnet50", tmp_path / "a.pth"))


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--images", "nowhere"], "--images: there is no folder 'nowhere'"),
        (["--images", "one.bin"], "--images: there is no folder 'one.bin'"),
        (["--weights", "resnet50"], "must be ENCODER=PATH"),
        (["--weights", "=one.bin"], "must be ENCODER=PATH"),
        (["--weights", "resnet50=no.pth"], "there is no file 'no.pth'"),
    ],
)
def test_a_wrong_folder_or_weights_file_is_named(argv: list[str], says: str) -> None:
    with pytest.raises(InvalidParameterError, match=says):
        settings(argv, {})


@pytest.mark.parametrize("text", ['images = "photos"', "images = [1]", 'weights = ["a"]'])
def test_lists_of_the_wrong_kind_are_named(text: str) -> None:
    _config(text)
    with pytest.raises(InvalidParameterError, match=r"embedviz\.toml: (images|weights) must be"):
        settings([], {})
