"""What the networks trained on ImageNet-1K share: the classes, and how they answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from embedviz.torch_runtime import load_torchvision

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module


def imagenet_categories() -> Sequence[str]:
    """The 1,000 classes in the order that all of them answer in."""
    weights = load_torchvision().models.ResNet50_Weights.IMAGENET1K_V2
    names: Sequence[str] = weights.meta["categories"]
    return names


def own_answer(module: Module, batch: Tensor) -> Tensor:
    """What the whole network answers: logits of shape (n, 1000)."""
    answer: Tensor = module(batch)
    return answer
