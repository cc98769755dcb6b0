"""What is new in an addition, and how it fits what is there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from embedviz.collections.catalog import CollectionInfo
from embedviz.collections.content import RESERVED, Content
from embedviz.collections.metadata import original_name
from embedviz.errors import InvalidParameterError
from embedviz.items.kind import kind_name_of, nouns_of
from embedviz.space import EmbeddingSpace


def check_same_encoder(info: CollectionInfo, space: EmbeddingSpace) -> None:
    """Raise InvalidParameterError, naming both, if ``space`` was encoded in another way.

    ``origin["encoding"]`` names encoder, layer, weights and preprocessing; vectors without it are
    held to ``origin["encoder"]`` and ``origin["layer"]``, and all to their dimensions.
    """
    if is_same_encoder(info, space):
        return
    there, new = info.origin, space.origin
    first, second = _described(there, info.dimensions), _described(new, space.dimensions)
    kinds = info.kind, kind_name_of(new)
    if first == second and kinds[0] != kinds[1]:
        first, second = f"{first}, of {nouns_of(there)}", f"{second}, of {nouns_of(new)}"
    if first == second:
        first, second = str(there.get("encoding")), str(new.get("encoding"))
    raise InvalidParameterError(
        f"The vectors in '{info.name}' were made by {first}; these by {second}. Distances between "
        "them would mean nothing. Encode these in the same way, or save them as a collection of "
        "their own."
    )


def is_same_encoder(info: CollectionInfo, space: EmbeddingSpace) -> bool:
    """Whether the vectors of ``space`` may stand beside those of the collection.

    ``origin["pictures"]`` counts too: vectors of small pictures are not quite those of the files.
    """
    there, new = info.origin, space.origin
    names = ("encoding",) if "encoding" in {*there, *new} else ("encoder", "layer")
    same = all(there.get(name) == new.get(name) for name in (*names, "pictures"))
    # A row of another kind may lie in the same space of vectors, and is no row of this collection.
    same = same and info.kind == kind_name_of(new)
    return same and info.dimensions == space.dimensions


def new_rows(there: Collection[str], content: Content) -> list[int]:
    """The rows of ``content`` whose hash is not ``there`` yet; without hashes, all."""
    if not content.hashes:
        return list(range(len(content.space)))
    seen = {*there}
    rows = []
    for row, one in enumerate(content.hashes):
        if not one or one not in seen:
            rows.append(row)
            seen.add(one)
    return rows


def fitted(content: Content, rows: Sequence[int], table: Any) -> Content:
    """The ``rows`` of ``content``, with the columns that ``table`` has.

    Columns that ``table`` does not have yet are added to it, empty in the rows that are there;
    those that ``content`` does not have stay empty in its rows.
    """
    import pyarrow as pa

    metadata = content.metadata
    if metadata.num_columns and len(rows) < len(content.space):
        metadata = metadata.take(pa.array(rows, pa.int64()))
    _check_kinds(metadata, table.schema)
    _widen(table, metadata.schema)
    fields = [field for field in table.schema if field.name not in RESERVED]
    columns = [_column(metadata, field, len(rows)) for field in fields]
    return Content(
        content.space if len(rows) == len(content.space) else content.space.take(rows),
        pa.Table.from_arrays(columns, schema=pa.schema(fields, table.schema.metadata)),
        tuple(content.hashes[row] for row in rows) if content.hashes else (),
        content.pictures,
        content.originals,
    )


def _check_kinds(metadata: Any, schema: Any) -> None:
    """Raise before anything is changed, where a column does not become what is there."""
    import pyarrow as pa

    for name in {*metadata.column_names} & {*schema.names}:
        there = schema.field(name).type
        if not pa.types.is_null(there):
            _cast(metadata[name], there, name)


def _widen(table: Any, given: Any) -> None:
    import pyarrow as pa

    # A column with no value yet has no type yet either: it is made anew with the one that comes.
    untyped = [
        field.name
        for field in table.schema
        if pa.types.is_null(field.type) and field.name in given.names
        and not pa.types.is_null(given.field(field.name).type)
    ]  # fmt: skip
    if untyped:
        table.drop_columns(untyped)
    new = [field for field in given if field.name not in table.schema.names]
    if new:
        table.add_columns(pa.schema(new))


def _column(metadata: Any, field: Any, count: int) -> Any:
    import pyarrow as pa

    if field.name not in metadata.column_names:
        return pa.nulls(count, field.type)
    return _cast(metadata[field.name], field.type, field.name)


def _cast(column: Any, kind: Any, name: str) -> Any:
    import pyarrow as pa

    try:
        return column.cast(kind)
    except pa.ArrowException as error:
        raise InvalidParameterError(
            f"Column {original_name(name)!r} holds values of type {kind} in the collection and "
            f"{column.type} in what is added: {error}. Rename or convert it."
        ) from error


def _described(origin: Mapping[str, Any], dimensions: int) -> str:
    weights = str(origin.get("weights_sha256") or "")
    parts = [
        str(origin.get("encoder") or "an unnamed source"),
        f"layer {origin['layer']}" if origin.get("layer") else "",
        f"weights {weights[:8]}" if weights else "",
        "seen in small pictures" if origin.get("pictures") else "",
        f"{dimensions:,} numbers each",
    ]
    return ", ".join(part for part in parts if part)
