"""npy: one NumPy array, a row for each vector; from a path it is mapped into memory."""

from __future__ import annotations

import io
import math
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import FormatError, UntrustedFileError
from embedviz.far_from_origin import centered, swallows
from embedviz.formats.base import MAX_DIMENSIONS, FileSummary, Format, ReadOptions, memory
from embedviz.formats.joining import with_metadata
from embedviz.formats.notes import Note
from embedviz.formats.rows import FileRows, space_of
from embedviz.formats.source import Source
from embedviz.formats.unusable_arrays import all_real, objects, why_no_vectors
from embedviz.formats.zip_members import ArrayHeader
from embedviz.space import EmbeddingSpace

NAME = "npy"
_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000
_BLOCK = 1 << 24


def sniff(head: bytes, _filename: str) -> bool:
    """The mark that NumPy's arrays begin with."""
    return head[:6] == _MAGIC


def read(source: Source, options: ReadOptions) -> EmbeddingSpace:
    """Its rows, called ``row-1``, ``row-2``, …; raises FormatError.

    A float32 array in C order is mapped into memory, not read, if it comes from a path.
    """
    header, start = _header(source)
    rows = options.first(header.shape[0])
    options.tell(source, 0, 0.0)
    vectors, notes = _mapped(source, header, start, rows, options)
    options.tell(source, rows, 1.0)
    content = FileRows(None, vectors, {}, header.shape[0], zeros=True, notes=notes)
    return space_of(with_metadata(content, options), options.name, NAME)


def describe(source: Source, limit: int | None) -> FileSummary:
    """What the header says, checked against the size of the file."""
    header, _ = _header(source)
    rows, dimensions = header.shape
    return FileSummary(
        NAME, rows, dimensions, memory(rows if limit is None else min(rows, limit), dimensions)
    )


def write(space: EmbeddingSpace, file: IO[bytes]) -> None:
    """The vectors alone: keys that say more than the number of the row are refused."""
    named = [key for row, key in enumerate(space.keys, 1) if key != f"row-{row}"]
    if named:
        raise FormatError(
            f"npy holds numbers only, so it cannot hold {len(named):,} of {len(space):,} keys "
            f"({', '.join(map(repr, named[:3]))}). Write npz, Parquet or CSV, or an array with "
            "numpy.save(path, space.vectors)."
        )
    np.lib.format.write_array(file, space.vectors, allow_pickle=False)


def _header(source: Source) -> tuple[ArrayHeader, int]:
    """The header and the byte behind it; raises FormatError where it cannot be true."""
    if not sniff(source.head, ""):
        raise source.broken("byte 0: expected the mark of a NumPy array.")
    file = io.BytesIO(source.head)
    try:
        version = np.lib.format.read_magic(file)
        read_header = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, fortran, dtype = read_header(file, max_header_size=_LONGEST_HEADER)
        header = ArrayHeader(tuple(map(int, shape)), dtype, bool(fortran))
    except Exception as error:  # NumPy parses the header as Python text: many kinds
        raise source.broken(f"byte 0: expected the header of an array ({error}).") from error
    if dtype.hasobject:
        raise UntrustedFileError(objects(source.label, header.shape))
    _check(source, header, file.tell())
    return header, file.tell()


def _check(source: Source, header: ArrayHeader, start: int) -> None:
    shape = header.shape
    if len(shape) != 2 or header.dtype.kind not in "fiub":
        real = len(shape) == 2 and header.dtype.kind == "c" and _is_real(source, header, start)
        raise source.broken(why_no_vectors(shape, header.dtype, real))
    if shape[0] < 1 or not 1 <= shape[1] <= MAX_DIMENSIONS:
        raise source.broken(f"its header says {shape[0]:,} × {shape[1]:,} numbers: no vectors.")
    if source.size is not None and source.size - start < header.nbytes:
        raise source.broken(
            f"its header says {shape[0]:,} × {shape[1]:,} numbers of {header.dtype}, which take "
            f"{header.nbytes:,} bytes; {source.size - start:,} follow. It is truncated or damaged."
        )


def _mapped(
    source: Source, header: ArrayHeader, start: int, rows: int, options: ReadOptions
) -> tuple[NDArray[np.float32], list[Note]]:
    order: Literal["F", "C"] = "F" if header.fortran_order else "C"
    if source.path is not None and not source.compressed:
        stored: NDArray[Any] = np.memmap(
            source.path, header.dtype, "r", start, header.shape, order=order
        )
    else:
        source.skip(start, "the header")
        known = header.shape if header.fortran_order else (rows, header.shape[1])
        flat = source.array(
            header.dtype, math.prod(known), "the array", lambda: options.tell(source, 0)
        )
        stored = flat.reshape(known, order=order)
    stored = stored[:rows]
    if stored.dtype == np.float32 and stored.dtype.isnative and stored.flags.c_contiguous:
        return stored, []
    if swallows(stored):
        vectors, note = centered(stored)
        return vectors, [Note(note)]
    return _converted(stored, source, options), []


def _is_real(source: Source, header: ArrayHeader, start: int) -> bool:
    """Whether complex numbers have no imaginary part; False where that cannot be told."""
    if source.size is not None and source.size - start < header.nbytes:
        return False
    source.back_to(start)
    block = max(1, _BLOCK // header.dtype.itemsize)
    left = math.prod(header.shape)
    while left > 0:
        if not all_real(source.array(header.dtype, min(block, left), "the array")):
            return False
        left -= block
    return True


def _converted(stored: NDArray[Any], source: Source, options: ReadOptions) -> NDArray[np.float32]:
    vectors = np.empty(stored.shape, np.float32)
    step = max(1, _BLOCK // stored.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        for begin in range(0, len(stored), step):
            vectors[begin : begin + step] = stored[begin : begin + step]
            options.tell(source, begin, begin / len(stored))
    return vectors


FORMAT = Format(
    name=NAME,
    label="NumPy array (npy)",
    suffixes=(".npy",),
    help="Numbers only, a row for each vector; a second file can bring the metadata.",
    sniff=sniff,
    read=read,
    describe=describe,
    write=write,
    gzip=True,
    keys="rows",
    arrays=True,
)
