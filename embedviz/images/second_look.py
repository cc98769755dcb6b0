"""The same images seen by another encoder, when only their small pictures are left."""

from __future__ import annotations

import io
from functools import partial

import numpy as np

from embedviz.images.embedding import EmbeddedImages, embed_images
from embedviz.images.image_cache import ImageCache
from embedviz.images.image_file import Failure, ImageFile
from embedviz.images.thumbnails import Pictures
from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace

FROM_VIEWS = "views"
"""``origin["pictures"]`` of a space that was made from views instead of the files."""


def embed_views(
    space: EmbeddingSpace,
    pictures: Pictures,
    encoder: str,
    *,
    layer: str | None = None,
    cache: bool | ImageCache = True,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> EmbeddedImages:
    """Embed the images of ``space`` with another encoder, from their kept views.

    A view has 288 pixels on its shorter side, more than an encoder looks at (224 of 256), so that
    the vectors are close to those of the files, but not the same: ``origin["pictures"]`` says so,
    and a query is shrunk in the same way.

    Parameters
    ----------
    space : EmbeddingSpace
        With a column ``hash`` in its table.
    pictures : Pictures
        Where the views are.

    Returns
    -------
    EmbeddedImages whose space has the keys and the table of ``space``; images without a view are
    among its failures.
    """
    table = space.table
    sources, rows, missing = [], [], []
    for row, content in enumerate(table["hash"]):
        view = pictures.view(content)
        if view is None:
            missing.append(Failure(space.keys[row], "No picture of it was kept."))
        else:
            sources.append(ImageFile(str(row), partial(io.BytesIO, view), len(view)))
            rows.append(row)
    seen = embed_images(
        sources, encoder, layer=layer, cache=cache, on_progress=on_progress, cancel=cancel
    )
    done = np.array([int(key) for key in seen.space.keys], dtype=np.intp)
    again = EmbeddingSpace(
        [space.keys[row] for row in done],
        seen.space.vectors,
        table.iloc[done].reset_index(drop=True),
        space.name,
        seen.space.origin | {"pictures": FROM_VIEWS},
        copy=False,
    )
    return EmbeddedImages(
        again,
        (*missing, *seen.failures),
        pictures,
        seen.images_per_second,
        seen.from_cache,
        seen.stopped,
        seen.engine,
    )
