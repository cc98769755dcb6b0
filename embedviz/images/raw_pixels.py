"""The pixels themselves as vectors: what a network's vectors have to be better than."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import InvalidParameterError
from embedviz.images.decoding import ImageLimits, decode
from embedviz.images.network import Preprocessing
from embedviz.items.files import ItemFile, read_bytes
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace
from embedviz.store import default_store, key_of

if TYPE_CHECKING:
    from PIL import Image

_KIND = "pixels"
_COLUMNS = 8_192  # of the pixels at once in float64


def pixel_space(
    files: Sequence[ItemFile],
    embedded: EmbeddingSpace,
    preprocessing: Preprocessing,
    *,
    keep: bool = False,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> EmbeddingSpace:
    """The images of ``embedded``, compared by the numbers that the network is given.

    Each image is prepared (cut, resized, normalized) as for the network, which makes p = 3 · h · w
    numbers of it: 224 · 224 · 3 = 150,528. The vectors of this space are those, turned so that n of
    them need only n numbers each (:func:`turned`): all lengths, angles, dot products and
    distances are those of the p numbers.

    Parameters
    ----------
    files : sequence of ItemFile
        Those that ``embedded`` was made from, in the same order, none of them set aside.
    embedded : EmbeddingSpace
        Gives the keys and the table; its column ``hash`` names the contents.
    keep : bool
        Keep the result on disk, for images that belong to the server.

    Returns
    -------
    EmbeddingSpace of n vectors of min(n, p) dimensions

    Raises
    ------
    InvalidParameterError
        If the number of files is not that of the embedded images.
    FormatError
        If an image cannot be read.
    CancelledError
    """
    if len(files) != len(embedded):
        raise InvalidParameterError(
            f"{len(files):,} files for {len(embedded):,} embedded images: give those that could be "
            "read, in the same order."
        )
    table = embedded.table
    name = key_of(["numpy", "pillow"], images=list(table["hash"]), by=preprocessing.name)
    found = default_store().get(_KIND, name) if keep else None
    if found is not None:
        vectors = found[0]["vectors"]
    else:
        vectors = turned(_prepared(files, preprocessing, on_progress, cancel))
        if keep:
            default_store().put(_KIND, name, {"vectors": vectors}, {})
    return EmbeddingSpace(embedded.keys, vectors, table, name=f"{embedded.name}, pixels")


def pixel_numbers(preprocessing: Preprocessing) -> int:
    """p, how many numbers one prepared picture is: height × width × 3."""
    height, width = preprocessing.size
    return 3 * height * width


def raw_pixels(pictures: Iterable[Image.Image], size: int = 32) -> NDArray[np.float32]:
    """The baseline that an encoder must beat: the pixels themselves.

    Parameters
    ----------
    pictures : iterable of n PIL images
    size : int
        Each picture's central square is shrunk to ``size`` × ``size``, at least 1.

    Returns
    -------
    ndarray of shape (n, 3 · size²), float32
        Red, green and blue from 0 to 1.
    """
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise InvalidParameterError(f"size={size!r} pixels: it must be a whole number, 1 or more.")
    rows = [_pixels(picture, size) for picture in pictures]
    return np.stack(rows) if rows else np.empty((0, 3 * size * size), np.float32)


def turned(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same n points after a rotation into the min(n, p) dimensions that they span.

    With the Gram matrix G = X Xᵀ = V Λ Vᵀ the rows of V √Λ have the dot products of the rows of
    X, and with them its lengths, angles and distances (classical scaling, Torgerson 1952).

    Parameters
    ----------
    vectors : ndarray of shape (n, p)

    Returns
    -------
    ndarray of shape (n, min(n, p)), float32
        Right to about 1e-6 of the longest vector.
    """
    n, p = vectors.shape
    gram = np.zeros((n, n))
    for start in range(0, p, _COLUMNS):
        block = vectors[:, start : start + _COLUMNS].astype(np.float64)
        gram += block @ block.T
    values, directions = np.linalg.eigh(gram)
    spanned = slice(n - min(n, p), n)
    scaled = directions[:, spanned] * np.sqrt(np.maximum(values[spanned], 0))
    return np.ascontiguousarray(scaled, np.float32)


def _prepared(
    files: Sequence[ItemFile],
    preprocessing: Preprocessing,
    on_progress: OnProgress | None,
    cancel: Cancel | None,
) -> NDArray[np.float32]:
    """What the network is given of each file, of shape (n, p)."""
    pixels = np.empty((len(files), pixel_numbers(preprocessing)), np.float32)
    for row, values in enumerate(_each(files, preprocessing)):
        stop_if(cancel, "Reading the pixels")
        pixels[row] = values
        if (row + 1) % 16 == 0:
            report(on_progress, (row + 1) / len(files), f"pixels of {row + 1:,} of {len(files):,}")
    return pixels


def _each(files: Sequence[ItemFile], preprocessing: Preprocessing) -> Iterator[NDArray[np.float32]]:
    limits = ImageLimits()

    def one(file: ItemFile) -> NDArray[np.float32]:
        return preprocessing(decode(read_bytes(file, limits), limits).picture).ravel()

    with ThreadPoolExecutor(2) as pool:
        for start in range(0, len(files), 16):  # few are held at once
            yield from pool.map(one, files[start : start + 16])


def _pixels(picture: Image.Image, size: int) -> NDArray[np.float32]:
    from PIL import Image

    side = min(picture.size)
    left, top = ((length - side) // 2 for length in picture.size)
    square = picture.convert("RGB").crop((left, top, left + side, top + side))
    small = square.resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(small, np.float32).ravel() / np.float32(255)
