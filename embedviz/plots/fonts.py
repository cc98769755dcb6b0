"""Which installed fonts have the letters of a figure, and which letters none of them has."""

from __future__ import annotations

import functools
import unicodedata
from contextlib import suppress
from dataclasses import dataclass

# The first that is installed draws what it has, the others what those before them lack.
_PREFERRED = (
    "DejaVu Sans", "Noto Sans", "Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans CJK SC",
    "Hiragino Sans", "Apple SD Gothic Neo", "Malgun Gothic", "Yu Gothic", "Microsoft YaHei",
    "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Arial Unicode MS",
)  # fmt: skip
# It has a box for every letter there is, and says which: no shape of any.
_BOXES = "Last Resort"
# What no font need have a shape for: controls, joiners, spaces, choices among shapes.
_UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")
_SHOWN = 12


@dataclass(frozen=True)
class Fonts:
    """The fonts for a text.

    Attributes
    ----------
    families : tuple of str
        In the order in which they are tried; at least one.
    missing : tuple of str
        The letters that none of them has, in the order of the text.
    """

    families: tuple[str, ...]
    missing: tuple[str, ...] = ()


def fonts_for(text: str) -> Fonts:
    """The usual fonts that are installed, and such others as have what these lack.

    Fonts that were installed since matplotlib made its list are looked for where letters are
    missing.
    """
    files = _installed()
    families = [name for name in _PREFERRED if name in files]
    missing = _without(_letters(text), families, files)
    if missing:
        _look_again()
        files = _installed()
        while missing:
            best = max(sorted(files), key=lambda name: len(missing & _has(files[name])), default="")
            had = _has(files[best]) & missing if best else frozenset()
            if not had:
                break
            families.append(best)
            missing -= had
    return Fonts(tuple(families) or ("sans-serif",), tuple(sorted(missing, key=text.index)))


def missing_in_words(missing: tuple[str, ...], instead: str) -> str:
    """What is said of letters that are drawn as boxes; ``instead`` names what has no boxes."""
    letters = ", ".join(missing[:_SHOWN]) + (", …" if len(missing) > _SHOWN else "")
    count = "1 letter" if len(missing) == 1 else f"{len(missing):,} letters"
    return (
        f"No font on this machine has {count} of this figure ({letters}): boxes stand in their "
        f"place. {instead} leave the letters to the fonts of whoever opens them; or install a font "
        "that has them (Google's Noto fonts have nearly all) and make the file again."
    )


def _letters(text: str) -> set[str]:
    return {
        sign for sign in set(text)
        if unicodedata.category(sign) not in _UNSEEN and not "\ufe00" <= sign <= "\ufe0f"
    }  # fmt: skip


def _without(letters: set[str], families: list[str], files: dict[str, str]) -> set[str]:
    for name in families:
        if not letters:
            break
        letters = letters - _has(files[name])
    return letters


def _installed() -> dict[str, str]:
    """The file of each font family's regular face."""
    from matplotlib import font_manager

    faces = sorted(
        font_manager.fontManager.ttflist,
        key=lambda face: (face.style != "normal", abs(_weight(face.weight) - 400), face.fname),
    )
    files: dict[str, str] = {}
    for face in faces:
        if not face.name.startswith(_BOXES):
            files.setdefault(face.name, face.fname)
    return files


def _weight(weight: int | str) -> int:
    return weight if isinstance(weight, int) else 400


def _look_again() -> None:
    """Let matplotlib know of fonts that its list, which it keeps on disk, does not have."""
    from matplotlib import font_manager

    known = {face.fname for face in font_manager.fontManager.ttflist}
    for file in sorted(set(font_manager.findSystemFonts()) - known):
        with suppress(Exception):  # of colored bitmaps, damaged: whatever it is, it draws nothing
            font_manager.fontManager.addfont(file)


@functools.lru_cache(maxsize=256)
def _has(file: str) -> frozenset[str]:
    """The letters that a font has a shape for; none if it cannot be read."""
    from matplotlib.ft2font import FT2Font

    try:
        return frozenset(map(chr, FT2Font(file).get_charmap()))
    except (OSError, RuntimeError):
        return frozenset()
