"""A kernel that slides over a picture, against PyTorch's own layers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.errors import InvalidParameterError
from embedviz.images.convolution import KERNELS, POOLED, slide
from embedviz.images.convolution_pictures import answer_of_kernel, pixels_under_kernel
from tests.counts import examples

torch = pytest.importorskip("torch")
F = torch.nn.functional


@settings(max_examples=examples(40, 400))
@given(
    seed=st.integers(0, 2**16), height=st.integers(7, 14), width=st.integers(7, 14),
    side=st.sampled_from([1, 3, 5, 7]), stride=st.integers(1, 4), padding=st.integers(0, 3),
    relu=st.booleans(), pool=st.sampled_from(["none", "max", "mean"]),
)  # fmt: skip
def test_the_answer_is_that_of_pytorch(seed, height, width, side, stride, padding, relu, pool):
    random = np.random.default_rng(seed)
    picture, kernel = random.normal(size=(height, width)), random.normal(size=(side, side))
    wanted = F.conv2d(
        torch.tensor(picture)[None, None], torch.tensor(kernel)[None, None],
        stride=stride, padding=padding,
    )  # fmt: skip
    if relu:
        wanted = F.relu(wanted)
    if pool != "none":
        if min(wanted.shape[2:]) < POOLED:
            with pytest.raises(InvalidParameterError, match="no block of 2 × 2"):
                slide(picture, kernel, stride, padding, relu=relu, pool=pool)
            return
        pooling = F.max_pool2d if pool == "max" else F.avg_pool2d
        wanted = pooling(wanted, POOLED)
    slid = slide(picture, kernel, stride, padding, relu=relu, pool=pool)
    np.testing.assert_allclose(slid.answer, wanted[0, 0].numpy(), atol=1e-12)
    row, column = (int(random.integers(size)) for size in slid.answer.shape)
    seen = [slid.activated[place] for place in slid.places(row, column)]
    value = max(seen) if pool == "max" else np.mean(seen)
    assert slid.answer[row, column] == pytest.approx(value)
    place = slid.chosen(row, column)
    assert slid.sums[place] == pytest.approx((slid.inputs(place) * kernel).sum())


def test_a_pattern_is_found_wherever_it_stands() -> None:
    """Moving the picture moves the answer: the same weights serve all places."""
    picture = np.zeros((12, 12))
    picture[4:7, 3:6] = 1
    kernel = KERNELS["upright"](3)
    here = slide(picture, kernel).answer
    there = slide(np.roll(picture, (2, 3), (0, 1)), kernel).answer
    np.testing.assert_allclose(np.roll(here, (2, 3), (0, 1)), there)


@pytest.mark.parametrize("side", [3, 5, 7])
def test_each_kernel_answers_to_what_it_is_called(side: int) -> None:
    step = np.zeros((20, 20))
    step[:, 10:] = 1  # an upright edge from dark to bright
    strongest = {
        name: float(np.abs(slide(step, make(side)).answer).max()) for name, make in KERNELS.items()
    }
    assert strongest["upright"] == pytest.approx(1)
    assert strongest["level"] == pytest.approx(0)
    assert slide(step.T, KERNELS["level"](side)).answer.max() == pytest.approx(1)
    even = np.full((20, 20), 0.4)
    assert np.abs(slide(even, KERNELS["outline"](side)).answer).max() == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(slide(even, KERNELS["blur"](side)).answer, 0.4)
    np.testing.assert_allclose(KERNELS["upright"](3), np.outer([1, 2, 1], [-1, 0, 1]) / 4)


def test_what_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(InvalidParameterError, match="5 × 5 does not fit into 4 × 4"):
        slide(np.zeros((4, 4)), np.zeros((5, 5)))
    with pytest.raises(InvalidParameterError, match="stride of 1 or more"):
        slide(np.zeros((4, 4)), np.zeros((3, 3)), 0)


def test_the_frames_stand_around_what_the_value_has_seen() -> None:
    slid = slide(np.eye(8), np.ones((3, 3)), 2, 1, pool="max")
    frames = pixels_under_kernel(slid, 1, 0).layout.shapes
    assert len(frames) == POOLED * POOLED + 1
    assert min(frame.x0 for frame in frames) == -1.5  # the padding's column
    (frame,) = answer_of_kernel(slid, 1, 0).layout.shapes
    assert (frame.x0, frame.y0, frame.x1, frame.y1) == (-0.5, 0.5, 0.5, 1.5)
