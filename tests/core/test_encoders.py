"""The contract that every encoder keeps, and torchvision's own answers where it has them."""

from __future__ import annotations

import dataclasses
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from embedviz.errors import EmbedvizError, FormatError, InvalidParameterError
from embedviz.images import engine, network
from embedviz.images.engine import graph_path, trained
from embedviz.images.network import CenterCrop, Network
from embedviz.items import encoder as opening
from embedviz.items.encoder import Encoder, encoding_of
from embedviz.items.weights import OpenWeights
from embedviz.registry import ENCODERS, encoder_named, model_of, open_encoder
from embedviz.torch_runtime import load_torchvision, usable_cpus

Batch = NDArray[np.float32]
LITE = "efficientnet-lite0"
TORCHVISION = {
    "resnet50": "ResNet50_Weights",
    "vgg16": "VGG16_Weights",
    "efficientnet-b0": "EfficientNet_B0_Weights",
}
LAYERS = [(name, layer.name) for name, encoder in ENCODERS.items() for layer in encoder.layers]
ON_ONNX = f"ONNX Runtime on {usable_cpus()} threads"


WHOLE = dict(ENCODERS)  # as they are, while tests work with small ones


def _small_resnet() -> nn.Module:
    """ResNet-50's stages, each of one block."""
    resnet = load_torchvision().models.resnet
    module: nn.Module = resnet.ResNet(resnet.Bottleneck, [1, 1, 1, 1])
    return module


def _small_efficientnet() -> nn.Module:
    """EfficientNet-B0's kinds of blocks and its last sizes, three blocks in all."""
    efficientnet = load_torchvision().models.efficientnet
    block = partial(efficientnet.MBConvConfig, width_mult=1.0, depth_mult=1.0)
    blocks = [block(1, 3, 1, 32, 16, 1), block(6, 5, 2, 16, 40, 1), block(6, 3, 2, 40, 320, 1)]
    module: nn.Module = efficientnet.EfficientNet(blocks, dropout=0.2)
    return module


def _small_vgg() -> nn.Module:
    """VGG-16's parts and its last sizes with a hundredth of its weights."""
    vgg = load_torchvision().models.vgg
    module = vgg.VGG(vgg.make_layers([8, "M", 16, "M", 32, "M", 64, "M", 512, "M"]))
    module.classifier[0] = nn.Linear(512 * 7 * 7, 32)
    module.classifier[3] = nn.Linear(32, 4096)
    return module


SMALL = {"resnet50": _small_resnet, "efficientnet-b0": _small_efficientnet, "vgg16": _small_vgg}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Files of weights with a seed, for the encoders whose own would have to be fetched."""
    folder = tmp_path_factory.mktemp("weights")
    with pytest.MonkeyPatch.context() as patch:
        for name, build in SMALL.items():
            patch.setitem(ENCODERS, name, dataclasses.replace(ENCODERS[name], build=build))
        paths = {name: folder / f"{name}.pth" for name in TORCHVISION}
        for name, path in paths.items():
            torch.manual_seed(0)
            torch.save(ENCODERS[name].build().state_dict(), path)
        yield paths


@pytest.fixture
def opened(seeded: dict[str, Path]) -> Any:
    """Opens an encoder's layer: the packaged one with its own weights, the others seeded."""

    def open_it(encoder: str, layer: str | None = None) -> Network:
        return open_encoder(encoder, layer, seeded.get(encoder))

    return open_it


@pytest.fixture(scope="module")
def noise() -> Batch:
    return np.random.default_rng(1).standard_normal((2, 3, 224, 224), np.float32)


@pytest.fixture(scope="module")
def photos() -> dict[str, Image.Image]:
    import skimage.data
    import sklearn.datasets

    arrays = {name: getattr(skimage.data, name)() for name in ("chelsea", "coffee")}
    arrays |= zip(("china", "flower"), sklearn.datasets.load_sample_images().images, strict=True)
    return {name: Image.fromarray(array) for name, array in arrays.items()}


def _apart(found: Batch, expected: Batch) -> float:
    """The largest difference, as a share of the largest entry."""
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def _torch(step: Any, batch: Batch) -> Batch:
    with torch.inference_mode():
        answer: Batch = step(torch.from_numpy(batch)).numpy()
    return answer


# The table


