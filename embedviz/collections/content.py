"""What is kept: rows of a space, with their pictures, as batches for Lance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from embedviz.collections.metadata import packed, plain
from embedviz.errors import InvalidParameterError
from embedviz.items.kind import Previews
from embedviz.progress import Cancel, OnProgress, report, stop_if
from embedviz.space import EmbeddingSpace

KEY, VECTOR = "key", "vector"
PICTURES = ("thumbnail", "view", "original")
RESERVED = (KEY, VECTOR, *PICTURES)
HASH = "hash"
SCHEMA = 2
"""Of what is written here. 1, which says no number, is 0.1.0's; it had no kinds."""
_SCHEMA_NOTE = b"embedviz:schema"
_ROWS_AT_ONCE = 256
_BYTES_AT_ONCE = 32 * 2**20


class Embedded(Protocol):
    """A space and what shows its pictures, as ``ev.embed_images`` gives and a Collection is."""

    @property
    def space(self) -> EmbeddingSpace: ...
    @property
    def pictures(self) -> Previews | None: ...


@dataclass(frozen=True)
class Watch:
    """Who is told how far it is, and who says whether to stop."""

    on_progress: OnProgress | None = None
    cancel: Cancel | None = None


Originals = Callable[[str], bytes | None]


@dataclass(frozen=True)
class Content:
    """A space with what to keep beside it.

    Attributes
    ----------
    space : EmbeddingSpace
    metadata : pyarrow.Table
        Its table, with names that Lance takes.
    hashes : tuple of str
        The hash of each row's picture, "" where it has none; empty without a column ``hash``.
    pictures : Previews or None
    originals : callable or None
        The bytes of the file behind a key.
    """

    space: EmbeddingSpace
    metadata: Any
    hashes: tuple[str, ...]
    pictures: Previews | None
    originals: Originals | None


def content_of(
    given: EmbeddingSpace | Embedded, pictures: Previews | None, originals: Originals | None
) -> Content:
    """What to keep of ``given``; raises InvalidParameterError if that cannot be kept."""
    space = given if isinstance(given, EmbeddingSpace) else getattr(given, "space", None)
    if not isinstance(space, EmbeddingSpace):
        raise InvalidParameterError(
            "A collection is made of an EmbeddingSpace, or of what has one as .space; "
            f"got {type(given).__name__}."
        )
    shown = getattr(given, "pictures", None) if pictures is None else pictures
    hashes = hashes_of(space)
    if pictures is not None and not hashes:
        raise InvalidParameterError(
            f"Previews are found by the hash of their content, but the table of {space.name!r} has "
            f"no column '{HASH}'. ev.embed_images makes it."
        )
    _check_text(space.keys)
    metadata = packed(space.table, RESERVED, plain)
    return Content(space, metadata, hashes, shown if hashes else None, originals)


def hashes_of(space: EmbeddingSpace) -> tuple[str, ...]:
    """Each row's ``table["hash"]``, "" where it is missing; empty if there is no such column."""
    table = space.table
    if HASH not in table.columns:
        return ()
    return tuple(value if isinstance(value, str) else "" for value in table[HASH].tolist())


def schema_of(content: Content) -> Any:
    """The Arrow schema of a collection: ours first, then the columns of the metadata."""
    import pyarrow as pa

    vector = pa.list_(pa.float32(), content.space.dimensions)
    ours = [pa.field(KEY, pa.string()), pa.field(VECTOR, vector)]
    ours += [pa.field(name, pa.binary()) for name in PICTURES]
    notes = (content.metadata.schema.metadata or {}) | {_SCHEMA_NOTE: str(SCHEMA).encode()}
    return pa.schema([*ours, *content.metadata.schema], notes)


def schema_number(schema: Any) -> int:
    """The number of the schema that a collection was written in."""
    noted = (schema.metadata or {}).get(_SCHEMA_NOTE, b"1")
    return int(noted) if noted.isdigit() else 0


def batches(
    content: Content,
    keys: Sequence[str],
    schema: Any,
    what: str,
    watch: Watch,
) -> Iterator[Any]:
    """RecordBatches of ``schema``; a batch has 256 rows, or fewer of large originals.

    ``content.metadata`` has the columns that ``schema`` has behind ours.
    """
    import pyarrow as pa

    total = len(keys)
    metadata = content.metadata.combine_chunks()
    for start, pictures in _blocks(content, keys):
        stop_if(watch.cancel, what)
        end = start + len(pictures)
        vectors = pa.array(content.space.vectors[start:end].ravel())
        ours = [
            pa.array(keys[start:end], pa.string()),
            pa.FixedSizeListArray.from_arrays(vectors, content.space.dimensions),
            *(pa.array(column, pa.binary()) for column in zip(*pictures, strict=True)),
        ]
        rest = metadata.slice(start, end - start).combine_chunks().to_batches()[0].columns
        yield pa.RecordBatch.from_arrays(
            [*ours, *(rest if metadata.num_columns else [])], schema=schema
        )
        report(watch.on_progress, end / total, f"{what}: {end:,} of {total:,}")


Row = tuple[bytes | None, bytes | None, bytes | None]


def _blocks(content: Content, keys: Sequence[str]) -> Iterator[tuple[int, list[Row]]]:
    """The pictures of consecutive rows, a block at a time, and the row at which it begins."""
    shown = content.pictures
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        end = min(start + _ROWS_AT_ONCE, len(keys))
        hashes = content.hashes[start:end] if shown else ("",) * (end - start)
        small = shown.thumbnails([one for one in hashes if one]) if shown else {}
        first, block, size = start, list[Row](), 0
        for row in range(start, end):
            one = hashes[row - start]
            view = shown.view(one) if shown and one else None
            original = content.originals(content.space.keys[row]) if content.originals else None
            block.append((small.get(one), view, original))
            size += len(view or b"") + len(original or b"")
            if size > _BYTES_AT_ONCE:
                yield first, block
                first, block, size = row + 1, [], 0
        if block:
            yield first, block


def _check_text(keys: Sequence[str]) -> None:
    for key in keys:
        try:
            key.encode()
        except UnicodeEncodeError as error:
            raise InvalidParameterError(
                f"The key {key!r} holds bytes that are not text (a file name of another system). "
                "Rename it."
            ) from error
