"""What a search for the nearest costs, and what approximate search buys: measured, and walked."""

from embedviz.search_cost.answers import Answer, worst_answer
from embedviz.search_cost.curve import Measured, agreed, efforts_of, measured, recall_latency
from embedviz.search_cost.graph import HnswGraph, graph_of
from embedviz.search_cost.growth import Growth, PowerLaw, Sized, fitted_line, fitted_slope, growth
from embedviz.search_cost.searchers import (
    METHODS,
    SEARCHERS,
    Cells,
    Graph,
    Searcher,
    brute_force,
    hnsw,
    ivf,
)
from embedviz.search_cost.trial import Trial, trial_of
from embedviz.search_cost.walk import Hop, Walk, nearest_nodes, walk

__all__ = [
    "METHODS",
    "SEARCHERS",
    "Answer",
    "Cells",
    "Graph",
    "Growth",
    "HnswGraph",
    "Hop",
    "Measured",
    "PowerLaw",
    "Searcher",
    "Sized",
    "Trial",
    "Walk",
    "agreed",
    "brute_force",
    "efforts_of",
    "fitted_line",
    "fitted_slope",
    "graph_of",
    "growth",
    "hnsw",
    "ivf",
    "measured",
    "nearest_nodes",
    "recall_latency",
    "trial_of",
    "walk",
    "worst_answer",
]
