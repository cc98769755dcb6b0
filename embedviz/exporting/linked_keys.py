"""Keys in a link: readable where that is safe, and never too many."""

from __future__ import annotations

import json
from collections.abc import Sequence

from embedviz.errors import InvalidParameterError

MOST_KEYS = 200
MOST_CHARACTERS = 4000


def joined_keys(keys: Sequence[str]) -> str | None:
    """The keys as one text that :func:`split_keys` takes apart; None if they are too many."""
    if not keys or len(keys) > MOST_KEYS:
        return None
    simple = not keys[0].startswith("[") and not any("," in key for key in keys)
    text = ",".join(keys) if simple else json.dumps(list(keys), separators=(",", ":"))
    encodes = text.encode("utf-8", "replace").decode() == text
    text = text if encodes else json.dumps(list(keys), separators=(",", ":"))
    return text if len(text) <= MOST_CHARACTERS else None


def split_keys(text: str) -> tuple[str, ...]:
    """The keys of :func:`joined_keys`, each once; raises InvalidParameterError for anything else."""
    if len(text) > MOST_CHARACTERS:
        raise InvalidParameterError(
            f"The link's selection has {len(text):,} characters; {MOST_CHARACTERS:,} are read."
        )
    if not text.startswith("["):
        return tuple(dict.fromkeys(key for key in text.split(",") if key))
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidParameterError(f"The link's selection cannot be read: {error}.") from error
    if not isinstance(read, list) or not all(isinstance(key, str) and key for key in read):
        raise InvalidParameterError("The link's selection is no list of keys.")
    return tuple(dict.fromkeys(read[:MOST_KEYS]))
