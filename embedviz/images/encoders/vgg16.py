"""VGG-16: older, larger, slower; still the one that many papers compare with."""

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


def _fc7(module: Any, features: Tensor) -> Tensor:
    # All but the last layer: two fully connected ones, each with its ReLU.
    vectors: Tensor = module.classifier[:-1](module.avgpool(features).flatten(1))
    return vectors


VGG16 = ImageEncoder(
    name="vgg16",
    label="VGG-16",
    help="Older and slower, with long vectors that keep more of where things are.",
    citation=(
        "Simonyan & Zisserman (2015). "
        "Very Deep Convolutional Networks for Large-Scale Image Recognition. ICLR."
    ),
    layers=(
        ImageLayer(
            name="fc7",
            label="fc7",
            help="What things are and roughly where: the second fully connected layer.",
            dimensions=4096,
            maps=_features,
            head=_fc7,
        ),
        ImageLayer(
            name="features",
            label="features",
            help="What things are, wherever: the last convolutional features, averaged.",
            dimensions=512,
            maps=_features,
        ),
    ),
    weights=Weights(
        name="IMAGENET1K_V1",
        publisher="torchvision",
        file="vgg16-397923af.pth",
        megabytes=527.796,
        url="https://download.pytorch.org/models/vgg16-397923af.pth",
    ),
    inputs={"image": CenterCrop(256, 224, "bilinear")},
    open=Network,
    build=lambda: load_torchvision().models.vgg16(weights=None),
    per_second=5,
    logits=own_answer,
    categories=imagenet_categories,
)
