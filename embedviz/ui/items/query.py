"""What is asked for: a thing of the set, one that a person brings, recorded on the spot, or in words."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import streamlit as st

from embedviz.collections import Collection
from embedviz.errors import EmbedvizError, UnknownKeyError
from embedviz.items.embedding import Embedded
from embedviz.items.file_names import base_name, clean_name
from embedviz.items.files import ItemFile, read_bytes
from embedviz.items.kind import Decoded, Kind
from embedviz.registry import KINDS
from embedviz.space import EmbeddingSpace
from embedviz.ui.items.encoder_choice import EncoderChoice
from embedviz.ui.items.grid import shown
from embedviz.ui.items.item_set import ItemPage, limits_of
from embedviz.ui.messages import plain, show_error

_OFFERED = 6
_LONGEST_WORDS = 300


@dataclass(frozen=True, eq=False)
class Query:
    """A thing that is asked for.

    Attributes
    ----------
    kind : Kind
        Of the thing; it need not be that of the set.
    name : str
    view : bytes or None
        What shows it, of the media type ``kind.media[1]``.
    hash : str
        Of its content.
    key : str or None
        Its key, if it is one of the set.
    decoded : Decoded or None
        The thing itself, if it is not: read and decoded once, when it came.
    facts : dict of str to str
        What is told of it.
    """

    kind: Kind
    name: str
    view: bytes | None
    hash: str
    key: str | None = None
    decoded: Decoded | None = None
    facts: dict[str, str] | None = None

    @property
    def value(self) -> Any | None:
        """The thing to look at with other eyes; of one of the set what its view holds."""
        if self.decoded is not None:
            return self.decoded.value
        if self.view is None:
            return None
        return self.kind.decode(self.view, self.kind.limits()).value


def ask_with_item(page: ItemPage, embedded: Embedded, choice: EncoderChoice) -> Query | None:
    """The ask panel's question; None until there is one."""
    kind = page.kind
    following = st.session_state.pop(f"{kind.name}_next", None)
    if following is not None:
        st.session_state[kind.name] = following
        st.session_state["ask_with"] = "here"
    ways = _ways(page, choice)
    if st.session_state.get("ask_with") not in ways:  # another encoder may have no door for it
        st.session_state["ask_with"] = _first(ways)
    how = (
        st.segmented_control(
            "Ask with", list(ways), format_func=lambda name: ways[name].label, key="ask_with",
            required=True,
        )
        or "here"
    )  # fmt: skip
    query = ways[how].ask(embedded)
    if query is not None:
        _show(query, embedded)
    return query


def ask_about(kind: Kind, key: str) -> None:
    """Make the thing of this key the one asked for, from the page's next run on."""
    # Not into the widgets' own state: a fragment's run, such as the map's, comes before the page's
    # and uses that up, and the browser would go on showing, and sending, the old value.
    st.session_state[f"{kind.name}_next"] = key


@dataclass(frozen=True)
class _Way:
    """One way to ask."""

    label: str
    ask: Callable[[Embedded], Query | None]
    parameter: str = ""


def _first(ways: Mapping[str, _Way]) -> str:
    """In words where the link has some, else with a thing of the set."""
    asked = (name for name, way in ways.items() if st.query_params.get(way.parameter))
    return next(asked, next(iter(ways)))


def _ways(page: ItemPage, choice: EncoderChoice) -> dict[str, _Way]:
    """How one may ask: by the doors of the encoder that made the vectors."""
    kind = page.kind
    ways = {"here": _Way("From here", partial(_one_of, kind))}
    doors = [KINDS[name] for name in choice.doors if name in KINDS]
    for door in sorted(doors, key=lambda door: door is not kind):
        if door.accepts(""):
            words = _parameter(door)
            ways[f"words-{door.name}"] = _Way("Words", partial(_words, door), words)
            continue
        name = "file" if door is kind else f"file-{door.name}"
        ways[name] = _Way("Upload" if door is kind else f"{door.noun.capitalize()} file",
                          partial(_uploaded, door))  # fmt: skip
        if door is kind and page.record is not None:
            label, record = page.record
            ways[label.lower()] = _Way(label, partial(_recorded, kind, record))
    return ways


def _recorded(kind: Kind, record: Callable[[], Any], _embedded: Embedded) -> Query | None:
    upload = record()
    return None if upload is None else _read_once(kind, upload)


def _parameter(kind: Kind) -> str:
    """The name in the link of what is asked in words."""
    return f"{kind.name}_words"


