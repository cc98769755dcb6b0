"""Runs contenders in turn, so that a busy moment hits all of them, and prints one table."""

from __future__ import annotations

import gc
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Measured:
    """Medians of one contender: wall and processor seconds, and its last result."""

    wall: float
    cpu: float
    result: Any


def interleaved(contenders: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, Measured]:
    """Run every contender once a round; the first round warms up and does not count if others do."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    results: dict[str, Any] = {}
    for _ in range(rounds + (rounds > 1)):
        for name, run in contenders.items():
            gc.collect()
            cpu, wall = time.process_time(), time.perf_counter()
            results[name] = run()
            seen[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    medians = {}
    for name, times in seen.items():
        counted = times[1:] if rounds > 1 else times
        wall, cpu = (statistics.median(column) for column in zip(*counted, strict=True))
        medians[name] = Measured(wall, cpu, results[name])
    return medians


def table(title: str, rows: Mapping[str, Mapping[str, str]]) -> None:
    """Print rows of named columns, aligned."""
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    widths = [max(len(c), *(len(row.get(c, "")) for row in rows.values())) for c in columns]
    first = max(map(len, rows))
    print(f"\n## {title}")
    print(" " * first, *(c.rjust(w) for c, w in zip(columns, widths, strict=True)), sep="  ")
    for name, row in rows.items():
        cells = [row.get(c, "").rjust(w) for c, w in zip(columns, widths, strict=True)]
        print(name.ljust(first), *cells, sep="  ")


def seconds(value: float) -> str:
    """``12.3 ms`` or ``4.56 s``."""
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


def ratio(peer: float, ours: float) -> str:
    """How many times less ours takes."""
    return f"{peer / ours:.1f} ×"


def peak_memory() -> str:
    """The most memory that this process has held."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says, a process takes over from the one that started it
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return f"{int(line.split()[1]) / 1024:,.0f} MB"
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"
