"""Where fetched models are kept, and how a number of bytes is said."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "EMBEDVIZ_DATA_DIR"
_UNITS = ((1_000, "kB"), (1_000_000, "MB"), (1_000_000_000, "GB"))


def data_dir() -> Path:
    """The folder for what was fetched: the variable EMBEDVIZ_DATA_DIR, or the user's data folder.

    It need not exist yet.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("embedviz", appauthor=False))


def in_units(count: int) -> str:
    """``count`` bytes as people read them, in powers of 1,000: ``"862 MB"``, ``"4.5 GB"``."""
    if count < 1_000:
        return f"{count} bytes"
    size, unit = next((s, u) for s, u in _UNITS if count < s * 999.5 or u == "GB")
    number = count / size
    return f"{number:.1f} {unit}" if number < 9.95 else f"{number:,.0f} {unit}"
