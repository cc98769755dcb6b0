"""What every lesson stands in: texts, controls and the address, languages, the teacher's mode."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import parse_qs

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from streamlit.testing.v1 import AppTest

from embedviz.ui.learn import lesson as lesson_module
from embedviz.ui.learn.controls import Controls
from embedviz.ui.learn.matrix import matrix_html
from embedviz.ui.learn.texts import parsed, texts
from embedviz.ui.lessons import LESSONS, after, before
from tests.pages.conftest import text_of

NAME = "learn_cbow"
MARKDOWN = {
    "en": """# title
Trial
# question
What happens?
# explanation
One is said here.
Two is said here.
Three is said here.
# explanation.b
Another one here.
Another two here.
Another three here.
# formula
$$ x $$
# try
- This.
# words
part: Part
part.a: First part
part.b: Second part
size: How large
size.help: Larger is more
kind: Which kind
kind.red: Red
share: What share
word: Your word
loud: Loud
many: How many
answer: size is {size:.1f}
open_in: Open in Words
open_in.b: See these words
""",
    "ko": """# title
시험
# question
무슨 일이 일어날까요?
# explanation
하나를 말합니다.
둘을 말합니다.
셋을 말합니다.
# explanation.b
다른 하나입니다.
다른 둘입니다.
다른 셋입니다.
# formula
$$ x $$
# try
- 이것.
# words
part: 부분
part.a: 첫 부분
part.b: 둘째 부분
size: 크기
size.help: 클수록 많습니다
kind: 종류
kind.red: 빨강
share: 비율
word: 단어
loud: 크게
many: 개수
answer: 크기: {size:.1f}
open_in: 단어에서 열기
open_in.b: 이 단어 보기
""",
}


def _trial() -> None:
    """A lesson with one control of each kind; what it does is set in the session."""
    import streamlit as st

    from embedviz.errors import EmbedvizError
    from embedviz.ui.learn.lesson import open_lesson
    from embedviz.ui.navigation import open_page

    with open_page("learn_cbow"):
        if st.session_state.get("away"):
            st.stop()
        with open_lesson("learn_cbow") as lesson:
            controls = lesson.controls
            with lesson.control_panel():
                part = lesson.choose_part(["a", "b"])
                low, high = st.session_state.get("range", (1, 10))
                size = controls.slider("size", low + 3, low, high, 1)
                share = controls.slider("share", 0.5, 0.0, 1.0, 0.05)
                kind = controls.choice("kind", "red", ["red", "blue"])
                many = controls.steps("many", 1_000, [100, 1_000, 10_000])
                word = controls.text("word", "cat", max_chars=20)
                loud = controls.toggle("loud")
            steps = controls.value("steps", 0, lambda n: 0 <= n <= 100)
            st.button("Ten more", on_click=controls.set, args=("steps", steps + 10))
            st.button("Smallest", on_click=controls.set, args=("size", low))
            if st.session_state.get("broken"):
                raise EmbedvizError("The core says no to <b>this</b>.")
            st.text(repr((part, size, share, kind, many, word, loud, steps)))
            st.text(lesson.texts("answer", size=size))
            lesson.open_in("words", word="cat")


START = ("a", 4, 0.5, "red", 1_000, "cat", False, 0)


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open the trial lesson at a link."""
    said = {language: parsed(text, language) for language, text in MARKDOWN.items()}
    monkeypatch.setattr(lesson_module, "texts", lambda _, language: said[language])

    def opened(locale: str | None = "en-US", **link: str) -> AppTest:
        at = AppTest.from_function(_trial, default_timeout=180)
        at.context = {"locale": locale, "url": "http://127.0.0.1:8501/learn_cbow"}
        at.query_params.update(link)
        return ran(at)

    return opened


