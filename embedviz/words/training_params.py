"""What can be trained and with which settings: the ALGORITHMS table and its params dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from embedviz.errors import InvalidParameterError
from embedviz.params import make, param


@dataclass(frozen=True)
class TrainingParams:
    """Settings of CBOW and skip-gram; the names, and what they do, are gensim's."""

    vector_size: int = param(
        100,
        "How many numbers describe each word. 50 to 100 suit a small text, 300 a very large one.",
        minimum=2, maximum=1000,
    )  # fmt: skip
    window: int = param(
        5,
        "How many words to the left and right count as neighbors. "
        "Small learns grammar, large learns topics.",
        minimum=1, maximum=100,
    )  # fmt: skip
    min_count: int = param(
        2,
        "Words that occur less often than this are left out: little can be learned about them.",
        label="Minimum count", minimum=1, maximum=1_000_000,
    )  # fmt: skip
    negative: int = param(
        5,
        "How many random words each true neighbor is told apart from. More helps small texts.",
        label="Negative samples", minimum=1, maximum=100,
    )  # fmt: skip
    sample: float = param(
        1e-3,
        "Words more frequent than this share of the text are skipped at random. "
        "0 keeps every word: better for texts of a few thousand words.",
        label="Subsampling", minimum=0.0, maximum=0.1,
    )  # fmt: skip
    epochs: int = param(
        5,
        "How often the whole text is read. Small texts need more: 20 to 100.",
        minimum=1, maximum=10_000,
    )  # fmt: skip
    alpha: float = param(
        0.025,
        "How large the learning steps are at the start.",
        label="Learning rate", minimum=1e-5, maximum=1.0, advanced=True,
    )  # fmt: skip
    min_alpha: float = param(
        1e-4,
        "How large the learning steps are at the end; they shrink steadily to this.",
        label="Final learning rate", minimum=0.0, maximum=1.0, advanced=True,
    )  # fmt: skip
    workers: int = param(
        1,
        "Threads that train at once. More is faster, but only 1 gives the same vectors every time.",
        minimum=1, maximum=64, advanced=True,
    )  # fmt: skip
    seed: int = param(
        0,
        "Where the random numbers start. The same seed, text and 1 worker give the same vectors.",
        minimum=0, maximum=2**32 - 1, advanced=True,
    )  # fmt: skip


@dataclass(frozen=True)
class FastTextParams(TrainingParams):
    """Settings of fastText: those of skip-gram, and the character n-grams."""

    min_n: int = param(
        3,
        "The shortest piece of a word (in characters) that gets a vector of its own.",
        label="Shortest n-gram", minimum=1, maximum=20,
    )  # fmt: skip
    max_n: int = param(
        6,
        "The longest piece of a word that gets a vector of its own. 0 uses whole words only.",
        label="Longest n-gram", minimum=0, maximum=20,
    )  # fmt: skip
    bucket: int = param(
        200_000,
        "Rows that all pieces share. 200,000 take 80 MB at 100 numbers each and are plenty for "
        "texts of some million words; the 2,000,000 of gensim and fastText would take 800 MB.",
        label="N-gram rows", minimum=1, maximum=10_000_000, advanced=True,
    )  # fmt: skip


@dataclass(frozen=True)
class Algorithm:
    """One way to learn word vectors.

    Attributes
    ----------
    name, label, help : str
        In the API, on the page, and in one plain sentence.
    params : type
        The params dataclass of this algorithm.
    reports_loss : bool
        False where gensim computes no loss.
    gensim_class : str
        The class of ``gensim.models`` that trains.
    fixed : mapping
        Settings of that class that make it this algorithm.
    """

    name: str
    label: str
    help: str
    params: type[TrainingParams]
    reports_loss: bool
    gensim_class: str
    fixed: Mapping[str, int]

    def make_params(self, values: Mapping[str, Any]) -> TrainingParams:
        """Checked settings; raises InvalidParameterError."""
        params = make(self.params, values, self.label)
        if params.min_alpha > params.alpha:
            raise InvalidParameterError(
                f"{self.label}: min_alpha={params.min_alpha:g} is above alpha={params.alpha:g}. "
                "The learning rate can only shrink: lower min_alpha or raise alpha."
            )
        if isinstance(params, FastTextParams) and 0 < params.max_n < params.min_n:
            raise InvalidParameterError(
                f"{self.label}: max_n={params.max_n} is below min_n={params.min_n}. "
                "Use max_n of at least min_n, or max_n=0 for whole words only."
            )
        return params

    def gensim_settings(self, params: TrainingParams) -> dict[str, Any]:
        """Keyword arguments with which gensim's own class gives the same vectors.

        All that is not named keeps gensim's default (hs=0, ns_exponent=0.75, cbow_mean=1,
        shrink_windows=True, batch_words=10000, …).
        """
        return {**asdict(params), **self.fixed}

    def gensim_type(self) -> Any:
        """The class of gensim that trains; imports gensim."""
        import gensim.models

        return getattr(gensim.models, self.gensim_class)


CBOW = Algorithm(
    "cbow",
    "CBOW",
    "Guesses a word from the words around it. The fastest; good for frequent words.",
    TrainingParams,
    True,
    "Word2Vec",
    {"sg": 0},
)
SKIP_GRAM = Algorithm(
    "skip-gram",
    "Skip-gram",
    "Guesses the words around a word. Slower; better for small texts and rare words.",
    TrainingParams,
    True,
    "Word2Vec",
    {"sg": 1},
)
FASTTEXT = Algorithm(
    "fasttext",
    "fastText",
    "Skip-gram that also learns pieces of words, so that words it never saw get a vector too.",
    FastTextParams,
    False,
    "FastText",
    {"sg": 1},
)

ALGORITHMS: dict[str, Algorithm] = {item.name: item for item in (CBOW, SKIP_GRAM, FASTTEXT)}

DEFAULT_ALGORITHM = SKIP_GRAM.name
"""What trains unless told otherwise: good for small texts, which is what people bring."""


def algorithm_named(name: str) -> Algorithm:
    """The algorithm of this name; raises InvalidParameterError, which lists them."""
    if name not in ALGORITHMS:
        raise InvalidParameterError(
            f"There is no algorithm {name!r}. Algorithms: {', '.join(map(repr, ALGORITHMS))}."
        )
    return ALGORITHMS[name]
