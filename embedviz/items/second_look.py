"""The same things seen by another encoder, when only their previews are left."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import partial

import numpy as np

from embedviz.items.cache import ItemCache, Vectors, default_cache
from embedviz.items.embedding import Embedded, embed_items
from embedviz.items.encoder import Model
from embedviz.items.files import Failure, ItemFile
from embedviz.items.kind import Kind, Previews
from embedviz.progress import Cancel, OnProgress
from embedviz.space import EmbeddingSpace

FROM_VIEWS = "views"
"""``origin["pictures"]`` of a space that was made from views which are less than the files."""


def embed_views(
    kind: Kind,
    space: EmbeddingSpace,
    previews: Previews,
    model: Model,
    *,
    cache: bool | ItemCache = True,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
) -> Embedded:
    """Embed the things of ``space`` with another encoder, from their kept views.

    The view of a picture has 288 pixels on its shorter side, more than an encoder looks at (224
    of 256), so that the vectors are close to those of the files, but not the same:
    ``origin["pictures"]`` says so, and a query is shrunk in the same way. Where views are all that
    there is to see (``kind.exact_views``) the vectors are those of the files.

    Parameters
    ----------
    space : EmbeddingSpace
        With a column ``hash`` in its table.
    previews : Previews
        Where the views are.

    Returns
    -------
    Embedded
        Its space has the keys and the table of ``space``; things without a view are among its
        failures.
    """
    memory = cache if isinstance(cache, ItemCache) else default_cache() if cache else None
    encoding = model.encoding if kind.exact_views else f"{model.encoding}/{FROM_VIEWS}"
    contents = [str(content) for content in space.table["hash"]]
    known = {} if memory is None else memory.vectors(encoding, contents)
    sources, missing = _views(space, contents, previews, known)
    seen = None
    if sources or not known:
        seen = embed_items(
            kind, sources, model, cache=False, on_progress=on_progress, cancel=cancel
        )
        fresh = dict(zip(seen.space.keys, seen.space.vectors, strict=True))
        known |= fresh
        if memory is not None:
            # By the file's content, not the view's: who forgets a thing forgets this too.
            memory.put_vectors(encoding, fresh)
    again = _space(kind, space, contents, known, model)
    return _result(again, space, contents, missing, previews, seen)


def _views(
    space: EmbeddingSpace, contents: list[str], previews: Previews, known: Vectors
) -> tuple[list[ItemFile], list[Failure]]:
    """Each view that is still to be embedded, once, named by its content; and who has none."""
    sources: dict[str, ItemFile] = {}
    missing = []
    for key, content in zip(space.keys, contents, strict=True):
        if content in known or content in sources:
            continue
        view = previews.view(content)
        if view is None:
            missing.append(Failure(key, "No preview of it was kept."))
        else:
            sources[content] = ItemFile(content, partial(io.BytesIO, view), len(view))
    return list(sources.values()), missing


def _space(
    kind: Kind, space: EmbeddingSpace, contents: list[str], known: Vectors, model: Model
) -> EmbeddingSpace:
    """The rows of ``space`` whose vectors are ``known``, with these."""
    rows = [row for row, content in enumerate(contents) if content in known]
    origin = model.origin | {"kind": kind.name}
    if not kind.exact_views:
        origin["pictures"] = FROM_VIEWS
    return EmbeddingSpace(
        [space.keys[row] for row in rows],
        np.stack([known[contents[row]] for row in rows]),
        space.table.iloc[rows].reset_index(drop=True),
        space.name,
        origin,
        copy=False,
    )


def _result(
    again: EmbeddingSpace,
    space: EmbeddingSpace,
    contents: list[str],
    missing: list[Failure],
    previews: Previews,
    seen: Embedded | None,
) -> Embedded:
    if seen is None:
        return Embedded(again, tuple(missing), previews, from_cache=len(again))
    first = {
        content: key for key, content in reversed(list(zip(space.keys, contents, strict=True)))
    }
    failures = [Failure(first[failure.name], failure.reason) for failure in seen.failures]
    return replace(
        seen,
        space=again,
        failures=(*missing, *failures),
        previews=previews,
        from_cache=len(again) - len(seen.space),
    )