def test_resnet_comes_first_and_what_is_unknown_is_refused_with_a_list() -> None:
    assert list(ENCODERS) == ["resnet50", "vgg16", "efficientnet-b0", LITE]
    assert [encoder.dimensions for encoder in ENCODERS.values()] == [2048, 4096, 1280, 1280]
    assert encoder_named("vgg16") is ENCODERS["vgg16"]
    with pytest.raises(InvalidParameterError, match=r"'clip'.*'resnet50', 'vgg16', .*lite0'"):
        encoder_named("clip")
    with pytest.raises(InvalidParameterError, match=r"no layer 'layer5'.*'layer4', 'layer1'"):
        open_encoder("resnet50", "layer5")


def test_listing_the_encoders_loads_no_torch() -> None:
    code = (
        "import sys\nfrom embedviz.registry import ENCODERS\n"
        "print([(e.installed, e.where, e.dimensions, e.size) for e in ENCODERS.values()])\n"
        "print({'torch', 'torchvision', 'PIL', 'onnxruntime'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


@pytest.mark.parametrize("name", TORCHVISION)
def test_the_entry_says_of_the_weights_what_torchvision_says(name: str) -> None:
    known = ENCODERS[name].weights
    published = getattr(load_torchvision().models, TORCHVISION[name])[known.name]
    assert known.url == published.url
    assert known.url.endswith(f"/{known.file}")
    assert known.digest == torch.hub.HASH_REGEX.search(known.file)[1]  # type: ignore[index]
    assert known.megabytes == pytest.approx(published.meta["_file_size"], abs=0.001)
    categories = ENCODERS[name].categories
    assert categories is not None
    assert list(categories()) == published.meta["categories"]


@pytest.mark.parametrize("name", ENCODERS)
def test_the_size_of_the_packaged_file_and_of_the_others_is_right(name: str) -> None:
    weights = ENCODERS[name].weights
    if weights.in_package is not None:
        assert weights.in_package().name == weights.file
        assert weights.in_package().stat().st_size / 2**20 == pytest.approx(
            weights.megabytes, abs=0.001
        )
    assert bool(weights.url) != bool(weights.package)


# What the network is shown


def _bound_to_the_weights(name: str) -> Any:
    """The transform that goes with the weights, in torchvision's own classes."""
    torchvision = load_torchvision()
    if name in TORCHVISION:
        weights = getattr(torchvision.models, TORCHVISION[name])
        return weights[ENCODERS[name].weights.name].transforms()
    from torchvision.transforms import InterpolationMode
    from torchvision.transforms._presets import ImageClassification

    return ImageClassification(
        crop_size=224, resize_size=256, mean=(127 / 255,) * 3, std=(128 / 255,) * 3,
        interpolation=InterpolationMode.BICUBIC,
    )  # fmt: skip


def _random_picture(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(width).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("name", ENCODERS)
def test_what_the_network_is_shown_is_the_transform_of_its_weights_to_the_bit(
    name: str, photos: dict[str, Image.Image]
) -> None:
    transform, prepare = _bound_to_the_weights(name), ENCODERS[name].preprocessing
    sizes = [(1, 1), (224, 224), (300, 500), (501, 299), (97, 31), (1024, 768)]
    for picture in [*photos.values(), *(_random_picture(*size) for size in sizes)]:
        found = prepare(picture)
        assert found.shape == (3, *prepare.size)
        assert found.dtype == np.float32
        assert found.flags.c_contiguous
        np.testing.assert_array_equal(found, transform(picture).numpy())


def test_lite0_sees_pixels_less_127_by_128() -> None:
    gray = Image.new("RGB", (300, 300), (0, 127, 255))
    found = ENCODERS[LITE].preprocessing(gray)
    np.testing.assert_allclose(found[:, 0, 0], [-127 / 128, 0, 1], atol=1e-6)
    assert np.ptp(found, axis=(1, 2)).max() == 0


def test_a_picture_of_any_length_is_shown_without_being_blown_up() -> None:
    prepare = CenterCrop(232, 224, "bilinear")
    # Resized whole, a million by one would be 232 million by 232.
    across = np.linspace(0, 255, 1_000_000).astype(np.uint8)
    wide = Image.fromarray(np.repeat(across[None, :, None], 3, axis=2))
    found = prepare(wide)
    np.testing.assert_array_equal(prepare(wide.transpose(Image.Transpose.TRANSPOSE)),
                                  found.transpose(0, 2, 1))  # fmt: skip
    middle = (across[500_000] / 255 - 0.485) / 0.229
    np.testing.assert_allclose(found[0], middle, atol=0.02)


def test_long_pictures_are_shown_as_torchvision_would_within_a_gray_level(
    photos: dict[str, Image.Image],
) -> None:
    wide = photos["chelsea"].resize((1500, 300))
    found = CenterCrop(232, 224, "bilinear")(wide)
    expected = _bound_to_the_weights("resnet50")(wide).numpy()
    assert np.abs(found - expected).max() < 1.01 / 255 / 0.224


def test_only_rgb_is_taken() -> None:
    with pytest.raises(InvalidParameterError, match="must be RGB, got mode 'L'"):
        ENCODERS[LITE].preprocessing(Image.new("L", (10, 10)))


def test_several_threads_may_prepare_at_once(photos: dict[str, Image.Image]) -> None:
    prepare = ENCODERS[LITE].preprocessing
    pictures = [*photos.values()] * 6
    with ThreadPoolExecutor(4) as pool:
        for found, picture in zip(pool.map(prepare, pictures), pictures, strict=True):
            np.testing.assert_array_equal(found, prepare(picture))


# The contract


@pytest.mark.parametrize("name", ENCODERS)
def test_a_batch_is_one_by_one_and_the_order_is_kept(name: str, opened: Any, noise: Batch) -> None:
    net, before = opened(name), noise.copy()
    vectors = net.embed("image", noise)
    assert vectors.shape == (2, net.dimensions)
    assert vectors.dtype == np.float32
    assert vectors.flags.c_contiguous
    assert np.isfinite(vectors).all()
    assert vectors.std() > 0
    for row, vector in enumerate(vectors):
        assert _apart(net.embed("image", noise[row : row + 1])[0], vector) <= 1e-5
    assert _apart(net.embed("image", noise[::-1]), vectors[::-1]) <= 1e-5
    np.testing.assert_array_equal(net.embed("image", noise), vectors)
    np.testing.assert_array_equal(noise, before)


@pytest.mark.parametrize("name", ENCODERS)
def test_the_engine_gives_torchs_own_vectors(
    name: str, opened: Any, seeded: dict[str, Path], noise: Batch
) -> None:
    net, noise = opened(name), noise[:1]
    found = net.embed("image", noise)
    assert net.engine == ON_ONNX
    encoder: Encoder = net.encoder
    path = seeded[name] if name in seeded else encoder.weights.in_package()  # type: ignore[misc]
    module = trained(encoder.label, encoder.build, path)
    assert _apart(found, _torch(lambda x: net.layer.vectors(module, x), noise)) <= 1e-5


@pytest.mark.parametrize(("name", "layer"), LAYERS, ids=map("-".join, LAYERS))
def test_features_by_position_have_the_vector_as_their_mean(
    name: str, layer: str, opened: Any, noise: Batch
) -> None:
    net, noise = opened(name, layer), noise[:1]
    maps = net.feature_maps(noise)
    assert maps.ndim == 4
    assert maps.flags.c_contiguous
    if net.layer.pooled:
        assert maps.shape[1] == net.dimensions == net.layer.dimensions
        assert _apart(maps.mean(axis=(2, 3)), _vectors(net, noise)) <= 1e-5
    else:
        assert maps.shape == (1, 512, 7, 7)


def _vectors(net: Network, batch: Batch) -> Batch:
    """By torch: an export for every layer would take minutes."""
    return net._model().run(net.layer.vectors, batch)


@pytest.mark.parametrize("name", ENCODERS)
def test_classes_are_the_softmax_of_the_networks_own_logits(
    name: str, opened: Any, seeded: dict[str, Path], noise: Batch
) -> None:
    net = opened(name)
    path = seeded[name] if name in seeded else net.encoder.weights.in_package()
    noise, module, names = (
        noise[:1],
        trained(net.encoder.label, net.encoder.build, path),
        list(net.encoder.categories()),
    )
    shares = _torch(lambda x: module(x).softmax(dim=1), noise)
    seen = net.classify(noise, top=4)
    for row, classes in zip(shares, seen, strict=True):
        best = np.sort(row)[::-1][:4]
        np.testing.assert_allclose([share for _, share in classes], best, rtol=1e-4)
        # By place, not by name: two of the thousand classes are both called "crane".
        expected = [names[at] for at in np.argsort(-row, kind="stable")[:4]]
        clear = np.diff(best).max() < -1e-7
        assert not clear or [name for name, _ in classes] == expected


@pytest.mark.parametrize(
    "batch",
    [np.zeros((3, 224, 224)), np.zeros((1, 224, 224, 3)), np.zeros((1, 3, 200, 224))],
    ids=["one", "channels last", "size"],
)
def test_another_shape_is_refused(batch: Any, opened: Any) -> None:
    net = opened(LITE)
    for ask in (partial(net.embed, "image"), net.feature_maps, net.classify):
        with pytest.raises(InvalidParameterError, match=r"shape \(n, 3, 224, 224\), got \("):
            ask(batch)


def test_nothing_in_nothing_out_and_read_only_pictures_are_taken(opened: Any, noise: Batch) -> None:
    net = opened(LITE)
    assert net.embed("image", noise[:0]).shape == (0, 1280)
    fixed = noise.copy()
    fixed.setflags(write=False)
    np.testing.assert_array_equal(net.embed("image", fixed), net.embed("image", noise))
    assert net.feature_maps(fixed).shape == (2, 1280, 7, 7)


# Which layer


def test_resnets_layers_are_those_of_create_feature_extractor(
    opened: Any, seeded: dict[str, Path], noise: Batch
) -> None:
    torchvision = load_torchvision()
    from torchvision.models.feature_extraction import create_feature_extractor

    assert str(WHOLE["resnet50"].build()) == str(torchvision.models.resnet50(weights=None))
    whole = _small_resnet().eval()
    whole.load_state_dict(torch.load(seeded["resnet50"], weights_only=True))
    extract = create_feature_extractor(whole, ["layer1", "layer2", "layer3", "layer4", "flatten"])
    with torch.inference_mode():
        expected = {name: value.numpy() for name, value in extract(torch.from_numpy(noise)).items()}
    default = opened("resnet50")
    assert _apart(default.embed("image", noise), expected.pop("flatten")) <= 1e-5
    assert {layer.name for layer in default.encoder.layers} == set(expected)
    for name, maps in expected.items():
        net = opened("resnet50", name)
        assert _apart(net.feature_maps(noise[:1]), maps[:1]) <= 1e-5
        assert net.dimensions == maps.shape[1]


@pytest.mark.parametrize(
    ("name", "layer", "place"),
    [
        ("resnet50", "layer4", "avgpool"),
        ("vgg16", "fc7", "classifier.5"),
        ("vgg16", "features", "features"),
        ("efficientnet-b0", "features", "avgpool"),
        (LITE, "features", "_avg_pooling"),
    ],
    ids=str,
)
def test_the_vector_is_what_passes_that_place_of_the_whole_network(
    name: str, layer: str, place: str, noise: Batch
) -> None:
    # The architectures themselves: what was small above has its full size here.
    module = _with_some_values(WHOLE[name])
    passed: list[torch.Tensor] = []
    module.get_submodule(place).register_forward_hook(lambda _m, _x, out: passed.append(out))
    with torch.inference_mode():
        batch = torch.from_numpy(noise[:, :, :96, :96])  # any size, and soon done
        logits = module(batch)
        chosen = WHOLE[name].layer(layer)
        expected = passed[0].mean((2, 3)) if passed[0].ndim == 4 else passed[0]
        vectors = chosen.vectors(module, batch)
        alone = chosen.vectors(module, batch[1:])
    assert logits.shape == (2, 1000)
    assert vectors.shape == (2, chosen.dimensions)
    assert _apart(vectors.numpy(), expected.numpy()) <= 1e-5
    assert _apart(alone.numpy(), vectors[1:].numpy()) <= 1e-5


def _with_some_values(encoder: Encoder) -> nn.Module:
    """The architecture with seeded weights, made without the seconds that its own start takes."""
    with torch.device("meta"):
        module = encoder.build()
    module = module.to_empty(device="cpu").eval().requires_grad_(False)
    torch.manual_seed(0)
    for name, value in module.state_dict().items():
        if not value.is_floating_point():
            value.zero_()
        elif value.ndim < 2:
            value.fill_(1.0 if name.endswith("running_var") or "bn" in name else 0.1)
        else:
            value.uniform_(-1, 1).mul_((3 / value[0].numel()) ** 0.5)
    return module


# What it knows


def test_lite0_knows_what_the_photos_show(photos: dict[str, Image.Image]) -> None:
    net = open_encoder(LITE)
    batch = np.stack([net.prepare("image", picture) for picture in photos.values()])
    seen = dict(zip(photos, net.classify(batch, top=3), strict=True))
    cats = {name for name, _ in seen["chelsea"]}
    assert cats == {"tabby", "tiger cat", "Egyptian cat"}
    assert sum(share for _, share in seen["chelsea"]) > 0.8
    first = {name: classes[0] for name, classes in seen.items()}
    assert first["coffee"][0] == "espresso"
    assert first["coffee"][1] > 0.9
    assert first["china"][0] == "palace"
    assert first["flower"][0] == "daisy"


# Engines


def test_with_its_graph_in_the_cache_embedding_needs_no_torch(noise: Batch) -> None:
    net = open_encoder(LITE)
    net.load()
    code = (
        "import sys, numpy as np\nfrom embedviz.registry import open_encoder\n"
        f"net = open_encoder('{LITE}')\n"
        "vectors = net.embed('image', np.random.default_rng(1).standard_normal((2, 3, 224, 224), "
        "np.float32))\n"
        "print(net.engine, *({'torch', 'torchvision'} & set(sys.modules)), sep='|')\n"
        "print(float(vectors.sum()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    engine_there, total = done.stdout.splitlines()
    assert engine_there == ON_ONNX
    assert float(total) == pytest.approx(float(net.embed("image", noise).sum()), rel=1e-5)


@pytest.fixture
def tiny(tmp_path: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Opens an encoder of one convolution, which exports in an instant."""

    def build() -> nn.Module:
        return nn.Conv2d(3, 5, 3)

    known = ENCODERS["resnet50"]
    layer = dataclasses.replace(known.layers[0], dimensions=5, maps=lambda module, x: module(x))
    entry = dataclasses.replace(
        known, build=build, layers=(layer,), inputs={"image": CenterCrop(8, 8, "bilinear")}
    )
    monkeypatch.setitem(ENCODERS, "resnet50", entry)
    monkeypatch.setattr(opening, "_models", {})
    monkeypatch.setattr(network, "_models", {})
    torch.manual_seed(0)
    torch.save(build().state_dict(), tmp_path / "tiny.pth")
    return lambda: open_encoder("resnet50", weights=tmp_path / "tiny.pth")


EIGHT = np.random.default_rng(2).standard_normal((2, 3, 8, 8), np.float32)


def test_nothing_is_loaded_before_it_is_needed(tiny: Any, cache_dir: Path) -> None:
    net = tiny()
    assert net.engine == ""
    assert net.prepare("image", Image.new("RGB", (9, 9))).shape == (3, 8, 8)
    assert not (cache_dir / "graphs").exists()
    net.load()
    assert net.engine == ON_ONNX
    assert [path.suffix for path in (cache_dir / "graphs").iterdir()] == [".onnx"]


def test_a_kept_graph_is_used_and_a_damaged_one_made_again(
    tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = tiny()
    expected, graph = net.embed("image", EIGHT), graph_path(net.encoding)
    made = graph.read_bytes()
    opening._models.clear()
    with monkeypatch.context() as patch:
        patch.setattr(engine, "_exported", None)
        np.testing.assert_array_equal(tiny().embed("image", EIGHT), expected)
    graph.write_bytes(made[:50])
    opening._models.clear()
    np.testing.assert_array_equal(tiny().embed("image", EIGHT), expected)
    assert len(graph.read_bytes()) == len(made)


def test_a_graph_with_other_vectors_is_not_used_and_that_is_said(
    tiny: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = tiny()._model().run(tiny().layer.vectors, EIGHT)
    embed = engine.OnnxEngine.embed
    monkeypatch.setattr(engine.OnnxEngine, "embed", lambda self, x: embed(self, x) * 1.001)
    net = tiny()
    with caplog.at_level(logging.WARNING):
        np.testing.assert_array_equal(net.embed("image", EIGHT), expected)
    assert "its vectors are not PyTorch's" in caplog.text
    assert net.engine.startswith("PyTorch on ")
    assert "ONNX Runtime could not take over" in net.engine
    assert not graph_path(net.encoding).exists()


def test_a_cache_that_cannot_be_written_to_leaves_torch(
    tiny: Any, cache_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache_dir.parent.mkdir(exist_ok=True)
    cache_dir.write_text("a file where the folder should be")
    net = tiny()
    with caplog.at_level(logging.WARNING):
        assert net.embed("image", EIGHT).shape == (2, 5)
    assert "ResNet-50 runs on PyTorch" in caplog.text
    assert net.engine.startswith("PyTorch on ")


def test_without_onnx_runtime_torch_computes(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = tiny().embed("image", EIGHT)
    opening._models.clear()
    monkeypatch.setattr(engine.util, "find_spec", lambda _: None)
    net = tiny()
    assert _apart(net.embed("image", EIGHT), expected) <= 1e-5
    assert "pip install onnxruntime" in net.engine


def test_several_threads_may_ask_a_network_that_is_not_loaded_yet(tiny: Any) -> None:
    net = tiny()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(partial(net.embed, "image"), [EIGHT] * 8))
        maps = list(pool.map(net.feature_maps, [EIGHT] * 8))
    assert all(np.array_equal(vectors, found[0]) for vectors in found)
    assert all(np.array_equal(features, maps[0]) for features in maps)


# The same network again


def test_one_network_for_the_same_vectors(tiny: Any, tmp_path: Path) -> None:
    first = tiny()
    assert tiny() is first
    copy = tmp_path / "copy.pth"
    copy.write_bytes((tmp_path / "tiny.pth").read_bytes())
    assert open_encoder("resnet50", weights=str(copy)) is first
    (tmp_path / "tiny.pth").unlink()
    assert first.embed("image", EIGHT).shape == (2, 5)  # from the copy
    torch.save(nn.Conv2d(3, 5, 3).state_dict(), copy)
    other = open_encoder("resnet50", weights=copy)
    assert other.encoding != first.encoding
    assert _apart(other.embed("image", EIGHT), first.embed("image", EIGHT)) > 1e-3


def test_layers_and_preprocessing_have_their_own_encoding(opened: Any) -> None:
    nets = [opened(name, layer) for name, layer in LAYERS]
    assert len({net.encoding for net in nets}) == len(LAYERS)
    for encoder in ENCODERS.values():
        changed = dataclasses.replace(encoder, inputs={"image": CenterCrop(256, 192, "bilinear")})
        first, weights = encoder.layer(), OpenWeights(Path("a.pth"), "0" * 64, "a")
        assert encoding_of(changed, first, weights) != encoding_of(encoder, first, weights)
    assert len({encoder.preprocessing.name for encoder in ENCODERS.values()}) == 4


def test_a_spaces_origin_leads_back_to_its_network() -> None:
    net = open_encoder(LITE)
    origin = json.loads(json.dumps(net.origin))
    assert origin["encoder"] == LITE
    assert origin["layer"] == "features"
    assert origin["weights_sha256"] == net.weights_hash
    assert origin["encoding"] == net.encoding
    assert origin["weights_source"].startswith("efficientnet-lite0 of TensorFlow")
    assert model_of(origin) is net


def test_other_weights_than_those_of_a_space_are_refused(
    tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = tiny().origin
    assert origin["weights_source"] == "tiny.pth"
    assert model_of(origin) is tiny()
    monkeypatch.setattr(opening, "_models", {})  # tomorrow, in another process
    with pytest.raises(EmbedvizError, match="fetch resnet50"):
        model_of(origin)
    lite = open_encoder(LITE).origin
    with pytest.raises(EmbedvizError, match=r"with other weights.*00000000….*than are here"):
        model_of(lite | {"weights_sha256": "0" * 64, "encoding": "another"})
    with pytest.raises(EmbedvizError, match="does not say which encoder made it"):
        model_of({"model": "glove-6b-50d"})


def test_weights_that_changed_since_they_were_chosen_are_refused(tiny: Any, tmp_path: Path) -> None:
    net = tiny()
    torch.save(nn.Conv2d(3, 5, 3).state_dict(), tmp_path / "tiny.pth")
    with pytest.raises(EmbedvizError, match="has changed since it was chosen"):
        net.embed("image", EIGHT)


def test_weights_of_another_network_are_refused(tiny: Any, tmp_path: Path) -> None:
    torch.save(nn.Conv2d(3, 6, 3).state_dict(), tmp_path / "tiny.pth")
    with pytest.raises(FormatError, match=r"does not fit ResNet-50: 'weight' is of shape \(6,"):
        tiny().load()


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match="no file of weights at"):
        open_encoder("resnet50", weights=tmp_path / "none.pth")
