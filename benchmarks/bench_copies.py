"""Copies of the sample photos: which share of each kind is found, and how much of it is right."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.side_by_side import table
from embedviz.images.copies import COPIES_FROM, alike, fingerprint
from embedviz.images.kind import IMAGE
from embedviz.images.samples import SAMPLES
from embedviz.items.duplicates import similar_pairs
from embedviz.registry import open_encoder

Picture = Image.Image
Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]
COPIED, BESIDE = ("photos", "photo-patches"), ("digits",)
CROWD = 10_000


def cropped(top: float, bottom: float, left: float, right: float) -> Callable[[Picture], Picture]:
    """Cuts these shares of a side off."""

    def crop(picture: Picture) -> Picture:
        w, h = picture.size
        return picture.crop(
            (round(left * w), round(top * h), round((1 - right) * w), round((1 - bottom) * h))
        )

    return crop


def smaller(factor: int) -> Callable[[Picture], Picture]:
    """The picture at a part of its size."""
    return lambda picture: picture.resize(
        (picture.width // factor, picture.height // factor), Image.Resampling.LANCZOS
    )


EDITS: dict[str, tuple[Callable[[Picture], Picture], int]] = {
    "half size": (smaller(2), 90),
    "quarter size": (smaller(4), 90),
    "JPEG at quality 40": (lambda picture: picture, 40),
    "gray": (lambda picture: picture.convert("L"), 90),
    "a tenth off each side": (cropped(0.1, 0.1, 0.1, 0.1), 90),
    "a tenth off in all (0.05 each side)": (cropped(0.05, 0.05, 0.05, 0.05), 90),
    "a tenth of the area off": (cropped(0.0257, 0.0257, 0.0257, 0.0257), 90),
    "a tenth off the left": (cropped(0, 0, 0.1, 0), 90),
    "a tenth off two sides": (cropped(0.1, 0, 0, 0.1), 90),
    "0.08, 0.03, 0.06, 0.01 off": (cropped(0.08, 0.03, 0.06, 0.01), 90),
    "a tenth off each side, then a third": (
        lambda picture: smaller(3)(cropped(0.1, 0.1, 0.1, 0.1)(picture)), 90,
    ),
    "mirrored (not looked for)": (
        lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 90,
    ),
    "turned by 90° (not looked for)": (
        lambda picture: picture.transpose(Image.Transpose.ROTATE_90), 90,
    ),
}  # fmt: skip
"""The kinds of copy: what is done, and the quality of the JPEG."""


@dataclass(frozen=True, eq=False)
class Collection:
    """Pictures, of which original each is a copy, and by which edit ("" for originals)."""

    pictures: list[Picture]
    originals: NDArray[np.intp]
    edits: NDArray[np.str_]


def collection() -> Collection:
    """The sample photos, patches and digits, and copies of the first two.

    Patches of one photo, and digits of one kind, are not copies: they are what is hard here.
    """
    pictures, originals, edits = [], [], []
    for number, (sample, picture) in enumerate(_samples()):
        for edit, (change, quality) in {"": (None, 0), **EDITS}.items():
            if change is None or sample in COPIED:
                pictures.append(picture if change is None else _jpeg(change(picture), quality))
                originals.append(number)
                edits.append(edit)
    return Collection(pictures, np.array(originals), np.array(edits))


def main() -> None:
    """Print recall and precision by kind of copy, and how long a crowd takes."""
    given = collection()
    n = len(given.pictures)
    print(f"{n:,} pictures; {len(set(given.originals.tolist())):,} different ones")
    prints = np.frombuffer(b"".join(map(fingerprint, given.pictures)), np.uint8).reshape(n, -1)
    found = alike(prints, COPIES_FROM, 10**7)
    _tell("What the pictures show", given, (found.first, found.second))
    print(*found.notes, sep="\n")
    _crowd()
    _tell("pHash of ImageHash, 10 of 64 bits", given, _by_image_hash(given.pictures))
    vectors = _vectors(given.pictures)
    for threshold in (0.95, 0.9):
        pairs = similar_pairs(vectors, threshold, 10**7)[:2]
        _tell(f"Vectors of EfficientNet-Lite0, {threshold:g}", given, pairs)


def _tell(name: str, given: Collection, pairs: Pairs) -> None:
    table(name, dict(_by_kind(given, *pairs)))


def _by_kind(
    given: Collection, first: NDArray[np.intp], second: NDArray[np.intp]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Recall of the pairs of an original and its copy; precision of all pairs with such a copy."""
    right = given.originals[first] == given.originals[second]
    with_original = (given.edits[first] == "") | (given.edits[second] == "")
    for edit in EDITS:
        these = (given.edits[first] == edit) | (given.edits[second] == edit)
        count = int((given.edits == edit).sum())
        recall = (these & right & with_original).sum() / count
        precision = (these & right).sum() / max(1, these.sum())
        yield edit, {"recall": f"{recall:.3f}", "precision": f"{precision:.4f}"}
    yield "all of them", {"precision": f"{right.sum() / max(1, right.size):.4f}"}


def _by_image_hash(pictures: list[Picture]) -> Pairs:
    import imagehash

    bits = np.array([imagehash.phash(picture).hash.ravel() for picture in pictures], np.float32)
    differing = bits @ (1 - bits).T
    first, second = np.nonzero(np.triu(differing + differing.T <= 10, 1))
    return first, second


def _vectors(pictures: list[Picture]) -> NDArray[np.float32]:
    model = open_encoder("efficientnet-lite0")
    prepared = [model.prepare(IMAGE.name, picture) for picture in pictures]
    parts = [
        model.embed(IMAGE.name, prepared[start : start + 8]) for start in range(0, len(prepared), 8)
    ]
    return np.concatenate(parts)


def _crowd() -> None:
    """How long the fingerprints of many different pictures take to be compared."""
    from scipy.fft import idctn

    waves = np.zeros((CROWD, 64, 64), np.float32)
    frequencies = np.hypot(*np.meshgrid(np.arange(16), np.arange(16)))
    rng = np.random.default_rng(0)
    waves[:, :16, :16] = rng.standard_normal((CROWD, 16, 16)) / (1 + frequencies)
    made = idctn(waves, axes=(1, 2)).reshape(CROWD, -1)
    made -= made.min(axis=1, keepdims=True)
    prints = (made * (255 / made.max(axis=1, keepdims=True))).astype(np.uint8)
    wall, cpu = time.perf_counter(), time.process_time()
    alike(prints, COPIES_FROM, 10**6)
    print(
        f"\n{CROWD:,} different pictures, fingerprints at hand: {time.perf_counter() - wall:.1f} s "
        f"({time.process_time() - cpu:.1f} CPU-s)"
    )


def _samples() -> Iterator[tuple[str, Picture]]:
    for sample in (*COPIED, *BESIDE):
        for file in SAMPLES[sample].open():
            with file.open() as stream:
                yield sample, IMAGE.decode(stream.read(), IMAGE.limits()).value


def _jpeg(picture: Picture, quality: int) -> Picture:
    file: Any = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return IMAGE.decode(file.getvalue(), IMAGE.limits()).value  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
