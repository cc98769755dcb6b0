"""What stands beside a map in words: its axes, and how far to trust it."""

from __future__ import annotations

import numpy as np

from embedviz.projections import Projection
from embedviz.trust import Quality
from embedviz.ui.explorer.projected import Drawn


def axis_titles(projection: Projection) -> tuple[str, ...]:
    """Titles for axes that have a meaning (PCA's), with the variance that each keeps."""
    shares = projection.details.get("explained_variance_ratio")
    if shares is None:
        return ()
    return tuple(f"PC {i + 1} ({share:.1%} of the variance)" for i, share in enumerate(shares))


def map_caption(shown: str, drawn: Drawn, trust: Quality | None, noun: str) -> str:
    """What is shown, what the distances are made from, and what of them the map keeps.

    ``shown`` says which points are drawn; ``noun`` is what one point is.
    """
    parts = [shown, drawn.projection.works_on]
    if drawn.beyond:
        parts.append(drawn.beyond)
    shares = drawn.projection.details.get("explained_variance_ratio")
    if shares is not None:
        parts.append(f"These axes keep {float(np.sum(shares)):.1%} of the variance.")
    if drawn.instead:
        parts.insert(0, drawn.instead)
    elif trust is not None:
        compared = f"all {trust.n:,} drawn {noun}s compared"
        if trust.sampled is not None:
            compared = trust.stated
        parts.append(
            f"How far to trust it: {kept_in_words(trust, noun)}; trustworthiness "
            f"{trust.trustworthiness:.3f}, continuity {trust.continuity:.3f} (1 is perfect), {compared}."
        )
    return " ".join(parts)


def kept_in_words(trust: Quality, noun: str) -> str:
    """Which share of the nearest is nearest on the map too."""
    if trust.k == 1:
        return f"for {trust.recall:.0%} of the {noun}s the nearest {noun} is nearest on the map too"
    return (
        f"{trust.recall:.0%} of each {noun}'s {trust.k} nearest {noun}s are also nearest on the map"
    )
