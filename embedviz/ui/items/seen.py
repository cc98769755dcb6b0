"""Things as an encoder sees them: embedded once, with progress, stop and going on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from embedviz.errors import InvalidParameterError, NothingReadError
from embedviz.items.cache import ItemCache, default_cache
from embedviz.items.embedding import Embedded, embed_items
from embedviz.items.files import Failure
from embedviz.items.kind import Kind
from embedviz.items.second_look import embed_views
from embedviz.progress import Cancel, OnProgress, Progress
from embedviz.registry import open_encoder
from embedviz.ui.items.encoder_choice import EncoderChoice, every_choice
from embedviz.ui.items.item_set import ItemSet, limits_of
from embedviz.ui.items.own import take_in
from embedviz.ui.messages import count, plain
from embedviz.ui.server import server_settings
from embedviz.ui.session import session
from embedviz.ui.work import cancel_others, work

STOP_KEEPS = "What is done is kept; going on starts from there."


def seen(things: ItemSet, choice: EncoderChoice, beside: bool = False) -> Embedded | None:
    """The embedded things, or None while that is under way (its progress stands here then).

    ``beside`` says that ``choice`` is asked besides the page's own encoder; else whatever was
    under way for other things or encoders is stopped: what is done of it is kept.
    """
    first = things.first
    if first is not None and _made_by(first, choice):
        return first
    key = ("embed", things.kind.name, things.identity, choice)
    if not beside:
        cancel_others("embed", keep=key, also=_asked_too(things))
    cache = default_cache() if things.shared else session().items
    limit = None if things.shared else server_settings().session_memory_mb * 2**20

    def do(on_progress: OnProgress, cancel: Cancel) -> Embedded:
        def tell(progress: Progress) -> None:
            _check_memory(cache, limit, things.kind.nouns)
            on_progress(progress)

        return _embed(things, choice, cache, tell, cancel)

    done: Embedded | None = work(
        f"{choice.label} looks at {things.name}",
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
        offer_to_go_on(things.kind, done, key)
    elif not things.shared and things.files is not None:
        # Uploaded: from here on it is one of this session's sets, and the files are let go.
        session().results.pop(key, None)
        take_in(things, done, f"brought to this browser tab, seen by {choice.label}")
        st.rerun()
    return done


def offer_to_go_on(kind: Kind, done: Embedded, key: tuple[object, ...]) -> None:
    """Say that work was stopped, and what there is of it."""
    text, button = st.columns([4, 1], vertical_alignment="center")
    text.info(
        f"Stopped after {count(len(done.space), kind.noun)}; the map shows what was done by then. "
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


def _asked_too(things: ItemSet) -> set[tuple[object, ...]]:
    labels = st.session_state.get("also", [])
    return {
        ("embed", things.kind.name, things.identity, choice)
        for choice in every_choice(things.kind)
        if choice.label in labels
    }


def _check_memory(cache: ItemCache, limit: int | None, nouns: str) -> None:
    if limit is not None and cache.nbytes > limit:
        raise InvalidParameterError(
            f"These {nouns} take more than the {limit / 2**20:,.0f} MB that a session may hold. Put "
            "them away and bring fewer, or delete something under 'My data'."
        )


def _made_by(first: Embedded, choice: EncoderChoice) -> bool:
    origin = first.space.origin
    return (origin.get("encoder"), origin.get("layer")) == (choice.encoder, choice.layer)


def _embed(
    things: ItemSet,
    choice: EncoderChoice,
    cache: ItemCache,
    on_progress: OnProgress,
    cancel: Cancel,
) -> Embedded:
    model = open_encoder(choice.encoder, choice.layer)
    if things.files is None:
        first = things.first
        assert first is not None
        assert first.previews is not None
        return embed_views(
            things.kind, first.space, first.previews, model, cache=cache,
            on_progress=on_progress, cancel=cancel,
        )  # fmt: skip
    files, not_read = things.files()
    done = embed_items(
        things.kind, files, model, limits=limits_of(things.kind), cache=cache,
        previews=True, name=things.name, on_progress=on_progress, cancel=cancel,
    )  # fmt: skip
    return done.with_failures(not_read)


def _failures_so_far(progress: Progress) -> None:
    failures = progress.details or ()
    if failures:
        last = failures[-1]
        st.caption(f"Set aside, the last: {plain(last.name)}: {plain(last.reason)}")
