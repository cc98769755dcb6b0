"""The Images page: bring images, see them as a map, find look-alikes, keep them."""

from embedviz.ui.images.bring import bring_images
from embedviz.ui.images.copies import near_duplicates_panel, same_label_panel
from embedviz.ui.images.encoder_choice import choose_encoder
from embedviz.ui.images.explore import explore_images
from embedviz.ui.images.intro import images_intro
from embedviz.ui.images.keep import keep
from embedviz.ui.images.seen import seen

__all__ = [
    "bring_images",
    "choose_encoder",
    "explore_images",
    "images_intro",
    "keep",
    "near_duplicates_panel",
    "same_label_panel",
    "seen",
]
