"""The Train page: a text, the settings, the training live, and what came of it."""

from embedviz.ui.train.corpus import choose_corpus
from embedviz.ui.train.result import show_result
from embedviz.ui.train.run import train
from embedviz.ui.train.settings import training_settings

__all__ = ["choose_corpus", "show_result", "train", "training_settings"]