def ran(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception, at.exception
    return at


def state(at: AppTest) -> tuple[object, ...]:
    return eval(at.text[0].value)


def address(at: AppTest) -> dict[str, str]:
    return {
        name: value[0] if isinstance(value, list) else value
        for name, value in at.query_params.items()
    }


def key(name: str) -> str:
    return f"{NAME}-{name}"


def links(at: AppTest) -> dict[str, str]:
    """The page links' labels and what they lead to."""
    return {
        link.proto.label: f"{link.proto.page}?{link.proto.query_string}"
        for link in at.get("page_link")
    }


# --- texts


def test_a_file_is_cut_at_its_headings():
    said = parsed(
        "before is dropped\n# title\nOne: two\n\n## not a section\nmore\n# words\n"
        "n: {n:,} words: all\n\nlabel : A label\n",
        "en",
    )
    assert said.section("title") == "One: two\n\n## not a section\nmore"
    assert said.section("formula") == ""
    assert said("n", n=12_000) == "12,000 words: all"
    assert said("label") == "A label"
    assert said.has("label")
    assert not said.has("title")
    with pytest.raises(KeyError):
        said("nothing")


def test_a_short_text_without_values_keeps_its_braces():
    assert parsed("# words\nf: $\\frac{a}{b}$\n", "en")("f") == "$\\frac{a}{b}$"


def test_a_line_that_names_nothing_is_refused():
    with pytest.raises(ValueError, match="name: text"):
        parsed("# words\njust a line\n", "en")


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?", fullmatch=True),
                       st.from_regex(r"[^\s{}][^\n\r{}]{0,30}", fullmatch=True)))  # fmt: skip
def test_short_texts_are_read_as_written(words: dict[str, str]):
    one_line = {name: " ".join(text.split()) for name, text in words.items()}
    file = "# words\n" + "\n".join(f"{name}: {text}" for name, text in one_line.items())
    assert dict(parsed(file, "en").words) == one_line


# --- controls and the address


def test_a_lesson_begins_with_its_defaults_and_an_empty_address(trial):
    at = trial()
    assert state(at) == START
    assert address(at) == {}


def test_the_address_holds_what_was_changed_and_nothing_else(trial):
    at = trial()
    at.slider(key("size")).set_value(7)
    at.button_group(key("kind")).set_value("blue")
    at.toggle(key("loud")).set_value(True)
    ran(at)
    assert state(at) == ("a", 7, 0.5, "blue", 1_000, "cat", True, 0)
    assert address(at) == {"size": "7", "kind": "blue", "loud": "on"}
    at.slider(key("size")).set_value(4)
    assert address(ran(at)) == {"kind": "blue", "loud": "on"}


def test_what_the_address_holds_opens_the_same_state_in_another_language(trial):
    at = trial()
    at.button_group(key("part")).set_value("b")
    at.slider(key("size")).set_value(9)
    at.slider(key("share")).set_value(0.15)
    at.button_group(key("kind")).set_value("blue")
    at.select_slider(key("many")).set_value(10_000)
    at.text_input(key("word")).set_value("고양이 & <b> = #1?")
    at.toggle(key("loud")).set_value(True)
    at.button[0].click()
    ran(at)
    wanted = ("b", 9, 0.15, "blue", 10_000, "고양이 & <b> = #1?", True, 10)
    assert state(at) == wanted
    again = trial(lang="ko", **address(at))
    assert again.title[0].value == "시험"
    assert state(again) == wanted
    assert address(again) == {**address(at), "lang": "ko"}


def test_an_emptied_text_is_not_its_default(trial):
    at = trial()
    at.text_input(key("word")).set_value("")
    ran(at)
    assert address(at) == {"word": ""}
    assert state(trial(word=""))[5] == ""


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("size", "11"), ("size", "0"), ("size", "4.5"), ("size", "four"), ("size", ""),
        ("size", "9" * 5000), ("share", "nan"), ("share", "-inf"), ("share", "1e9"),
        ("kind", "Red"), ("kind", "<img src=x onerror=alert(1)>"), ("many", "999"), ("part", "c"),
        ("loud", "yes"), ("word", "x" * 21), ("steps", "101"), ("steps", "-1"),
    ],
)  # fmt: skip
def test_what_a_link_cannot_ask_for_is_said_and_the_default_shown(trial, name, asked):
    at = trial(**{name: asked})
    assert state(at) == START
    assert name not in address(at)
    if name != "steps":  # it is read after the panel that says so
        assert len(at.info) == 1
        assert name in at.info[0].value
    ran(at)  # by itself, as long work runs the page: what was said is still to be read
    assert len(at.info) == 1
    assert name in at.info[0].value
    at.toggle(key=key("loud")).set_value(True)
    ran(at)
    assert not at.info


