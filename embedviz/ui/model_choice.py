"""Which model a page works with: packaged, the operator's files, or this session's own."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace
from embedviz.ui.messages import count, plain
from embedviz.ui.server import local_models, packaged_model, server_settings
from embedviz.ui.session import Model, session
from embedviz.ui.work import work
from embedviz.word_model import as_space
from embedviz.words.pretrained import models

DEFAULT = "glove-6b-50d"
_KEY = "model"


@dataclass(frozen=True)
class Chosen:
    """A model and where it stands: ``shared`` ones are the server's, the others this session's."""

    identity: str
    model: Model
    shared: bool

    @property
    def space(self) -> EmbeddingSpace:
        """The vectors of the model."""
        return as_space(self.model)


def choose_model() -> Chosen | None:
    """The select box in the sidebar and the model it names, or None while a file is being read."""
    names = available()
    asked = st.query_params.get(_KEY)
    arrived = st.session_state.setdefault("arrived", False)
    st.session_state["arrived"] = True
    if asked is not None and asked not in names and not arrived:
        st.info(
            f"The link names the model '{plain(asked)}', which this server or this browser session "
            f"does not have. Shown instead: {plain(DEFAULT)}."
        )
    by_identity = {identity: name for name, identity in names.items()}
    pending = st.session_state.pop("model_next", None)
    if pending is None and arrived and st.session_state.get(_KEY) not in names:
        pending = session().selected  # it is here under another name, or it was deleted
    if pending in by_identity:
        st.session_state[_KEY] = by_identity[pending]
    elif _KEY in st.session_state and st.session_state[_KEY] not in names:
        st.session_state[_KEY] = next(iter(names))
    # No format_func: what it gave would stand in the link, where names do.
    name = st.sidebar.selectbox(
        "Model",
        list(names),
        key=_KEY,
        bind="query-params",
        help="The word vectors that this page asks. Open a file on the Words page, or train your own.",
    )
    session().selected = names[name]
    opened = open_model(names[name])
    if opened is not None:
        space = opened.space
        words = count(len(space), "word")
        st.sidebar.caption(f"{words} × {space.dimensions} · {opened.model.nbytes / 2**20:,.0f} MB")
    return opened


def choose_next(identity: str) -> None:
    """Make every page open with this model from the next run on."""
    st.session_state["model_next"] = identity


def available() -> dict[str, str]:
    """Ids of the models by the name that the page and its link show, the server's first."""
    names = {item.name: item.name for item in models() if item.installed}
    names |= {item.name: f"local-{item.name}" for item in server_settings().vectors if item.words}
    for identity, item in session().owned.items():
        if item.kind != "words":
            continue
        name = f"{item.space.name} (mine)"
        same = sum(other == name or other.startswith(f"{name} ") for other in names)
        names[f"{name} {same + 1}" if same else name] = identity
    return names


def name_of(identity: str) -> str:
    """The name under which the pages and their links show a model."""
    return next(name for name, known in available().items() if known == identity)


def open_model(identity: str) -> Chosen | None:
    """The model with this id, or None while it is being read."""
    if identity in session().owned:
        return Chosen(identity, session().owned[identity].model, shared=False)
    if identity == DEFAULT:
        return Chosen(identity, packaged_model(identity), shared=True)
    if identity not in local_models():
        model = work(f"Opening {identity}", ("open", identity), lambda *how: _read(identity, *how))
        if model is None:
            return None
        session().results.pop(("open", identity), None)  # the server keeps it, for everyone
    return Chosen(identity, local_models()[identity], shared=True)


def _read(identity: str, on_progress: OnProgress, cancel: Cancel) -> Model:
    """Open a downloaded model or one of the operator's files, away from the page's thread."""
    from embedviz.formats import read
    from embedviz.words.pretrained import load

    if identity in local_models():  # others waited for the same file, and it has been read
        return local_models()[identity]
    for item in server_settings().vectors:
        if identity == f"local-{item.name}":
            local_models()[identity] = read(
                item.path, limit=item.limit, trusted=item.trusted, name=item.name,
                on_progress=on_progress, cancel=cancel,
            )  # fmt: skip
            return local_models()[identity]
    local_models()[identity] = load(identity, on_progress=on_progress, cancel=cancel)
    return local_models()[identity]
