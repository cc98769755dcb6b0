"""Images as an encoder sees them: embedded once, with progress, stop and going on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from embedviz.errors import InvalidParameterError, NothingReadError
from embedviz.images.embedding import EmbeddedImages, embed_images
from embedviz.images.image_cache import ImageCache, default_image_cache
from embedviz.images.image_file import Failure
from embedviz.images.second_look import embed_views
from embedviz.progress import Cancel, OnProgress, Progress
from embedviz.ui.images.encoder_choice import EncoderChoice, every_choice
from embedviz.ui.images.image_set import ImageSet, image_limits
from embedviz.ui.images.own import take_in
from embedviz.ui.messages import count, plain
from embedviz.ui.server import server_settings
from embedviz.ui.session import session
from embedviz.ui.work import cancel_others, work

STOP_KEEPS = "What is done is kept; going on starts from there."


def seen(images: ImageSet, choice: EncoderChoice, beside: bool = False) -> EmbeddedImages | None:
    """The embedded images, or None while that is under way (its progress stands here then).

    ``beside`` says that ``choice`` is asked besides the page's own encoder; else whatever was
    under way for other images or encoders is stopped: what is done of it is kept.
    """
    first = images.first
    if first is not None and _made_by(first, choice):
        return first
    key = ("embed", images.identity, choice)
    if not beside:
        cancel_others("embed", keep=key, also=_asked_too(images))
    cache = default_image_cache() if images.shared else session().images
    limit = None if images.shared else server_settings().session_memory_mb * 2**20

    def do(on_progress: OnProgress, cancel: Cancel) -> EmbeddedImages:
        def tell(progress: Progress) -> None:
            _check_memory(cache, limit)
            on_progress(progress)

        return _embed(images, choice, cache, tell, cancel)

    done: EmbeddedImages | None = work(
        f"{choice.label} looks at {images.name}",
        key,
        do,
        watch=_failures_so_far,
        stop_keeps=STOP_KEEPS,
    )
    if done is None:
        error = session().results.get(("error", key))
        if isinstance(error, NothingReadError):
            show_failures(error.failures)
        return None
    if done.stopped:
        offer_to_go_on(done, key)
    elif not images.shared and images.files is not None:
        # Uploaded: from here on it is one of this session's sets, and the files are let go.
        session().results.pop(key, None)
        take_in(images, done, f"brought to this browser tab, seen by {choice.label}")
        st.rerun()
    return done


def offer_to_go_on(done: EmbeddedImages, key: tuple[object, ...]) -> None:
    """Say that work was stopped, and what there is of it."""
    text, button = st.columns([4, 1], vertical_alignment="center")
    text.info(
        f"Stopped after {count(len(done.space), 'image')}; the map shows what was done by then. "
        "Going on starts from there."
    )
    if button.button("Go on", key=f"go-on-{hash(key)}", width="stretch"):
        session().results.pop(key, None)
        st.rerun()


def show_failures(failures: tuple[Failure, ...]) -> None:
    """What could not be read, each with its reason."""
    if not failures:
        return
    with st.expander(f"{count(len(failures), 'file')} set aside"):
        rows = [{"file": item.name, "reason": item.reason} for item in failures]
        st.dataframe(pd.DataFrame(rows), hide_index=True, height=min(38 + 35 * len(rows), 320))


def _asked_too(images: ImageSet) -> set[tuple[object, ...]]:
    labels = st.session_state.get("also", [])
    return {
        ("embed", images.identity, choice) for choice in every_choice() if choice.label in labels
    }


def _check_memory(cache: ImageCache, limit: int | None) -> None:
    if limit is not None and cache.nbytes > limit:
        raise InvalidParameterError(
            f"These images take more than the {limit / 2**20:,.0f} MB that a session may hold. Put "
            "them away and bring fewer, or delete something under 'My data'."
        )


def _made_by(first: EmbeddedImages, choice: EncoderChoice) -> bool:
    origin = first.space.origin
    return (origin.get("encoder"), origin.get("layer")) == (choice.encoder, choice.layer)


def _embed(
    images: ImageSet,
    choice: EncoderChoice,
    cache: ImageCache,
    on_progress: OnProgress,
    cancel: Cancel,
) -> EmbeddedImages:
    if images.files is None:
        first = images.first
        assert first is not None
        assert first.pictures is not None
        return embed_views(
            first.space, first.pictures, choice.encoder, layer=choice.layer, cache=cache,
            on_progress=on_progress, cancel=cancel,
        )  # fmt: skip
    files, not_read = images.files()
    done = embed_images(
        files, choice.encoder, layer=choice.layer, limits=image_limits(), cache=cache,
        pictures=True, name=images.name, on_progress=on_progress, cancel=cancel,
    )  # fmt: skip
    return done.with_failures(not_read)


def _failures_so_far(progress: Progress) -> None:
    failures = progress.details or ()
    if failures:
        last = failures[-1]
        st.caption(f"Set aside, the last: {plain(last.name)}: {plain(last.reason)}")
