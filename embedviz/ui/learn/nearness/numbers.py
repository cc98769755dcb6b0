"""How the lesson writes its numbers and names its metrics."""

from __future__ import annotations

from embedviz.metric_agreement.side_by_side import ORDER
from embedviz.ui.learn.texts import Texts

__all__ = ["ORDER", "metric_names", "number"]


def number(value: float, decimals: int = 2) -> str:
    """``−0.27``: with a minus that can be read, and never a negative zero."""
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")


def metric_names(said: Texts) -> dict[str, str]:
    """What the metrics are called in the language in use, in the lesson's order."""
    return {metric: said(f"metric.{metric}") for metric in ORDER}
