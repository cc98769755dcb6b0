"""The part in sight."""

from __future__ import annotations

from embedviz.items.encoder import Encoder
from embedviz.ui.learn.cnn.choose import Setup
from embedviz.ui.learn.cnn.classes import show_classes
from embedviz.ui.learn.cnn.convolution import show_convolution
from embedviz.ui.learn.cnn.depth import show_depth
from embedviz.ui.learn.cnn.look import show_look
from embedviz.ui.learn.cnn.seen import lesson_encoder
from embedviz.ui.learn.cnn.shortcut import show_shortcut
from embedviz.ui.learn.lesson import OpenLesson

_SHOWN = {
    "look": show_look,
    "convolution": show_convolution,
    "depth": show_depth,
    "shortcut": show_shortcut,
    "classes": show_classes,
}


def show_part(lesson: OpenLesson, setup: Setup) -> None:
    """What the chosen part shows, and the link to the Images page at the same picture."""
    _SHOWN[setup.part](lesson, setup)
    lesson.open_in("images", **_same_in_images(setup, lesson_encoder()))


def _same_in_images(setup: Setup, encoder: Encoder) -> dict[str, str]:
    """The Images page's address at the same data, in that page's own labels."""
    from embedviz.images.samples import SAMPLES
    from embedviz.metrics import METRICS

    state = {"encoder": encoder.label, "sample": SAMPLES[setup.sample].label}
    if setup.key:
        state |= {"image": setup.key, "image_near": METRICS[setup.metric].label}
    if setup.part == "depth" and 0 < setup.level < len(encoder.layers):
        state[f"layer-{encoder.name}"] = encoder.layers[setup.level].label
    return state
