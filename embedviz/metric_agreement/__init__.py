"""Where Euclidean distance, cosine similarity and dot product agree, and what makes them differ."""

from embedviz.metric_agreement.answers import MostAnswered, most_answered
from embedviz.metric_agreement.norms import NormsByRank, apart, norms_by_rank
from embedviz.metric_agreement.pair import Pair, arrow, in_their_plane, pairwise
from embedviz.metric_agreement.rank_correlation import kendall, spearman
from embedviz.metric_agreement.side_by_side import Agreement, SideBySide, side_by_side
from embedviz.metric_agreement.sweep import stretched, turned
from embedviz.metric_agreement.textbook import TEXTBOOK
from embedviz.metric_agreement.unit_length import unit_space

__all__ = [
    "TEXTBOOK",
    "Agreement",
    "MostAnswered",
    "NormsByRank",
    "Pair",
    "SideBySide",
    "apart",
    "arrow",
    "in_their_plane",
    "kendall",
    "most_answered",
    "norms_by_rank",
    "pairwise",
    "side_by_side",
    "spearman",
    "stretched",
    "turned",
    "unit_space",
]
