"""Networks that turn pictures into vectors."""

from __future__ import annotations

from embedviz.images.encoders.efficientnet_b0 import EFFICIENTNET_B0
from embedviz.images.encoders.efficientnet_lite0 import EFFICIENTNET_LITE0
from embedviz.images.encoders.resnet50 import RESNET50
from embedviz.images.encoders.vgg16 import VGG16

__all__ = ["IMAGE_ENCODERS"]

IMAGE_ENCODERS = (RESNET50, VGG16, EFFICIENTNET_B0, EFFICIENTNET_LITE0)
"""In the order in which they are offered."""
