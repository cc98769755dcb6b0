"""A page of things of one kind: bring some, see them as a map, ask with one, keep them."""

from embedviz.ui.items.bring import bring_items
from embedviz.ui.items.copies import near_duplicates_panel, same_label_panel
from embedviz.ui.items.encoder_choice import choose_encoder
from embedviz.ui.items.explore import explore_items
from embedviz.ui.items.keep import keep
from embedviz.ui.items.seen import seen

__all__ = [
    "bring_items",
    "choose_encoder",
    "explore_items",
    "keep",
    "near_duplicates_panel",
    "same_label_panel",
    "seen",
]
