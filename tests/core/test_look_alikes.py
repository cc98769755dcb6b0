"""Look-alikes with real features: photo patches, queries of every kind, and what is strange."""

from __future__ import annotations

import io
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from scipy.spatial.distance import cdist

from embedviz.errors import EmbedvizError, FormatError, InvalidParameterError, UnknownKeyError
from embedviz.images.decoding import ImageLimits, decode
from embedviz.images.kind import IMAGE
from embedviz.images.raw_pixels import raw_pixels
from embedviz.images.samples import SAMPLES
from embedviz.items.encoder import Model
from embedviz.items.files import ItemFile
from embedviz.items.look_alikes import EncodedQuery, encode_query, look_alikes_of_vectors
from embedviz.items.retrieval import precision_at_k
from embedviz.items.second_look import FROM_VIEWS
from embedviz.metrics import METRICS
from embedviz.registry import model_of, open_encoder
from embedviz.space import EmbeddingSpace
from embedviz.things import embed_images, look_alikes

PHOTOS = ("brick", "gravel", "hubble", "coffee", "retina")


class Patches:
    """Patches of five photos: eight of each in the space, the ninth held out."""

    def __init__(self) -> None:
        files = [file for file in SAMPLES["photo-patches"].open() if file.label in PHOTOS]
        by_photo = {photo: [file for file in files if file.label == photo] for photo in PHOTOS}
        self.inside = [file for photo in PHOTOS for file in by_photo[photo][:8]]
        self.held_out = {photo: by_photo[photo][8] for photo in PHOTOS}
        done = embed_images(self.inside, "efficientnet-lite0", cache=False, name="patches")
        assert not done.failures
        self.space = done.space


@pytest.fixture(scope="module")
def patches() -> Patches:
    return Patches()


