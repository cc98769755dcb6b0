"""Names of files as people see them: cleaned, in their own script, never used as a path."""

from __future__ import annotations

import re
import unicodedata

from embedviz.encoding_guess import korean_text

_LONGEST_PART = 255
_LEFT_BY_SYSTEMS = {"__macosx", "thumbs.db", "desktop.ini"}
# Controls, halves of a pair, and the marks that turn the direction of writing (a disguise).
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_DRIVE = re.compile(r"^[A-Za-z]:")


def clean_name(name: str) -> str:
    """``name`` with ``/`` between folders and nothing that leads out, is hidden or invisible.

    >>> clean_name("C:\\\\photos\\\\..\\\\cats/tom.jpg")
    'photos/cats/tom.jpg'
    """
    name = unicodedata.normalize("NFC", _from_file_system(name))
    name = _DRIVE.sub("", name.replace("\\", "/"))
    parts = [_UNSEEN.sub("", part).strip() for part in name.split("/")]
    return "/".join(part[-_LONGEST_PART:] for part in parts if part not in ("", ".", "..")) or "?"


def base_name(name: str) -> str:
    """The last part of a cleaned name."""
    return name.rpartition("/")[2]


def label_from_name(name: str) -> str:
    """The folder in which the file lies, or "": ``"train/cats/1.jpg"`` is of ``"cats"``."""
    return base_name(clean_name(name).rpartition("/")[0])


def is_left_by_a_system(name: str) -> bool:
    """Whether a cleaned name is of the hidden files that systems leave about, which nobody misses."""
    parts = name.lower().split("/")
    return any(part.startswith(".") or part in _LEFT_BY_SYSTEMS for part in parts)


def in_own_script(raw: bytes) -> str | None:
    """A name from its bytes: UTF-8, else Korean (CP949), else None."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return korean_text(raw)


def _from_file_system(name: str) -> str:
    """File systems give names that are no UTF-8 with halves of a pair in them (PEP 383)."""
    halves = [sign for sign in name if "\ud800" <= sign <= "\udfff"]
    if not halves or not all("\udc80" <= sign <= "\udcff" for sign in halves):
        return name
    raw = name.encode("utf-8", "surrogateescape")
    return in_own_script(raw) or raw.decode("utf-8", "replace")