def test_a_value_stays_while_the_person_is_elsewhere(trial):
    at = trial()
    at.slider(key("size")).set_value(8)
    at.text_input(key("word")).set_value("dog")
    ran(at)
    at.session_state["away"] = True
    at.query_params.clear()
    ran(at)
    assert not at.slider
    at.session_state["away"] = False
    ran(at)
    assert state(at)[1] == 8
    assert state(at)[5] == "dog"
    assert address(at) == {"size": "8", "word": "dog"}


def test_a_value_stays_in_another_language(trial):
    at = trial()
    at.slider(key("size")).set_value(8)
    ran(at)
    at.button_group("learn_language").set_value("ko")
    ran(at)
    assert at.title[0].value == "시험"
    assert at.slider(key("size")).label == "크기"
    assert state(at)[1] == 8
    assert address(at)["size"] == "8"


def test_a_range_that_no_longer_holds_the_value_gives_the_default(trial):
    at = trial()
    at.slider(key("size")).set_value(10)
    ran(at)
    at.session_state["range"] = (1, 6)
    ran(at)
    assert state(at)[1] == 4
    assert "size" not in address(at)
    at.session_state["range"] = (2, 8)
    ran(at)
    assert 2 <= state(at)[1] <= 8


def test_a_button_changes_a_value_and_a_widget(trial):
    at = trial()
    at.button[0].click()
    ran(at)
    at.button[0].click()
    ran(at)
    assert state(at)[7] == 20
    assert address(at) == {"steps": "20"}
    at.button[1].click()
    ran(at)
    assert state(at)[1] == 1
    assert at.slider(key("size")).value == 1
    assert address(at) == {"size": "1", "steps": "20"}


def test_labels_help_and_options_come_from_the_texts(trial):
    at = trial(lang="ko")
    slider = at.slider(key("size"))
    assert (slider.label, slider.help) == ("크기", "클수록 많습니다")
    assert at.slider(key("share")).help in (None, "")
    assert [option.content for option in at.button_group(key("kind")).proto.options] == [
        "빨강",
        "blue",
    ]
    assert list(at.select_slider(key("many")).options) == ["100", "1,000", "10,000"]


# --- language


@pytest.mark.parametrize(
    ("locale", "title"),
    [("ko-KR", "시험"), ("ko", "시험"), ("KO-kr", "시험"), ("en-US", "Trial"), ("de-DE", "Trial"),
     (None, "Trial"), ("", "Trial"), ("kok-IN", "Trial")],
)  # fmt: skip
def test_the_browser_chooses_the_language(trial, locale, title):
    at = trial(locale=locale)
    assert at.title[0].value == title
    assert not any("lang=" in link for link in links(at).values())


@pytest.mark.parametrize(("asked", "title"), [("ko", "시험"), ("en", "Trial"), ("xx", "Trial")])
def test_a_link_chooses_it_before_the_browser(trial, asked, title):
    at = trial(locale="ko-KR" if asked == "en" else "en-US", lang=asked)
    assert at.title[0].value == title


def test_the_switch_holds_and_goes_along_to_the_next_lesson(trial):
    at = trial()
    at.button_group("learn_language").set_value("ko")
    ran(at)
    assert at.title[0].value == "시험"
    onward = [link for label, link in links(at).items() if "→" in label or "←" in label]
    assert sum("lang=ko" in link for link in onward) >= 2
    at.button_group("learn_language").set_value("en")
    assert ran(at).title[0].value == "Trial"


