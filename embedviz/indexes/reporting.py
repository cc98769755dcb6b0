"""Reports of one part of the work, told as fractions of the whole."""

from __future__ import annotations

from embedviz.progress import OnProgress, Progress


def part_of(on_progress: OnProgress | None, start: float, stop: float) -> OnProgress | None:
    """What a part of the work calls: its 0 to 1 are ``start`` to ``stop`` of the whole."""
    if on_progress is None:
        return None

    def scaled(progress: Progress) -> None:
        fraction = None if progress.fraction is None else start + (stop - start) * progress.fraction
        on_progress(Progress(fraction, progress.message, progress.details))

    return scaled
