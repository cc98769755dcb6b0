"""What a browser sent, as image files: zips opened, labels read, limits held on the server's side."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from typing import IO, Any

from embedviz.errors import EmbedvizError, InvalidParameterError
from embedviz.images.file_names import clean_name
from embedviz.images.image_file import Failure, ImageFile
from embedviz.images.labels import label_from_name, labeled, labels_from_csv
from embedviz.images.zip_images import images_in_zip
from embedviz.ui.images.image_set import Listed, image_limits


def listed_uploads(uploads: Sequence[Any]) -> Listed:
    """The images among ``uploads`` (Streamlit's uploaded files), and what is none of them.

    Raises InvalidParameterError if all together are larger than the operator allows: a browser
    checks that too, but can be told not to.
    """
    limits = image_limits()
    total = sum(upload.size for upload in uploads)
    if total > limits.total_bytes:
        raise InvalidParameterError(
            f"These files have {total / 2**20:,.0f} MB together; this server takes "
            f"{limits.total_mb:,} MB in one go. Bring fewer of them at a time."
        )
    files: list[ImageFile] = []
    set_aside: list[Failure] = []
    labels: dict[str, str] = {}
    for upload in uploads:
        found, not_read = _one(upload, labels)
        files += found
        set_aside += not_read
    files = labeled(files, labels) if labels else files
    if len(files) > limits.count:
        rest = len(files) - limits.count
        reason = f"This server takes {limits.count:,} images in one go; bring the rest afterwards."
        set_aside.append(Failure(f"{rest:,} more images", reason))
    return files[: limits.count], set_aside


def _one(upload: Any, labels: dict[str, str]) -> Listed:
    name = clean_name(str(upload.name))
    try:
        if name.lower().endswith(".csv"):
            labels |= labels_from_csv(upload.getvalue())
            return [], []
        if name.lower().endswith(".zip"):
            return images_in_zip(upload, image_limits(), name)
    except EmbedvizError as error:
        return [], [Failure(name, str(error))]
    file = ImageFile(name, partial(_stream, upload), upload.size, label_from_name(name))
    return [file], []


def _stream(upload: Any) -> IO[bytes]:
    # A stream of its own for each reader: threads read ahead, and a page may look meanwhile.
    return io.BytesIO(upload.getbuffer())
