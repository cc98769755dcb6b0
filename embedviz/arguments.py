"""What a public function is given, checked by its own annotations before it begins.

``@checked`` reads ``k: int`` or ``space: EmbeddingSpace`` and raises InvalidParameterError, which
names the argument, what was got and what is allowed. A word model is taken where a space is
asked for, and a space where its vectors are. Ranges are the function's own business.
"""

from __future__ import annotations

import inspect
import numbers
import os
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

from embedviz.errors import InvalidParameterError, shown

P = ParamSpec("P")
T = TypeVar("T")
Check = Callable[[str, Any], Any]

_LARGEST = 2**63


def checked(function: Callable[P, T]) -> Callable[P, T]:
    """``function`` with its arguments checked; annotations that are not known here are left alone."""
    return checked_but()(function)


def checked_but(*own: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """:func:`checked`, but for arguments that the function checks itself, in better words."""
    return lambda function: _checked(function, own)


def _checked(function: Callable[P, T], own: tuple[str, ...]) -> Callable[P, T]:
    signature = inspect.signature(function)
    checks = {
        name: (CHECKS[str(parameter.annotation)], parameter.default)
        for name, parameter in signature.parameters.items()
        if str(parameter.annotation) in CHECKS and name not in own
    }

    by_place = _names_by_place(signature)

    # By hand and not by Signature.bind: after a search has read a whole space past the processor's
    # cache, that costs a tenth of the search.
    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        given: dict[str, Any] = kwargs
        placed: list[Any] = list(args)
        for place, name in enumerate(by_place[: len(placed)]):
            if name in checks and placed[place] is not checks[name][1]:
                placed[place] = checks[name][0](name, placed[place])
        for name, value in given.items():
            if name in checks and value is not checks[name][1]:
                given[name] = checks[name][0](name, value)
        return function(*placed, **given)

    return call


def _names_by_place(signature: inspect.Signature) -> tuple[str, ...]:
    """The parameters that can be given without their names, in order."""
    placed = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(name for name, one in signature.parameters.items() if one.kind in placed)


def whole(name: str, value: Any) -> int:
    """A whole number; True and 2.0 are none."""
    if type(value) is int and -_LARGEST <= value < _LARGEST:
        return value
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Integral):
        raise _wrong(name, value, "must be a whole number")
    if not -_LARGEST <= int(value) < _LARGEST:
        raise _wrong(name, value, "is too large a number")
    return int(value)


