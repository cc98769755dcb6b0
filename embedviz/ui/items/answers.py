"""The look-alikes of a thing: through one encoder, or several side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from embedviz.errors import EmbedvizError
from embedviz.items.agreement import agreement
from embedviz.items.embedding import Embedded
from embedviz.items.kind import Kind
from embedviz.items.look_alikes import (
    EncodedQuery,
    LookAlikes,
    encode_query,
    look_alikes_of_key,
    look_alikes_of_vectors,
)
from embedviz.items.normal_match import normal_match
from embedviz.metrics import METRICS
from embedviz.registry import model_of
from embedviz.space import EmbeddingSpace
from embedviz.ui.items.encoder_choice import EncoderChoice, others_than
from embedviz.ui.items.grid import Tile, grid
from embedviz.ui.items.item_set import ItemSet
from embedviz.ui.items.query import Query, ask_about
from embedviz.ui.items.seen import seen
from embedviz.ui.messages import plain, show_error
from embedviz.ui.session import session
from embedviz.ui.work import work

_MOST_OTHERS = 2
_FROM_VIEWS = (
    " This encoder looked at the kept previews, not at the files, which are gone: its "
    "numbers differ a little from those of the files."
)
_AT_ONCE = 5_000


@dataclass(frozen=True)
class Asked:
    """What is asked for and how: the thing, the metric and how many."""

    query: Query
    metric: str
    k: int


@dataclass(frozen=True, eq=False)
class Answer:
    """What one encoder found, in what, and the key that was asked for if it is one of the set."""

    choice: EncoderChoice
    embedded: Embedded
    found: LookAlikes
    key: str | None


def choose_nearness(kind: Kind) -> tuple[str, int]:
    """The metric and how many look-alikes."""
    left, right = st.columns([3, 2])
    metric = left.selectbox(
        "Nearness", list(METRICS), format_func=lambda name: METRICS[name].label,
        key=f"{kind.name}_near", bind="query-params",
        help=" ".join(metric.works_on for metric in METRICS.values()),
    )  # fmt: skip
    k = right.number_input("Look-alikes", 1, 60, 10, key=f"{kind.name}_k", bind="query-params")
    return metric, int(k)


def answer_of(kind: Kind, embedded: Embedded, choice: EncoderChoice, asked: Asked) -> Answer | None:
    """What ``choice`` finds; None, with the reason on the page, if it cannot."""
    try:
        return Answer(choice, embedded, _found(kind, embedded, asked), asked.query.key)
    except EmbedvizError as error:
        show_error(error)
        return None


def show_answers(things: ItemSet, first: Answer, asked: Asked) -> list[Answer]:
    """The grids; every answer that is shown, the page's own encoder first."""
    kind = things.kind
    st.subheader(_heading(kind, asked.query))
    others = {other.label: other for other in others_than(first.choice, kind, asked.query.kind)}
    also = _choose_others(list(others)) if others else []
    places = st.columns(1 + len(also), gap="medium")
    answers = [first]
    for place, label in zip(places[1:], also, strict=True):
        with place:
            other = _other(things, others[label], asked)
            answers += [other] if other is not None else []
    with places[0]:
        _show(kind, first, asked, columns=5 if not also else 3 if len(also) == 1 else 2)
    if len(answers) > 1:
        _agreement(answers)
    return answers


def encoded(embedded: Embedded, query: Query) -> EncodedQuery:
    """A thing from outside as the encoder of ``embedded`` sees it, computed once."""
    origin = embedded.space.origin
    key = ("encoded", query.hash, str(origin.get("encoding")), str(origin.get("pictures")))
    return session().kept(
        key, lambda: encode_query(embedded.space, query.kind, query.decoded, model_of(origin))
    )


def _found(kind: Kind, embedded: Embedded, asked: Asked) -> LookAlikes:
    space, query = embedded.space, asked.query
    # How well pictures match pictures says nothing of how well words match them.
    normal = query.kind is kind and _normal_is_known(kind, space, asked.metric)
    if query.key is not None:
        return look_alikes_of_key(space, query.key, asked.k, asked.metric, normal=normal)
    vector = encoded(embedded, query).vector
    return look_alikes_of_vectors(space, vector[None], asked.k, asked.metric, normal=normal)[0]


def _normal_is_known(kind: Kind, space: EmbeddingSpace, metric: str) -> bool:
    """Of many things what is normal takes a while: looked up beside the page, with a way to stop."""
    if len(space) <= _AT_ONCE:
        return True
    done = work(
        f"Looking up what a normal match is among {len(space):,} {kind.nouns}",
        ("normal", space.vectors_fingerprint, metric),
        lambda on_progress, cancel: (
            normal_match(space, metric, on_progress=on_progress, cancel=cancel),
        ),
    )
    return done is not None


def _heading(kind: Kind, query: Query) -> str:
    if query.kind is kind:
        return f"What {kind.likeness} {plain(query.name)}"
    return f"{kind.nouns.capitalize()} for “{plain(query.name)}”"


def _choose_others(labels: list[str]) -> list[str]:
    return st.multiselect(
        "See through other eyes too", labels, max_selections=_MOST_OTHERS, key="also",
        placeholder="none",
        help="The same question to other encoders, or to other layers of the same one.",
    )  # fmt: skip


def _other(things: ItemSet, choice: EncoderChoice, asked: Asked) -> Answer | None:
    embedded = seen(things, choice, beside=True)
    answer = None if embedded is None else answer_of(things.kind, embedded, choice, asked)
    if answer is not None:
        _show(things.kind, answer, asked, columns=3)
    return answer


def _show(kind: Kind, answer: Answer, asked: Asked, columns: int) -> None:
    found, metric = answer.found, METRICS[asked.metric]
    st.markdown(f"**{plain(answer.choice.label)}**")
    if found.nothing_like_this and found.normal is not None:
        st.warning(
            f"**Nothing here {kind.likeness} this.** {plain(found.reason)} The nearest all the same:"
        )
    space, previews = answer.embedded.space, answer.embedded.previews
    contents = space.table["hash"]
    tiles = [
        Tile(
            key,
            None if previews is None else previews.view(str(contents.iloc[row])),
            f"{score:.3f} · {key}",
            kind.media[1],
        )
        for key, score, row in zip(found.keys, found.scores, found.rows, strict=True)
    ]
    grid(tiles, columns, f"answers-{answer.choice.encoder}-{answer.choice.layer}",
         partial(ask_about, kind))  # fmt: skip
    st.caption(
        f"{metric.label} in all {space.dimensions:,} dimensions, among all {len(space):,} "
        f"{kind.nouns}, "
        f"exactly. {metric.works_on}"
        + (_FROM_VIEWS if space.origin.get("pictures") else "")
        + (" What is normal here:" if found.normal is not None else ""),
        help=None if found.normal is None else plain(found.normal.explanation),
    )


def _agreement(answers: list[Answer]) -> None:
    found = {answer.choice.label: answer.found.keys for answer in answers}
    agreed = agreement(found)
    pairs = [f"{a} and {b}: {share:.0%}" for (a, b), share in agreed.overlap.items()]
    st.markdown(
        f"**How far they agree**: of the first {agreed.k}, the same ones in both. "
        f"{plain('; '.join(pairs))}. "
        + (f"All name {plain(', '.join(agreed.common[:5]))}." if agreed.common else "")
    )
