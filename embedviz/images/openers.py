"""Which kinds of files are opened as images at all."""

from __future__ import annotations

import functools

from embedviz.errors import MissingDependencyError

# Pillow reads many more, among them some that start other programs (EPS); these are enough.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")


@functools.cache
def readable_formats() -> tuple[str, ...]:
    """What Pillow may open here; HEIF (.heic) is among them if pillow-heif is installed."""
    from PIL import Image

    Image.init()
    try:
        import pillow_heif
    except ImportError:
        pass
    else:
        pillow_heif.register_heif_opener()
    # Pillow can have been built without WebP or AVIF.
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def missing_heif() -> MissingDependencyError | None:
    """What would have to be installed for HEIC photos, or None if they can be read."""
    if "HEIF" in readable_formats():
        return None
    return MissingDependencyError("pillow-heif", "Reading HEIC photos")
