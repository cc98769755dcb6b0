"""What LanceDB and the disk report, said in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from embedviz.errors import EmbedvizError

_FULL = ("os error 28)", "Errno 28]", "os error 27)", "Errno 27]", "os error 122)", "Errno 122]")
_FORBIDDEN = re.compile(
    r"(os error|Errno) (1|13|17|20|30)[\])]|Permission denied|Read-only|AccessDenied|Forbidden"
)
_NOISE = re.compile(r"^(lance error: )?(LanceError\(\w+\): )?|, /\S*\.rs:\d+(:\d+)?.*$", re.DOTALL)
_WHERE = "the variable EMBEDVIZ_COLLECTIONS chooses another folder"


@contextmanager
def in_plain_words(what: str, doing: Literal["read", "written"]) -> Iterator[None]:
    """Turn what goes wrong with ``what``, a whole subject, into an EmbedvizError."""
    try:
        yield
    except EmbedvizError:
        raise
    except BaseException as error:
        # LanceDB raises RuntimeError, ValueError and OSError; a damaged file may make its Rust
        # code panic, which is no Exception in Python.
        panic = type(error).__name__ == "PanicException"
        if not panic and not isinstance(error, RuntimeError | ValueError | OSError):
            raise
        raise EmbedvizError(f"{what} cannot be {doing}: {_said(str(error), doing)}") from error


def _said(report: str, doing: str) -> str:
    if any(mark in report for mark in _FULL):
        return f"the disk is full. Make room, and try again; {_WHERE}."
    reason = _NOISE.sub("", _NOISE.sub("", report)).strip().rstrip(".")
    if _FORBIDDEN.search(report):
        return f"{reason}. It takes a folder that may be written to; {_WHERE}."
    if doing == "read":
        return (
            f"{reason}. It is damaged, or it was deleted or replaced since it was opened: open it "
            "again; if that fails, delete it and save it anew."
        )
    return f"{reason}. What was there before is unchanged."
