"""A training that plays: its charts move in step in the browser, and the server hears where it ends.

The course is computed once and sent with the charts' first picture. While it plays nothing runs
here; a pause, the end, or the slider at rest is one run of the page, at the step in sight::

    with playing(lesson, "steps", step, course_steps(last, settled)) as player:
        player.show_chart(figure, course, "cbow-map", alt)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from embedviz.plots.courses import Course, course_json
from embedviz.ui.learn.chart import Play, show_chart
from embedviz.ui.learn.language import common_texts
from embedviz.ui.learn.lesson import OpenLesson
from embedviz.ui.map.assets import loader

if TYPE_CHECKING:
    import plotly.graph_objects as go

BEHIND = "learn-behind"
"""Begin a container's key with this where it holds numbers of the step: it pales while the
charts play on, as the three sentences do, until the server has heard of the new step."""

# The touch targets and the accent are those of Streamlit's own slider and buttons.
_STYLE = f"""
.ev-player {{ display: flex; align-items: center; gap: .9rem; width: 100%; min-height: 2.5rem; }}
.ev-player button {{ min-width: 6.6rem; padding: .35rem .8rem; border-radius: .5rem; cursor: pointer;
  border: 1px solid var(--st-primary-color); background: var(--st-primary-color);
  color: var(--st-background-color); font: inherit; font-size: .95rem; white-space: nowrap; }}
.ev-player[data-playing=true] button {{ background: transparent; color: var(--st-primary-color); }}
.ev-player button:focus-visible, .ev-player input:focus-visible {{
  outline: 2px solid var(--st-primary-color); outline-offset: 2px; }}
.ev-player input {{ flex: 1 1 8rem; min-width: 6rem; height: 1.5rem; margin: 0; cursor: pointer;
  accent-color: var(--st-primary-color); }}
.ev-player output {{ min-width: 9.5rem; font: inherit; font-size: .9rem; white-space: nowrap;
  color: var(--st-text-color); font-variant-numeric: tabular-nums; }}
.st-key-learn-meaning, [class*="st-key-{BEHIND}"] {{ transition: opacity .2s; }}
.ev-playing .st-key-learn-meaning, .ev-playing [class*="st-key-{BEHIND}"] {{ opacity: .3; }}
"""

_component = st.components.v2.component(
    "embedviz_player",
    html='<div class="ev-player" role="group"></div>',
    css=_STYLE,
    js=loader("showPlayer"),
    isolate_styles=False,
)


@dataclass
class Player:
    """A player while its charts are drawn: draw those that move with :meth:`show_chart`."""

    name: str
    step: int
    begins: bool
    _courses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def show_chart(self, figure: go.Figure, course: Course, key: str, alt: str) -> None:
        """As :func:`embedviz.ui.learn.chart.show_chart`, and move it along its course.

        ``figure`` is that of the step in sight, and ``course`` has a frame for each of the steps
        given to :func:`playing`. What a course changes must be in the figure at every step.
        """
        self._courses[key] = course_json(course)
        show_chart(figure, key, alt, Play(self.name, key, self.step, self.begins))


@contextmanager
def playing(
    lesson: OpenLesson, name: str, step: int, steps: Sequence[int], begins: bool = True
) -> Iterator[Player]:
    """Draw the bar here, and play what is drawn with the :class:`Player` inside.

    Parameters
    ----------
    name : str
        Of the control that holds the step (``lesson.controls.value(name, …)``, asked for in the
        control panel); its label is the lesson's short text of this name. The bar's place on the
        page has the key of that control.
    step : int
        The step in sight, from 0 to the last one of ``steps``.
    steps : sequence of int
        The step of each frame, as :func:`embedviz.plots.courses.course_steps` gives them.
    begins : bool
        Whether it plays by itself when the part is opened and neither the link nor the person has
        chosen a step; never for a person who wants reduced motion.
    """
    control = f"{lesson.entry.name}-{name}"
    place = st.container(key=control)
    key = f"{control}-player"
    player = Player(control, step, begins and lesson.controls.is_untouched(name))
    yield player

    def moved() -> None:
        heard = (st.session_state.get(key) or {}).get("step")
        if isinstance(heard, int | float) and 0 <= heard <= steps[-1]:
            lesson.controls.set(name, int(heard))

    common = common_texts()
    data = {
        # Not the step: unchanged from run to run, the courses are sent but once.
        "name": control,
        "steps": list(steps),
        "courses": player._courses,
        "texts": {
            "player": common("player"),
            "steps": lesson.texts(name),
            **{part: common(f"player.{part}") for part in ("play", "pause", "step")},
        },
    }
    with place:
        _component(key=key, data=data, height="content", on_step_change=moved)
