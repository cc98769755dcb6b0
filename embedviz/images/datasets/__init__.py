"""Sets of labeled images that public sites offer, by name."""

from __future__ import annotations

from embedviz.errors import InvalidParameterError
from embedviz.images.datasets import cifar10, flowers102, oxford_pets
from embedviz.items.datasets import Dataset

__all__ = ["DATASETS", "dataset_named"]

DATASETS: dict[str, Dataset] = {
    module.DATASET.name: module.DATASET for module in (flowers102, oxford_pets, cifar10)
}


def dataset_named(name: str) -> Dataset:
    """What is known of the set of this name; raises InvalidParameterError, listing them."""
    if name not in DATASETS:
        raise InvalidParameterError(
            f"There is no set of images {name!r}. Known are: {', '.join(DATASETS)}."
        )
    return DATASETS[name]
