"""Labels of things from a table with names in one column and labels in another."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from embedviz.errors import FormatError
from embedviz.items.file_names import base_name, clean_name, label_from_name
from embedviz.items.files import ItemFile

__all__ = ["LABELS_FILE", "LABELS_MB", "Labels", "label_from_name", "labeled", "labels_from_csv"]

LABELS_FILE = "labels.csv"
"""The name under which a table of labels is found in a folder or an archive."""
LABELS_MB = 16
"""A table larger than this (in 2**20 bytes) is refused."""

_FILE_COLUMNS = ("file", "filename", "file_name", "file name", "path", "name", "image")
_LABEL_COLUMNS = ("label", "class", "category")
_SEPARATORS = ",;\t|"
_LONGEST_LABEL = 200
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")


class Labels(dict[str, str]):
    """Label by file name; ``note`` says how the table was decoded, where that was not certain."""

    note: str = ""


def labels_from_csv(data: bytes) -> Labels:
    """Label by file name, from a table separated by commas, semicolons, tabs or bars.

    The columns are those headed file (filename, path, name, image) and label (class, category),
    else the first two. UTF-8, UTF-16 and the usual encodings of Windows are read; where that is a
    guess or signs are broken the ``note`` of the labels says so.

    Raises
    ------
    FormatError
        If it is no such table, in one sentence.
    """
    if len(data) > LABELS_MB << 20:
        raise FormatError(f"The table of labels is larger than {LABELS_MB} MB: give a shorter one.")
    text, note = _text(data)
    rows = _rows(text)
    if not rows:
        raise FormatError("The table of labels is empty: give file names and their labels.")
    if max(map(len, rows)) < 2:
        raise FormatError(
            "The table of labels has one column: give file names in one and labels in another, "
            "with a comma between them."
        )
    file, label, heading = _columns(rows)
    labels = Labels()
    labels.note = note
    for row in rows[heading:]:
        if len(row) > max(file, label) and row[file] and row[label]:
            labels[clean_name(row[file])] = row[label][:_LONGEST_LABEL]
    return labels


def labeled(files: Iterable[ItemFile], labels: Mapping[str, str]) -> list[ItemFile]:
    """``files`` with the labels of ``labels`` where it names them; the others keep theirs.

    A file is found by its whole name (with its folders), else by its last part if that names one
    label only. Upper and lower case are the same.
    """
    whole = {_same(name): label for name, label in labels.items()}
    by_base: dict[str, str | None] = {}
    for name, label in whole.items():
        base = base_name(name)
        by_base[base] = label if by_base.get(base, label) == label else None
    return [_labeled(file, whole, by_base) for file in files]


def _labeled(
    file: ItemFile, whole: Mapping[str, str], by_base: Mapping[str, str | None]
) -> ItemFile:
    name = _same(file.name)
    label = whole.get(name) or by_base.get(base_name(name))
    return file if label is None else replace(file, label=label)


def _same(name: str) -> str:
    return clean_name(name).casefold()


def _text(data: bytes) -> tuple[str, str]:
    """The text, and what to say of how it was decoded."""
    from embedviz.words.decoding import TextDecoder

    decoder = TextDecoder(LABELS_FILE)
    text = "".join(decoder.text([data]))
    return text, decoder.note


def _rows(text: str) -> list[list[str]]:
    first = text.lstrip().partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    try:
        rows = [
            [cell.strip() for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        ]
    except csv.Error as error:
        raise FormatError(
            f"The table of labels cannot be read as CSV ({error}): save it anew as CSV."
        ) from error
    return [row for row in rows if any(row)]


def _columns(rows: list[list[str]]) -> tuple[int, int, int]:
    """Where names and labels stand, and how many rows are their heading."""
    heads = [head.casefold() for head in rows[0]]
    file = next((heads.index(known) for known in _FILE_COLUMNS if known in heads), None)
    label = next((heads.index(known) for known in _LABEL_COLUMNS if known in heads), None)
    others = [at for at in range(max(len(heads), 2)) if at not in (file, label)]
    if file is not None and label is not None:
        return file, label, 1
    if file is not None and others:
        return file, others[0], 1
    if label is not None and others:
        return others[0], label, 1
    # No heading that we know: still one, if only what follows it looks like names of files.
    unknown = len(rows) > 1 and _is_file(rows[1][0]) and not _is_file(rows[0][0])
    return 0, 1, int(unknown)


def _is_file(name: str) -> bool:
    return _SUFFIX.search(name) is not None