def finite(name: str, value: Any) -> float:
    """A number that is neither infinite nor NaN; True is none."""
    plain = isinstance(value, numbers.Real) and not isinstance(value, bool | np.bool_)
    try:
        if plain and np.isfinite(float(value)):
            return float(value)
    except OverflowError:
        pass
    raise _wrong(name, value, "must be a finite number")


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise _wrong(name, value, "must be True or False")
    return bool(value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(name, value, "must be text")
    return value


def _texts(name: str, value: Any) -> Any:
    if isinstance(value, str):
        raise _wrong(name, value, "must be several texts, got one: put it in a list")
    if not isinstance(value, Sequence | np.ndarray | set | frozenset) or isinstance(value, bytes):
        raise _wrong(name, value, "must be a list of texts")
    for one in value:
        if not isinstance(one, str):
            raise _wrong(name, one, "must be a list of texts; it holds something else")
    return value


def _wholes(name: str, value: Any) -> Any:
    if not isinstance(value, Sequence | np.ndarray | range) or isinstance(value, str | bytes):
        raise _wrong(name, value, "must be a list of whole numbers")
    return tuple(whole(name, one) for one in value)


def _space(name: str, value: Any) -> Any:
    from embedviz.word_model import WordModel

    return value.space if isinstance(value, WordModel) else _source(name, value)


def _source(name: str, value: Any) -> Any:
    from embedviz.space import EmbeddingSpace
    from embedviz.word_model import WordModel

    if isinstance(value, EmbeddingSpace | WordModel):
        return value
    held = getattr(value, "space", None) or getattr(value, "model", None)
    hint = (
        f" Give its .{'space' if getattr(value, 'space', None) is not None else 'model'}."
        if isinstance(held, EmbeddingSpace | WordModel)
        else " Make one of vectors: ev.EmbeddingSpace(keys, vectors)."
    )
    raise _wrong(name, value, "must be an EmbeddingSpace", hint)


def _is_projection(value: Any) -> bool:
    """By what it holds: projections are made above this module."""
    return hasattr(value, "coordinates") and hasattr(value, "method")


def _projection(name: str, value: Any) -> Any:
    if not _is_projection(value):
        raise _wrong(name, value, "must be a projection", " Make one: ev.project(space).")
    return value


def _points(name: str, value: Any) -> Any:
    return value if _is_projection(value) else _space(name, value)


def _layer(name: str, value: Any) -> Any:
    from embedviz.word_model import WordModel

    if isinstance(value, WordModel) or _is_projection(value):
        return value.space if isinstance(value, WordModel) else value
    vectors = getattr(value, "vectors", None)
    if not isinstance(vectors, np.ndarray) or not hasattr(value, "keys"):
        raise _wrong(name, value, "must be an EmbeddingSpace, or hold keys and vectors")
    return value


def vectors_in(name: str, value: Any) -> Any:
    """Numbers as an array; of a space or a word model its vectors."""
    from embedviz.space import EmbeddingSpace
    from embedviz.word_model import WordModel

    if isinstance(value, EmbeddingSpace | WordModel):
        return _space(name, value).vectors
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        array = np.asarray(None)
    if array.dtype.kind not in "fiu":
        raise _wrong(name, value, "must be a space, or a 2-D array of numbers")
    return array


def _query(name: str, value: Any) -> Any:
    if isinstance(value, str | np.ndarray):
        return value
    if not isinstance(value, Sequence) or isinstance(value, bytes):
        raise _wrong(name, value, "must be a key, a list of keys, a vector or several vectors")
    return value


def _path(name: str, value: Any) -> Any:
    if not isinstance(value, str | os.PathLike):
        raise _wrong(name, value, "must be a path")
    if not os.fspath(value):
        raise _wrong(name, value, "must be a path, not an empty one")
    return value


def _target(name: str, value: Any) -> Any:
    return value if callable(getattr(value, "write", None)) else _path(name, value)


def _readable(name: str, value: Any) -> Any:
    return value if callable(getattr(value, "read", None)) else _path(name, value)


def _colors(name: str, value: Any) -> Any:
    plain = isinstance(value, str) or not isinstance(value, bytes | Mapping)
    if not plain or not (hasattr(value, "__iter__") or hasattr(value, "palette")):
        raise _wrong(name, value, "must be a column's name, colors, or a value for each point")
    return value


def _sizes(name: str, value: Any) -> Any:
    if isinstance(value, str) or (np.ndim(value) == 1 and np.asarray(value).dtype.kind in "fiu"):
        return value
    return finite(name, value)


def _array(name: str, value: Any) -> Any:
    array = hasattr(value, "__len__") and not hasattr(value, "vectors") and np.ndim(value) == 1
    if isinstance(value, str | bytes | Mapping) or not array:
        raise _wrong(name, value, "must have a value for each row")
    return value


def _column_names(name: str, value: Any) -> Any:
    return value if isinstance(value, str) else _texts(name, value)


def _key_column(name: str, value: Any) -> Any:
    return value if value is False else _text(name, value)


def _having(attribute: str, wanted: str) -> Check:
    def check(name: str, value: Any) -> Any:
        if not hasattr(value, attribute):
            raise _wrong(name, value, f"must be {wanted}")
        return value

    return check


def _iterable(name: str, value: Any) -> Any:
    if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
        raise _wrong(name, value, "must be a list")
    return value


def _optional(check: Check) -> Check:
    return lambda name, value: None if value is None else check(name, value)


def _wrong(name: str, value: Any, wanted: str, hint: str = "") -> InvalidParameterError:
    kind = type(value).__name__
    got = shown(value) if isinstance(value, str | bytes | int | float | None) else f"a {kind}"
    return InvalidParameterError(f"{name}={got} {wanted}.{hint}")


CHECKS: dict[str, Check] = {
    "int": whole,
    "int | None": _optional(whole),
    "float | None": _optional(finite),
    "bool": _flag,
    "bool | None": _optional(_flag),
    "str": _text,
    "str | None": _optional(_text),
    "Sequence[str]": _texts,
    "Sequence[str] | None": _optional(_texts),
    "Sequence[int]": _wholes,
    "EmbeddingSpace": _space,
    "EmbeddingSpace | WordModel": _source,
    "EmbeddingSpace | Projection": _points,
    "EmbeddingSpace | WordModel | NDArray[Any]": vectors_in,
    "Projection": _projection,
    "Layer": _layer,
    "Query": _query,
    "Scaling": _text,
    "Readable": _readable,
    "Readable | None": _optional(_readable),
    "str | os.PathLike[str]": _path,
    "str | os.PathLike[str] | None": _optional(_path),
    "str | os.PathLike[str] | IO[bytes]": _target,
    "str | Sequence[str] | None": _optional(_column_names),
    "KeyChoice": _optional(_key_column),
    "str | Colors | Iterable[object] | None": _optional(_colors),
    "str | float | ArrayLike | None": _optional(_sizes),
    "ArrayLike | None": _optional(_array),
    "Iterable[Any]": _iterable,
    "Model | None": _optional(_having("encoder", "an opened encoder")),
    "Quality | None": _optional(_having("trustworthiness", "what ev.quality gives")),
    "Previews | None": _optional(_having("view", "Previews")),
    "Look | None": _optional(_having("dpi", "a Look")),
    "Limits | None": _optional(_having("file_mb", "Limits")),
}
"""What an annotation, as it is written, asks for."""
