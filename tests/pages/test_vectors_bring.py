"""Vectors are brought: samples and links to them, files of one's own, what is already here."""

from __future__ import annotations

import io

import numpy as np
import pytest

from embedviz.ui.vectors.available import available_sets
from embedviz.vector_samples import SAMPLES, sample
from tests.pages.conftest import text_of


def _file(rows: int = 40) -> bytes:
    rng = np.random.default_rng(0)
    lines = ["id,kind,x0,x1,x2"]
    lines += [
        f"k{i},{'ab'[i % 2]},{','.join(f'{v:.3f}' for v in rng.normal(size=3))}"
        for i in range(rows)
    ]
    lines[5] = "k4,a,0,0,0"
    return "\n".join(lines).encode()


@pytest.fixture
def brought(open_page, settle):
    """The page with these files in the uploader."""

    def with_files(*files):
        at = open_page("vectors", vectors="Your files")
        at.file_uploader[0].set_value(list(files))
        at.run()
        assert not at.exception, at.exception
        return at

    return with_files


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_has_metadata_and_opens_from_its_link(name, open_page) -> None:
    space = sample(name)
    assert len(space.table.columns) >= 2
    at = open_page("vectors", vectors="Samples", vectors_sample=SAMPLES[name].label)
    assert f"{len(space):,} vectors × {space.dimensions}" in text_of(at)


def test_an_unknown_sample_in_a_link_is_told(open_page) -> None:
    at = open_page("vectors", vectors="Samples", vectors_sample="<b>gone</b>")
    assert any("is not here" in info.value for info in at.info)
    assert "1,797 vectors" in text_of(at)


def test_a_file_is_shown_as_taken_and_opened(brought, settle) -> None:
    at = brought(("mine.csv", _file(), "text/csv"))
    said = text_of(at)
    assert "× 3 dimensions" in said
    assert "1 because all its numbers are zero" in said
    table = next(frame.value for frame in at.dataframe if "taken as" in frame.value)
    assert dict(zip(table["column"], table["taken as"], strict=True)) == {
        "id": "key", "kind": "metadata", "x0": "vector", "x1": "vector", "x2": "vector",
    }  # fmt: skip
    next(button for button in at.button if button.label == "Open them").click()
    at.run()
    settle(at, lambda at: "39 vectors × 3" in text_of(at))
    assert "1 row set aside: all its numbers are zero" in text_of(at)
    next(toggle for toggle in at.toggle if toggle.label.startswith("List the rows")).set_value(True)
    at.run()
    aside = next(frame.value for frame in at.dataframe if "reason" in frame.value)
    assert aside["key"].tolist() == ["k4"]


def test_what_was_uploaded_stays_out_of_the_address(brought, settle) -> None:
    from embedviz.metadata import Values

    at = brought(("mine.csv", _file(), "text/csv"))
    next(button for button in at.button if button.label == "Open them").click()
    at.run()
    settle(at, lambda at: "39 vectors × 3" in text_of(at))
    (state,) = at.session_state["vectors_state"].values()
    state.select([1, 2])
    (owned,) = at.session_state["embedviz_session"].owned.values()
    state.filters = {"kind": Values((str(owned.space.table["kind"].iloc[0]),))}
    at.run()
    assert not at.exception
    assert not {"vectors_selected", "vectors_filters"} & set(at.query_params)
    assert state.filters
    assert len(state.selected) == 2


def test_rows_can_be_numbered_in_place_of_a_recognised_key(brought, settle) -> None:
    at = brought(("mine.csv", _file(), "text/csv"))
    key = next(box for box in at.selectbox if box.label == "Rows are named by")
    assert key.options[0] == "no key: number the rows"
    key.select_index(0).run()
    table = next(frame.value for frame in at.dataframe if "taken as" in frame.value)
    assert table["taken as"].tolist()[:2] != ["key", "metadata"]
    next(button for button in at.button if button.label == "Open them").click()
    at.run()
    settle(at, lambda at: any(box.label == "Vectors" for box in at.selectbox))
    (owned,) = [
        o for o in at.session_state["embedviz_session"].owned.values() if o.kind == "vectors"
    ]
    assert owned.space.keys[0] == "row-1"
    assert owned.space.table["id"].tolist()[0] == "k0"
    assert owned.details == "ev.read('mine.csv', key=False)"


