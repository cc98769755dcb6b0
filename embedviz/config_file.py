"""The operator's TOML file: read, with every mistake named."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedviz.errors import InvalidParameterError
from embedviz.operator_paths import listed_folders, listed_weights
from embedviz.vectors_file import VectorsFile, checked_file, default_name, spread, vectors_files

CONFIG_VARIABLE = "EMBEDVIZ_CONFIG"
DEFAULT_NAME = "embedviz.toml"
_FILE_KEYS = {"path": str, "name": str, "limit": int, "trusted": bool}


@dataclass(frozen=True)
class ConfigFile:
    """What stands in a config file: plain values by name, and the operator's files and folders."""

    values: dict[str, Any] = field(default_factory=dict)
    vectors: list[VectorsFile] = field(default_factory=list)
    images: list[Path] = field(default_factory=list)
    weights: list[tuple[str, Path]] = field(default_factory=list)


def config_path(environ: Mapping[str, str]) -> Path | None:
    """The file that EMBEDVIZ_CONFIG names, or ``embedviz.toml`` here if there is one.

    Raises InvalidParameterError if the variable names a file that is not there.
    """
    named = environ.get(CONFIG_VARIABLE)
    path = Path(named).expanduser() if named else Path(DEFAULT_NAME)
    if path.is_file():
        return path
    if named:
        raise InvalidParameterError(f"{CONFIG_VARIABLE} names '{path}', and there is no such file.")
    return None


def read_config(path: Path, known: Collection[str]) -> ConfigFile:
    """The content of a config file; the names of its plain values must be ``known``.

    Raises InvalidParameterError, which names the file and the line or the key.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidParameterError(f"{path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidParameterError(f"{path} is not valid TOML: {error}.") from error
    listed = content.pop("vectors", [])
    images = listed_folders(content.pop("images", []), f"{path}", path.parent)
    weights = listed_weights(content.pop("weights", {}), f"{path}", path.parent)
    for key in content:
        if key not in known:
            raise InvalidParameterError(
                f"{path}: there is no setting '{key}'. Settings: {', '.join(known)}, vectors, "
                "images, weights."
            )
    if not isinstance(listed, list):
        raise InvalidParameterError(
            f"{path}: 'vectors' must be a list of \"PATH:LIMIT\" or [[vectors]] tables, "
            f"got {listed!r}."
        )
    files = [file for row, entry in enumerate(listed, start=1)
             for file in _files(entry, f"{path}: vectors, entry {row}", path.parent)]  # fmt: skip
    return ConfigFile(content, files, images, weights)


def _files(entry: Any, where: str, folder: Path) -> tuple[VectorsFile, ...]:
    if isinstance(entry, str):
        return vectors_files(entry, where, folder)
    if not isinstance(entry, dict) or "path" not in entry:
        raise InvalidParameterError(f"{where}: it needs a path, got {entry!r}.")
    for key, value in entry.items():
        kind = _FILE_KEYS.get(key)
        if kind is None:
            raise InvalidParameterError(
                f"{where}: there is no key '{key}'. Keys: {', '.join(_FILE_KEYS)}."
            )
        if type(value) is not kind or value == "":
            raise InvalidParameterError(f"{where}: {key} must be {kind.__name__}, got {value!r}.")
    path = folder / Path(entry["path"]).expanduser()
    name = entry.get("name", default_name(path))
    file = VectorsFile(name, path, entry.get("limit"), entry.get("trusted", True))
    files = spread(checked_file(file, where), where)
    if "name" in entry and files[0].path != path:
        raise InvalidParameterError(
            f"{where}: '{path}' is a folder, whose files keep their own names. Leave name out."
        )
    return files
