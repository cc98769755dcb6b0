"""Images: bring them, see them as a map of thumbnails, find look-alikes, keep them."""

from embedviz.ui.images import (
    bring_images,
    choose_encoder,
    explore_images,
    images_intro,
    keep,
    near_duplicates_panel,
    same_label_panel,
    seen,
)
from embedviz.ui.navigation import open_page

with open_page("images"):
    row = images_intro()
    images = bring_images(row)
    if images is not None:
        encoder = choose_encoder(images, row)
        embedded = seen(images, encoder)
        if embedded is not None:
            explore_images(images, embedded, encoder)
            same_label_panel(embedded)
            near_duplicates_panel(embedded)
            keep(images, embedded)
