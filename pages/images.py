"""Images: bring them, see them as a map of thumbnails, find look-alikes, keep them."""

from embedviz.ui.images import IMAGES, images_intro
from embedviz.ui.items import (
    bring_items,
    choose_encoder,
    explore_items,
    keep,
    near_duplicates_panel,
    same_label_panel,
    seen,
)
from embedviz.ui.navigation import open_page

with open_page("images"):
    row = images_intro()
    images = bring_items(IMAGES, row)
    if images is not None:
        encoder = choose_encoder(images, row)
        embedded = seen(images, encoder)
        if embedded is not None:
            explore_items(IMAGES, images, embedded, encoder)
            same_label_panel(images.kind, embedded)
            near_duplicates_panel(images.kind, embedded)
            keep(images, embedded)
