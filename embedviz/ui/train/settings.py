"""How to train: the algorithm and its settings, made from its params dataclass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from embedviz.ui.param_widgets import param_widgets
from embedviz.ui.session import session
from embedviz.words.corpora import Corpus
from embedviz.words.training_params import ALGORITHMS, DEFAULT_ALGORITHM
from embedviz.words.vocabulary import words_in


@dataclass(frozen=True)
class TrainingSettings:
    """What decides a model, besides the text."""

    algorithm: str
    values: tuple[tuple[str, Any], ...]
    probes: tuple[str, ...]
    name: str

    @property
    def epochs(self) -> int:
        """How often the text is read."""
        return int(dict(self.values)["epochs"])


def training_settings(
    corpus: Corpus, suggested: Mapping[str, Any], probes: tuple[str, ...]
) -> TrainingSettings | None:
    """The form; its settings once "Train" was pressed, else None."""
    st.subheader("2 · How to train")
    algorithm = (
        st.segmented_control(
            "Algorithm", list(ALGORITHMS), format_func=lambda name: ALGORITHMS[name].label,
            default=DEFAULT_ALGORITHM, key="algorithm", bind="query-params", required=True,
        )
        or DEFAULT_ALGORITHM
    )  # fmt: skip
    st.caption(ALGORITHMS[algorithm].help)
    with st.form(f"training-{algorithm}-{corpus.fingerprint}", border=False):
        values = _three_columns(algorithm, suggested)
        asked = st.text_input(
            "Words to watch",
            " ".join(probes),
            help="Their nearest words are noted after every epoch.",
        )
        if st.form_submit_button("Train", type="primary"):
            name = f"{corpus.name} · {ALGORITHMS[algorithm].label}"
            settings = TrainingSettings(
                algorithm, tuple(sorted(values.items())), words_in(asked)[:12], name
            )
            st.session_state["training"] = (corpus.fingerprint, settings)
            mine = session()  # what was deleted is trained again, now that it was asked for
            mine.trained = {k: known for k, known in mine.trained.items() if known in mine.owned}
    asked_for = st.session_state.get("training")
    if asked_for is None or asked_for[0] != corpus.fingerprint:
        return None
    return asked_for[1]  # type: ignore[no-any-return]


def _three_columns(algorithm: str, suggested: Mapping[str, Any]) -> dict[str, Any]:
    return param_widgets(ALGORITHMS[algorithm].params, algorithm, defaults=suggested, columns=3)
