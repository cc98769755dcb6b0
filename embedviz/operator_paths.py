"""Folders and weights on the server that the operator names, beside files of vectors."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from embedviz.errors import InvalidParameterError


def image_folder(text: str, where: str, base: Path | None = None) -> Path:
    """The folder that ``text`` names, absolute; a relative one starts from ``base``.

    Raises InvalidParameterError if there is no such folder; ``where`` names the option.
    """
    path = _placed(text, base)
    if not path.is_dir():
        raise InvalidParameterError(
            f"{where}: there is no folder '{path}'. Give a folder of images on this machine."
        )
    return path.resolve()


def weights_file(text: str, where: str, base: Path | None = None) -> tuple[str, Path]:
    """The encoder and the file of its weights that ``ENCODER=PATH`` names.

    Raises InvalidParameterError if it is not written so, or there is no such file.
    """
    encoder, equals, name = text.partition("=")
    path = _placed(name.strip(), base)
    if not equals or not encoder.strip() or not name.strip():
        raise InvalidParameterError(
            f"{where}: '{text}' must be ENCODER=PATH, e.g. resnet50=weights/resnet50-11ad3fa6.pth."
        )
    if not path.is_file():
        raise InvalidParameterError(f"{where}: there is no file '{path}'.")
    return encoder.strip(), path.resolve()


def listed_folders(value: Any, where: str, base: Path) -> list[Path]:
    """The folders of the config file's ``images = ["FOLDER", …]``."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidParameterError(f'{where}: images must be a list of "FOLDER", got {value!r}.')
    return [image_folder(item, f"{where}: images", base) for item in value]


def listed_weights(value: Any, where: str, base: Path) -> list[tuple[str, Path]]:
    """The files of the config file's ``[weights]`` table: ``resnet50 = "PATH"``."""
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise InvalidParameterError(
            f'{where}: weights must be a table of ENCODER = "PATH", got {value!r}.'
        )
    return [
        weights_file(f"{name}={item}", f"{where}: weights", base) for name, item in value.items()
    ]


def several(text: str) -> Iterable[str]:
    """What stands between the semicolons of an environment variable."""
    return (part.strip() for part in text.split(";") if part.strip())


def _placed(text: str, base: Path | None) -> Path:
    path = Path(text).expanduser()
    return path if base is None else base / path
