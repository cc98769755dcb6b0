"""EfficientNet-B0: small and fast for how much it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedviz.images.encoders.imagenet import imagenet_categories, own_answer
from embedviz.images.network import CenterCrop, ImageEncoder, ImageLayer, Network
from embedviz.items.weights import Weights
from embedviz.torch_runtime import load_torchvision

if TYPE_CHECKING:
    from torch import Tensor


def _features(module: Any, batch: Tensor) -> Tensor:
    features: Tensor = module.features(batch)
    return features


EFFICIENTNET_B0 = ImageEncoder(
    name="efficientnet-b0",
    label="EfficientNet-B0",
    help="Small and fast, with answers about as good as ResNet-50's.",
    citation=(
        "Tan & Le (2019). "
        "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks. ICML."
    ),
    layers=(
        ImageLayer(
            name="features",
            label="features",
            help="What things are, the vector before the last layer: the last features, averaged.",
            dimensions=1280,
            maps=_features,
        ),
    ),
    weights=Weights(
        name="IMAGENET1K_V1",
        publisher="torchvision",
        file="efficientnet_b0_rwightman-7f5810bc.pth",
        megabytes=20.451,
        url="https://download.pytorch.org/models/efficientnet_b0_rwightman-7f5810bc.pth",
    ),
    inputs={"image": CenterCrop(256, 224, "bicubic")},
    open=Network,
    build=lambda: load_torchvision().models.efficientnet_b0(weights=None),
    per_second=70,
    logits=own_answer,
    categories=imagenet_categories,
)
