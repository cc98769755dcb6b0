"""What a person may have meant: keys spelled like one that is not there."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def nearest_spellings(word: str, keys: Sequence[str], limit: int = 3) -> tuple[str, ...]:
    """Keys spelled like ``word``, the likeliest first; none where nothing is near.

    Variants in case or Unicode form come first. Then, by RapidFuzz, those with the fewest slips of
    the keyboard (a letter added, left out, taken for another, or two swapped: optimal string
    alignment), at most one in three letters. Among equally near keys the earlier comes first: in
    word vectors the more frequent.
    """
    variants = _variants(word, keys)[:limit]
    slips: dict[int, int] = {}
    for spelling in {word, word.casefold()}:
        for row, distance in _near(spelling, keys, limit + len(variants) + 1):
            slips[row] = min(distance, slips.get(row, distance))
    ranked = sorted(slips, key=lambda row: (slips[row], row))
    near = [keys[row] for row in ranked if keys[row] != word and keys[row] not in variants]
    return tuple((variants + near)[:limit])


def _variants(word: str, keys: Sequence[str]) -> list[str]:
    # Some systems type "é" as one character and others as two; to a person it is the same word.
    folded = {unicodedata.normalize(form, word).casefold() for form in ("NFC", "NFD", "NFKC")}
    folded.add(word.casefold())
    return [key for key in keys if key.casefold() in folded and key != word]


def _near(word: str, keys: Sequence[str], limit: int) -> list[tuple[int, int]]:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    most = max(1, len(word) // 3)
    hits = process.extract(word, keys, scorer=OSA.distance, limit=limit, score_cutoff=most)
    return [(row, int(distance)) for _, distance, row in hits if distance < max(len(word), 1)]
