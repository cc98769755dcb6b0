"""The same images seen by another encoder, when only their small pictures are left."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import partial

import numpy as np

from embedviz.images.embedding import EmbeddedImages, embed_images
from embedviz.images.image_cache import ImageCache, Vectors, default_image_cache
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
    from embedviz.images.network import open_network

    memory = cache if isinstance(cache, ImageCache) else default_image_cache() if cache else None
    encoding = f"{open_network(encoder, layer).encoding}/{FROM_VIEWS}"
    contents = [str(content) for content in space.table["hash"]]
    known = {} if memory is None else memory.vectors(encoding, contents)
    sources, missing = _views(space, contents, pictures, known)
    seen = None
    if sources or not known:
        seen = embed_images(
            sources, encoder, layer=layer, cache=False, on_progress=on_progress, cancel=cancel
        )
        fresh = dict(zip(seen.space.keys, seen.space.vectors, strict=True))
        known |= fresh
        if memory is not None:
            # By the file's content, not the view's: who forgets an image forgets this too.
            memory.put_vectors(encoding, fresh)
    return _with_vectors(space, contents, known, missing, pictures, seen, encoder, layer)


def _views(
    space: EmbeddingSpace, contents: list[str], pictures: Pictures, known: Vectors
) -> tuple[list[ImageFile], list[Failure]]:
    """Each view that is still to be embedded, once, named by its image's content; and who has none."""
    sources: dict[str, ImageFile] = {}
    missing = []
    for key, content in zip(space.keys, contents, strict=True):
        if content in known or content in sources:
            continue
        view = pictures.view(content)
        if view is None:
            missing.append(Failure(key, "No picture of it was kept."))
        else:
            sources[content] = ImageFile(content, partial(io.BytesIO, view), len(view))
    return list(sources.values()), missing


def _with_vectors(
    space: EmbeddingSpace,
    contents: list[str],
    known: Vectors,
    missing: list[Failure],
    pictures: Pictures,
    seen: EmbeddedImages | None,
    encoder: str,
    layer: str | None,
) -> EmbeddedImages:
    from embedviz.images.network import open_network

    rows = [row for row, content in enumerate(contents) if content in known]
    origin = open_network(encoder, layer).origin | {"pictures": FROM_VIEWS}
    again = EmbeddingSpace(
        [space.keys[row] for row in rows],
        np.stack([known[contents[row]] for row in rows]),
        space.table.iloc[rows].reset_index(drop=True),
        space.name,
        origin,
        copy=False,
    )
    if seen is None:
        return EmbeddedImages(again, tuple(missing), pictures, from_cache=len(rows))
    first = {
        content: key for key, content in reversed(list(zip(space.keys, contents, strict=True)))
    }
    failures = [Failure(first[failure.name], failure.reason) for failure in seen.failures]
    return replace(
        seen,
        space=again,
        failures=(*missing, *failures),
        pictures=pictures,
        from_cache=len(rows) - len(seen.space),
    )
