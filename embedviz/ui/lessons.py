"""The lessons in their order, and where each begins the real tool."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes
    ----------
    name : str
        Its page in ``pages/`` (``learn_cbow``: the file name is the URL).
    title : str
        In English, for the browser's tab; what the page shows comes from the lesson's texts.
    folder : str
        The package in ``embedviz/ui/learn`` that holds what it shows and its texts.
    minutes : int
        What it takes, about.
    """

    name: str
    title: str
    folder: str
    minutes: int

    @property
    def number(self) -> int:
        """Its place among the lessons, from 1."""
        return list(LESSONS).index(self.name) + 1


LESSONS: dict[str, Lesson] = {
    lesson.name: lesson
    for lesson in (
        Lesson("learn_categories", "From categories to numbers", "categories", 12),
        Lesson("learn_cbow", "CBOW from inside", "cbow", 15),
        Lesson("learn_skip_gram", "Skip-gram from inside", "skip_gram", 12),
        Lesson("learn_nearness", "How near is near?", "nearness", 10),
        Lesson("learn_search", "Finding the top k", "search", 12),
        Lesson("learn_dimensions", "Too many dimensions, too few", "dimensions", 15),
        Lesson("learn_cnn", "What a CNN sees", "cnn", 15),
    )
}


def before(lesson: Lesson) -> Lesson | None:
    """The lesson that comes before, if there is one."""
    at = lesson.number - 2
    return list(LESSONS.values())[at] if at >= 0 else None


def after(lesson: Lesson) -> Lesson | None:
    """The lesson that comes next, if there is one."""
    every = list(LESSONS.values())
    return every[lesson.number] if lesson.number < len(every) else None
