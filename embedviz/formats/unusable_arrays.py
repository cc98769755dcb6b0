"""NumPy arrays that make no vectors: what each probably is, and the line that saves it right."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_PICKLE = "which NumPy keeps as a pickle; opening a pickle can run any code, so it is not opened"


def why_no_vectors(shape: tuple[int, ...], dtype: np.dtype[Any], real: bool = False) -> str:
    """What an array of this shape and type is, and how to save its numbers.

    ``real``: of complex numbers, that all imaginary parts are 0.
    """
    if dtype.names:
        names = ", ".join(f"a[{name!r}]" for name in dtype.names[:3])
        why = (
            f": records with the fields {', '.join(map(repr, dtype.names[:8]))}. Save the numbers "
            f"alone: np.save(path, np.stack([{names}, …], axis=1)), or all as CSV or Parquet."
        )
    elif dtype.kind == "V":
        why = f": {_raw(dtype.itemsize)}"
    elif dtype.kind == "c":
        why = (
            ": complex numbers whose imaginary parts are all 0. Save the real parts: "
            "np.save(path, a.real)."
            if real
            else ": complex numbers, two numbers each. Save both parts side by side: "
            "np.save(path, np.concatenate([a.real, a.imag], axis=1))."
        )
    elif dtype.kind in "US":
        why = ": texts. Bring the vectors, and these as a second file with a line for each."
    elif dtype.kind in "mM":
        why = ": dates or times. Bring the vectors, and these as a column of metadata."
    else:
        why = f". {_axes(shape)}"
    return f"expected a 2-D array of numbers, got shape {shape} of {dtype}{why}"


def objects(label: str, shape: tuple[int, ...], array: str = "") -> str:
    """What an array of Python objects probably is, and how to save it without pickle."""
    opened = "np.load(path, allow_pickle=True)" + (f"[{array!r}]" if array else "")
    save = f"np.savez(path, {array}=" if array.isidentifier() else "np.save(path, "
    if shape == ():
        way = (
            f"Of a dict of vectors, where you trust it: d = {opened}.item(); "
            "np.savez(path, keys=np.array(list(d)).astype(str), vectors=np.stack(list(d.values())))."
        )
    elif len(shape) == 1:
        way = (
            f"Where you trust it: a = {opened}; of arrays of one length {save}np.stack(a)), of words "
            f"{save}a.astype(str))."
        )
    else:
        way = f"Where you trust it: {save}{opened}.astype(np.float32))."
    named = "With their words: ev.write(ev.EmbeddingSpace(words, vectors), 'vectors.npz')."
    return f"{label} holds Python objects of shape {shape}, {_PICKLE}. {way} {named}"


def all_real(numbers: NDArray[Any]) -> bool:
    """Whether complex numbers have no imaginary part."""
    return not bool(np.any(numbers.imag))


def _raw(itemsize: int) -> str:
    if itemsize == 2:
        return (
            "raw values of 2 bytes, which is how NumPy writes bfloat16 (probably) and other types that "
            "it does not know. Save them as numbers: np.save(path, a.astype(np.float32)) where they "
            "were made; of a file of bfloat16 np.save(path, (np.load(old).view(np.uint16)"
            ".astype(np.uint32) << 16).view(np.float32))."
        )
    kind = "an 8-bit float or int4" if itemsize == 1 else "a type that NumPy does not know"
    plural = "byte" if itemsize == 1 else "bytes"
    return (
        f"raw values of {itemsize:,} {plural}, probably {kind}. Save them as numbers where they were "
        "made: np.save(path, a.astype(np.float32))."
    )


def _axes(shape: tuple[int, ...]) -> str:
    if len(shape) == 1:
        return "If it is one vector, save a[None]; if many behind one another, a.reshape(-1, d)."
    if not shape:
        return "That is a single number."
    return (
        "Of more axes save a.reshape(len(a), -1), or of vectors for each token their mean, "
        "a.mean(axis=1)."
        if len(shape) > 2
        else "Save it as numbers: np.save(path, a.astype(np.float32))."
    )
