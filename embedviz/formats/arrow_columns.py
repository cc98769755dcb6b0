"""What a file of Arrow columns says about itself."""

from __future__ import annotations

from typing import Any


def marks_of(schema: Any) -> tuple[str | None, str | None]:
    """The vector's and the key's column, where embedviz wrote the file."""
    about = schema.metadata or {}
    vector, key = (about.get(name) for name in (b"embedviz.vector", b"embedviz.key"))
    return _text(vector), _text(key)


def plain(batch: Any) -> Any:
    """A RecordBatch without extension types and packings that only Arrow knows: what they stand for."""
    for at, name in enumerate(batch.schema.names):
        column = _plain(batch.column(at))
        if column is not batch.column(at) and column.type != batch.schema.field(at).type:
            batch = batch.set_column(at, name, column)
    return batch


def _plain(column: Any) -> Any:
    import uuid

    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(column.type, pa.BaseExtensionType):
        if column.type.extension_name == "arrow.uuid":
            stored = column.storage.to_pylist()
            return pa.array(
                [value and str(uuid.UUID(bytes=value)) for value in stored], pa.string()
            )
        return column.storage
    if pa.types.is_run_end_encoded(column.type):
        return pc.run_end_decode(column)
    if pa.types.is_list_view(column.type) or pa.types.is_large_list_view(column.type):
        return column.cast(pa.large_list(column.type.value_type))
    return column


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")