def test_the_script_reads_as_many_rows_though_one_was_set_aside(brought, settle) -> None:
    at = brought(("mine.csv", _file(), "text/csv"))
    next(box for box in at.number_input if box.label.startswith("Read at most")).set_value(20)
    next(button for button in at.button if button.label == "Open them").click()
    at.run()
    settle(at, lambda at: "19 vectors × 3" in text_of(at))
    (mine,) = at.session_state["embedviz_session"].owned.values()
    assert mine.details == "ev.read('mine.csv', limit=20)"


def _click(at, label: str) -> None:
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception, at.exception


def _columns(at) -> list[str]:
    return next(
        frame.value["column"].tolist() for frame in at.dataframe if "taken as" in frame.value
    )


def test_what_can_be_read_in_two_ways_says_so_and_the_other_is_one_click_away(
    brought, settle
) -> None:
    content = "1;2;3\n4;5;6\n7;8;10\n2;3;5\n"
    at = brought(("counts.csv", content.encode(), "text/csv"))
    said = text_of(at).replace("\\", "")
    assert "was taken for a row" in said
    assert _columns(at) == ["column_1", "column_2", "column_3"]
    _click(at, "Take the first line for names")
    assert _columns(at) == ["1", "2", "3"]
    _click(at, "Read it as recognised")
    assert _columns(at) == ["column_1", "column_2", "column_3"]
    _click(at, "Take the first line for names")
    _click(at, "Open them")
    settle(at, lambda at: "3 vectors × 3" in text_of(at))
    (mine,) = at.session_state["embedviz_session"].owned.values()
    assert mine.details == "ev.read('counts.csv', header=True)"


def test_columns_left_out_are_taken_by_a_button(brought, settle) -> None:
    content = "id,x1,x2,x4\n" + "".join(f"k{i},{i}.5,{i % 3},{i % 5}\n" for i in range(9))
    at = brought(("gap.csv", content.encode(), "text/csv"))
    assert "× 2 dimensions" in text_of(at)
    _click(at, "Take them for the vector too")
    assert "× 3 dimensions" in text_of(at)
    _click(at, "Open them")
    settle(at, lambda at: "9 vectors × 3" in text_of(at))
    (mine,) = at.session_state["embedviz_session"].owned.values()
    assert mine.details == "ev.read('gap.csv', vectors=['x1', 'x2', 'x4'], key='id')"


def test_how_a_file_was_read_is_said_at_first_sight(brought, settle) -> None:
    content = "name;x1;x2\nCléa;28,7;-9999,0\nJürg;28,95;1,25\nÅsa;29;2,5\n".encode("cp1252")
    at = brought(("excel.csv", content, "text/csv"))
    assert "read as cp1252" in text_of(at)
    _click(at, "Open them")
    settle(at, lambda at: "3 vectors × 2" in text_of(at))
    said = text_of(at).replace("\\", "")
    assert "'28,7' was read as 28.7" in said
    assert "read as cp1252, a guess" in said


def test_vectors_and_metadata_as_two_files(brought, settle) -> None:
    array = io.BytesIO()
    np.save(array, np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32))
    metadata = "name,n\n" + "\n".join(f"m{i},{i}" for i in range(30))
    at = brought(("v.npy", array.getvalue(), ""), ("metadata.csv", metadata.encode(), "text/csv"))
    next(button for button in at.button if button.label == "Open them").click()
    at.run()
    settle(at, lambda at: "30 vectors × 4" in text_of(at))


def test_a_pickle_is_refused_with_the_way_out(brought) -> None:
    import pickle

    at = brought(("frame.pkl", pickle.dumps({"a": [1]}), ""))
    assert any("can run any code" in error.value for error in at.error)


def test_a_file_without_vectors_lists_its_columns(brought) -> None:
    at = brought(("notes.csv", b"name,note\na,b\nc,d\n", "text/csv"))
    assert any("columns that make a vector" in error.value for error in at.error)


def test_every_sample_stands_among_the_available_sets() -> None:
    opened = available_sets()["Wines"]()
    assert opened is not None
    assert (opened.shared, opened.reading) == (True, 'ev.sample("wine")')
    assert opened.link == {"vectors": "Samples", "vectors_sample": "Wines"}
    assert "glove-6b-50d" in available_sets()