def test_a_reload_after_the_switch_opens_in_the_language_in_sight(trial):
    at = trial(lang="ko")
    at.button_group("learn_language").set_value("en")
    ran(at)
    assert trial(**address(at)).title[0].value == "Trial"


# --- teacher's mode


def _styles(at: AppTest) -> str:
    return "\n".join(element.proto.body for element in at.get("html"))


HIDDEN = ".st-key-learn-controls { display: none; }"


def test_the_teachers_mode_enlarges_and_hides_the_controls_until_asked(trial):
    at = trial()
    assert "font-size: 21px" not in _styles(at)
    assert HIDDEN not in _styles(at)
    at.slider(key("size")).set_value(6)
    at.toggle("learn_teacher_switch").set_value(True)
    ran(at)
    assert "font-size: 21px" in _styles(at)
    assert HIDDEN in _styles(at)
    assert address(at) == {"size": "6", "teacher": "on"}
    assert state(at)[1] == 6
    at.toggle("learn_controls_shown").set_value(True)
    ran(at)
    assert HIDDEN not in _styles(at)
    at.slider(key("size")).set_value(5)
    ran(at)
    assert HIDDEN not in _styles(at)
    assert state(at)[1] == 5
    at.toggle("learn_teacher_switch").set_value(False)
    ran(at)
    assert "font-size: 21px" not in _styles(at)
    assert address(at) == {"size": "5"}


def test_a_link_opens_the_teachers_mode_at_the_state(trial):
    at = trial(teacher="on", size="9", part="b", lang="ko")
    assert "font-size: 21px" in _styles(at)
    assert HIDDEN in _styles(at)
    assert state(at)[:2] == ("b", 9)
    onward = [link for label, link in links(at).items() if "→" in label or "←" in label]
    assert sum("teacher=on" in link and "lang=ko" in link for link in onward) >= 2


def test_the_link_to_copy_holds_the_state_and_the_language(trial):
    at = trial(teacher="on", size="9")
    place, _, asked = at.code[0].value.partition("?")
    assert place.startswith("http://127.0.0.1:8501")
    assert parse_qs(asked) == {"size": ["9"], "teacher": ["on"], "lang": ["en"]}


# --- from one lesson to the next


def test_lessons_follow_one_another():
    every = list(LESSONS.values())
    assert [lesson.number for lesson in every] == [1, 2, 3, 4, 5, 6, 7]
    assert before(every[0]) is None
    assert after(every[-1]) is None
    assert [before(lesson) for lesson in every[1:]] == every[:-1]
    assert [after(lesson) for lesson in every[:-1]] == every[1:]


def test_the_ending_leads_on_and_back_and_to_the_tool(trial):
    at = trial(part="b")
    shown = links(at)
    on = next(link for label, link in shown.items() if label.startswith("Next"))
    back = next(link for label, link in shown.items() if label.startswith("← Previous"))
    assert "learn_skip_gram" in on
    assert "learn_categories" in back
    tool = next(link for label, link in shown.items() if "See these words" in label)
    assert "word=cat" in tool
    assert "Another one here." in text_of(at)
    assert "One is said here." not in text_of(at)


def test_the_sidebar_lists_every_lesson_with_this_one_bold(trial):
    at = trial()
    labels = [link.proto.label for link in at.sidebar.get("page_link")]
    titles = [texts(lesson.folder, "en").section("title") for lesson in LESSONS.values()]
    assert labels[-1] == "Terms and figures"
    assert labels[:-1] == [
        f"**{n}. {title}**" if n == LESSONS[NAME].number else f"{n}. {title}"
        for n, title in enumerate(titles, start=1)
    ]


