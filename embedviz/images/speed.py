"""How fast images are embedded, and when they will be done."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Speed:
    """Images per second, of late (for the time left) and in all."""

    def __init__(self) -> None:
        self.embedded = 0
        self._started = time.monotonic()
        self._ended = self._started
        self._marks: deque[tuple[float, int]] = deque(maxlen=12)

    @contextmanager
    def of(self, count: int) -> Iterator[None]:
        """Note that ``count`` images are embedded within."""
        if not self.embedded and not self._marks:
            self._marks.append((time.monotonic(), 0))
        yield
        self.embedded += count
        self._ended = time.monotonic()
        self._marks.append((self._ended, self.embedded))

    @property
    def per_second(self) -> float:
        """Images embedded per second, reading and decoding included; 0 before the first."""
        passed = self._ended - self._started
        return self.embedded / passed if self.embedded and passed > 0 else 0.0

    @property
    def lately(self) -> float:
        """The same over the last few batches."""
        if len(self._marks) < 2:
            return 0.0
        (start, before), (end, after) = self._marks[0], self._marks[-1]
        return (after - before) / (end - start) if end > start else 0.0

    def told(self, done: int, total: int | None, set_aside: int) -> tuple[float | None, str]:
        """The fraction done (None if the total is not known), and a line for people."""
        parts = [f"{done:,} of {total:,} images" if total is not None else f"{done:,} images"]
        if self.lately:
            parts.append(f"{self.lately:.1f} per second")
            if total is not None and done < total:
                parts.append(f"about {_duration((total - done) / self.lately)} left")
        if set_aside:
            parts.append(f"{set_aside:,} set aside")
        fraction = None if not total else min(done / total, 1.0)
        return fraction, ", ".join(parts)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
