"""The Images page: what it adds to a page of things."""

from embedviz.ui.images.page import IMAGES, images_intro

__all__ = ["IMAGES", "images_intro"]