def _one_of(kind: Kind, embedded: Embedded) -> Query | None:
    space, noun = embedded.space, kind.noun
    asked = st.text_input(
        noun.capitalize(), key=kind.name, bind="query-params",
        placeholder="click one, or type a name",
        help=f"Click a point on the map, or type the name of {kind.a_noun}, or a part of it.",
    ).strip()  # fmt: skip
    if not asked:
        st.caption(f"Click one on the map: what {kind.likeness} it appears below.")
        return None
    fitting = [asked] if asked in space else _names_with(space.keys, asked)
    if len(fitting) != 1:
        _ask_which(kind, space, asked, fitting)
        return None
    key = fitting[0]
    row = space.table.iloc[space.index(key)]
    content = str(row["hash"])
    view = None if embedded.previews is None else embedded.previews.view(content)
    return Query(
        kind,
        key,
        view,
        content,
        key=key,
        facts=kind.in_words({str(name): value for name, value in row.items()}),
    )


def _uploaded(kind: Kind, _embedded: Embedded) -> Query | None:
    decoded = f"{kind.name}_query"
    uploads = st.file_uploader(
        f"{kind.files_in_words.capitalize()} to look for",
        type=[suffix.lstrip(".") for suffix in kind.suffixes],
        accept_multiple_files=True, max_upload_size=limits_of(kind).file_mb,
        key=f"query-upload-{kind.name}",
    )  # fmt: skip
    if not uploads:
        st.session_state.pop(decoded, None)
        return None
    if len(uploads) == 1:
        return _read_once(kind, uploads[0])
    names = {f"{place}. {upload.name}": upload for place, upload in enumerate(uploads, 1)}
    return _read_once(kind, names[st.selectbox("Which of them", list(names))])


def _words(kind: Kind, _embedded: Embedded) -> Query | None:
    asked = st.text_input(
        "In words", key=_parameter(kind), bind="query-params", placeholder="a red car",
        help="What it should show or say, in a sentence.", max_chars=_LONGEST_WORDS,
    ).strip()  # fmt: skip
    if not asked:
        st.caption("Type a few words: what fits them appears below.")
        return None
    try:
        value = kind.value(asked)
    except EmbedvizError as error:
        show_error(error)
        return None
    content = kind.hash(value.encode())
    return Query(kind, asked, None, content, decoded=Decoded(value, content, {}))


def _read_once(kind: Kind, upload: Any) -> Query | None:
    """The thing in an upload; only the last one is kept, as a large photo takes 300 MB."""
    name = f"{kind.name}_query"
    if st.session_state.get(name, ("",))[0] != upload.file_id:
        st.session_state[name] = (upload.file_id, _read(kind, upload))
    result = st.session_state[name][1]
    if isinstance(result, EmbedvizError):
        st.caption(f"**{plain(upload.name)}**")
        show_error(result)
        return None
    return cast(Query, result)


def _read(kind: Kind, upload: Any) -> Query | EmbedvizError:
    file = ItemFile(upload.name, partial(io.BytesIO, upload.getbuffer()), upload.size)
    limits = limits_of(kind)
    try:
        data = read_bytes(file, limits)
        decoded = kind.decode(data, limits)
    except EmbedvizError as error:
        return error
    view = kind.preview(decoded.value).view
    facts = kind.in_words({**decoded.facts, "bytes": len(data)})
    return Query(kind, upload.name, view, decoded.hash, decoded=decoded, facts=facts)


def _show(query: Query, embedded: Embedded) -> None:
    """The thing, large, and what is known of it."""
    if query.view is not None:
        with st.container(key="evquery"):
            shown(query.kind.media[1], query.view, query.name)
    st.markdown(f"**{plain(query.name)}**")
    facts = query.facts or {}
    st.caption(" · ".join(f"{name}: {plain(value)}" for name, value in facts.items() if value))
    if isinstance(embedded.previews, Collection) and query.key is not None:
        _offer_original(embedded.previews, query.key)


def _offer_original(collection: Collection, key: str) -> None:
    original = collection.original(key)
    if original is not None:
        name = base_name(clean_name(key))
        st.download_button("Original file", original, name, on_click="ignore", width="stretch")


def _names_with(keys: Sequence[str], text: str) -> list[str]:
    """Keys whose last part is ``text``; if there are none, those that hold it anywhere."""
    wanted = text.casefold()
    whole = [key for key in keys if base_name(key).casefold() == wanted]
    return whole or [key for key in keys if wanted in key.casefold()]


def _ask_which(kind: Kind, space: EmbeddingSpace, asked: str, fitting: list[str]) -> None:
    """Several fit, or none: offer some."""
    if not fitting:
        try:
            space.index(asked)
        except UnknownKeyError as error:
            st.warning(f"No {kind.noun} here has the name '{plain(asked)}'.")
            fitting = list(error.suggestions)
    else:
        st.caption(f"{len(fitting):,} {kind.nouns} have '{plain(asked)}' in their names:")
    for place, key in enumerate(fitting[:_OFFERED]):
        st.button(
            plain(key), key=f"which-{place}", type="tertiary", on_click=ask_about, args=(kind, key)
        )
