"""Things of any kind: every entry of the tables keeps the contracts, and a newcomer needs no other line."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import embedviz as ev
from embedviz.errors import EmbedvizError, FormatError, InvalidParameterError, UnknownKeyError
from embedviz.images.kind import IMAGE
from embedviz.items.cache import ItemCache
from embedviz.items.duplicates import near_duplicates
from embedviz.items.kind import Kind
from embedviz.items.second_look import embed_views
from embedviz.registry import ENCODERS, KINDS, encoder_named, kind_named, kind_of, open_encoder
from embedviz.texts.kind import TEXT
from embedviz.things import embed
from tests.toy_things import LETTERS, LINE, TWO_DOORS, Codes, Line


@pytest.fixture(autouse=True)
def newcomers(monkeypatch: pytest.MonkeyPatch, cache_dir: Path) -> None:
    """One entry each, and an empty cache."""
    monkeypatch.setitem(KINDS, LINE.name, LINE)
    for encoder in (LETTERS, TWO_DOORS):
        monkeypatch.setitem(ENCODERS, encoder.name, encoder)


def picture(color: tuple[int, int, int], spot: int = 0) -> Image.Image:
    made = Image.new("RGB", (40, 30), color)
    made.putpixel((spot, 0), (9, 9, 9))
    return made


def png(color: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    picture(color).save(file, "PNG")
    return file.getvalue()


# Every kind

SPECIMENS: dict[str, tuple[Any, bytes]] = {
    "image": (picture((10, 200, 30)), png((10, 200, 30))),
    "text": ("A cat sleeps. 고양이가 잔다.", "A cat sleeps. 고양이가 잔다.".encode()),
    "line": (Line("abcdefghijklmnop"), b"abcdefghijklmnop"),
}


@pytest.fixture(params=["image", "text", "line"])
def kind(request: pytest.FixtureRequest) -> Kind:
    return kind_named(request.param)


def test_every_kind_has_a_specimen_here() -> None:
    assert set(SPECIMENS) == set(KINDS)


def test_what_is_in_memory_is_what_its_file_says(kind: Kind) -> None:
    thing, data = SPECIMENS[kind.name]
    assert kind.accepts(thing)
    assert not kind.accepts(3)
    with kind.write(thing) as file:
        written = kind.decode(file.read(), kind.limits())
    read = kind.decode(data, kind.limits())
    for value in (kind.value(thing), written.value):
        np.testing.assert_array_equal(np.asarray(value), np.asarray(read.value))


def test_bytes_have_one_name_for_each_kind(kind: Kind) -> None:
    _, data = SPECIMENS[kind.name]
    decoded = kind.decode(data, kind.limits())
    assert decoded.hash == kind.hash(data)
    others = [other.hash(data) for other in KINDS.values() if other is not kind]
    assert decoded.hash not in others
    assert len({other.salt for other in KINDS.values()}) == len(KINDS)


def test_facts_fill_the_columns_and_are_told_in_words(kind: Kind) -> None:
    _, data = SPECIMENS[kind.name]
    facts = kind.decode(data, kind.limits()).facts
    from_the_file = {"path", "hash", "label", "bytes"}
    assert from_the_file | set(facts) == set(kind.columns)
    assert set(kind.dates) <= set(kind.columns)
    said = kind.in_words({**facts, "bytes": len(data)})
    assert all(isinstance(value, str) for value in said.values())
    assert any(said.values())


def test_a_view_is_a_file_of_the_kind(kind: Kind) -> None:
    thing, _ = SPECIMENS[kind.name]
    preview = kind.preview(kind.value(thing))
    again = kind.decode(preview.view, kind.limits()).value
    assert preview.thumbnail
    if kind.exact_views:
        assert again == kind.value(thing)


@pytest.mark.parametrize(
    "data", [b"", b"\0\1\2\3", b"\x89PNG damaged"], ids=["empty", "zeros", "png"]
)
def test_what_is_none_of_them_is_said_in_a_sentence(kind: Kind, data: bytes) -> None:
    with pytest.raises(FormatError, match=r"^['A-Z].*\.$"):
        kind.decode(data, kind.limits())


def test_what_is_too_large_is_said_by_its_noun(kind: Kind) -> None:
    limits = kind.limits(file_mb=1)
    with pytest.raises(FormatError, match=f"1 MB, the limit for one {kind.noun}: "):
        kind.decode(bytes(1 << 20) + b"x", limits)
    assert f"{kind.noun}s" in limits.too_many(20_000)


# Every encoder's doors


def test_every_door_leads_to_a_kind_and_every_layer_has_a_name() -> None:
    for encoder in ENCODERS.values():
        assert encoder.inputs.keys() <= KINDS.keys()
        assert len({layer.name for layer in encoder.layers}) == len(encoder.layers)
        with pytest.raises(InvalidParameterError, match=r"takes .*, not smells"):
            encoder.door("smell")


@pytest.mark.parametrize(
    ("encoder", "kind_name"),
    [(name, kind) for name in ("efficientnet-lite0", "letters", "colors")
     for kind in {"efficientnet-lite0": ["image"], "letters": ["line"], "colors": ["image", "text"]}[name]],
)  # fmt: skip
def test_together_is_as_one_by_one(encoder: str, kind_name: str) -> None:
    model, kind = open_encoder(encoder), kind_named(kind_name)
    values = {
        "image": [picture((seed * 20, 90, 200 - seed)) for seed in range(5)],
        "line": [f"line number {seed:04d}" for seed in range(5)],
        "text": ["red", "green", "a blue car", "nothing", "red and blue"],
    }[kind_name]
    prepared = [model.prepare(kind.name, value) for value in values]
    together = model.embed(kind.name, prepared)
    assert together.shape == (5, model.dimensions)
    assert together.dtype == np.float32
    for row, one in zip(together, prepared, strict=True):
        alone = model.embed(kind.name, [one])[0]
        assert np.abs(row - alone).max() <= 1e-5 * np.abs(row).max()
    assert model.embed(kind.name, prepared[:0]).shape == (0, model.dimensions)
    assert open_encoder(encoder) is model


def test_unknown_names_are_refused_with_a_list() -> None:
    with pytest.raises(InvalidParameterError, match=r"'smell'.*'image', 'text', 'line'"):
        kind_named("smell")
    with pytest.raises(InvalidParameterError, match=r"'clip'.*'resnet50'.*'colors'"):
        encoder_named("clip")
    with pytest.raises(InvalidParameterError, match="ResNet-50 takes images, not lines"):
        ENCODERS["resnet50"].door("line")
    with pytest.raises(InvalidParameterError, match="Letters takes lines, not images"):
        embed("image", [png((1, 2, 3))], "letters")


# A second kind: embed, cache, save, open, query, delete


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    folder = tmp_path / "lines"
    for label, words in {"animals": ("cat", "dog", "hen"), "tools": ("saw", "axe", "peg")}.items():
        (folder / label).mkdir(parents=True)
        for word in words:
            (folder / label / f"{word}.line").write_text(
                f"a {word} is a {word}".ljust(16, ".")[:16]
            )
    (folder / "short.line").write_text("too short")
    (folder / "notes.txt").write_text("set aside by its name")
    return folder


def test_a_second_kind_goes_the_whole_way(lines: Path, tmp_path: Path) -> None:
    cache, root = ItemCache(), tmp_path / "kept"
    done = embed("line", [lines], "letters", cache=cache, previews=True, name="Lines")
    space = done.space
    assert space.keys[:2] == ("animals/cat.line", "animals/dog.line")
    assert space.table["label"].tolist() == ["animals"] * 3 + ["tools"] * 3
    assert list(space.table.columns) == list(LINE.columns)
    assert space.table["vowels"].tolist()[:2] == [5, 5]
    assert [failure.name for failure in done.failures] == ["short.line", "notes.txt"]
    assert "Not a line file (.txt)" in done.failures[1].reason
    assert "16 letters, got 9" in done.failures[0].reason
    assert space.origin["kind"] == "line"
    assert kind_of(space.origin) is LINE

    again = embed("line", [lines], "letters", cache=cache, previews=True)
    assert again.from_cache == 6
    np.testing.assert_array_equal(again.space.vectors, space.vectors)

    ev.collections.save("Lines", done, root=root)
    assert [info.name for info in ev.collections.list(root, kind="line")] == ["Lines"]
    assert ev.collections.list(root, kind="image") == ()
    opened = ev.collections.open("Lines", root=root)
    assert opened.info.kind == "line"
    content = opened.space.table["hash"].iloc[0]
    assert opened.view(content) == b"a cat is a cat.."
    assert opened.thumbnail(content) == b"a ca"

    alike = ev.look_alikes(opened.space, lines / "tools" / "saw.line", k=2)
    assert alike.keys[0] == "tools/saw.line"
    assert ev.look_alikes(opened.space, key="tools/saw.line", k=1).keys[0] != "tools/saw.line"
    assert ev.find(opened.space, Line("a dog is a dog.."), k=1).keys == ("animals/dog.line",)
    with pytest.raises(UnknownKeyError, match=r"no file 'tools/sew\.line', and"):
        ev.look_alikes(opened.space, "tools/sew.line")

    more = embed("line", [Line("a dog is a dog..")], "letters", cache=cache)
    assert ev.collections.add("Lines", more, root=root).skipped == 1
    ev.collections.delete("Lines", root=root)
    assert ev.collections.list(root) == ()


def test_a_second_look_at_exact_views_gives_the_files_vectors(lines: Path) -> None:
    cache = ItemCache()
    done = embed("line", [lines], "letters", cache=cache, previews=True)
    steps = open_encoder("letters", "steps")
    assert done.previews is not None
    seen = embed_views(LINE, done.space, done.previews, steps, cache=cache)
    files = embed("line", [lines], "letters", layer="steps", cache=False)
    np.testing.assert_array_equal(seen.space.vectors, files.space.vectors)
    assert seen.space.origin == files.space.origin


def test_copies_of_a_second_kind_are_found(lines: Path) -> None:
    (lines / "copy.line").write_bytes((lines / "tools/axe.line").read_bytes())
    space = embed("line", [lines], "letters", cache=False).space
    groups = [group for group in near_duplicates(space, 1.0) if group.identical]
    assert [set(group.keys) for group in groups] == [{"copy.line", "tools/axe.line"}]


def test_the_same_bytes_as_another_kind_are_another_content() -> None:
    cache = ItemCache()
    data = b"red and blue...."
    embed("line", [data], "letters", cache=cache)
    text = embed("text", [data], "colors", cache=cache)
    assert text.from_cache == 0
    assert list(text.space.table.columns) == list(TEXT.columns)


def test_what_a_preparation_refuses_is_set_aside(
    lines: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choosy(_self: Codes, line: str) -> np.ndarray:
        if "dog" in line:
            raise FormatError("No dogs here: give another.")
        return np.ones(16, np.float32)

    monkeypatch.setattr(Codes, "__call__", choosy)
    done = embed("line", [lines / "animals"], "letters", cache=False)
    assert [failure.name for failure in done.failures] == ["dog.line"]
    assert len(done.space) == 2


@pytest.mark.parametrize(
    "text", ["a\0b", "\x1f", "x" * 100_001, "  "], ids=["zero", "sign", "long", "no"]
)
def test_a_text_is_bounded_in_memory_as_in_a_file(text: str) -> None:
    with pytest.raises(FormatError):
        TEXT.value(text)
    with pytest.raises(FormatError):
        TEXT.decode(text.encode("utf-16"), TEXT.limits())


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"plain", "ascii"),
        ("고양이가 잔다".encode(), "utf-8"),
        ("Ein Käse für Jörg, süß und würzig.".encode("cp1252"), "(guessed)"),
        ("cut in the middle: é".encode()[:-1], "signs unreadable"),
    ],
    ids=["ascii", "utf-8", "guessed", "cut"],
)
def test_how_a_text_was_read_is_said(data: bytes, encoding: str) -> None:
    """A guess, and what could not be read, never pass without a word."""
    space = embed("text", [data], "colors", cache=False).space
    assert encoding in space.table["encoding"].iloc[0]


def test_half_a_sign_is_refused_and_not_replaced() -> None:
    with pytest.raises(EmbedvizError, match="signs that no text has"):
        embed("text", ["a \ud800 b"], "colors", cache=False)


def test_a_space_of_anyones_making_breaks_nothing() -> None:
    odd = {"encoder": ["x"], "encoding": 3, "kind": ["image"]}
    space = ev.EmbeddingSpace(["a", "b"], np.eye(2)).with_origin(odd)
    assert ev.look_alikes(space, key="a", k=1).keys == ("b",)


# Two doors: a text finds images

PAINTS = {"red": (250, 10, 10), "green": (10, 240, 20), "blue": (20, 10, 230), "gray": (128,) * 3}


@pytest.fixture
def paints(tmp_path: Path) -> Any:
    sources = [(f"{name}.png", png(color)) for name, color in PAINTS.items()]
    return ev.embed_images(sources, "colors", cache=False, pictures=True, name="Paints")


def test_a_text_finds_images(paints: Any, tmp_path: Path) -> None:
    for name in PAINTS:
        assert ev.find(paints.space, f"a {name} car", k=1, metric="euclidean").keys == (
            f"{name}.png",
        )
    found = ev.find(paints.space, "red and green", k=3)
    assert set(found.keys) == {"red.png", "green.png", "gray.png"}
    assert found.scores.shape == (3,)
    # By the other door, in every way that a picture comes.
    (tmp_path / "query.png").write_bytes(png((0, 0, 255)))
    for query in (picture((0, 0, 255)), tmp_path / "query.png", png((0, 0, 255))):
        assert ev.find(paints.space, query, k=1).keys == ("blue.png",)
    (tmp_path / "query.txt").write_text("something green")
    assert ev.find(paints.space, tmp_path / "query.txt", k=1).keys == ("green.png",)


def test_a_text_finds_images_in_a_saved_collection(paints: Any, tmp_path: Path) -> None:
    ev.collections.save("Paints", paints, root=tmp_path)
    opened = ev.collections.open("Paints", root=tmp_path)
    assert opened.info.kind == "image"
    assert ev.find(opened.space, "blue", k=1).keys == ("blue.png",)
    texts = embed("text", ["a red car"], "colors", cache=False)
    with pytest.raises(InvalidParameterError, match=r"of images; these by .*of texts"):
        ev.collections.add("Paints", texts, root=tmp_path)


def test_an_image_finds_texts_and_what_is_normal_is_of_ones_own_kind() -> None:
    words = [f"{first} {second} {n}" for n in range(4) for first in PAINTS for second in PAINTS]
    texts = embed("text", words, "colors", cache=False)
    assert kind_of(texts.space.origin) is TEXT
    assert ev.find(texts.space, picture((255, 0, 0)), k=1).keys[0].startswith("text ")
    row = ev.find(texts.space, picture((255, 0, 0)), k=1).rows[0]
    assert words[row].startswith("red red")
    asked = ev.look_alikes(texts.space, picture((255, 0, 0)), k=1)
    assert (asked.normal, asked.nothing_like_this) == (None, False)


def test_words_for_an_encoder_of_images_alone_are_refused_by_name() -> None:
    photos = ev.embed_images([png((1, 2, 3)), png((200, 2, 3))], "efficientnet-lite0", cache=False)
    with pytest.raises(
        InvalidParameterError,
        match=r"'a red car' is a text, and EfficientNet-Lite0, .* takes images alone.*colors",
    ):
        ev.find(photos.space, "a red car")
    with pytest.raises(EmbedvizError, match="does not say which encoder made it"):
        ev.find(ev.EmbeddingSpace(["a"], np.ones((1, 3))), "a red car")


# An uploaded picture is decoded once


def test_what_is_decoded_is_not_decoded_again(paints: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = IMAGE.decode(png((250, 0, 0)), IMAGE.limits())
    expected = ev.find(paints.space, png((250, 0, 0)), k=4)
    monkeypatch.setattr("embedviz.images.kind.decode", None)
    monkeypatch.setattr("embedviz.images.kind._write", None)
    for query in (decoded, decoded.value):
        found = ev.find(paints.space, query, k=4)
        assert found.keys == expected.keys
        np.testing.assert_array_equal(found.scores, expected.scores)


def test_what_the_upload_allowed_no_second_limit_refuses(paints: Any) -> None:
    """A picture is bounded when it is read; as PNG it may be larger than a file may be."""
    noise = np.random.default_rng(0).integers(0, 256, (900, 600, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "JPEG", quality=50)
    limits = IMAGE.limits(file_mb=1)
    assert len(file.getvalue()) < limits.file_bytes < noise.nbytes
    decoded = IMAGE.decode(file.getvalue(), limits)
    assert len(ev.look_alikes(paints.space, decoded, k=4, limits=limits).keys) == 4
