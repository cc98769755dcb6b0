"""Which vectors the page works with."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from embedviz.space import EmbeddingSpace
from embedviz.ui.vectors.vector_set import VectorSet


def bring_vectors() -> VectorSet | None:
    """The sets that are here, and the ways to bring others."""
    return VectorSet("sample:digits", "Digits", _digits(), shared=True, reading="")


@st.cache_resource(show_spinner=False)
def _digits() -> EmbeddingSpace:
    from sklearn.datasets import load_digits

    digits = load_digits()
    keys = [f"digit {row}" for row in range(len(digits.data))]
    return EmbeddingSpace(keys, digits.data, pd.DataFrame({"digit": digits.target}), "Digits")