@pytest.fixture(scope="module")
def photo(patches: Patches, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the eleventh image of the space."""
    path = tmp_path_factory.mktemp("queries") / "query.png"
    with patches.inside[10].open() as stream:
        path.write_bytes(stream.read())
    return path


def encoded(space: EmbeddingSpace, item: object, model: Model | None = None) -> EncodedQuery:
    return encode_query(space, IMAGE, item, model or model_of(space.origin))


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8))


KINDS = {
    "path": lambda path: path,
    "str": str,
    "bytes": Path.read_bytes,
    "binary file": lambda path: io.BytesIO(path.read_bytes()),
    "picture": Image.open,
    "ItemFile": lambda path: ItemFile("query", lambda: path.open("rb")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_the_collection_finds_itself(patches, photo, kind):
    found = look_alikes(patches.space, KINDS[kind](photo), k=4)
    assert found.keys[0] == patches.space.keys[10]
    assert found.scores[0] == pytest.approx(1, abs=1e-6)
    own = patches.space.vectors[10]
    assert np.linalg.norm(found.query_vector - own) < 1e-5 * np.linalg.norm(own)
    assert not found.nothing_like_this
    assert found.reason == ""
    assert [patches.space.keys[row] for row in found.rows] == list(found.keys)


@pytest.mark.parametrize("metric", METRICS)
def test_the_scores_are_plain_arithmetic(patches, metric):
    query = patches.held_out["coffee"]
    found = look_alikes(patches.space, query, k=7, metric=metric)
    scores = METRICS[metric].between(found.query_vector, patches.space.vectors)
    order = np.argsort(scores if METRICS[metric].is_distance else -scores)[:7]
    assert found.rows.tolist() == order.tolist()
    np.testing.assert_allclose(found.scores, scores[order], rtol=1e-9)
    assert found.metric == metric


@pytest.mark.parametrize("name", PHOTOS)
def test_a_held_out_patch_finds_its_photo_and_is_not_strange(patches, name):
    found = look_alikes(patches.space, patches.held_out[name], k=3)
    assert {key.split("/")[0] for key in found.keys} == {name}
    assert not found.nothing_like_this


def test_noise_and_digits_are_strange_here(patches):
    digits = SAMPLES["digits"].open()[:5]
    for query in (noise(), *digits):
        found = look_alikes(patches.space, query)
        assert found.nothing_like_this
        assert f"{found.scores[0]:.3g}" in found.reason
    assert "95%" in found.reason
    assert found.normal is not None
    silent = look_alikes(patches.space, digits[0], normal=False)
    assert silent.normal is None
    assert not silent.nothing_like_this
    assert silent.keys == look_alikes(patches.space, digits[0]).keys


def test_a_key_is_an_image_of_the_collection_and_excludes_itself(patches):
    key = patches.space.keys[10]
    found = look_alikes(patches.space, key, k=50)
    assert len(found.keys) == 39
    assert key not in found.keys
    again = look_alikes(patches.space, key=key, k=50)
    assert again.keys == found.keys
    np.testing.assert_array_equal(found.query_vector, patches.space.vector(key))


def test_a_str_is_a_key_before_it_is_a_file(patches, photo, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = ["query.png", *patches.space.keys[1:]]
    space = EmbeddingSpace(names, patches.space.vectors, origin=patches.space.origin)
    Path("query.png").write_bytes(photo.read_bytes())
    as_key = look_alikes(space, "query.png", k=1, normal=False)
    as_file = look_alikes(space, Path("query.png"), k=1, normal=False)
    np.testing.assert_array_equal(as_key.query_vector, space.vectors[0])
    assert as_file.rows[0] == 10
    with pytest.raises(UnknownKeyError):
        look_alikes(space, key=os.fspath(photo))


def test_a_batch_is_one_by_one(patches):
    queries = [encoded(patches.space, file) for file in patches.held_out.values()]
    vectors = np.stack([query.vector for query in queries])
    batch = look_alikes_of_vectors(patches.space, vectors, k=5, metric="euclidean")
    assert len(batch) == len(PHOTOS)
    for answer, file in zip(batch, patches.held_out.values(), strict=True):
        one = look_alikes(patches.space, file, k=5, metric="euclidean")
        assert answer.keys == one.keys
        assert (answer.normal, answer.reason) == (one.normal, one.reason)
        np.testing.assert_allclose(answer.scores, one.scores, rtol=1e-9)
    assert look_alikes_of_vectors(patches.space, vectors[:0]) == ()
    with pytest.raises(InvalidParameterError, match=r"vector\[None\]"):
        look_alikes_of_vectors(patches.space, vectors[0])
    with pytest.raises(InvalidParameterError, match="3 numbers"):
        look_alikes_of_vectors(patches.space, np.ones((1, 3)))


def test_a_small_collection_calls_nothing_strange(patches):
    few = patches.space.take(np.arange(19))
    found = look_alikes(few, noise())
    assert (found.normal, found.nothing_like_this, found.reason) == (None, False, "")
    assert look_alikes(patches.space.take([3]), key=patches.space.keys[3]).keys == ()


def test_the_query_is_encoded_by_the_network_of_the_space_or_refused(patches):
    network = open_encoder("efficientnet-lite0")
    query = encoded(patches.space, noise(), network)
    assert query.model is network
    np.testing.assert_array_equal(query.vector, encoded(patches.space, noise()).vector)
    other = SimpleNamespace(encoding="another/network", encoder=network.encoder)
    with pytest.raises(EmbedvizError, match=r"another/network.*cannot be compared"):
        look_alikes(patches.space, noise(), model=other)
    for origin in ({}, patches.space.origin | {"encoding": "efficientnet-lite0/other weights"}):
        with pytest.raises(EmbedvizError):
            look_alikes(patches.space.with_origin(origin), noise())


def test_a_space_of_views_has_its_query_shrunk_too(patches):
    views = patches.space.with_origin(patches.space.origin | {"pictures": FROM_VIEWS})
    large = noise().resize((900, 600), Image.Resampling.BICUBIC)
    assert encoded(patches.space, large).value.size == (900, 600)
    assert encoded(views, large).value.size == (432, 288)


def test_the_picture_is_the_upright_rgb_one(patches):
    tagged = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right to see it upright
    noise().resize((300, 200)).save(tagged, "JPEG", exif=exif)
    query = encoded(patches.space, tagged.getvalue())
    assert query.value.size == (200, 300)
    assert query.value.mode == "RGB"
    upright = decode(tagged.getvalue()).picture
    np.testing.assert_array_equal(np.asarray(query.value), np.asarray(upright))


@pytest.mark.parametrize(
    ("image", "error", "says"),
    [
        (b"no image at all", FormatError, "."),
        (b"", FormatError, "empty"),
        (Path(__file__).parent, InvalidParameterError, "is a folder"),
        (None, InvalidParameterError, "either an image or key="),
        ("brick/patch 0l.png", UnknownKeyError, "no file 'brick/patch 0l.png', and.*Nearest spel"),
        (3, InvalidParameterError, "int"),
    ],
    ids=["text", "empty", "folder", "nothing", "unknown name", "number"],
)
def test_bad_queries_are_named(patches, image, error, says):
    with pytest.raises(error, match=says):
        look_alikes(patches.space, image)


def test_both_an_image_and_a_key_are_one_too_many(patches):
    with pytest.raises(InvalidParameterError, match="either"):
        look_alikes(patches.space, noise(), key=patches.space.keys[0])


@pytest.mark.parametrize("options", [{"k": 0}, {"metric": "cosinus"}], ids=["k", "metric"])
def test_bad_options_are_named(patches, options):
    with pytest.raises(InvalidParameterError, match=str(next(iter(options.values())))):
        look_alikes(patches.space, noise(), **options)


def test_limits_hold_for_a_query(patches):
    big = io.BytesIO()
    Image.new("RGB", (1100, 1000)).save(big, "PNG")
    with pytest.raises(FormatError, match="1,100"):
        look_alikes(patches.space, big.getvalue(), limits=ImageLimits(megapixels=1))


def test_the_encoder_beats_raw_pixels_and_chance(patches):
    pictures = [Image.open(file.open()) for file in patches.inside]
    pixels = EmbeddingSpace(patches.space.keys, raw_pixels(pictures), patches.space.table)
    seen = precision_at_k(patches.space)
    plain = max(precision_at_k(pixels, metric=metric).precision for metric in METRICS)
    assert seen.chance == pytest.approx(7 / 39)
    assert seen.precision > plain + 0.2
    near = cdist(patches.space.vectors, patches.space.vectors, "cosine") + 9 * np.eye(40)
    labels = np.repeat(PHOTOS, 8)
    hits = labels[np.argsort(near, axis=1)[:, :5]] == labels[:, None]
    assert seen.precision == pytest.approx(hits.mean())
