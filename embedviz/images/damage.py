"""What is said of bytes that give no picture: what they look like, and what to do."""

from __future__ import annotations

from embedviz.errors import FormatError

_KINDS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)
_OTHER_FILES = (
    (b"%PDF", "a PDF document", "save its pages as PNG or JPEG"),
    (b"%!PS", "a PostScript drawing", "export it as PNG"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript drawing", "export it as PNG"),
    (b"8BPS", "a Photoshop document", "export it as PNG or JPEG"),
    (b"PK\x03\x04", "a zip archive or an office document", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 image", "save it as PNG or JPEG"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 image", "save it as PNG or JPEG"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL image", "save it as PNG or JPEG"),
    (b"\xff\x0a", "a JPEG XL image", "save it as PNG or JPEG"),
    (b"\0\0\x01\0", "an icon file", "save it as PNG"),
    (b"\x1aE\xdf\xa3", "a video", "save a still picture of it"),
)
_MARKUP = (
    (b"<svg", "an SVG drawing", "export it as PNG"),
    (b"<!doctype html", "a web page", "save the picture itself"),
    (b"<html", "a web page", "save the picture itself"),
)
_VIDEO_BRANDS = (b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"qt  ", b"M4V ", b"3gp")
_HEAD = 1024
_READ = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF and HEIC"


def kind_of(data: bytes) -> str:
    """The kind of image that ``data`` begins like, or ""."""
    for start, kind in _KINDS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[4:8] == b"ftyp" and data[8:12] not in _VIDEO_BRANDS:
        return "AVIF" if data[8:11] == b"avi" else "HEIC"
    return ""


def not_an_image(data: bytes) -> FormatError:
    """The error for bytes that no decoder recognized."""
    kind = kind_of(data)
    if kind == "HEIC":
        from embedviz.images.openers import missing_heif

        missing = missing_heif()
        if missing is not None:
            return FormatError(
                "HEIC photos need the package 'pillow-heif', which is not installed: install it "
                "with 'pip install pillow-heif', or save the photo as JPEG."
            )
    if kind:
        return _damaged(kind)
    what, remedy = _looks_like(data)
    if what:
        return FormatError(f"The file is {what}, not an image that can be read here: {remedy}.")
    return FormatError(f"The file is none of the images that can be read here: {_READ}.")


def damaged(data: bytes, error: Exception) -> FormatError:
    """The error for an image at which the decoder gave up with ``error``."""
    kind = kind_of(data)
    if isinstance(error, MemoryError):
        return FormatError("There is not enough memory for this image: make it smaller first.")
    if "truncated" in str(error).lower():
        return FormatError(
            f"The {kind or 'image'} file ends before its picture does: copy or download it again."
        )
    return _damaged(kind)


def _damaged(kind: str) -> FormatError:
    return FormatError(
        f"The file begins like a {kind or 'known'} image but is damaged or of an unusual kind: "
        "copy or export it again."
    )


def _looks_like(data: bytes) -> tuple[str, str]:
    for start, what, remedy in _OTHER_FILES:
        if data.startswith(start):
            return what, remedy
    if data[4:8] == b"ftyp":
        return "a video", "save a still picture of it"
    head = data[:_HEAD].lower()
    for mark, what, remedy in _MARKUP:
        if mark in head:
            return what, remedy
    if _is_text(data[:_HEAD]):
        return "text", "choose the picture itself"
    return "", ""


def _is_text(head: bytes) -> bool:
    if any(byte < 9 or 13 < byte < 32 for byte in head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # a sign that is cut by the end of the head
    return True
