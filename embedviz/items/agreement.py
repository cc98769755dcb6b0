"""How far several encoders agree on what looks alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from embedviz.errors import InvalidParameterError


@dataclass(frozen=True)
class Agreement:
    """The look-alikes that encoders have in common.

    Attributes
    ----------
    overlap : dict of (str, str) to float
        For every pair of encoders, in the order given, the share of the k that both name.
    mean : float
        The mean over the pairs.
    common : tuple of str
        What all of them name, by mean place, best first.
    k : int
        How many of each were compared.
    """

    overlap: dict[tuple[str, str], float]
    mean: float
    common: tuple[str, ...]
    k: int


def agreement(results: Mapping[str, Sequence[str]], k: int | None = None) -> Agreement:
    """How much of the first ``k`` answers of two or more encoders is the same.

    Parameters
    ----------
    results : mapping of str to sequence of str
        By encoder the keys it found, best first.
    k : int, optional
        How many of each to compare; None takes the length of the shortest.

    Raises
    ------
    InvalidParameterError
        For fewer than two encoders, k below 1 or above the shortest answer, or a key that one
        encoder names twice.
    """
    if len(results) < 2:
        raise InvalidParameterError(
            f"Agreement is between two encoders or more, got {len(results)}."
        )
    shortest = min(len(keys) for keys in results.values())
    used = shortest if k is None else k
    if isinstance(used, bool) or not isinstance(used, int) or not 1 <= used <= shortest:
        raise InvalidParameterError(
            f"k={used!r} answers of each encoder cannot be compared: the shortest has {shortest:,}."
        )
    places = {name: _places(name, keys[:used]) for name, keys in results.items()}
    overlap = {
        (a, b): len(places[a].keys() & places[b].keys()) / used for a, b in combinations(places, 2)
    }
    return Agreement(overlap, sum(overlap.values()) / len(overlap), _common(places), used)


def _places(name: str, keys: Sequence[str]) -> dict[str, int]:
    if isinstance(keys, str):
        raise InvalidParameterError(f"The answers of {name} are a list of keys, got {keys!r}.")
    places = {key: place for place, key in enumerate(keys)}
    if len(places) < len(keys):
        twice = next(key for place, key in enumerate(keys) if places[key] != place)
        raise InvalidParameterError(f"{name} names {twice!r} twice among its answers.")
    return places


def _common(places: Mapping[str, Mapping[str, int]]) -> tuple[str, ...]:
    first, *others = places.values()
    shared = [key for key in first if all(key in other for other in others)]
    return tuple(sorted(shared, key=lambda key: sum(place[key] for place in places.values())))
