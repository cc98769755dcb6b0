"""What came of the training: neighbors by epoch, the model for every page, downloads."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from embedviz.errors import InvalidParameterError
from embedviz.ui.explorer import explore
from embedviz.ui.messages import count, plain, show_error
from embedviz.ui.model_choice import Chosen, name_of
from embedviz.ui.navigation import PAGES
from embedviz.ui.server import server_settings
from embedviz.ui.session import session
from embedviz.ui.train.epochs import epochs_moving
from embedviz.ui.train.run import show_curves, training_key
from embedviz.ui.train.settings import TrainingSettings
from embedviz.words.corpora import Corpus
from embedviz.words.training import TrainedWords

# File name, what it is, and why one would take it; the first is what most tools read.
_DOWNLOADS = (
    ("model.bin", "word2vec binary", "Read by gensim, embedviz and most tools."),
    ("model.txt", "word2vec text", "The same, to look into."),
    ("model.npz", "NumPy npz", "Keys, vectors and counts, for embedviz and NumPy."),
    ("model.kv", "gensim native", "A pickle: gensim opens it, an upload here refuses it."),
)


def show_result(corpus: Corpus, settings: TrainingSettings, trained: TrainedWords) -> None:
    """Everything after the training; what is beyond the session's memory can still be downloaded."""
    identity = _owned(corpus, settings, trained)
    _summary(trained)
    show_curves(settings.algorithm, trained.sample_losses, trained.epochs, settings.epochs)
    _probes(trained)
    epochs_moving(trained, identity)
    if identity is not None:
        _use(identity)
    _downloads(trained)
    if identity is not None:
        st.subheader("4 · The map of the new words")
        explore(Chosen(identity, session().owned[identity].model, shared=False))


def _owned(corpus: Corpus, settings: TrainingSettings, trained: TrainedWords) -> str | None:
    """The id under which the model stands on every page, given once; None if it does not fit."""
    mine, key = session(), training_key(corpus, settings)
    if key not in mine.trained:
        limit = server_settings().session_memory_mb
        try:
            how = f"trained on {corpus.name}"
            mine.trained[key] = mine.add(trained.model, how, limit, details=trained)
        except InvalidParameterError as error:
            show_error(error)
            return None
        mine.results.pop(key, None)
    return mine.trained[key]


def _summary(trained: TrainedWords) -> None:
    space = trained.space
    said = f"{count(len(space), 'word')} × {space.dimensions}, trained in {trained.seconds:.1f} s."
    if trained.stopped:
        said = f"Stopped early; kept what was learned so far: {said}"
    if trained.doubts:
        st.warning("  \n".join([said, *map(plain, trained.doubts)]))
    elif trained.stopped:
        st.info(said)
    else:
        st.success(said)
    if trained.deterministic:
        st.caption("One worker: the same text, settings and seed give exactly these vectors again.")
    else:
        st.caption(
            "Several workers take turns by chance: another run gives slightly other vectors. For the "
            "same ones every time, set workers to 1."
        )
    if trained.missing_probes:
        st.caption(
            f"Not in the vocabulary, so not watched: {plain(', '.join(trained.missing_probes))}"
        )


def _probes(trained: TrainedWords) -> None:
    words = list(trained.epochs[-1].neighbors) if trained.epochs else []
    if not words:
        return
    st.markdown("**Nearest words after each epoch**")
    for tab, word in zip(st.tabs(words), words, strict=True):
        rows = {f"epoch {e.epoch}": list(e.neighbors[word]) for e in trained.epochs}
        table = pd.DataFrame.from_dict(rows, orient="index")
        table.columns = [f"{i + 1}." for i in range(table.shape[1])]
        tab.dataframe(table, height=min(38 + 35 * len(table), 320))


def _use(identity: str) -> None:
    st.markdown("**Ask it on the other pages**")
    with st.container(horizontal=True):
        for name in ("words", "analogies"):
            page = PAGES[name]
            model = {"model": name_of(identity)}
            st.page_link(page.page, label=f"Open on {page.title}", query_params=model)


def _downloads(trained: TrainedWords) -> None:
    st.markdown("**Download**")
    for column, (name, label, why) in zip(st.columns(len(_DOWNLOADS)), _DOWNLOADS, strict=True):
        column.download_button(
            label, partial(_written, trained, name), name, key=f"download-{name}", help=why,
            width="stretch",
        )  # fmt: skip


def _written(trained: TrainedWords, name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        trained.save(path)
        return path.read_bytes()
