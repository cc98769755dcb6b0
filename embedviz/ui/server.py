"""What the server has for everyone: its models, its job queue, its settings."""

from __future__ import annotations

import os
import threading
from contextlib import suppress

import streamlit as st

from embedviz.errors import EmbedvizError
from embedviz.jobs import Jobs
from embedviz.settings import Settings, settings
from embedviz.ui.session import Model


@st.cache_resource(show_spinner=False)
def server_settings() -> Settings:
    """The operator's settings, read once; the bound on the disk cache holds from then on."""
    read = settings()
    os.environ.setdefault("EMBEDVIZ_CACHE_MAX_BYTES", str(read.cache_mb * 2**20))
    if read.weights:
        from embedviz.registry import register_weights

        for encoder, path in reversed(read.weights):  # the first one named wins
            register_weights(encoder, path)
    return read


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The one queue of long work on this machine."""
    # Browsers let a hidden tab ask only once a minute.
    return Jobs(abandon_after=180.0)


@st.cache_resource(show_spinner="Opening the word vectors…", max_entries=4)
def packaged_model(name: str) -> Model:
    """A pretrained model by name; shared by all sessions and never written to."""
    from embedviz.words.pretrained import load

    return load(name)


@st.cache_resource(show_spinner=False)
def start_server_once() -> bool:
    """Work that should be done before anyone needs it, but not before the first page is painted."""
    wait = server_settings().warm_up_seconds
    if wait:
        timer = threading.Timer(wait, _warm_up)
        timer.daemon = True
        timer.start()
    return True


@st.cache_resource(show_spinner=False)
def _local_models() -> dict[str, Model]:
    return {}


def local_models() -> dict[str, Model]:
    """The operator's own files that have been opened so far, by their id."""
    return _local_models()


def _warm_up() -> None:
    from embedviz import collections

    # Importing LanceDB takes seconds; where nothing is saved it is not needed, nor imported.
    with suppress(EmbedvizError):
        collections.list()
    from embedviz.projections.umap import warm_up

    warm_up()
