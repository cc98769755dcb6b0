"""What the columns of a file were taken for, and the way to change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from embedviz.formats import FORMATS, Recognised
from embedviz.formats.columns import KeyChoice
from embedviz.formats.set_aside import MEANING
from embedviz.ui.messages import count, plain
from embedviz.ui.other_readings import chosen_reading, say_notes

_NUMBERED = "no key: number the rows"


@dataclass(frozen=True)
class Choice:
    """The columns that a person chose in place of those recognised; empty and None: as they are.

    ``key=False`` numbers the rows. ``other`` are arguments of ``ev.read`` for another way to read
    the file: its encoding, its first line.
    """

    vectors: tuple[str, ...] = ()
    key: KeyChoice = None
    other: tuple[tuple[str, Any], ...] = ()

    def reading(self, name: str, metadata: str | None, most: int, rows: int) -> str:
        """The Python expression that reads the same from a file of this name."""
        said = [repr(name)]
        if self.vectors:
            said.append(
                f"vectors={list(self.vectors) if len(self.vectors) > 1 else self.vectors[0]!r}"
            )
        if self.key is not None:
            said.append(f"key={self.key!r}")
        said += [f"{name}={value!r}" for name, value in self.other]
        if metadata is not None:
            said.append(f"metadata={metadata!r}")
        if rows >= most:
            said.append(f"limit={most}")
        return f"ev.read({', '.join(said)})"


def choose_columns(
    found: Recognised, file_id: str, taken: Callable[[Choice], Recognised]
) -> tuple[Choice, Recognised] | None:
    """What the file holds, with its columns; None while what was chosen makes no vector.

    ``taken`` looks at the file with a choice: what stands over the columns, and what comes back, is
    of the columns that were chosen.
    """
    head = st.container()
    choice = _choice(found, file_id)
    if choice is None:
        return None
    now = found if choice == Choice() else taken(choice)
    with head:
        _head(now, file_id)
    return choice, now


def _head(found: Recognised, file_id: str) -> None:
    rows = "an unknown number of" if found.rows is None else f"{found.rows:,}"
    st.markdown(
        f"**{plain(FORMATS[found.format].label)}**: {rows} rows × {found.dimensions or '?'} dimensions"
    )
    say_notes(found.notes, file_id, ("encoding", "format", "header", "vectors"))
    if found.set_aside:
        said = "; ".join(f"{n:,} because {MEANING[why]}" for why, n in found.set_aside)
        st.caption(f"Of the first {count(found.sampled, 'row')} would be set aside: {said}.")


def _choice(found: Recognised, file_id: str) -> Choice | None:
    chosen_other = chosen_reading(file_id)
    asked = tuple(chosen_other.pop("vectors", ()))
    other = tuple(sorted(chosen_other.items()))
    if not found.columns:
        return Choice(other=other)
    names = [column.name for column in found.columns]
    left, right = st.columns([1, 2])
    # Other readings have other columns: the boxes begin anew with them.
    file_id = "-".join([file_id, *(f"{name}={value}" for name, value in other), *asked])
    free = [name for name in names if name not in found.vector]
    # By place: a column may be called as the first entry is.
    at = free.index(found.key) + 1 if found.key in free else 0
    chosen = left.selectbox(
        "Rows are named by", range(len(free) + 1), index=at, key=f"vectors-key-{file_id}",
        format_func=lambda place: free[place - 1] if place else _NUMBERED,
    )  # fmt: skip
    key = free[chosen - 1] if chosen else None
    wide = len(found.vector) > 1
    if wide and not st.toggle("Choose the vector's columns", key=f"vectors-change-{file_id}"):
        vectors = list(found.vector)
        right.caption(
            f"Vector: {len(vectors):,} columns, {plain(vectors[0])} to {plain(vectors[-1])}"
        )
    else:
        vectors = right.multiselect(
            "Vector", names, default=list(found.vector), key=f"vectors-vector-{file_id}",
            help="One column that holds lists of numbers, or a column for each number.",
        )  # fmt: skip
    _table(found, vectors, key)
    if not vectors:
        st.info("Choose the column, or the columns, that make the vector.")
        return None
    changed = tuple(vectors) if tuple(vectors) != found.vector else asked
    # With other vectors another column might be recognised as the key: the one shown is said, then.
    same = key == found.key and not changed
    chosen_key: KeyChoice = None if same else key if key is not None else False
    return Choice(changed, chosen_key, other)


def _table(found: Recognised, vectors: list[str], key: str | None) -> None:
    def role(name: str) -> str:
        return "vector" if name in vectors else "key" if name == key else "metadata"

    rest = [column for column in found.columns if column.name not in vectors]
    first = [column for column in found.columns if column.name in vectors][:3]
    rows = [
        {"column": one.name, "taken as": role(one.name), "type": one.type, "example": one.example}
        for one in [*first, *rest][:200]
    ]
    st.dataframe(rows, hide_index=True, height=min(240, 36 * len(rows) + 38))
