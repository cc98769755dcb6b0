"""How a category becomes numbers: label, ordinal and one-hot codes, and learned embeddings."""

from embedviz.encodings.choices import Choices, ChoiceTable, choice_table, parse_table, table_text
from embedviz.encodings.distances import extreme_pairs, pairwise_distances
from embedviz.encodings.encoding import Encoding, categories_of
from embedviz.encodings.entity_embedding import EntityModel, Training, flat_paths, train_entities
from embedviz.encodings.label import label_encoding, ordinal_encoding
from embedviz.encodings.linear_model import LinearErrors, cross_validated
from embedviz.encodings.one_hot import one_hot_encoding, one_hot_sparse
from embedviz.encodings.sizes import LookupTimes, Sizes, lookup_times, representation_sizes
from embedviz.encodings.target_embedding import target_embedding

__all__ = [
    "ChoiceTable",
    "Choices",
    "Encoding",
    "EntityModel",
    "LinearErrors",
    "LookupTimes",
    "Sizes",
    "Training",
    "categories_of",
    "choice_table",
    "cross_validated",
    "extreme_pairs",
    "flat_paths",
    "label_encoding",
    "lookup_times",
    "one_hot_encoding",
    "one_hot_sparse",
    "ordinal_encoding",
    "pairwise_distances",
    "parse_table",
    "representation_sizes",
    "table_text",
    "target_embedding",
    "train_entities",
]
