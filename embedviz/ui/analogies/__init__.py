"""The Analogies page: the sum, three methods, the picture, the evidence."""

from embedviz.ui.analogies.evidence import evidence
from embedviz.ui.analogies.picture import parallelogram
from embedviz.ui.analogies.solved import solve
from embedviz.ui.analogies.sum import choose_sum

__all__ = ["choose_sum", "evidence", "parallelogram", "solve"]
