"""How far to trust a map, and what the full space itself is like."""

from embedviz.trust.map_quality import Quality, quality

__all__ = ["Quality", "quality"]
