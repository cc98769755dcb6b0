"""How many cases a property is tried on: some in `make test`, many in `make fuzz`."""

from __future__ import annotations

import os

FUZZ = os.environ.get("EMBEDVIZ_FUZZ") == "1"


def examples(ordinary: int, fuzz: int) -> int:
    """The count for this run: `ordinary` in `make test`, `fuzz` in `make fuzz`."""
    return fuzz if FUZZ else ordinary
