"""Decoding: every kind of image gives the one picture, and everything else one sentence."""

from __future__ import annotations

import hashlib
import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile, ImageOps, features

from embedviz.errors import FormatError
from embedviz.images.decoding import DecodedImage, ImageLimits, as_rgb, decode, readable_formats
from embedviz.items.files import ItemFile as File
from embedviz.items.files import read_bytes
from embedviz.items.kind import hash_of
from embedviz.params import specs
from tests.counts import examples

# Pillow warns of what it passes over; what matters here is what it does.
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning"),
]

HEIF = "HEIF" in readable_formats()


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def colors(width: int = 40, height: int = 30) -> Image.Image:
    """Red grows to the right, green downwards, and one corner is blue."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width, dtype=np.uint8)
    pixels[..., 1] = np.linspace(0, 200, height, dtype=np.uint8)[:, None]
    pixels[: height // 2, : width // 2, 2] = 255
    return Image.fromarray(pixels)


GOOD: dict[str, bytes] = {
    "JPEG": encoded(colors(), "JPEG", quality=95),
    "JPEG, progressive": encoded(colors(), "JPEG", quality=95, progressive=True),
    "PNG": encoded(colors(), "PNG"),
    "PNG, 16 bits": encoded(Image.fromarray(np.full((30, 40), 40_000, np.uint16)), "PNG"),
    "GIF": encoded(colors(), "GIF"),
    "WEBP": encoded(colors(), "WEBP", quality=95),
    "WEBP, lossless": encoded(colors(), "WEBP", lossless=True),
    "BMP": encoded(colors(), "BMP"),
    "TIFF": encoded(colors(), "TIFF"),
    "TIFF, LZW": encoded(colors(), "TIFF", compression="tiff_lzw"),
    "TIFF, JPEG": encoded(colors(), "TIFF", compression="jpeg"),
}
if features.check("avif"):
    GOOD["AVIF"] = encoded(colors(), "AVIF", quality=95)
if HEIF:
    GOOD["HEIF"] = encoded(colors(), "HEIF", quality=95)


def array(decoded: DecodedImage) -> np.ndarray[Any, Any]:
    return np.asarray(decoded.picture)


def refused(data: bytes, said: str, limits: ImageLimits | None = None) -> None:
    with pytest.raises(FormatError, match=said) as caught:
        decode(data, limits or ImageLimits())
    _is_one_sentence(str(caught.value))


def _is_one_sentence(message: str) -> None:
    assert message.endswith(".")
    assert ". " not in message
    assert message[0].isupper()
    assert "0x" not in message
    assert len(message) > 30


# What each kind gives


@pytest.mark.parametrize("name", GOOD)
def test_every_format_gives_the_picture(name: str) -> None:
    decoded = decode(GOOD[name])
    assert decoded.picture.mode == "RGB"
    assert (decoded.width, decoded.height) == decoded.picture.size == (40, 30)
    assert decoded.format == name.partition(",")[0]
    assert decoded.nbytes == len(GOOD[name])
    assert decoded.hash == hash_of(GOOD[name])
    assert decoded.taken is None
    wanted = np.full((30, 40, 3), 40_000 >> 8) if name == "PNG, 16 bits" else np.asarray(colors())
    assert np.abs(array(decoded).astype(int) - wanted).mean() < 12
    assert 0 < decoded.brightness < 1


def test_the_hash_is_blake2b_of_the_bytes() -> None:
    assert hash_of(b"a") == hashlib.blake2b(b"a", digest_size=16).hexdigest()
    assert len(hash_of(b"")) == 32


@pytest.mark.parametrize(("gray", "wanted"), [(0, 0.0), (255, 1.0), (51, 0.2)])
def test_brightness_is_mean_luma(gray: int, wanted: float) -> None:
    decoded = decode(encoded(Image.new("RGB", (300, 7), (gray, gray, gray)), "PNG"))
    assert decoded.brightness == pytest.approx(wanted, abs=1e-6)


def test_brightness_weighs_colors_as_bt_601() -> None:
    half = Image.new("RGB", (100, 100), "black")
    half.paste((0, 255, 0), (0, 0, 50, 100))
    assert decode(encoded(half, "PNG")).brightness == pytest.approx(0.587 / 2, abs=2e-3)


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_the_smallest_images_are_images(kind: str, size: tuple[int, int]) -> None:
    decoded = decode(encoded(Image.new("RGB", size, (9, 9, 9)), kind))
    assert decoded.picture.size == size
    assert np.abs(array(decoded).astype(int) - 9).max() <= 2


RED_OVER_WHITE = (255, 127, 127)


def _half_red() -> Image.Image:
    """Red at half, and a second pixel that is not there at all."""
    picture = Image.new("RGBA", (2, 1))
    picture.putpixel((0, 0), (255, 0, 0, 128))
    return picture


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_transparency_lies_over_white(kind: str) -> None:
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    pixels = array(decode(encoded(_half_red(), kind, **options)))
    assert pixels.tolist() == [[list(RED_OVER_WHITE), [255, 255, 255]]]


def test_gray_with_transparency() -> None:
    gray = Image.new("LA", (2, 1), (0, 128))
    gray.putpixel((1, 0), (0, 0))
    assert array(decode(encoded(gray, "PNG"))).tolist() == [[[127] * 3, [255] * 3]]


def test_palette_with_one_and_with_many_transparent_colors() -> None:
    palette = Image.new("P", (3, 1))
    palette.putpalette([255, 0, 0, 0, 0, 255, 0, 255, 0])
    palette.putdata([0, 1, 2])
    one = decode(encoded(palette, "PNG", transparency=1))
    assert array(one).tolist() == [[[255, 0, 0], [255, 255, 255], [0, 255, 0]]]
    many = decode(encoded(palette, "PNG", transparency=bytes([128, 0, 255])))
    assert array(many).tolist() == [[list(RED_OVER_WHITE), [255, 255, 255], [0, 255, 0]]]
    drawn = decode(encoded(palette, "GIF", transparency=2))
    assert array(drawn).tolist() == [[[255, 0, 0], [0, 0, 255], [255, 255, 255]]]


@pytest.mark.parametrize("mode", ["RGB", "L", "1"])
def test_one_transparent_color_of_a_png(mode: str) -> None:
    picture = Image.new(mode, (2, 1), "white")
    picture.putpixel((0, 0), 0 if mode != "RGB" else (0, 0, 0))
    clear = (0, 0, 0) if mode == "RGB" else 0
    assert (array(decode(encoded(picture, "PNG", transparency=clear))) == 255).all()


def test_sixteen_bits_keep_their_upper_byte() -> None:
    values = np.array([[0, 255, 256, 32_768, 65_535]], np.uint16)
    for kind in ("PNG", "TIFF"):
        assert array(decode(encoded(Image.fromarray(values), kind)))[0, :, 0].tolist() == [
            0, 0, 1, 128, 255,
        ]  # fmt: skip


def test_big_endian_sixteen_bits() -> None:
    values = np.array([[0, 256, 65_535]], ">u2")
    assert array(decode(_big_endian_tiff(values)))[0, :, 0].tolist() == [0, 1, 255]


def _big_endian_tiff(values: np.ndarray[Any, Any]) -> bytes:
    """The least of a TIFF: one strip, gray, 16 bits, most significant byte first."""
    height, width = values.shape
    strip = values.tobytes()
    tags = [
        (256, 4, width), (257, 4, height), (258, 3, 16 << 16), (259, 3, 1 << 16),
        (262, 3, 1 << 16), (273, 4, 8), (277, 3, 1 << 16), (278, 4, height), (279, 4, len(strip)),
    ]  # fmt: skip
    entries = b"".join(struct.pack(">HHII", tag, kind, 1, value) for tag, kind, value in tags)
    start = 8 + len(strip)
    return (
        b"MM\0*" + struct.pack(">I", start) + strip
        + struct.pack(">H", len(tags)) + entries + bytes(4)
    )  # fmt: skip


def test_the_transparent_value_of_sixteen_bits_is_white() -> None:
    picture = Image.fromarray(np.array([[0, 700, 701]], np.uint16))
    assert array(decode(encoded(picture, "PNG", transparency=700)))[0, :, 0].tolist() == [0, 255, 2]


@pytest.mark.parametrize(
    ("values", "kind", "wanted"),
    [
        ([0, 7, 255], np.int32, [0, 7, 255]),
        ([0, 256, 65_535], np.int32, [0, 1, 255]),
        ([-100, 0, 100], np.int32, [0, 128, 255]),
        ([0, 100_000, 200_000], np.int32, [0, 128, 255]),
        ([-(2**31), 0, 2**31 - 1], np.int32, [0, 128, 255]),
        ([0.0, 0.5, 1.0], np.float32, [0, 128, 255]),
        ([0.0, 2.0, 255.0], np.float32, [0, 2, 255]),
        ([-1.0, 0.0, 1.0], np.float32, [0, 128, 255]),
        ([0.0, 500.0, 1000.0], np.float32, [0, 128, 255]),
        ([-3e38, 0.0, 3e38], np.float32, [0, 128, 255]),
        ([np.nan, 0.5, 1.0], np.float32, [0, 128, 255]),
        ([np.inf, -np.inf, np.nan], np.float32, [0, 0, 0]),
        ([-5.0, -5.0, -5.0], np.float32, [0, 0, 0]),
    ],
)
def test_deep_gray_is_scaled_as_documented(values: list[Any], kind: Any, wanted: list[int]) -> None:
    data = encoded(Image.fromarray(np.array([values], kind)), "TIFF")
    got = array(decode(data))[0, :, 0].astype(int)
    assert np.abs(got - wanted).max() <= (1 if 128 in wanted else 0)


def test_cmyk_is_as_pillow_says_also_inverted_by_adobe() -> None:
    ink = colors().convert("CMYK")
    for kind in ("JPEG", "TIFF"):
        got = array(decode(encoded(ink, kind))).astype(int)
        assert np.abs(got - np.asarray(colors())).mean() < 12


@pytest.mark.parametrize(
    "steps",
    ["1", "L", "P", "LA", "LA La", "RGBA PA", "RGBA RGBa", "RGBX", "YCbCr", "HSV"],
)
def test_every_mode_becomes_rgb(steps: str) -> None:
    picture = colors()
    for mode in steps.split():
        picture = picture.convert(mode)
    got = as_rgb(picture)
    assert got.mode == "RGB"
    wanted = colors().convert("L") if picture.mode in ("1", "L", "LA", "La") else colors()
    assert np.asarray(got).mean() == pytest.approx(np.asarray(wanted).mean(), abs=8)


def test_lab_becomes_rgb() -> None:
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    lab = ImageCms.applyTransform(colors(), ImageCms.buildTransform(*profiles, "RGB", "LAB"))
    got = array(decode(encoded(lab, "TIFF"))).astype(int)
    assert np.abs(got - np.asarray(colors())).mean() < 12


# Frames


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF", "HEIF", "MPO"])
def test_of_many_pictures_the_first_is_taken(kind: str) -> None:
    if kind not in (*readable_formats(), "MPO"):
        pytest.skip(f"{kind} cannot be read here")
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "lime", "blue")]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    decoded = decode(data)
    assert np.abs(array(decoded).astype(int) - (255, 0, 0)).max() < 10
    assert decoded.format == ("JPEG" if kind == "MPO" else kind)


def test_a_great_number_of_frames_costs_as_one() -> None:
    """No frame but the first is looked at: what follows need not even be there."""
    one = encoded(Image.new("P", (8, 8)), "GIF")
    frame = one[one.index(b"\x2c") : -1]
    decoded = decode(one[:-1] + frame * 100_000 + b"\x21")
    assert decoded.picture.size == (8, 8)


# EXIF


def _with_exif(kind: str, orientation: int, **tags: Any) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    for tag, value in tags.items():
        exif[int(tag[1:], 16)] = value
    # As bytes, which the writers of AVIF and HEIF turn into the container's own rotation.
    return encoded(colors(), kind, exif=exif.tobytes())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright(kind: str, orientation: int) -> None:
    if kind not in readable_formats():
        pytest.skip(f"{kind} cannot be read here")
    data = _with_exif(kind, orientation)
    decoded = decode(data)
    plain = colors()
    plain.getexif()[0x0112] = orientation
    wanted = ImageOps.exif_transpose(plain)
    assert decoded.picture.size == (decoded.width, decoded.height) == wanted.size
    assert np.abs(array(decoded).astype(int) - np.asarray(wanted)).mean() < 12


def test_the_picture_carries_no_exif_with_it() -> None:
    """A thumbnail made of it must not tell where the photo was taken."""
    decoded = decode(_with_exif("JPEG", 6, x010f="the camera", x8825={2: (37.0, 33.0, 0.0)}))
    assert b"the camera" not in encoded(decoded.picture, "JPEG")
    assert not decoded.picture.info


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2024:03:09 17:05:59", datetime(2024, 3, 9, 17, 5, 59)),
        ("2024-03-09T17:05", datetime(2024, 3, 9, 17, 5)),
        ("2024:03:09", datetime(2024, 3, 9)),
        (b"2024:03:09 17:05:59", datetime(2024, 3, 9, 17, 5, 59)),
        ("0000:00:00 00:00:00", None),
        ("0001:01:01 00:00:00", None),
        ("2024:13:41 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("yesterday", None),
        ("", None),
        (7, None),
    ],
    ids=repr,
)
@pytest.mark.parametrize("tag", [0x9003, 0x9004, 0x0132])
def test_when_it_was_taken(tag: int, written: Any, wanted: datetime | None) -> None:
    exif = Image.Exif()
    if tag == 0x0132:
        exif[tag] = written
    else:
        exif.get_ifd(0x8769)[tag] = written
    assert decode(encoded(colors(), "JPEG", exif=exif)).taken == wanted


def test_the_shutter_comes_before_the_change() -> None:
    exif = Image.Exif()
    exif[0x0132] = "2025:01:01 00:00:00"
    exif.get_ifd(0x8769)[0x9003] = "2024:03:09 17:05:59"
    assert decode(encoded(colors(), "JPEG", exif=exif)).taken == datetime(2024, 3, 9, 17, 5, 59)


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\x00\x03" * 40,
        b"Exif\0\0" + bytes(range(256)),
        b"Exif\0\0nonsense",
    ],
    ids=["nothing", "an offset far outside", "too many tags", "noise", "text"],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_is_no_error(kind: str, exif: bytes) -> None:
    decoded = decode(encoded(colors(), kind, exif=exif))
    assert decoded.picture.size == (40, 30)
    assert decoded.taken is None


@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation: int) -> None:
    assert decode(_with_exif("JPEG", orientation)).picture.size == (40, 30)


# What is refused


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png(width: int, height: int, content: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(content))
        + _chunk(b"IEND", b"")
    )  # fmt: skip


@pytest.mark.parametrize("size", [(1_000_000, 101), (10_001, 10_000), (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels_are_refused_by_the_header(size: tuple[int, int]) -> None:
    tracemalloc.start()
    refused(png(*size), "100 million")
    refused(_bmp(*size), "100 million")
    assert tracemalloc.get_traced_memory()[1] < 1 << 22
    tracemalloc.stop()


def _bmp(width: int, height: int) -> bytes:
    return (
        b"BM" + struct.pack("<IHHI", 54, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    )  # fmt: skip


def test_a_picture_a_million_pixels_wide_is_one_if_it_is_whole() -> None:
    assert decode(encoded(Image.new("L", (1_000_000, 1)), "PNG")).width == 1_000_000


def test_the_limit_on_pixels_is_exact() -> None:
    limits = ImageLimits(megapixels=1)
    assert decode(encoded(Image.new("1", (1000, 1000)), "PNG"), limits).width == 1000
    refused(encoded(Image.new("1", (1001, 1000)), "PNG"), "1,001 × 1,000 pixels", limits)


def test_more_bytes_than_the_limit_are_refused() -> None:
    refused(bytes(1 << 20) + b"x", "larger than 1 MB", ImageLimits(file_mb=1))


def test_every_limit_has_its_line_of_help() -> None:
    assert list(specs(ImageLimits)) == ["file_mb", "count", "total_mb", "megapixels"]
    assert all(spec.help and spec.minimum for spec in specs(ImageLimits).values())
    # Pillow raises above twice its own limit, whatever ours is.
    assert specs(ImageLimits)["megapixels"].maximum * 1e6 < 2 * Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"this is no picture\n", "is text"),
        ("그림이 아닙니다".encode() * 100, "is text"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<!DOCTYPE html><html><body><img src=x></body></html>", "web page"),
        (b"%PDF-1.7\n", "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n", "PostScript"),
        (b"8BPS\0\x01", "Photoshop"),
        (b"PK\x03\x04" + bytes(26), "zip archive"),
        (b"\0\0\0\x18ftypisom" + bytes(99), "video"),
        (b"P6 2 2 255\n" + bytes(12), "none of the images"),
        (bytes(range(256)), "none of the images"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"GIF89a" + bytes(7), "GIF|no pixels"),
        (b"II*\0\xff\xff\xff\xff", "TIFF"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "WebP"),
        (b"\0\0\0\x18ftypheic" + bytes(99), "HEIC"),
        (b"\0\0\0\x18ftypavif" + bytes(99), "AVIF"),
        (png(0, 5), "PNG|no pixels"),
    ],
    ids=lambda value: value[:16].hex() if isinstance(value, bytes) else "",
)
def test_what_is_no_image_is_said(data: bytes, said: str) -> None:
    refused(data, said)


@pytest.mark.parametrize("kind", ["EPS", "PPM", "ICO", "PCX", "TGA", "PDF"])
def test_formats_that_were_not_chosen_are_not_opened(kind: str) -> None:
    refused(encoded(colors(), kind), "not an image|none of the images")


def test_heic_without_its_package_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from embedviz.images import decoding as openers

    monkeypatch.setattr(openers, "readable_formats", lambda: ("JPEG", "PNG"))
    refused(b"\0\0\0\x18ftypheic" + bytes(99), "pip install pillow-heif")


def test_too_little_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    refused(GOOD["PNG"], "not enough memory")


@pytest.mark.parametrize("name", GOOD)
def test_no_truncation_loses_a_part_of_the_picture(name: str) -> None:
    whole = decode(GOOD[name])
    for cut in range(1, len(GOOD[name]), max(1, len(GOOD[name]) // 150)):
        try:
            part = decode(GOOD[name][:cut])
        except FormatError as error:
            _is_one_sentence(str(error))
        else:
            # A last few bytes that hold no pixels may be missing.
            assert len(GOOD[name]) - cut < 25
            assert (array(part) == array(whole)).all()


def _only_speaks(data: bytes) -> None:
    try:
        decoded = decode(data, ImageLimits(file_mb=1, megapixels=4))
    except FormatError as error:
        _is_one_sentence(str(error))
    else:
        assert decoded.picture.mode == "RGB"
        assert decoded.picture.size == (decoded.width, decoded.height)
        assert 0 <= decoded.brightness <= 1


@pytest.mark.parametrize("name", GOOD)
@given(data=st.data())
@settings(max_examples=examples(80, 800))
def test_damaged_files_give_a_picture_or_one_sentence(name: str, data: st.DataObject) -> None:
    content = bytearray(GOOD[name])
    near = st.integers(0, min(len(content) - 1, 120))
    for at, value in data.draw(
        st.lists(
            st.tuples(near | st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=6
        )
    ):
        content[at] = value
    cut = data.draw(st.none() | st.integers(0, len(content)))
    _only_speaks(bytes(content[:cut]))


@given(st.sampled_from(sorted(GOOD)), st.integers(0, 64), st.binary(max_size=200))
def test_noise_behind_a_good_beginning_only_speaks(name: str, keep: int, rest: bytes) -> None:
    _only_speaks(GOOD[name][:keep] + rest)


def test_decoding_in_threads_is_the_same() -> None:
    names = sorted(GOOD) * 4
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda name: array(decode(GOOD[name])), names))
    assert all(
        (got == array(decode(GOOD[name]))).all() for name, got in zip(names, together, strict=True)
    )


# Reading the bytes


class _Endless(io.RawIOBase):
    def __init__(self) -> None:
        self.given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.given += size
        return bytes(size)


def test_no_more_than_a_byte_beyond_the_limit_is_read() -> None:
    endless = _Endless()
    with pytest.raises(FormatError, match="larger than 2 MB"):
        read_bytes(File("zeros.png", lambda: endless), ImageLimits(file_mb=2))  # type: ignore[arg-type,return-value]
    assert endless.given == (2 << 20) + 1
    assert endless.closed


def test_an_announced_size_is_refused_unread() -> None:
    def never() -> Any:
        raise AssertionError("it was opened")

    with pytest.raises(FormatError, match="larger than 50 MB"):
        read_bytes(File("large.png", never, size=(50 << 20) + 1), ImageLimits())
    with pytest.raises(FormatError, match="empty"):
        read_bytes(File("empty.png", never, size=0), ImageLimits())


def test_a_file_of_the_largest_size_is_read() -> None:
    data = bytes(1 << 20)
    assert read_bytes(File("a", lambda: io.BytesIO(data)), ImageLimits(file_mb=1)) == data


def _raising(error: Exception) -> Callable[[], Any]:
    def opening() -> Any:
        raise error

    return opening


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
        (PermissionError(13, "Permission denied"), "Permission denied"),
        (ValueError("I/O operation on closed file"), "closed"),
        (RuntimeError("gone"), "closed or lost"),
        (FormatError("It said so itself."), "It said so itself"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_cannot_be_opened_is_said(error: Exception, said: str) -> None:
    with pytest.raises(FormatError, match=said) as caught:
        read_bytes(File("a", _raising(error)), ImageLimits())
    assert ". " not in str(caught.value)


def test_nothing_global_is_changed() -> None:
    import warnings

    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters))
    decode(GOOD["JPEG"])
    with pytest.raises(FormatError):
        decode(GOOD["JPEG"][:300])
    assert before == (
        Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters),
    )  # fmt: skip
