"""Labels of things from a table with names in one column and labels in another."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from embedviz.errors import FormatError
from embedviz.items.file_names import base_name, clean_name, label_from_name
from embedviz.items.files import Failure, ItemFile

__all__ = [
    "LABELS_FILE",
    "LABELS_MB",
    "Labels",
    "label_from_name",
    "labeled",
    "labels_from_csv",
    "labels_of_none",
]

LABELS_FILE = "labels.csv"
"""The name under which a table of labels is found in a folder or an archive."""
LABELS_MB = 16
"""A table larger than this (in 2**20 bytes) is refused."""

_FILE_COLUMNS = ("file", "filename", "file_name", "file name", "path", "name", "image")
_LABEL_COLUMNS = ("label", "class", "category")
_SEPARATORS = ",;\t|"
_LONGEST_LABEL = 200
_MOST_SAID = 100
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")


class Labels(dict[str, str]):
    """Label by file name; ``note`` says how the table was decoded, where that was not certain."""

    note: str = ""


def labels_from_csv(data: bytes, failures: list[Failure] | None = None) -> Labels:
    """Label by file name, from a table separated by commas, semicolons, tabs or bars.

    The columns are those headed file (filename, path, name, image) and label (class, category),
    else the first two. UTF-8, UTF-16 and the usual encodings of Windows are read; where that is a
    guess or signs are broken the ``note`` of the labels says so. A file that is named with two
    labels gets the last one; ``failures``, if given, says both.

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
    replaced: dict[str, str] = {}
    for row in rows[heading:]:
        if len(row) > max(file, label) and row[file] and row[label]:
            name, now = clean_name(row[file]), row[label][:_LONGEST_LABEL]
            if labels.get(name, now) != now:
                replaced[name] = labels[name]
            labels[name] = now
    if failures is not None:
        if note:
            failures.append(Failure(LABELS_FILE, note))
        failures += _some(
            [Failure(name, _two(labels[name], was)) for name, was in replaced.items()]
        )
    return labels


def labeled(files: Iterable[ItemFile], labels: Mapping[str, str]) -> list[ItemFile]:
    """``files`` with the labels of ``labels`` where it names them; the others keep theirs.

    A file is found by its whole name (with its folders), else by that in other upper and lower
    case, else by its last part; by the last two only where that gives one label.
    """
    by_name = _Names(labels)
    found = ((file, by_name.label(file.name)) for file in files)
    return [file if label is None else replace(file, label=label) for file, label in found]


def labels_of_none(labels: Mapping[str, str], names: Iterable[str]) -> list[Failure]:
    """The names in ``labels`` that no file of ``names`` has, each with what is wrong."""
    present = {clean_name(name) for name in names}
    folded = {name.casefold() for name in present}
    bases = {base_name(name) for name in folded}
    by_name = _Names(labels)
    missing = []
    for name, label in labels.items():
        same, base = name.casefold(), base_name(name.casefold())
        if same not in folded and not (base in bases and by_name.by_base[base] is not None):
            missing.append(Failure(name, _missing(label)))
    return _some(missing)


class _Names:
    """Labels by names: as they are, without upper and lower case, and by the last part."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self.exact = {clean_name(name): label for name, label in labels.items()}
        self.folded: dict[str, str | None] = {}
        self.by_base: dict[str, str | None] = {}
        for name, label in self.exact.items():
            same = name.casefold()
            for known, one in ((self.folded, same), (self.by_base, base_name(same))):
                known[one] = label if known.get(one, label) == label else None

    def label(self, name: str) -> str | None:
        name = clean_name(name)
        same = name.casefold()
        return self.exact.get(name) or self.folded.get(same) or self.by_base.get(base_name(same))


def _missing(label: str) -> str:
    return f"{LABELS_FILE} gives it the label '{label}', but there is no such file: check the name."


def _two(now: str, was: str) -> str:
    return (
        f"{LABELS_FILE} gives it the label '{was}' and, further down, '{now}': the last is taken."
    )


def _some(failures: list[Failure]) -> list[Failure]:
    """Those, and from so many on how many more."""
    more = len(failures) - _MOST_SAID
    if more <= 0:
        return failures
    reason = (
        f"The same is so for {more:,} more names in it: give the table that belongs to these files."
    )
    return [*failures[:_MOST_SAID], Failure(LABELS_FILE, reason)]


def _text(data: bytes) -> tuple[str, str]:
    """The text, and what to say of how it was decoded."""
    from embedviz.text_decoding import TextDecoder

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
