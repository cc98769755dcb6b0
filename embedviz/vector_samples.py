"""Vectors that installed packages carry: something to look at without a file and a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from embedviz.arguments import checked
from embedviz.errors import InvalidParameterError
from embedviz.space import EmbeddingSpace

_WORDS = 5000


@dataclass(frozen=True)
class VectorSample:
    """One set of vectors with metadata.

    Attributes
    ----------
    name, label, help : str
        In the API, on the page, and what it is in one line.
    open : callable
        The vectors; raises MissingDependencyError if a package is not installed.
    """

    name: str
    label: str
    help: str
    open: Callable[[], EmbeddingSpace] = field(repr=False)


@checked
def sample(name: str) -> EmbeddingSpace:
    """The sample called ``name``; raises InvalidParameterError, which lists them."""
    if name not in SAMPLES:
        raise InvalidParameterError(f"No sample '{name}'. There are: {', '.join(SAMPLES)}.")
    return SAMPLES[name].open()


def _digits() -> EmbeddingSpace:
    import pandas as pd

    from embedviz.projections.first_import import import_scikit_learn

    import_scikit_learn()
    from sklearn.datasets import load_digits

    found = load_digits()
    keys = [f"digit {row}" for row in range(len(found.data))]
    table = pd.DataFrame({"digit": found.target, "ink": found.data.sum(axis=1)})
    return EmbeddingSpace(keys, found.data, table, "Digits", {"sample": "digits"})


def _wine() -> EmbeddingSpace:
    import pandas as pd

    from embedviz.projections.first_import import import_scikit_learn

    import_scikit_learn()
    from sklearn.datasets import load_wine

    found = load_wine()
    # Proline counts hundreds and hue tenths: without one scale the map would show proline alone.
    scaled = (found.data - found.data.mean(axis=0)) / found.data.std(axis=0)
    table = pd.DataFrame(found.data, columns=found.feature_names)
    table.insert(0, "cultivar", [found.target_names[kind] for kind in found.target])
    keys = [f"wine {row + 1}" for row in range(len(table))]
    return EmbeddingSpace(keys, scaled, table, "Wine", {"sample": "wine", "standardized": True})


def _words() -> EmbeddingSpace:
    import pandas as pd

    from embedviz.word_model import as_space
    from embedviz.words.pretrained import load

    space = as_space(load("glove-6b-50d", limit=_WORDS))
    first = [key[0] if key[0].isalpha() else "other" for key in space.keys]
    table = pd.DataFrame(
        {"rank": range(1, len(space) + 1), "length": list(map(len, space.keys)), "first": first}
    )
    return space.with_table(table).renamed("Words")


SAMPLES: dict[str, VectorSample] = {
    item.name: item
    for item in (
        VectorSample(
            "digits", "Handwritten digits",
            "1,797 digits of 8 × 8 pixels, each pixel a number (scikit-learn, UCI).", _digits,
        ),
        VectorSample(
            "wine", "Wines",
            "178 wines by 13 chemical measures, each standardized to mean 0 and deviation 1 "
            "(scikit-learn, UCI).", _wine,
        ),
        VectorSample(
            "words", "Frequent words",
            "The 5,000 most frequent words of GloVe 6B (50-d), with rank, length and first letter.",
            _words,
        ),
    )
}  # fmt: skip
