"""What a person may have meant: keys spelled like one that is not there."""

from __future__ import annotations

from collections.abc import Sequence


def nearest_spellings(word: str, keys: Sequence[str], limit: int = 3) -> tuple[str, ...]:
    """Keys spelled like ``word``: case variants first, then by edit similarity.

    Edit similarity is the normalised Indel similarity of RapidFuzz; below 0.6 nothing is near.
    Among equally near keys the earlier (in word vectors: the more frequent) comes first.
    """
    from rapidfuzz import fuzz, process

    folded = word.casefold()
    variants = [key for key in keys if key.casefold() == folded and key != word][:limit]
    scored = process.extract(
        word, keys, scorer=fuzz.ratio, limit=limit + len(variants), score_cutoff=60
    )
    ranked = sorted(scored, key=lambda hit: (-hit[1], hit[2]))
    near = variants + [key for key, _, _ in ranked if key not in variants and key != word]
    return tuple(near[:limit])
