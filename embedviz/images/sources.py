"""Whatever holds an image, as an ImageFile that is read when its turn comes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from embedviz.errors import FormatError, InvalidParameterError
from embedviz.images.file_names import base_name, clean_name, label_from_name
from embedviz.images.folders import image_at, images_in_folder
from embedviz.images.image_file import Failure, ImageFile
from embedviz.images.limits import ImageLimits
from embedviz.images.shared_file import SharedFile

if TYPE_CHECKING:
    from PIL import Image

_NO_LIMIT = ImageLimits(count=sys.maxsize)
# What PNG can hold as it is; TIFF holds the rest.
_PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")


def image_files(sources: Any, limits: ImageLimits = _NO_LIMIT) -> Iterator[ImageFile]:
    """The images in ``sources``, one by one, none of them read yet.

    Parameters
    ----------
    sources : iterable, or one of its kind
        Paths of files (labelled by their folder) and of folders (walked, see
        :func:`~embedviz.images.folders.images_in_folder`), ImageFile, bytes, binary files, PIL
        images, and pairs of a name and bytes or a binary file. A binary file must be able to go
        back to its beginning; it is left open.
    limits : ImageLimits
        How many images a folder may give; by default any number.

    Yields
    ------
    ImageFile
        What cannot be read is among them, and raises FormatError when it is opened.

    Raises
    ------
    InvalidParameterError
        For anything else among ``sources``.
    """
    if _is_one(sources):
        sources = [sources]
    if not isinstance(sources, Iterable):
        raise _no_source(sources)
    for number, source in enumerate(sources, 1):
        if isinstance(source, ImageFile):
            yield source
        elif isinstance(source, str | os.PathLike):
            yield from _at(Path(source), limits)
        else:
            yield _in_memory(source, number)


def failing(failure: Failure) -> ImageFile:
    """A file that says its reason when it is opened, so that it takes its place among the rest."""

    def refuse() -> NoReturn:
        raise FormatError(failure.reason)

    return ImageFile(failure.name, refuse)


def _is_one(source: Any) -> bool:
    return (
        isinstance(source, str | os.PathLike | bytes | ImageFile)
        or hasattr(source, "read")
        or _is_picture(source)
    )


def _at(path: Path, limits: ImageLimits) -> Iterator[ImageFile]:
    if path.is_dir():
        files, failures = images_in_folder(path, limits)
        yield from files
        yield from map(failing, failures)
    else:
        name = clean_name(os.fspath(path))
        yield image_at(path, base_name(name), label_from_name(name))


def _in_memory(source: Any, number: int) -> ImageFile:
    named = isinstance(source, tuple) and len(source) == 2 and isinstance(source[0], str)
    name, content = source if named else ("", source)
    name = name or _own_name(content) or f"image {number}"
    label = label_from_name(name)
    # The name of a file that a program has opened is its whole path.
    name = base_name(clean_name(name)) if os.path.isabs(name) else clean_name(name)
    if isinstance(content, bytes | bytearray | memoryview):
        data = bytes(content)
        return ImageFile(name, lambda: io.BytesIO(data), len(data), label)
    if _is_picture(content):
        return ImageFile(name, lambda: _written(content), None, label)
    if hasattr(content, "read") and hasattr(content, "seek"):
        return ImageFile(name, SharedFile(content).view, None, label)
    raise _no_source(source)


def _own_name(content: Any) -> str:
    named = getattr(content, "filename", "") or getattr(content, "name", "")
    return named if isinstance(named, str) else ""


def _is_picture(source: Any) -> bool:
    # Whoever hands in a picture has loaded Pillow; nobody else needs it for this question.
    pillow = sys.modules.get("PIL.Image")
    return pillow is not None and isinstance(source, pillow.Image)


def _written(picture: Image.Image) -> IO[bytes]:
    """A file of ``picture``, without loss, with the side that is up."""
    file = io.BytesIO()
    kind = "PNG" if picture.mode in _PNG_MODES else "TIFF"
    picture.save(file, kind, exif=picture.getexif())
    file.seek(0)
    return file


def _no_source(source: Any) -> InvalidParameterError:
    return InvalidParameterError(
        f"Images come as paths, folders, bytes, binary files or PIL images, got "
        f"{type(source).__name__}. Write an array with PIL.Image.fromarray first."
    )
