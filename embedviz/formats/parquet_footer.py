"""Whether pyarrow can look at the columns that a Parquet file's footer describes, and live.

A damaged footer (the histograms of its size statistics of a wrong length, say) makes pyarrow's
``RowGroupMetaData.column`` throw where nothing catches it: the whole process ends, and with it the
sessions of everybody on the server. So a process of its own looks first, once for each footer.
"""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache
from typing import IO

_MARK = b"PAR1"
_SECONDS = 30.0
_LOOK = """
import sys
from io import BytesIO
from pyarrow import parquet
try:
    about = parquet.read_metadata(BytesIO(sys.stdin.buffer.read()))
    groups = [about.row_group(at) for at in range(about.num_row_groups)]
    [group.column(at) for group in groups for at in range(group.num_columns)]
except Exception:
    sys.exit(0)  # an error that can be caught is told where the file is read
"""


def is_deadly(file: IO[bytes]) -> bool:
    """Whether looking at the columns of the Parquet file would end the process; rewinds ``file``."""
    footer = _footer_of(file)
    file.seek(0)
    return footer is not None and _kills(footer)


def _footer_of(file: IO[bytes]) -> bytes | None:
    """The footer with its length and mark; None where there is none, as pyarrow will say."""
    end = file.seek(0, 2)
    if end < 12:
        return None
    file.seek(end - 8)
    tail = file.read(8)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != _MARK or length + 12 > end:
        return None
    file.seek(end - 8 - length)
    return file.read(length + 8)


@lru_cache(maxsize=64)
def _kills(footer: bytes) -> bool:
    command = [sys.executable, "-I", "-c", _LOOK]
    try:
        ended = subprocess.run(
            command, input=_MARK + footer, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    return ended.returncode != 0
