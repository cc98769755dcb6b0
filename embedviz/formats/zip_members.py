"""Arrays inside a zip archive, read by their stated sizes and never unpickled."""

from __future__ import annotations

import math
import zipfile
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from embedviz.errors import EmbedvizError, FormatError, UntrustedFileError
from embedviz.formats.source import Source
from embedviz.formats.unusable_arrays import objects

_LONGEST_NPY_HEADER = 10_000
_BLOCK = 1 << 22


@dataclass(frozen=True)
class ArrayHeader:
    """Shape, type and order of an array, as its ``.npy`` header states them."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran_order: bool

    @property
    def nbytes(self) -> int:
        """Bytes that the numbers take."""
        return math.prod(self.shape) * self.dtype.itemsize


class Archive:
    """The members of a zip archive; damage of any kind is a FormatError.

    Parameters
    ----------
    source : Source
        Its members may unpack to ``source.max_bytes`` together.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        try:
            source.raw.seek(0)
            self._zip = zipfile.ZipFile(source.raw)
        except Exception as error:  # whatever a damaged directory makes zipfile raise
            raise source.broken(
                f"byte 0: expected a zip archive of arrays (npz): {error}. It is truncated or "
                "damaged."
            ) from error
        total = sum(member.file_size for member in self._zip.infolist())
        packed = any(member.compress_type for member in self._zip.infolist())
        allowed = source.max_bytes if packed else source.stored_size
        if total > allowed:
            raise source.broken(
                f"its members say that they unpack to {total:,} bytes; {allowed:,} are allowed "
                "here. Give a larger max_bytes if they should, or it is damaged."
            )

    @property
    def names(self) -> list[str]:
        """The members, without ``.npy``."""
        return [name.removesuffix(".npy") for name in self._zip.namelist()]

    def header(self, name: str) -> ArrayHeader:
        """What array ``name`` is, checked against the size of its member."""
        with self._member(name) as file:
            return self._header(name, file)

    def array(self, name: str, rows: int | None = None) -> NDArray[Any]:
        """Array ``name``, in C order; only its first ``rows`` rows if given."""
        try:
            with self._member(name) as file:
                return _read(file, self._header(name, file), rows)
        except EmbedvizError:
            raise
        except Exception as error:  # zlib, zipfile and NumPy have no common parent
            raise self.broken(name, str(error)) from error

    def content(self, name: str) -> bytes:
        """The bytes of member ``name``, which is no array."""
        try:
            return self._zip.read(name)
        except Exception as error:  # zlib and zipfile have no common parent
            raise self.broken(name, str(error)) from error

    def broken(self, name: str, problem: str) -> FormatError:
        """The error for ``problem`` in member ``name``."""
        return self._source.broken(f"member '{name}': {problem}. It is damaged, or not ours.")

    def _member(self, name: str) -> IO[bytes]:
        try:
            return self._zip.open(f"{name}.npy")
        except Exception as error:  # missing, encrypted, of an unknown compression, damaged
            raise self.broken(name, f"cannot be read: {error}") from error

    def _header(self, name: str, file: IO[bytes]) -> ArrayHeader:
        try:
            version = np.lib.format.read_magic(file)
            reader = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }[version]
            shape, fortran, dtype = reader(file, max_header_size=_LONGEST_NPY_HEADER)
        except Exception as error:  # NumPy parses the header as Python text: many kinds
            raise self.broken(name, f"has no readable header of an array ({error})") from error
        if dtype.hasobject:
            label = f"{self._source.label}: array '{name}'"
            raise UntrustedFileError(objects(label, tuple(map(int, shape)), name))
        header = ArrayHeader(tuple(map(int, shape)), dtype, bool(fortran))
        size = self._zip.getinfo(f"{name}.npy").file_size
        if min(header.shape, default=0) < 0 or header.nbytes + file.tell() != size:
            raise self.broken(
                name, f"its header says {header.shape} of {dtype}, its {size:,} bytes say otherwise"
            )
        return header


def _read(file: IO[bytes], header: ArrayHeader, rows: int | None) -> NDArray[Any]:
    shape = header.shape
    if rows is not None and shape and not header.fortran_order:
        shape = (min(rows, shape[0]), *shape[1:])
    wanted = math.prod(shape) * header.dtype.itemsize
    content = bytearray()
    while len(content) < wanted:
        block = file.read(min(_BLOCK, wanted - len(content)))
        if not block:
            raise ValueError(f"ends after {len(content):,} of {wanted:,} bytes")
        content += block
    if not wanted:
        return np.empty(shape, header.dtype)
    flat = np.frombuffer(content, header.dtype)
    ordered = flat.reshape(shape, order="F" if header.fortran_order else "C")
    return np.ascontiguousarray(ordered[:rows] if rows is not None else ordered)
