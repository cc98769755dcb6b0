"""What sees the things: the encoder, its layer, and what to do where its weights are not here."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.items.encoder import Encoder, Layer
from embedviz.items.kind import Kind
from embedviz.progress import Cancel, OnProgress
from embedviz.registry import ENCODERS, encoders_of
from embedviz.ui.items.item_set import ItemSet
from embedviz.ui.links import tell_unknown
from embedviz.ui.messages import plain
from embedviz.ui.work import work


@dataclass(frozen=True)
class EncoderChoice:
    """An encoder and one of its layers, by name."""

    encoder: str
    layer: str

    @property
    def label(self) -> str:
        """What people call it; the layer only where it is not the usual one."""
        encoder, layer = self._parts()
        usual = layer == encoder.layers[0]
        return encoder.label if usual else f"{encoder.label}, {layer.label}"

    @property
    def dimensions(self) -> int:
        """d of its vectors."""
        return self._parts()[1].dimensions

    @property
    def doors(self) -> tuple[str, ...]:
        """The names of the kinds that it takes."""
        return tuple(self._parts()[0].inputs)

    def _parts(self) -> tuple[Encoder, Layer]:
        encoder = ENCODERS[self.encoder]
        return encoder, next(layer for layer in encoder.layers if layer.name == self.layer)


def choose_encoder(things: ItemSet, row: DeltaGenerator) -> EncoderChoice:
    """The select boxes, in ``row``; a saved collection keeps the encoder that made it."""
    kind, encoders = things.kind, encoders_of(things.kind)
    if things.saved_as and things.first is not None:
        made_by = _made_by(things.first.space.origin)
        if made_by is not None:
            encoder = ENCODERS[made_by.encoder]
            _describe(kind, encoder, made_by)
            if not encoder.installed:
                _offer(encoder, f"Its own {kind.nouns} can be asked for; no other can.")
            return made_by
    tell_unknown("encoder", [encoder.label for encoder in encoders.values()], "encoder")
    label = row.selectbox(
        "Seen by",
        [encoder.label for encoder in encoders.values()],
        key="encoder",
        bind="query-params",
        help="  \n".join(f"**{item.label}**: {item.help}" for item in encoders.values()),
    )
    asked = next(encoder for encoder in encoders.values() if encoder.label == label)
    encoder = asked if asked.installed else _instead_of(kind, asked)
    choice = EncoderChoice(encoder.name, _layer(encoder, row).name)
    _describe(kind, encoder, choice)
    return choice


def others_than(choice: EncoderChoice, kind: Kind, query: Kind) -> list[EncoderChoice]:
    """What could look at the same things too, and at the query: other encoders and layers."""
    others = [other for other in every_choice(kind) if other != choice]
    return [other for other in others if query.name in other.doors]


def every_choice(kind: Kind) -> list[EncoderChoice]:
    """Every encoder of a kind, and layer, that is here."""
    return [
        EncoderChoice(encoder.name, layer.name)
        for encoder in encoders_of(kind).values()
        if encoder.installed
        for layer in encoder.layers
    ]


def _made_by(origin: dict[str, object]) -> EncoderChoice | None:
    encoder = ENCODERS.get(str(origin.get("encoder")))
    layers = {layer.name for layer in encoder.layers} if encoder else set()
    if encoder is None or origin.get("layer") not in layers:
        return None
    return EncoderChoice(encoder.name, str(origin["layer"]))


def _layer(encoder: Encoder, row: DeltaGenerator) -> Layer:
    if len(encoder.layers) == 1:
        return encoder.layers[0]
    layers = {layer.label: layer for layer in encoder.layers}
    label = row.selectbox(
        "Layer",
        list(layers),
        key=f"layer-{encoder.name}",
        bind="query-params",
        help="  \n".join(f"**{layer.label}**: {layer.help}" for layer in encoder.layers),
    )
    return layers[label]


def _instead_of(kind: Kind, asked: Encoder) -> Encoder:
    """An encoder that is here, and the offer to fetch the one asked for, which is not."""
    here = [encoder for encoder in encoders_of(kind).values() if encoder.installed]
    if not here:
        _offer(asked, f"nothing else here looks at {kind.nouns}.")
        return asked
    packaged = [encoder for encoder in here if encoder.weights is None or not encoder.weights.url]
    instead = (packaged or here)[0]
    _offer(asked, f"{instead.label} looks at the {kind.nouns}; its weights need no network.")
    return instead


def _offer(asked: Encoder, until_then: str) -> None:
    text, button = st.columns([4, 1], vertical_alignment="center")
    text.info(f"{asked.label} {asked.where}. Until then: {until_then}")
    wanted = st.session_state.setdefault("fetching_weights", set())
    if button.button("Download it", key=f"fetch-{asked.name}", width="stretch"):
        wanted.add(asked.name)
    if asked.name in wanted and _fetched(asked):
        wanted.discard(asked.name)
        st.rerun()


def _fetched(encoder: Encoder) -> bool:
    def do(on_progress: OnProgress, cancel: Cancel) -> str:
        from embedviz.items.encoder import fetch_weights

        return str(fetch_weights(encoder, on_progress=on_progress, cancel=cancel))

    return (
        work(
            f"Downloading the weights of {encoder.label}",
            ("weights", encoder.name),
            do,
            stop_keeps="What has arrived is kept; going on starts from there.",
        )
        is not None
    )


def _describe(kind: Kind, encoder: Encoder, choice: EncoderChoice) -> None:
    weights = plain(encoder.where)
    if encoder.size:
        weights = f"weights ({encoder.size}) {weights}"
    st.caption(
        f"Seen by {plain(choice.label)}: {choice.dimensions:,} numbers for each {kind.noun}, "
        f"about {encoder.per_second:,.0f} {kind.nouns} per second on two processor cores; "
        f"{weights}."
    )
