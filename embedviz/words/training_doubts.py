"""What speaks against a training: too little text, too few words kept, epochs that did nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from embedviz.words.training_log import EpochRecord
from embedviz.words.training_params import TrainingParams

_FEW_WORDS = 10
_SMALL_SHARE = 0.5


def doubts_of(
    counts: Mapping[str, int],
    params: TrainingParams,
    longest: int,
    epochs: Sequence[EpochRecord],
    learned: bool,
) -> tuple[str, ...]:
    """One sentence or two for each reason not to trust what was learned; none, if all is well.

    Parameters
    ----------
    counts : mapping from str to int
        How often each word of the text occurs.
    longest : int
        Words of the longest sentence.
    epochs : sequence of EpochRecord
    learned : bool
        Whether any vector was changed at all.
    """
    said = [_nothing_learned(params)] if not learned else []
    said += _few_kept(counts, params.min_count)
    if learned:
        said += _idle_epochs(epochs, params)
    if 1 < longest <= params.window:
        said.append(
            f"No sentence has more than {longest:,} words, so window={params.window} reaches no "
            f"farther than {longest - 1} would."
        )
    return tuple(said)


def more_kept(counts: Mapping[str, int], min_count: int) -> tuple[int, int] | None:
    """The largest ``min_count`` that keeps more words than this one, and how many; None if none does."""
    below = [count for count in counts.values() if count < min_count]
    if not below:
        return None
    lower = max(below)
    return lower, sum(count >= lower for count in counts.values())


def _nothing_learned(params: TrainingParams) -> str:
    skipping = ", or sample=0, which skips none" if params.sample else ""
    return (
        "Nothing was learned: in no sentence two of the kept words stood together to be trained on. "
        f"The vectors are the random ones that training begins with. Use a longer text, a lower "
        f"min_count{skipping}."
    )


def _few_kept(counts: Mapping[str, int], min_count: int) -> list[str]:
    kept = [count for count in counts.values() if count >= min_count]
    share = sum(kept) / max(1, sum(counts.values()))
    more = more_kept(counts, min_count)
    if len(kept) >= _FEW_WORDS and share >= _SMALL_SHARE:
        return []
    if more is None:
        return [f"The text has {len(kept):,} different words only: too few to learn meaning from."]
    lower, number = more
    return [
        f"Only {len(kept):,} of {len(counts):,} different words ({share:.0%} of the text) occur "
        f"{min_count:,} times or more and were kept. min_count={lower} keeps {number:,}."
    ]


def _idle_epochs(epochs: Sequence[EpochRecord], params: TrainingParams) -> list[str]:
    idle = sum(
        record.complete
        and (not record.words or (record.loss is not None and math.isnan(record.loss)))
        for record in epochs
    )
    # A loss that float32 cannot hold is nan too, but of very many words.
    if not idle or max(record.words for record in epochs) > 100_000:
        return []
    way = "sample=0 skips none." if params.sample else "Use a longer text."
    return [f"{idle:,} of {len(epochs):,} epochs had no two words to train on. {way}"]
