"""Bringing pretrained models to this machine, for use without a network afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from embedviz.archives import extract_member
from embedviz.download import download
from embedviz.errors import DownloadError, MissingDependencyError
from embedviz.progress import Cancel, OnProgress, report
from embedviz.words.known_models import PretrainedModel
from embedviz.words.pretrained import model_named


def fetch(
    names: Sequence[str],
    *,
    again: bool = False,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> tuple[Path, ...]:
    """Download the models of these names; what is here already is left alone.

    An archive that several of them come in is fetched once, and removed when it is unpacked.

    Parameters
    ----------
    names : sequence of str
        Names in ``MODELS``.
    again : bool
        Fetch also what is here already, in case its file is damaged.

    Returns
    -------
    Where the files of the downloaded models are, in the order of ``names``.

    Raises
    ------
    InvalidParameterError
        If a name is not known; nothing is fetched then.
    DownloadError
        If a model cannot be downloaded at all, or its download failed.
    CancelledError
        If a stop was asked for; the models that are whole by then are kept.
    """
    wanted = [model_named(name) for name in dict.fromkeys(names)]
    missing = [model for model in wanted if again or not model.installed]
    for model in missing:
        if model.comes != "download" and not model.installed:
            raise _not_by_download(model)
    downloads = [model for model in missing if model.comes == "download"]
    for url in dict.fromkeys(model.url for model in downloads):
        together = [model for model in downloads if model.url == url]
        _fetch_together(url, together, again, on_progress, cancel)
    return tuple(model.path for model in wanted if model.path is not None)


def _fetch_together(
    url: str,
    models: Sequence[PretrainedModel],
    again: bool,
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> None:
    """Fetch ``url`` and keep what each of ``models`` needs of it."""
    folder = _path(models[0]).parent
    if not models[0].member:
        download(url, _path(models[0]), on_progress=on_progress, cancel=cancel)
        return
    archive = folder / Path(urlsplit(url).path).name
    if again or not archive.is_file():
        download(url, archive, on_progress=on_progress, cancel=cancel)
    for model in models:
        extract_member(
            archive,
            model.member,
            _path(model),
            # Twice what is expected: room for a new edition, none for an archive that explodes.
            max_bytes=2 * model.disk_bytes,
            on_progress=on_progress,
            cancel=cancel,
        )
        report(on_progress, 1.0, f"{model.name} is here")
    archive.unlink()
    Path(f"{archive}.sha256").unlink(missing_ok=True)


def _path(model: PretrainedModel) -> Path:
    if model.path is None:
        raise DownloadError(f"{model.name} is a package, not a download.")
    return model.path


def _not_by_download(model: PretrainedModel) -> Exception:
    if model.comes == "package":
        return MissingDependencyError(model.package, f"The model {model.name}")
    return DownloadError(
        f"{model.name} has no lasting address to fetch it from. Get {model.file} "
        f"({model.source}) and put it at {model.path}."
    )
