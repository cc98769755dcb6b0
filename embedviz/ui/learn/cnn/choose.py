"""What can be moved in the lesson: the part, and in each part its main control first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from embedviz.images.convolution import KERNELS, Pool
from embedviz.images.sample_photos import PHOTOS
from embedviz.images.samples import SAMPLES
from embedviz.metrics import COSINE, DOT, EUCLIDEAN
from embedviz.residual.stack import INITIALIZATIONS
from embedviz.ui.learn.cnn.seen import known_classifier
from embedviz.ui.learn.controls import Controls
from embedviz.ui.learn.lesson import OpenLesson

PARTS = ("look", "convolution", "depth", "shortcut", "classes")
DEPTHS = tuple(range(4, 51, 2))
STEPS = (0, 100, 300, 600)
TRAINED = 100
"""Steps that both networks of the shortcut part are trained at once, without being asked."""
_PATCHES, _DIGITS, _PHOTO_SET = "photo-patches", "digits", "photos"
_SETS = (_PATCHES, _DIGITS, _PHOTO_SET)
_DIGIT_COUNT = 500
COMPARED = (COSINE.name, EUCLIDEAN.name, DOT.name)
"""The metrics that the lesson speaks of."""
_FIRST = "chelsea"
_PHOTOS = sorted(PHOTOS, key=lambda photo: photo.name != _FIRST)  # she stands at the slider's left


@dataclass(frozen=True)
class Sliding:
    """How a kernel slides; see :func:`embedviz.images.convolution.slide`."""

    kernel: str = "upright"
    size: int = 3
    stride: int = 1
    padding: int = 0
    relu: bool = False
    pool: Pool = "none"


@dataclass(frozen=True)
class Setup:
    """What was chosen; what a part does not ask for has its default.

    Attributes
    ----------
    sample, key : str
        A collection of SAMPLES and an image in it.
    level : int
        How deep: 0 the pixels, 1 to 4 the layers from the first to the last.
    depth, initialization, seed, steps
        Of the two networks with and without shortcuts.
    shift : int
        Pixels of the network's input that the asking picture is moved by.
    sliding : Sliding
    target : str
        The class that the cross-entropy asks for; "answer" for the network's own.
    """

    part: str
    sample: str = _PATCHES
    key: str = ""
    metric: str = COSINE.name
    level: int = 1
    depth: int = 20
    initialization: str = "pytorch"
    seed: int = 0
    steps: int = 0
    target: str = "answer"
    shift: int = 0
    sliding: Sliding = Sliding()


def choose_setup(lesson: OpenLesson) -> Setup:
    """The lesson's controls; those of the part in sight."""
    with lesson.control_panel():
        part = lesson.choose_part(PARTS)
        return _OF_PART[part](lesson)


def _look(lesson: OpenLesson) -> Setup:
    controls = lesson.controls
    first, second, third, last = st.columns(
        [40, 30, 50, 34], gap="medium", vertical_alignment="bottom"
    )
    with last:
        sample = controls.select("set", _PATCHES, _SETS)
    with first:
        key = _query(controls, sample)
    with second:
        shift = controls.slider("shift", 48, 0, 64, 8)
    with third:
        metric = controls.choice("metric", COSINE.name, COMPARED)
    return Setup("look", sample, key, metric, shift=shift)


def _convolution(lesson: OpenLesson) -> Setup:
    controls = lesson.controls
    how = Sliding()
    widths = [29, 30, 20, 20, 18, 38, 23]
    places = st.columns(widths, gap="small", vertical_alignment="bottom")
    with places[0]:
        kernel = controls.select("kernel", how.kernel, list(KERNELS))
    with places[1]:
        size = controls.choice("size", how.size, (3, 5, 7))
    with places[2]:
        stride = controls.slider("stride", how.stride, 1, 4, 1)
    with places[3]:
        padding = controls.slider("padding", how.padding, 0, 3, 1)
    with places[4]:
        relu = controls.toggle("relu", how.relu)
    with places[5]:
        pool = controls.choice("pool", how.pool, ("none", "max", "mean"))
    with places[6], st.popover(lesson.texts("more")):
        photo = controls.steps("whole", _FIRST, tuple(photo.name for photo in _PHOTOS))
    sliding = Sliding(kernel, size, stride, padding, relu, pool)
    return Setup("convolution", _PHOTO_SET, _whole(photo), sliding=sliding)


def _depth(lesson: OpenLesson) -> Setup:
    controls = lesson.controls
    first, second, third = st.columns([4, 5, 3], gap="medium", vertical_alignment="bottom")
    with first:
        level = controls.steps("level", 1, (0, 1, 2, 3, 4))
    with third:
        sample = controls.select("set", _PATCHES, _SETS)
    with second:
        key = _query(controls, sample)
    return Setup("depth", sample, key, level=level)


def _shortcut(lesson: OpenLesson) -> Setup:
    controls = lesson.controls
    first, second, third = st.columns([5, 4, 2], gap="large", vertical_alignment="bottom")
    with first:
        depth = controls.steps("layers", 20, DEPTHS)
    with second:
        steps = controls.choice("steps", TRAINED, STEPS)
    with third, st.popover(lesson.texts("more")):
        start = controls.choice("start", "pytorch", list(INITIALIZATIONS))
        seed = controls.slider("seed", 0, 0, 9, 1)
    return Setup("shortcut", depth=depth, initialization=start, seed=seed, steps=steps)


def _classes(lesson: OpenLesson) -> Setup:
    controls = lesson.controls
    first, second = st.columns(2, gap="large", vertical_alignment="bottom")
    with first:
        photo = controls.steps("picture", _FIRST, tuple(photo.name for photo in _PHOTOS))
    setup = Setup("classes", _PHOTO_SET, _whole(photo))
    layer = known_classifier()
    if layer is None:  # it is being read; what the link asks for waits in the address
        return setup
    with second:
        target = controls.select("target", setup.target, (setup.target, *layer.classes))
    return replace(setup, target=target)


def _query(controls: Controls, sample: str) -> str:
    """The image that is asked for: the first thing to move."""
    if sample == _DIGITS:
        number = controls.slider("digit", 5, 1, _DIGIT_COUNT, 1)
        return SAMPLES[sample].open()[number - 1].name
    if sample == _PHOTO_SET:
        photo = controls.steps("whole", _FIRST, tuple(photo.name for photo in _PHOTOS))
        return _whole(photo)
    names = tuple(f"{photo.name} {at + 1}" for photo in _PHOTOS for at in range(photo.count))
    name, _, place = controls.steps("patch", f"{_FIRST} 1", names).rpartition(" ")
    return f"{name}/patch {int(place):02}.png"


def _whole(name: str) -> str:
    """The key of a whole photo."""
    (kind,) = [photo.kind for photo in PHOTOS if photo.name == name]
    return f"{kind}/{name}.png"


_OF_PART = {
    "look": _look,
    "convolution": _convolution,
    "depth": _depth,
    "shortcut": _shortcut,
    "classes": _classes,
}
