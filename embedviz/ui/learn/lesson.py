"""What every lesson is: a question, something to move, what it shows, and where to go from here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embedviz.errors import EmbedvizError
from embedviz.ui.learn.controls import Controls
from embedviz.ui.learn.core_texts import show_error
from embedviz.ui.learn.ending import Tool, lesson_ending, three_sentences
from embedviz.ui.learn.language import common_texts, language, language_switch
from embedviz.ui.learn.menu import lesson_menu
from embedviz.ui.learn.teacher import controls_hidden, controls_place, teacher_style, teacher_switch
from embedviz.ui.learn.texts import Fact, Texts, texts
from embedviz.ui.learn.work import enter
from embedviz.ui.lessons import LESSONS, Lesson
from embedviz.ui.messages import plain

_MOST_SAID = 60  # characters of a link's bad value
# The question, what can be moved and the picture that answers should be seen at once.
_STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 1.2rem; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: .7rem; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.75rem; padding: 0; }
.st-key-learn-head { flex-wrap: nowrap; gap: .6rem; }
.st-key-learn-head h1 { font-size: 1.5rem; white-space: nowrap; }
[data-testid="stMainBlockContainer"] h5 { padding: 0 0 .9rem 0; }
.st-key-learn-meaning p { font-size: .92rem; line-height: 1.4; margin-bottom: .4rem; }
.st-key-learn-ending { margin-top: 1.2rem; }
[data-testid="stPageLink"] p { white-space: normal; overflow-wrap: anywhere; }
</style>"""


@dataclass
class OpenLesson:
    """A lesson while it is drawn.

    Attributes
    ----------
    entry : Lesson
    texts : Texts
        What it says, in the language in use: ``lesson.texts("name", n=3)``.
    controls : Controls
        Its widgets.
    part : str
        The part in sight, of those given to :meth:`choose_part`; empty before.
    facts : dict
        What the core found at the state in sight: the figures and conditions of the three
        sentences and of what there is to try. See :mod:`embedviz.ui.learn.texts`.
    """

    entry: Lesson
    texts: Texts
    controls: Controls
    part: str = ""
    facts: dict[str, Fact] = field(default_factory=dict)
    tool: Tool | None = None
    _meaning: tuple[DeltaGenerator, bool] | None = None

    @contextmanager
    def control_panel(self) -> Iterator[None]:
        """Where controls stand; a teacher has them hidden until they are asked for."""
        try:
            with controls_place():
                yield
        finally:  # also where a control's value is refused by the core
            _tell_unknown(self.controls)
        if self.part and controls_hidden():
            st.markdown(f"**{self.texts(f'part.{self.part}')}**")

    def choose_part(self, names: Sequence[str]) -> str:
        """Which part of a lesson to see. Their labels are the texts ``part.<name>``."""
        self.part = self.controls.choice("part", names[0], names, labelled=False)
        enter(self.entry.name, self.part)
        return self.part

    def meaning_here(self, beside: bool = False) -> None:
        """Keep the room for the three sentences, which are told once the part's facts are known.

        Call it where they stand in the first screen: below the picture, in three columns, or
        ``beside`` it, one below the other.
        """
        self._meaning = (st.container(key="learn-meaning"), beside)

    def find(self, **facts: Fact) -> None:
        """Say what was found at the state in sight, for the places in the texts.

        Names that people typed pass as ``str``; whoever gives them makes them plain text.
        """
        self.facts.update(facts)

    def open_in(self, page: str, **state: str) -> None:
        """Link the lesson's end to a tool's page, opened at the same data.

        ``state`` is the page's address parameters; the label is the short text ``open_in``, or
        ``open_in.<part>``.
        """
        self.tool = (page, state)


@contextmanager
def open_lesson(name: str, **facts: Fact) -> Iterator[OpenLesson]:
    """Begin a lesson: its number, title and question; and at the end what it means.

    ``facts`` are those that the question needs.

    Use it inside of :func:`embedviz.ui.navigation.open_page`. An :class:`EmbedvizError` in the
    lesson is shown where it happened, and the rest of the page stays.
    """
    entry = LESSONS[name]
    said = texts(entry.folder, language())
    lesson = OpenLesson(entry, said, Controls(name, said), facts=facts)
    st.html(_STYLE)
    teacher_style()
    _heading(lesson)
    lesson_menu(entry)
    try:
        yield lesson
    except EmbedvizError as error:
        show_error(error)
    if lesson._meaning is not None:
        place, beside = lesson._meaning
        with place:
            three_sentences(said, lesson.part, lesson.facts, beside)
    lesson_ending(
        lesson.entry, said, lesson.part, lesson.facts, lesson.tool, lesson._meaning is None
    )


def _heading(lesson: OpenLesson) -> None:
    common = common_texts()
    entry = lesson.entry
    with st.container(horizontal=True, vertical_alignment="center", key="learn-head"):
        st.title(lesson.texts.section("title"), width="stretch", anchor=False)
        st.caption(
            common("place", number=entry.number, of=len(LESSONS), minutes=entry.minutes),
            width="content",
        )
        teacher_switch()
        language_switch()
    st.markdown(f"##### {' '.join(lesson.texts.told('question', lesson.facts))}")


def _tell_unknown(controls: Controls) -> None:
    for name, asked in controls.unknown.items():
        st.info(common_texts()("unknown", name=plain(name), asked=plain(asked[:_MOST_SAID])))
