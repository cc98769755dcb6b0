"""Networks that turn pictures into vectors."""

from __future__ import annotations

from embedviz.errors import InvalidParameterError
from embedviz.images.encoders.base import Encoder, Layer
from embedviz.images.encoders.efficientnet_b0 import EFFICIENTNET_B0
from embedviz.images.encoders.efficientnet_lite0 import EFFICIENTNET_LITE0
from embedviz.images.encoders.resnet50 import RESNET50
from embedviz.images.encoders.vgg16 import VGG16

__all__ = ["ENCODERS", "Encoder", "Layer", "encoder_named"]

ENCODERS: dict[str, Encoder] = {
    encoder.name: encoder for encoder in (RESNET50, VGG16, EFFICIENTNET_B0, EFFICIENTNET_LITE0)
}


def encoder_named(name: str) -> Encoder:
    """The encoder of this name; raises InvalidParameterError, which lists them."""
    if name not in ENCODERS:
        raise InvalidParameterError(
            f"There is no image encoder {name!r}. Encoders: {', '.join(map(repr, ENCODERS))}."
        )
    return ENCODERS[name]
