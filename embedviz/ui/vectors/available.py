"""Every set of vectors that is here, by the name that pages and links show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import streamlit as st

from embedviz import collections
from embedviz.errors import EmbedvizError
from embedviz.formats import FORMATS
from embedviz.space import EmbeddingSpace
from embedviz.ui.model_choice import available as models_here
from embedviz.ui.model_choice import open_model
from embedviz.ui.server import server_settings
from embedviz.ui.session import session
from embedviz.ui.vectors.vector_set import VectorSet
from embedviz.vector_samples import SAMPLES
from embedviz.words.pretrained import models

MOST_WORDS = 5000
"""Words of a model that the pages of vectors take, the most frequent; the models hold more."""

Opener = Callable[[], VectorSet | None]


def available_sets() -> dict[str, Opener]:
    """What opens each set: samples, the server's files, this session's own, models, saved ones.

    An opener gives None while it is reading; its progress then stands on the page.
    """
    return {**sample_sets(), **server_sets(), **sets_here()}


def sample_sets() -> dict[str, Opener]:
    """The samples by their labels."""
    return {item.label: partial(_sample, name) for name, item in SAMPLES.items()}


def server_sets() -> dict[str, Opener]:
    """The operator's files by their names, whole."""
    return {
        file.name: partial(_model, file.name, f"local-{file.name}", None, {
            "vectors": "On the server", "vectors_file": file.name,
        }) for file in server_settings().vectors
    }  # fmt: skip


def sets_here() -> dict[str, Opener]:
    """This session's vectors and image sets, word models (their most frequent words), saved sets."""
    found: dict[str, Opener] = {}
    for identity, item in session().owned.items():
        if item.kind != "words":
            name = _free(f"{item.space.name or 'unnamed'} (mine)", found)
            found[name] = partial(_mine, identity, name)
    packaged = {item.name for item in models()}
    for name, identity in models_here().items():
        if identity.startswith("local-"):
            continue
        link = {"vectors": "Already here", "vectors_here": name} if name in packaged else {}
        found[_free(name, found)] = partial(_model, name, identity, MOST_WORDS, link)
        found |= _epochs(name, identity)
    for info in _saved():
        name = _free(f"{info.name} (saved)", found)
        found[name] = partial(_collection, info.name, info.id, str(info.changed), name)
    return found


def epoch_name(name: str, epoch: int) -> str:
    """How the words of a model after one epoch of its training are called."""
    return f"{name}, epoch {epoch}"


def _epochs(name: str, identity: str) -> dict[str, Opener]:
    item = session().owned.get(identity)
    spaces = getattr(item.details, "by_epoch", ()) if item is not None else ()
    return {
        epoch_name(name, number): partial(
            VectorSet, f"{identity}:epoch-{number}", epoch_name(name, number), space, False,
            "The most frequent words as this epoch of the training left them.",
        )
        for number, space in enumerate(spaces, 1)
    }  # fmt: skip


def _sample(name: str) -> VectorSet:
    item = SAMPLES[name]
    return VectorSet(
        f"sample:{name}", item.label, _opened_sample(name), True, item.help,
        f'ev.sample("{name}")', {"vectors": "Samples", "vectors_sample": item.label},
    )  # fmt: skip


def _mine(identity: str, name: str) -> VectorSet | None:
    item = session().owned.get(identity)
    if item is None:
        return None
    reading = item.details if item.kind == "vectors" and isinstance(item.details, str) else ""
    return VectorSet(identity, name, item.space, False, item.how, reading)


def _model(name: str, identity: str, most: int | None, link: Mapping[str, str]) -> VectorSet | None:
    opened = open_model(identity)
    if opened is None:
        return None
    space, part = opened.space, f":{most}" if most else ""
    whole = most is None or len(space) <= most
    reading = _reading(name, identity, space)
    if not whole and most is not None:
        space = session().kept(
            ("first rows", space.vectors_fingerprint, most), lambda: _first(opened.space, most)
        )
        reading = reading and f"{reading}.take(range({most}))"
        how = f"The first {most:,} of {len(opened.space):,} words: the most frequent."
    else:
        how = "The server's file." if identity.startswith("local-") else "All of its words."
    return VectorSet(f"{identity}{part}", name, space, opened.shared, how, reading, link)


def _reading(name: str, identity: str, space: EmbeddingSpace) -> str:
    for file in server_settings().vectors:
        if identity == f"local-{file.name}":
            limit = f", limit={file.limit}" if file.limit else ""
            known = FORMATS.get(space.origin.get("format", ""))
            trusted = ", trusted=True" if known is not None and known.trusted_only else ""
            return f"ev.read({str(file.path)!r}{limit}{trusted})"
    return f"ev.load({name!r})" if name in {item.name for item in models()} else ""


def _first(space: EmbeddingSpace, most: int) -> EmbeddingSpace:
    return space.take(np.arange(most))


def _collection(name: str, identity: str, changed: str, label: str) -> VectorSet:
    space = _opened_collection(name, identity, changed)
    return VectorSet(
        f"saved:{identity}:{changed}", label, space, True, "A collection saved on this server.",
        f"ev.collections.open({name!r}).space", {"vectors": "Already here", "vectors_here": label},
    )  # fmt: skip


@st.cache_resource(show_spinner=False)
def _opened_sample(name: str) -> EmbeddingSpace:
    return SAMPLES[name].open()


@st.cache_resource(show_spinner="Opening the collection…", max_entries=4)
def _opened_collection(name: str, identity: str, changed: str) -> EmbeddingSpace:  # noqa: ARG001 - they are the key
    return collections.open(name).space


def _saved() -> tuple[collections.CollectionInfo, ...]:
    try:
        return collections.list()
    except EmbedvizError:
        return ()  # told on the page that manages them


def _free(name: str, taken: Mapping[str, Opener]) -> str:
    same = sum(other == name or other.startswith(f"{name} ") for other in taken)
    return f"{name} {same + 1}" if same else name
