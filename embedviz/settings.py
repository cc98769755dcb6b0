"""What the operator of a server decides: files for everyone, and limits."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from embedviz.config_file import CONFIG_VARIABLE, ConfigFile, config_path, read_config
from embedviz.errors import InvalidParameterError
from embedviz.operator_paths import image_folder, several, weights_file
from embedviz.params import make, param, specs
from embedviz.vectors_file import VectorsFile, distinct, vectors_files

__all__ = ["CONFIG_VARIABLE", "VECTORS_VARIABLE", "Settings", "VectorsFile", "settings"]

T = TypeVar("T")
VECTORS_VARIABLE = "EMBEDVIZ_VECTORS"
_MB = "in MB (2**20 bytes)"


@dataclass(frozen=True)
class Settings:
    """The operator's settings; :func:`settings` reads and checks them.

    Attributes
    ----------
    vectors : tuple of VectorsFile
        Files of vectors on the server that everyone who opens it can choose; of a folder that
        was named, those in it. Trusted unless told
        otherwise: pickles (gensim's own files) are allowed here and nowhere else.
    images : tuple of Path
        Folders whose images everyone who opens the server may embed; no others can be opened.
    weights : tuple of (str, Path)
        Files of weights for image encoders (``.safetensors`` or what torch saved), by the encoder's
        name.
    """

    upload_limit_mb: int = param(
        2048, f"Largest file that a person may upload, {_MB}.", minimum=1, maximum=1_000_000
    )
    rows_limit: int = param(
        400_000, "Words read from an uploaded file unless the person asks for another number.",
        minimum=1, maximum=100_000_000,
    )  # fmt: skip
    session_memory_mb: int = param(
        2048, f"Vectors that one browser session may hold, {_MB}.", minimum=1, maximum=10_000_000
    )
    cache_mb: int = param(
        1000, f"Computed results kept on the disk, {_MB}; the oldest go first.",
        minimum=1, maximum=10_000_000,
    )  # fmt: skip
    warm_up_seconds: int = param(
        5, "Seconds after the first visit at which UMAP is compiled in the background; 0 is never.",
        minimum=0, maximum=86_400,
    )  # fmt: skip
    image_file_mb: int = param(
        50, f"Largest image file that a person may bring, {_MB}.", minimum=1, maximum=2_047
    )
    image_megapixels: int = param(
        100,
        "Largest picture: width × height, in millions of pixels.",
        minimum=1,
        maximum=178,
    )
    images_limit: int = param(
        10_000, "Images that a person may bring in one go.", minimum=1, maximum=10_000_000
    )
    images_total_mb: int = param(
        2048, f"All images of one go together, unpacked, {_MB}.", minimum=1, maximum=10_000_000
    )
    collections_limit: int = param(
        100, "Collections that may be saved on the server; 0 switches saving off.",
        minimum=0, maximum=1_000_000,
    )  # fmt: skip
    vectors: tuple[VectorsFile, ...] = ()
    images: tuple[Path, ...] = ()
    weights: tuple[tuple[str, Path], ...] = ()


def settings(
    argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """The settings in force.

    The command line comes before the environment, and that before the config file, as in
    Streamlit. Files and folders from all three are put together.

    Parameters
    ----------
    argv : sequence of str, optional
        What stands behind ``--`` in ``streamlit run app.py -- --vectors model.bin:200000``; by
        default that of this process, if it runs app.py.
    environ : mapping, optional
        Environment variables, by default those of this process: ``EMBEDVIZ_UPLOAD_LIMIT_MB`` and
        so on; ``EMBEDVIZ_VECTORS`` (``PATH[:LIMIT]``, several with ``;`` between them); and
        ``EMBEDVIZ_CONFIG``, the TOML file to read instead of ``embedviz.toml`` in the working
        directory.

    Raises
    ------
    InvalidParameterError
        If anything is unknown, of the wrong type or out of range, or a file is not there; the
        message names the option and what is allowed.
    """
    env = os.environ if environ is None else environ
    asked = _command_line(_own_arguments() if argv is None else argv)
    path = config_path(env)
    config = read_config(path, list(specs(Settings))) if path else ConfigFile()
    found = {name: _checked(name, value, f"{path}") for name, value in config.values.items()}
    for name in specs(Settings):
        for text, where in (
            (env.get(_variable(name)), _variable(name)),
            (getattr(asked, name), _option(name)),
        ):
            if text:
                found[name] = _checked(name, _number(text, where), where)
    return Settings(
        **found,
        vectors=distinct(
            chain.from_iterable(
                _listed(vectors_files, "vectors", asked, env, [tuple(config.vectors)])
            )
        ),
        images=tuple(dict.fromkeys(_listed(image_folder, "images", asked, env, config.images))),
        # The first one named wins: the command line before the file.
        weights=tuple(_listed(weights_file, "weights", asked, env, config.weights)),
    )


def _listed(
    read: Callable[[str, str], T],
    name: str,
    asked: argparse.Namespace,
    env: Mapping[str, str],
    from_file: Sequence[T],
) -> list[T]:
    """What the command line, the environment and the config file name, in this order."""
    found = [read(text, _option(name)) for text in getattr(asked, name) or ()]
    found += [read(text, _variable(name)) for text in several(env.get(_variable(name), ""))]
    return [*found, *from_file]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        options = ", ".join(action.option_strings[0] for action in self._actions)
        raise InvalidParameterError(
            f"The command line behind '--': {message}. Options: {options}. Example: "
            "streamlit run app.py -- --vectors vectors.bin:200000"
        )


def _command_line(argv: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--vectors", action="append", metavar="PATH[:LIMIT]")
    parser.add_argument("--images", action="append", metavar="FOLDER")
    parser.add_argument("--weights", action="append", metavar="ENCODER=PATH")
    for name in specs(Settings):
        parser.add_argument(_option(name), dest=name)
    return parser.parse_args(list(argv))


def _own_arguments() -> list[str]:
    # In a test, a notebook or another program the arguments are not ours.
    return sys.argv[1:] if Path(sys.argv[0]).name == "app.py" else []


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _variable(name: str) -> str:
    return f"EMBEDVIZ_{name.upper()}"


def _number(text: str, where: str) -> int:
    try:
        return int(text.replace(",", ""))
    except ValueError:
        raise InvalidParameterError(f"{where} must be a whole number, got '{text}'.") from None


def _checked(name: str, value: Any, where: str) -> int:
    return int(getattr(make(Settings, {name: value}, where), name))
