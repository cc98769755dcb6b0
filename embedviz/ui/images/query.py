"""What is asked for: an image of the set, a picture that a person brings, or one from the camera."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import streamlit as st

from embedviz.collections import Collection
from embedviz.data_folder import in_units
from embedviz.errors import EmbedvizError
from embedviz.images.decoding import DecodedImage, decode, read_bytes
from embedviz.images.embedding import EmbeddedImages
from embedviz.images.file_names import IMAGE_SUFFIXES, base_name, clean_name
from embedviz.images.image_file import ImageFile
from embedviz.images.thumbnails import make_view, opened
from embedviz.ui.images.by_name import NEXT, ask_which, names_with
from embedviz.ui.images.grid import shown
from embedviz.ui.images.image_set import image_limits
from embedviz.ui.messages import plain, show_error

if TYPE_CHECKING:
    from PIL import Image

IMAGE, _DECODED = "image", "query_decoded"
_WITH = {"here": "From here", "file": "Upload", "camera": "Camera"}


@dataclass(frozen=True, eq=False)
class Query:
    """A picture that is asked for.

    Attributes
    ----------
    name : str
    view : bytes or None
        A JPEG to show.
    hash : str
        Of its content.
    key : str or None
        Its key, if it is one of the set.
    decoded : DecodedImage or None
        The picture itself, if it is not.
    """

    name: str
    view: bytes | None
    hash: str
    key: str | None = None
    decoded: DecodedImage | None = None

    @property
    def picture(self) -> Image.Image | None:
        """The picture to look at with other eyes; of one of the set its view."""
        if self.decoded is not None:
            return self.decoded.picture
        return None if self.view is None else opened(self.view)


def ask_with_picture(embedded: EmbeddedImages) -> Query | None:
    """The ask panel's question; None until there is one."""
    following = st.session_state.pop(NEXT, None)
    if following is not None:
        st.session_state[IMAGE] = following
        st.session_state["ask_with"] = "here"
    how = (
        st.segmented_control(
            "Ask with", list(_WITH), format_func=_WITH.__getitem__, default="here", key="ask_with",
            required=True,
        )
        or "here"
    )  # fmt: skip
    query = {"here": _one_of, "file": _uploaded, "camera": _camera}[how](embedded)
    if query is not None:
        _show(query, embedded)
    return query


def _one_of(embedded: EmbeddedImages) -> Query | None:
    space = embedded.space
    asked = st.text_input(
        "Image", key=IMAGE, bind="query-params", placeholder="click a picture, or type a name",
        help="Click a picture on the map, or type the name of one, or a part of it.",
    ).strip()  # fmt: skip
    if not asked:
        st.caption("Click a picture on the map: what looks like it appears below.")
        return None
    fitting = [asked] if asked in space else names_with(space.keys, asked)
    if len(fitting) != 1:
        ask_which(embedded.space, asked, fitting)
        return None
    key = fitting[0]
    content = str(space.table["hash"].iloc[space.index(key)])
    view = None if embedded.pictures is None else embedded.pictures.view(content)
    return Query(key, view, content, key=key)


def _uploaded(_embedded: EmbeddedImages) -> Query | None:
    uploads = st.file_uploader(
        "Pictures to look for", type=[suffix.lstrip(".") for suffix in IMAGE_SUFFIXES],
        accept_multiple_files=True, max_upload_size=image_limits().file_mb, key="query-upload",
    )  # fmt: skip
    if not uploads:
        st.session_state.pop(_DECODED, None)
        return None
    if len(uploads) == 1:
        return _decoded(uploads[0])
    names = {f"{place}. {upload.name}": upload for place, upload in enumerate(uploads, 1)}
    return _decoded(names[st.selectbox("Which of them", list(names))])


def _camera(_embedded: EmbeddedImages) -> Query | None:
    st.caption(
        "Browsers allow the camera only on this machine's own address (localhost) or over HTTPS; "
        "elsewhere the box below stays dark."
    )
    photo = st.camera_input("Take a picture", key="query-camera", label_visibility="collapsed")
    return None if photo is None else _decoded(photo)


def _decoded(upload: Any) -> Query | None:
    """The picture in an upload; only the last one is kept, as a large photo takes 300 MB."""
    if st.session_state.get(_DECODED, ("",))[0] != upload.file_id:
        st.session_state[_DECODED] = (upload.file_id, _read(upload))
    result = st.session_state[_DECODED][1]
    if isinstance(result, EmbedvizError):
        st.caption(f"**{plain(upload.name)}**")
        show_error(result)
        return None
    return cast(Query, result)


def _read(upload: Any) -> Query | EmbedvizError:
    file = ImageFile(upload.name, partial(io.BytesIO, upload.getbuffer()), upload.size)
    try:
        decoded = decode(read_bytes(file, image_limits()), image_limits())
    except EmbedvizError as error:
        return error
    return Query(upload.name, make_view(decoded.picture), decoded.hash, decoded=decoded)


def _show(query: Query, embedded: EmbeddedImages) -> None:
    """The picture, large, and what is known of it."""
    if query.view is not None:
        with st.container(key="evquery"):
            shown(query.view, query.name)
    st.markdown(f"**{plain(query.name)}**")
    facts = _facts(query, embedded)
    said = [f"{name}: {plain(value)}" for name, value in facts.items() if value]
    st.caption(" · ".join(said))
    if isinstance(embedded.pictures, Collection) and query.key is not None:
        _offer_original(embedded.pictures, query.key)


def _offer_original(collection: Collection, key: str) -> None:
    original = collection.original(key)
    if original is not None:
        name = base_name(clean_name(key))
        st.download_button("Original file", original, name, on_click="ignore", width="stretch")


def _facts(query: Query, embedded: EmbeddedImages) -> dict[str, str]:
    if query.decoded is not None:
        found = query.decoded
        taken = "" if found.taken is None else f"{found.taken:%Y-%m-%d %H:%M}"
        size = f"{found.width:,} × {found.height:,}"
        return {"size": size, "file": f"{found.format}, {in_units(found.nbytes)}", "taken": taken}
    row: pd.Series[Any] = embedded.space.table.iloc[embedded.space.index(query.key or "")]
    taken = "" if pd.isna(row["taken"]) else f"{row['taken']:%Y-%m-%d %H:%M}"
    return {
        "label": str(row["label"]),
        "size": f"{row['width']:,} × {row['height']:,}",
        "file": f"{row['format']}, {in_units(int(row['bytes']))}",
        "taken": taken,
        "brightness": f"{row['brightness']:.0%}",
    }
