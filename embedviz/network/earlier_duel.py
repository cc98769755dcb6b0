"""What came out of :func:`embedviz.network.side_by_side.side_by_side` on the Lee news, kept here: the
lesson shows it until a person has trained for themselves, and says that it is an earlier run."""

from __future__ import annotations

from embedviz.network.frequency_bands import BandScore
from embedviz.network.side_by_side import COMPARED, DuelSettings

TEXT = "lee"
SETTINGS = DuelSettings()
SECONDS = dict(zip(COMPARED, (0.51, 1.19), strict=True))
"""Of one training, mean of two, on one core of a server; another machine's ratio differs a little."""

_CHANCE = 0.00359


def _band(
    low: int, high: int, n: int, agreement: tuple[float, float], stability: tuple[float, float],
    difference: float, margin: float,
) -> BandScore:  # fmt: skip
    return BandScore(
        low, high, n, dict(zip(COMPARED, agreement, strict=True)),
        dict(zip(COMPARED, stability, strict=True)), difference, margin, _CHANCE,
    )  # fmt: skip


BANDS = (
    _band(3, 9, 1905, (0.0086, 0.0174), (0.039, 0.234), 0.0088, 0.0020),
    _band(10, 29, 633, (0.0250, 0.0430), (0.173, 0.430), 0.0180, 0.0060),
    _band(30, 99, 182, (0.0698, 0.0923), (0.335, 0.577), 0.0225, 0.0148),
    _band(100, 4133, 64, (0.0852, 0.0820), (0.450, 0.488), -0.0031, 0.0262),
)
"""The bands of frequency, to four digits."""
