"""What a collection may be called."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from embedviz.errors import InvalidParameterError

LONGEST_NAME = 80
_SHOWN = 8
# Controls, halves of characters, line ends; and marks that reverse the text around them.
_FORBIDDEN_KINDS = {"Cc", "Cs", "Cn", "Zl", "Zp"}
_REVERSING = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def checked_name(name: str) -> str:
    """``name`` as it is kept: in Unicode's NFC form, without spaces around it.

    Raises
    ------
    InvalidParameterError
        If it is not text of 1 to 80 characters, or holds characters that cannot be shown.
    """
    if not isinstance(name, str):
        raise InvalidParameterError(f"A collection's name is text, got {name!r}.")
    kept = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(kept) <= LONGEST_NAME:
        raise InvalidParameterError(
            f"A collection's name has 1 to {LONGEST_NAME} characters, got {len(kept):,}"
            + (f" ({kept[:20]!r}…)." if kept else ". Give it a name.")
        )
    for character in kept:
        if unicodedata.category(character) in _FORBIDDEN_KINDS or character in _REVERSING:
            raise InvalidParameterError(
                f"The name {kept!r} holds {character!r}, which cannot be shown. Leave it out."
            )
    return kept


def unknown(name: str, there_are: Sequence[str]) -> InvalidParameterError:
    """The error for a collection that is not there."""
    shown = ", ".join(f"'{known}'" for known in there_are[:_SHOWN])
    more = f" and {len(there_are) - _SHOWN:,} more" if len(there_are) > _SHOWN else ""
    hint = f"There are: {shown}{more}." if there_are else "Nothing has been saved yet."
    return InvalidParameterError(f"There is no collection '{name}'. {hint}")


def taken(name: str) -> InvalidParameterError:
    """The error for a name that another collection has."""
    return InvalidParameterError(
        f"There is a collection '{name}' already. Choose another name, add to it, or save with "
        "replace=True."
    )
