"""What every test may use: small spaces made here, the packaged GloVe, a cache of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

# Before anything reads them. Tests never touch a person's own cache and collections; what is kept
# by content is computed once for all workers (which inherit this) and the servers that they start.
os.environ["EMBEDVIZ_TEST_FOLDER"] = os.environ.get("EMBEDVIZ_TEST_FOLDER") or tempfile.mkdtemp(
    prefix="embedviz-test-"
)
os.environ["EMBEDVIZ_CACHE_DIR"] = os.path.join(os.environ["EMBEDVIZ_TEST_FOLDER"], "cache")
os.environ["EMBEDVIZ_DATA_DIR"] = os.path.join(os.environ["EMBEDVIZ_TEST_FOLDER"], "data")
# A worker has one core: threads that wait for each other would take the other worker's.
os.environ["OMP_NUM_THREADS"] = os.environ.get("OMP_NUM_THREADS") or "1"
os.environ["OPENBLAS_NUM_THREADS"] = os.environ.get("OPENBLAS_NUM_THREADS") or "1"
# Nor do they compile UMAP beside the tests; the ones that need it do.
os.environ["EMBEDVIZ_WARM_UP_SECONDS"] = "0"

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from embedviz.space import EmbeddingSpace
from tests.counts import FUZZ

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples every time: what a new one finds is found by the long counts, not by chance.
settings.register_profile("embedviz", PATIENT, max_examples=25, derandomize=True)
settings.register_profile("fuzz", PATIENT, max_examples=1000)
settings.load_profile("fuzz" if FUZZ else "embedviz")


def pytest_unconfigure() -> None:
    """Leave nothing behind: the last to end is the process that started the workers."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ["EMBEDVIZ_TEST_FOLDER"], ignore_errors=True)


@pytest.fixture(scope="session")
def glove() -> EmbeddingSpace:
    """The packaged GloVe 6B, 400,000 × 50: read once, never changed."""
    import embedviz as ev

    space = ev.load("glove-6b-50d")
    assert isinstance(space, EmbeddingSpace)
    return space


@pytest.fixture(scope="session")
def glove_small(glove: EmbeddingSpace) -> EmbeddingSpace:
    """The 1,000 most frequent words of GloVe: real vectors, fast to project."""
    return glove.take(np.arange(1000))


@pytest.fixture
def cache_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache for one test."""
    monkeypatch.setenv("EMBEDVIZ_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"
