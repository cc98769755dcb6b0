"""ResNet-50: the usual first choice; its four stages show what each depth sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedviz.images.encoders.imagenet import imagenet_categories, own_answer
from embedviz.images.network import CenterCrop, ImageEncoder, ImageLayer, Network
from embedviz.items.weights import Weights
from embedviz.torch_runtime import load_torchvision

if TYPE_CHECKING:
    from torch import Tensor

_STAGES = ("layer1", "layer2", "layer3", "layer4")


def _stage(name: str, dimensions: int, label: str, text: str) -> ImageLayer:
    def maps(module: Any, batch: Tensor) -> Tensor:
        features: Tensor = module.maxpool(module.relu(module.bn1(module.conv1(batch))))
        for stage in _STAGES[: _STAGES.index(name) + 1]:
            features = getattr(module, stage)(features)
        return features

    return ImageLayer(name=name, label=label, help=text, dimensions=dimensions, maps=maps)


RESNET50 = ImageEncoder(
    name="resnet50",
    label="ResNet-50",
    help="The usual first choice: finds what pictures show, across colors and positions.",
    citation=(
        "He, Zhang, Ren & Sun (2016). Deep Residual Learning for Image Recognition. CVPR."
    ),
    layers=(
        _stage("layer4", 2048, "layer4",
               "What things are, the vector before the fully connected layer: the last stage, averaged."),
        _stage("layer1", 256, "layer1", "Edges and colors: the first stage, averaged."),
        _stage("layer2", 512, "layer2", "Textures and repeating patterns: the second, averaged."),
        _stage("layer3", 1024, "layer3", "Parts of things: the third, averaged."),
    ),
    weights=Weights(
        name="IMAGENET1K_V2",
        publisher="torchvision",
        file="resnet50-11ad3fa6.pth",
        megabytes=97.79,
        url="https://download.pytorch.org/models/resnet50-11ad3fa6.pth",
    ),
    inputs={"image": CenterCrop(232, 224, "bilinear")},
    open=Network,
    build=lambda: load_torchvision().models.resnet50(weights=None),
    per_second=18,
    logits=own_answer,
    categories=imagenet_categories,
)  # fmt: skip
