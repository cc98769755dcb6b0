"""What a file of Arrow columns says about itself."""

from __future__ import annotations

from typing import Any


def marks_of(schema: Any) -> tuple[str | None, str | None]:
    """The vector's and the key's column, where embedviz wrote the file."""
    about = schema.metadata or {}
    vector, key = (about.get(name) for name in (b"embedviz.vector", b"embedviz.key"))
    return _text(vector), _text(key)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")
