"""What a person may have meant: keys spelled like one that is not there."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def nearest_spellings(word: str, keys: Sequence[str], limit: int = 3) -> tuple[str, ...]:
    """Keys spelled like ``word``: variants in case or Unicode form first, then by edit similarity.

    Edit similarity is the normalised Indel similarity of RapidFuzz; below 0.6 nothing is near.
    Among equally near keys the earlier (in word vectors: the more frequent) comes first.
    """
    from rapidfuzz import fuzz, process

    # Some systems type "é" as one character and others as two; to a person it is the same word.
    folded = {unicodedata.normalize(form, word).casefold() for form in ("NFC", "NFD", "NFKC")}
    folded.add(word.casefold())
    variants = [key for key in keys if key.casefold() in folded and key != word][:limit]
    most = limit + len(variants) + 1
    scored = process.extract(word, keys, scorer=fuzz.ratio, limit=most, score_cutoff=60)
    ranked = sorted(scored, key=lambda hit: (-hit[1], hit[2]))
    near = variants + [key for key, _, _ in ranked if key not in variants and key != word]
    return tuple(near[:limit])