def test_an_error_inside_leaves_the_ending_in_place(trial):
    at = trial()
    at.session_state["broken"] = True
    ran(at)
    assert len(at.error) == 1
    assert "\\<b\\>" in at.error[0].value
    assert "One is said here." in text_of(at)
    assert any(label.startswith("Next") for label in links(at))
    assert any("My data" in expander.label for expander in at.expander)


# --- matrices


class _Table(HTMLParser):
    """What a browser would read: the texts of all cells by row, and what is marked."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.rows: list[list[tuple[str, str]]] = []
        self.marked: list[tuple[int, str]] = []
        self.caption = ""
        self.said = ""
        self._in: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self._in.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append((tag, ""))
        if dict(attrs).get("class") == "marked":
            self.marked.append((len(self.rows) - 1, tag))

    def handle_endtag(self, tag):
        while self._in.pop() != tag:
            pass

    def handle_data(self, data):
        self.said += data
        if "caption" in self._in:
            self.caption += data
        elif self._in[-1:] in (["td"], ["th"]):
            tag, text = self.rows[-1][-1]
            self.rows[-1][-1] = (tag, text + data)

    def numbers(self) -> list[list[str]]:
        return [[text for tag, text in row if tag == "td"] for row in self.rows]


def _read(number: str) -> float:
    return float(number.replace("−", "-").replace(",", ""))


@given(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=30),
               elements=st.floats(-1e5, 1e5, allow_nan=False)),
    st.integers(0, 4),
)  # fmt: skip
def test_a_matrix_shows_its_own_numbers_and_shape(values, decimals):
    table = _Table(matrix_html(values, "W", decimals=decimals))
    drawn = values[:24, :16]
    shown = np.array([[_read(number) for number in row] for row in table.numbers()])
    assert shown.shape == drawn.shape
    np.testing.assert_allclose(shown, drawn, atol=0.5 * 10.0**-decimals + 1e-9)
    assert table.caption == f"W ({values.shape[0]} × {values.shape[1]})"


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_every_text_of_a_matrix_is_a_text(title, row, column):
    hostile = "<script>alert(1)</script>&amp;"
    html = matrix_html(
        np.eye(1), title + hostile, rows=[row + hostile], columns=[column + hostile],
        shape=hostile, rest=hostile,
    )  # fmt: skip
    table = _Table(html)
    assert table.tags == {"div", "table", "caption", "span", "tr", "td", "th"}
    assert table.said.count("<script>alert(1)</script>&amp;") == 4


def test_a_vector_is_one_row_and_says_so():
    table = _Table(matrix_html(np.array([1.0, -0.5, 2.25]), "h"))
    assert table.numbers() == [["1", "−0.50", "2.25"]]
    assert table.caption == "h (3)"


def test_rows_and_columns_are_marked():
    html = matrix_html(
        np.arange(6.0).reshape(2, 3), "W", rows=["a", "b"], columns=["x", "y", "z"],
        marked_rows=[1], marked_columns=[2],
    )  # fmt: skip
    table = _Table(html)
    # The head comes first; then row 1 is the second row of numbers.
    assert table.marked == [(0, "th"), (1, "td"), (2, "tr"), (2, "td")]
    assert [text for tag, text in table.rows[2] if tag == "th"] == ["b"]


def test_what_is_not_drawn_is_said():
    large = np.zeros((30, 20))
    assert "… and more" in matrix_html(large, "W", rest="and more")
    assert "… and more" not in matrix_html(large[:24, :16], "W", rest="and more")
    assert "(30 × 20)" in _Table(matrix_html(large, "W")).caption


@pytest.mark.parametrize("values", [np.array([[np.nan, np.inf, -np.inf]]), np.zeros((0, 3)),
                                    np.array([]), np.array([[1e300, -1e-300]])])  # fmt: skip
def test_extreme_matrices_are_drawn(values):
    html = matrix_html(values, "W")
    assert "<table>" in html
    assert not re.search(r"rgba\([^)]*(nan|inf)", html)


SAID = parsed(
    """# explanation
