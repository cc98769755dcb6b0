"""Copies of a picture: smaller, recompressed, gray or cropped, by what the picture shows.

A perceptual hash as pHash is (C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash
Functions", 2010): the low frequencies of the gray picture, by a cosine transform. pHash keeps one
bit of each, which mistakes noise for signal where a picture has little of a frequency; here they
keep their sizes, each times its frequency, as photos have the less of one the higher it is. And
where pHash loses a cropped copy, each picture is compared as a whole with the parts of the others.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.items.copy_measure import Alike, CopyMeasure, Threshold
from embedviz.product_threads import one_product_thread
from embedviz.progress import Cancel, OnProgress, report, stop_if

if TYPE_CHECKING:
    from PIL import Image

Float32 = NDArray[np.float32]
Rows = NDArray[np.intp]

SIDE = 64
"""Pixels of the sides of the gray picture that is compared, whatever shape the picture has."""
COPIES_FROM = 0.97
"""The match from which two pictures are copies: measured by benchmarks/bench_copies.py."""

_WAVES = 12  # half waves across the picture; fewer miss a digit's stroke, more see JPEG's noise
_FLAT = 0.5  # gray levels of deviation below which there is only noise to compare
_FIRST_LOOK = 0.6  # the match that a copy has at least in the part of the list nearest to its own
_MOST_LOOKED_AT_AGAIN = 30_000
_MOST_HELD = 4_000_000
_ROWS, _COLUMNS, _PAIRS_AT_ONCE = 512, 2048, 500
_WIDEST_CUT = 0.16
_LONGEST, _NUDGE, _ROUNDS, _HOPEFUL = 0.04, 0.003, 5, 0.8
# Pages and slides of one layout match as wholes: in each of the parts must be the same, too.
_FINE, _TILES, _AGREEING, _SOMETHING = 32, 4, 0.5, 0.1
_DOING = "The search for copies"


def fingerprint(picture: Image.Image) -> bytes:
    """The gray picture of 64 × 64 pixels, row by row: 4,096 bytes."""
    from PIL import Image

    small = picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return small.convert("L").tobytes()


def alike(
    fingerprints: NDArray[np.uint8],
    threshold: float,
    most: int,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Alike:
    """Pairs of pictures of which one shows what the other shows, or a part of it.

    Parameters
    ----------
    fingerprints : ndarray of shape (n, 4096), uint8
        From :func:`fingerprint`.
    threshold : float
        The least match: the cosine of their frequencies, 0.7 to 1.
    most : int
        Pairs to find at most.

    Raises
    ------
    InvalidParameterError
        If there are more pairs.
    CancelledError
        If ``cancel`` is set.
    """
    pictures = fingerprints.reshape(-1, SIDE, SIDE).astype(np.float32)
    rows = np.flatnonzero(pictures.std(axis=(1, 2)) >= _FLAT)
    notes = _flat_note(len(pictures) - rows.size)
    shown = pictures[rows]
    with one_product_thread():  # products this small are slower on several
        return _alike(shown, rows, threshold, most, notes, on_progress, cancel)


def _alike(
    shown: Float32,
    rows: Rows,
    threshold: float,
    most: int,
    notes: tuple[str, ...],
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> Alike:
    first, second, scores = _candidates(shown, threshold, most, on_progress, cancel)
    if (scores >= threshold).sum() > most:
        raise _too_low(threshold, most, rows.size)
    again = _to_look_at_again(first, second, scores)
    notes += (_crowd_note(),) if again.size < scores.size else ()
    seen, scores = scores, np.zeros(scores.size)
    for start in range(0, again.size, _PAIRS_AT_ONCE):
        stop_if(cancel, _DOING)
        part = again[start : start + _PAIRS_AT_ONCE]
        scores[part] = _closer_look(shown, first[part], second[part], seen[part], threshold)
        report(on_progress, 0.8 + 0.2 * (start + part.size) / again.size,
               f"a closer look at {start + part.size:,} of {again.size:,} pairs")  # fmt: skip
    report(on_progress, 1.0, f"all pairs of {rows.size:,} pictures")
    copies = scores >= threshold
    one, other = rows[first[copies]], rows[second[copies]]
    order = np.lexsort((np.maximum(one, other), np.minimum(one, other)))
    return Alike(np.minimum(one, other)[order], np.maximum(one, other)[order],
                 np.minimum(scores[copies][order], 1.0), notes)  # fmt: skip


def _chosen(
    fingerprints: NDArray[Any], on_progress: OnProgress | None, cancel: Cancel | None
) -> Threshold:
    """The same for every collection: what a picture shows does not depend on the others."""
    del fingerprints, on_progress, cancel
    return Threshold(
        COPIES_FROM,
        f"From {COPIES_FROM:g} on, of the copies of the sample photos (half and quarter size, "
        "JPEG at quality 40, gray, cropped by a tenth) 95 % or more of each kind are found, and "
        "99 % or more of what is found are copies.",
    )


PICTURE = CopyMeasure(
    name="picture",
    label="What the pictures show",
    unit="match",
    help="Compares the pictures themselves, in gray, not what the encoder makes of them. Finds "
    "smaller, recompressed and gray copies, and those with up to a tenth cut off any side. Mirrored "
    "and turned copies, larger cuts, and copies with something drawn across it does not find; "
    "slides of one template, with little else on them, it can take for copies.",
    lowest=0.7,
    usual="0.95 to 0.99",
    threshold=_chosen,
    alike=alike,
    fingerprint=fingerprint,
)
"""How copies of pictures are told."""


def _flat_note(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    which = "1 picture is" if count == 1 else f"{count:,} pictures are"
    return (f"{which} of one color all over: only the same file counts as a copy of such a one.",)


def _too_low(threshold: float, most: int, n: int) -> InvalidParameterError:
    return InvalidParameterError(
        f"More than {most:,} pairs among {n:,} pictures match by {threshold:g} or more: that is "
        f"what they have in common. Raise the threshold; {PICTURE.usual} is usual."
    )


def _crowd_note() -> str:
    return (
        f"Very many pictures here are alike: only the {_MOST_LOOKED_AT_AGAIN:,} most alike pairs "
        "were looked at closely, so that some copies can be missing."
    )


def _cuts() -> list[tuple[float, ...]]:
    """Shares cut off (top, bottom, left, right): any copy is within 0.025 of one on every side."""
    usual: list[tuple[float, ...]] = [(0.0,) * 4, (0.05,) * 4, (0.1,) * 4]
    usual += [tuple(0.1 if side == at else 0.0 for side in range(4)) for at in range(4)]
    for cut in (0.05, 0.1):
        usual += [(cut, cut, 0.0, 0.0), (0.0, 0.0, cut, cut)]
    usual += [
        (*down, *across) for down in ((0.1, 0.0), (0.0, 0.1)) for across in ((0.1, 0.0), (0.0, 0.1))
    ]
    return [*usual, *itertools.product((0.025, 0.075), repeat=4)]


_CUTS = np.array(_cuts())
_V, _U = np.meshgrid(np.arange(_WAVES), np.arange(_WAVES))
_KEPT = (_U + _V > 0) & (_U + _V < _WAVES)
_WEIGHTS = np.hypot(_U, _V)[_KEPT].astype(np.float32)


def _waves(low: NDArray[Any], high: NDArray[Any], count: int = _WAVES) -> Float32:
    """Cosine waves over ``low`` … ``1 - high`` of a side, as weights of pixels: (m, count, side)."""
    start, end = low[:, None], 1 - high[:, None]
    phase = (np.clip(np.arange(SIDE + 1) / SIDE, start, end) - start) / (end - start)
    turns = np.pi * np.arange(1, count)[:, None]
    made = np.empty((low.size, count, SIDE), np.float32)
    made[:, 0] = np.diff(phase) / np.sqrt(2)
    # The integral of a wave over each pixel, so that a cut between two pixels is one too.
    made[:, 1:] = np.diff(np.sin(turns * phase[:, None]), axis=2) / turns
    return made


def _directions(spectra: Float32) -> Float32:
    """Of spectra (…, waves, waves) the kept frequencies, weighted, of length 1: (…, kept)."""
    kept = spectra[..., _KEPT] * _WEIGHTS
    lengths = np.linalg.norm(kept, axis=-1, keepdims=True)
    return np.asarray(kept / np.maximum(lengths, 1e-6), np.float32)


def _cut(pictures: Float32, cut: NDArray[Any]) -> Float32:
    """Directions of all ``pictures`` (n, side, side) with the same ``cut`` (4,): (n, kept)."""
    across = _waves(cut[2:3], cut[3:])[0]
    down = _waves(cut[:1], cut[1:2])[0]
    return _directions(np.matmul(down, np.matmul(pictures, across.T)))


def _candidates(
    pictures: Float32,
    threshold: float,
    most: int,
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> tuple[Rows, Rows, NDArray[np.float64]]:
    """Pairs that may be copies, once each: the one that is cut, the other, and their match."""
    n = len(pictures)
    whole = np.concatenate(
        [_cut(pictures[start : start + _ROWS], _CUTS[0]) for start in range(0, n, _ROWS)]
        or [np.empty((0, _WEIGHTS.size), np.float32)]
    )
    floor = min(_FIRST_LOOK, threshold)
    found, held = [(np.empty(0, np.intp), np.empty(0, np.float32))], 0
    for start, columns, best in _best_matches(pictures, whole, cancel):
        places = np.flatnonzero(best >= floor)
        cut, other = np.divmod(places, best.shape[1])
        codes = (cut + start) * n + other + columns
        kept = cut + start != other + columns
        found.append((codes[kept], best.reshape(-1)[places[kept]]))
        held += int(kept.sum())
        if held > _MOST_HELD:
            found = [_half(*map(np.concatenate, zip(*found, strict=True)))]
            held, floor = found[0][0].size, float(found[0][1].min())
            if floor >= threshold:  # none of these may be let go
                raise _too_low(threshold, most, n)
        done = (start + columns / max(n, 1) * len(best)) / n
        report(on_progress, 0.8 * min(done, 1), f"{start:,} of {n:,} pictures compared with all")
    codes, scores = map(np.concatenate, zip(*found, strict=True))
    first, second = np.divmod(codes, max(n, 1))
    order = np.argsort(-scores, kind="stable")
    pairs = np.minimum(first, second) * n + np.maximum(first, second)
    once = order[np.unique(pairs[order], return_index=True)[1]]
    return first[once], second[once], scores[once].astype(np.float64)


def _best_matches(
    pictures: Float32, whole: Float32, cancel: Cancel | None
) -> Iterator[tuple[int, int, Float32]]:
    """First row, first column, and how well the best cut of the row matches the column."""
    for start in range(0, len(pictures), _ROWS):
        cuts = [_cut(pictures[start : start + _ROWS], cut) for cut in _CUTS]
        for columns in range(0, len(whole), _COLUMNS):
            stop_if(cancel, _DOING)
            others = whole[columns : columns + _COLUMNS].T
            best = cuts[0] @ others
            for cut in cuts[1:]:
                np.maximum(best, cut @ others, out=best)
            yield start, columns, best


def _half(codes: Rows, scores: Float32) -> tuple[Rows, Float32]:
    """The better half."""
    best = np.argpartition(-scores, scores.size // 2)[: scores.size // 2]
    return codes[best], scores[best]


def _to_look_at_again(first: Rows, second: Rows, scores: NDArray[np.float64]) -> Rows:
    """Which pairs, at most so many.

    A crowd of pictures that are all alike must not take the place of the others: each picture's
    best pair comes before any one's second best.
    """
    best_first = np.argsort(-scores, kind="stable")
    rank = np.full(scores.size, scores.size)
    for side in (first, second):
        by_picture = best_first[np.argsort(side[best_first], kind="stable")]
        starts = np.searchsorted(side[by_picture], side[by_picture])
        rank[by_picture] = np.minimum(rank[by_picture], np.arange(scores.size) - starts)
    order = np.lexsort((-scores, rank))
    return order[:_MOST_LOOKED_AT_AGAIN]


def _closer_look(
    pictures: Float32, cut: Rows, other: Rows, seen: NDArray[np.float64], threshold: float
) -> NDArray[np.float64]:
    """The match of pairs (m,) at the best cut; 0 where some part of the pictures does not agree."""
    match, cuts = _best_cut(pictures, cut, other)
    match = np.maximum(match, seen)
    hopeful = np.flatnonzero(match >= threshold)
    whole = np.zeros((hopeful.size, 4))
    agreed = _least_agreement(
        _parts(pictures[cut[hopeful]], cuts[hopeful]), _parts(pictures[other[hopeful]], whole)
    )
    match[hopeful[agreed < _AGREEING]] = 0
    return match


def _parts(pictures: Float32, cuts: NDArray[Any]) -> Float32:
    """What is left of each picture (m, side, side) by its cut, in parts: (m, parts, pixels)."""
    from scipy.fft import idctn

    down, across = (_waves(cuts[:, at], cuts[:, at + 1], _FINE) for at in (0, 2))
    spectra = np.matmul(down, np.matmul(pictures, across.transpose(0, 2, 1)))
    left = idctn(spectra, axes=(1, 2), norm="ortho") * (2 * SIDE / _FINE)
    size = _FINE // _TILES
    tiles = left.reshape(-1, _TILES, size, _TILES, size).transpose(0, 1, 3, 2, 4)
    return np.asarray(tiles.reshape(-1, _TILES**2, size**2), np.float32)


def _least_agreement(one: Float32, other: Float32) -> Float32:
    """The least correlation of two pictures in any part in which either shows something: (m,)."""
    one, other = (parts - parts.mean(axis=2, keepdims=True) for parts in (one, other))
    spread, spread_other = one.std(axis=2), other.std(axis=2)
    either = np.maximum(spread, spread_other)
    products = (one * other).mean(axis=2) / np.maximum(spread * spread_other, 1e-6)
    something = either >= _SOMETHING * either.max(axis=1, keepdims=True, initial=0)
    return np.asarray(np.where(something, products, 1).min(axis=1, initial=1))


def _best_cut(
    pictures: Float32, cut: Rows, other: Rows
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The match of pairs (m,) at the best cut near the best one of the list, and that cut (m, 4).

    By Gauss-Newton steps.
    """
    cutting = pictures[cut]
    target = _cut(pictures[other], _CUTS[0])
    listed = np.stack([np.einsum("ij,ij->i", _cut(cutting, one), target) for one in _CUTS])
    cuts, best = _CUTS[listed.argmax(axis=0)], listed.max(axis=0)
    best_cuts = cuts.copy()
    going = np.arange(cut.size)
    for number in range(_ROUNDS):
        here, slopes = _slopes(cutting[going], cuts[going])
        match = np.einsum("ij,ij->i", here, target[going])
        better = going[match > best[going]]
        best[better], best_cuts[better] = match[match > best[going]], cuts[better]
        normal = np.einsum("ikf,ilf->ikl", slopes, slopes)
        normal += 1e-3 * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(4)
        pull = np.einsum("ikf,if->ik", slopes, target[going] - here)
        steps = np.clip(np.linalg.solve(normal, pull[..., None])[..., 0], -_LONGEST, _LONGEST)
        cuts[going] = np.clip(cuts[going] + steps, 0, _WIDEST_CUT)
        # Copies are near their end by the second round; what is far from it is none.
        going = going[(best[going] >= _HOPEFUL) | (number < 2)]
    return np.asarray(best, np.float64), best_cuts


def _slopes(pictures: Float32, cuts: NDArray[Any]) -> tuple[Float32, Float32]:
    """Directions of each picture at its cut (m, kept), and how they change by side (m, 4, kept)."""
    down, across = (_waves(cuts[:, at], cuts[:, at + 1]) for at in (0, 2))
    rows = np.matmul(pictures, across.transpose(0, 2, 1))
    columns = np.matmul(down, pictures)
    here = _directions(np.matmul(down, rows))
    slopes = np.empty((len(cuts), 4, here.shape[1]), np.float32)
    for side in range(4):
        moved = cuts.copy()
        moved[:, side] += _NUDGE
        waves = _waves(moved[:, side // 2 * 2], moved[:, side // 2 * 2 + 1])
        spectra = (
            np.matmul(waves, rows) if side < 2 else np.matmul(columns, waves.transpose(0, 2, 1))
        )
        slopes[:, side] = (_directions(spectra) - here) / _NUDGE
    return here, slopes
