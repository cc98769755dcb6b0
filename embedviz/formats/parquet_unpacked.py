"""What the columns of a Parquet file take in memory: repeats are packed to next to nothing.

A million times the same long text is stored once. pyarrow writes it out a million times, so the
lengths are added up first, from the texts as they are stored.
"""

from __future__ import annotations

from typing import IO, Any

_WIDTHS = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "BYTE_ARRAY": 4}  # of texts: their lengths
_ROWS_AT_ONCE = 1 << 16
_TEXTS = ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")


def numbers_unpacked(about: Any) -> int:
    """Bytes of all values but the texts themselves, from the file's own metadata."""
    groups = [about.row_group(at) for at in range(about.num_row_groups)]
    chunks = [group.column(at) for group in groups for at in range(group.num_columns)]
    return sum(
        max(chunk.total_uncompressed_size, chunk.num_values * _WIDTHS.get(chunk.physical_type, 8))
        for chunk in chunks
    )


def texts_unpacked(file: IO[bytes], about: Any, rows: int, most: int) -> int:
    """Bytes of the texts in the first ``rows`` rows that are stored once for many.

    Counts no further once there are more than ``most``.
    """
    from pyarrow import parquet

    names = _repeated(about)
    if not names:
        return 0
    file.seek(0)
    reader = parquet.ParquetFile(file, read_dictionary=names, pre_buffer=False)
    wanted = sorted({name.split(".")[0] for name in names})
    total = seen = 0
    for batch in reader.iter_batches(_ROWS_AT_ONCE, columns=wanted, use_threads=False):
        total += sum(_text_bytes(batch.column(at)) for at in range(batch.num_columns))
        seen += batch.num_rows
        if total > most or seen >= rows:
            break
    return total


def _repeated(about: Any) -> list[str]:
    """The columns of texts some of which are stored once for many."""
    found = {}
    for group in (about.row_group(at) for at in range(about.num_row_groups)):
        for chunk in (group.column(at) for at in range(group.num_columns)):
            coded = any("DICTIONARY" in encoding for encoding in chunk.encodings)
            if coded and chunk.physical_type in _TEXTS:
                found[chunk.path_in_schema] = True
    return list(found)


def _text_bytes(column: Any) -> int:
    import pyarrow as pa
    import pyarrow.compute as pc

    while pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = column.flatten()
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    lengths = pc.cast(pc.binary_length(column.dictionary), pa.int64())
    return pc.sum(pc.take(lengths, column.indices)).as_py() or 0
