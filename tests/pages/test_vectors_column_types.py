"""Ids, codes and days come through the page of vectors as they were written."""

from __future__ import annotations

import io

import numpy as np
import pytest

from tests.pages.conftest import text_of

IDS = [1262100000000000001 + row for row in range(40)]


def _table() -> bytes:
    rng = np.random.default_rng(0)
    lines = ["name,tweet,zip,day,x0,x1,x2"]
    for row, tweet in enumerate(IDS):
        numbers = ",".join(f"{value:.3f}" for value in rng.normal(size=3))
        lines.append(
            f"k{row},{tweet if row else ''},0{1000 + row % 4},2024-01-{1 + row % 28:02},{numbers}"
        )
    return "\n".join(lines).encode()


@pytest.fixture
def opened(open_page, settle):
    """The page with these files opened."""

    def with_files(*files):
        at = open_page("vectors", vectors="Your files", vectors_tool="Table")
        at.file_uploader[0].set_value(list(files))
        at.run()
        next(button for button in at.button if button.label == "Open them").click()
        at.run()
        settle(at, lambda at: "40 vectors ×" in text_of(at))
        return at

    return with_files


def test_the_table_shows_ids_codes_and_days(opened) -> None:
    at = opened(("mine.csv", _table(), "text/csv"))
    shown = next(
        frame.value for frame in at.dataframe if "tweet" in frame.value and len(frame.value) == 40
    )
    assert shown["tweet"].tolist()[1:] == [str(tweet) for tweet in IDS[1:]]
    assert shown["zip"].tolist()[:2] == ["01000", "01001"]
    assert str(shown["day"].tolist()[0]) == "2024-01-01"


def test_labels_are_aligned_on_the_pages_own_call(opened, settle) -> None:
    array = io.BytesIO()
    np.save(array, np.random.default_rng(1).normal(size=(40, 3)).astype(np.float32))
    labels = "\n".join(["word", *(f"label{row}" for row in range(40))])
    at = opened(
        ("vectors.npy", array.getvalue(), "application/octet-stream"),
        ("metadata.tsv", labels.encode(), "text/plain"),
    )
    assert "its first line was taken for the name of its column" in text_of(at)


def test_numbers_far_from_zero_are_centered_and_said(opened) -> None:
    array = io.BytesIO()
    np.save(array, 1e7 + np.random.default_rng(1).normal(size=(40, 3)))
    at = opened(("far.npy", array.getvalue(), "application/octet-stream"))
    assert "rows would become equal" in text_of(at)
