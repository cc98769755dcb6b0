"""Round numbers to read a scale by."""

from __future__ import annotations

import math

_MOST = 6


def plain_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Positions (0 to 1) and labels of at most six round numbers from ``low`` to ``high``.

    A single value gets one tick in the middle.
    """
    if not high > low:
        return [(0.5, f"{low:.4g}")]
    step = _round_step(high / (_MOST - 1) - low / (_MOST - 1))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [
        (_share(index * step, low, high), _plain(index * step, decimals))
        for index in range(first, last + 1)
    ]


def log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """As :func:`plain_ticks` for a scale of logarithms to base 10, labeled with the numbers.

    Powers of ten where the range holds two or more of them, else the ends.
    """
    if not high > low:
        return [(0.5, f"{10**low:.4g}")]
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    if last - first < 1:
        return [(0.0, f"{10**low:.3g}"), (1.0, f"{10**high:.3g}")]
    stride = math.ceil((last - first + 1) / _MOST)
    return [(_share(power, low, high), _power(power)) for power in range(first, last + 1, stride)]


def _round_step(raw: float) -> float:
    scale = 10.0 ** math.floor(math.log10(raw))
    return next(factor for factor in (1, 2, 2.5, 5, 10) if factor * scale >= raw * 0.999) * scale


def _share(value: float, low: float, high: float) -> float:
    share = (value / 2 - low / 2) / (high / 2 - low / 2)
    return min(1.0, max(0.0, share))


def _plain(value: float, decimals: int) -> str:
    if decimals > 6 or abs(value) >= 1e7:
        return f"{value:.3g}"
    # A step of 2.5 or 0.25 shows one decimal more than its power of ten.
    text = f"{value:,.{decimals + 1}f}"
    return text[:-2] if decimals == 0 and text.endswith(".0") else text.rstrip("0").rstrip(".")


def _power(power: int) -> str:
    return f"{10.0**power:,.0f}" if 0 <= power <= 6 else f"{10.0**power:g}"
