"""Three vectors small enough for a blackboard."""

from __future__ import annotations

from collections.abc import Mapping

TEXTBOOK: Mapping[str, tuple[float, ...]] = {
    "apple": (0.7, 0.2, 0.1),
    "banana": (0.8, 0.3, 0.1),
    "car": (-0.6, 0.9, 0.2),
}
"""Made-up embeddings, as textbooks print them: two fruits that point the same way, and a car."""