It grows like n to the {{slope:.2f}}.
{{if steep}} That is steep: {{slope:.1f}}.
{{unless steep}} That is flat.
{{if steep}} {{unless noisy}} And it is clear.
Always so.
""",
    "en",
)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, ["That is flat.", "Always so."]),
        (
            {"slope": -1.234, "steep": True},
            [
                "It grows like n to the −1.23.",
                "That is steep: −1.2.",
                "And it is clear.",
                "Always so.",
            ],
        ),
        (
            {"slope": 1, "steep": True, "noisy": True},
            ["It grows like n to the 1.00.", "That is steep: 1.0.", "Always so."],
        ),
        (
            {"slope": 0.5, "steep": False},
            ["It grows like n to the 0.50.", "That is flat.", "Always so."],
        ),
    ],
)
def test_a_statement_stands_only_with_its_facts(facts, told):
    assert SAID.told("explanation", facts) == told


def test_a_name_is_filled_in_as_it_is():
    said = parsed("# explanation\nIt is {{word}} - {{n:,}}.", "en")
    assert said.told("explanation", {"word": "x-y", "n": 1234}) == ["It is x-y - 1,234."]


def _working() -> None:
    """A lesson whose first part works until it is stopped; or another page, where the session says."""
    import streamlit as st

    from embedviz.progress import stop_if
    from embedviz.ui.learn.lesson import open_lesson
    from embedviz.ui.learn.work import work
    from embedviz.ui.navigation import open_page
    from embedviz.ui.server import jobs
    from embedviz.ui.session import session

    def do(on_progress, cancel):
        while True:
            stop_if(cancel, "The work")
            cancel.wait(0.01)

    if st.session_state.get("away"):
        with open_page("home"):
            st.text("elsewhere")
    else:
        with open_page("learn_cbow"), open_lesson("learn_cbow") as lesson:
            with lesson.control_panel():
                part = lesson.choose_part(["a", "b"])
            if part == "a":
                work("Counting", ("counting",), do)
    st.text([job.stopping for job in jobs().of(session().owner)])


@pytest.mark.parametrize("leave", ["to another part", "to another page"])
def test_work_of_a_part_that_was_left_holds_nobody_up(trial, leave):
    trial()  # its texts
    at = ran(AppTest.from_function(_working, default_timeout=60))
    assert at.text[-1].value == "[False]"
    ran(at)  # by itself, while it is at work
    assert at.text[-1].value == "[False]"
    if leave == "to another page":
        at.session_state["away"] = True
    else:
        at.segmented_control(key=key("part")).set_value("b")
    ran(at)
    assert at.text[-1].value == "[True]"


def test_work_speaks_the_lessons_language(trial):
    trial()
    at = AppTest.from_function(_working, default_timeout=60)
    at.query_params["lang"] = "ko"
    ran(at)
    assert "멈추기" in [button.label for button in at.button]
    at.segmented_control(key=key("part")).set_value("b")
    ran(at)  # stops it


def test_nothing_is_never_negative():
    said = parsed("# explanation\n{{a:.2f}} {{b:.0%}} {{c:.1f}} {{d}}", "en")
    assert said.told("explanation", {"a": -0.001, "b": -0.001, "c": -0.06, "d": "-0"}) == [
        "0.00 0% −0.1 -0"
    ]


def test_what_a_control_began_with_before_is_what_a_link_of_then_means(trial, monkeypatch):
    choose = Controls.slider

    def changed(self, name, default, low, high, step, was=None):
        return choose(self, name, 7 if name == "size" else default, low, high, step, was or default)

    monkeypatch.setattr(Controls, "slider", changed)
    assert state(trial())[1] == 7
    assert state(trial(lang="ko", part="b"))[1] == 7
    assert state(trial(kind="blue"))[1] == 4  # made when it began with 4
    assert state(trial(kind="blue", size="7"))[1] == 7
    at = trial()
    assert address(at)["size"] == "7"  # from now on it is always said
    at.button_group(key("kind")).set_value("blue")
    assert state(ran(at))[1] == 7
