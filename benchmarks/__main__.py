"""``python -m benchmarks [NAME …]``: all benchmarks, or the named ones."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

NAMES = sorted(
    path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")
)


def main(asked: list[str]) -> int:
    """Run each benchmark; unknown names are refused with the known ones."""
    unknown = [name for name in asked if name not in NAMES]
    if unknown:
        print(f"No benchmark {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
        return 2
    for name in asked or NAMES:
        importlib.import_module(f"benchmarks.bench_{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
