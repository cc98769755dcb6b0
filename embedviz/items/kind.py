"""What a kind of things is (images, texts, sounds): how one is read, shown and explained."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any, Protocol

from embedviz.items.copy_measure import CopyMeasure
from embedviz.items.files import Limits

ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".cbz")
"""What the names of archives end with."""


@dataclass(frozen=True, eq=False)
class Decoded:
    """One thing, read from its bytes.

    Attributes
    ----------
    value : object
        What encoders prepare and previews are made of: an RGB picture, a text, samples.
    hash : str
        :meth:`Kind.hash` of the bytes.
    facts : mapping of str to JSON values
        What is known of it, by the names that :class:`Kind` gives its columns.
    """

    value: Any
    hash: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Preview:
    """What stands for one thing: small, to scatter on a map; larger, to look at (or listen to).

    ``view`` is a file of the kind itself: :attr:`Kind.decode` reads it.
    """

    thumbnail: bytes
    view: bytes


class Previews(Protocol):
    """Whatever has the previews of things, by the hash of their content (``content``)."""

    def thumbnail(self, content: str, /) -> bytes | None:
        """The small preview, or None if this thing is not known."""
        ...

    def view(self, content: str, /) -> bytes | None:
        """The large preview, or None."""
        ...

    def thumbnails(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """The small previews of those that are known, asked for together."""
        ...


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of things. Another one is one more of these, one entry in ``KINDS`` and its test.

    Attributes
    ----------
    name, noun : str
        In the API and in ``origin["kind"]``; and for people, in the singular.
    likeness : str
        How people say that one is like another: ``"looks like"``.
    suffixes : tuple of str
        What the names of its files end with, in lower case; what is inside decides in the end.
    limits : type
        Its child of :class:`~embedviz.items.files.Limits`.
    columns : tuple of str
        The columns of an embedded table, in their order. ``path``, ``hash``, ``label`` and
        ``bytes`` come from the file, the others from :attr:`Decoded.facts`.
    dates : tuple of str
        Those of them that are dates (facts have them in ISO form, or ""); one that the thing does
        not know is that of its file.
    decode : callable
        ``(bytes, limits)`` → :class:`Decoded`; raises FormatError, in one plain sentence, for
        anything that is not a whole thing of this kind within the limits.
    preview : callable
        Of a value its :class:`Preview`.
    media : tuple of 2 str
        The media types of thumbnail and view: ``("image/jpeg", "image/jpeg")``.
    exact_views : bool
        Whether an encoder sees in the view just what it sees in the thing.
    accepts : callable
        Whether an object in memory is one of these: a PIL image, a str.
    value : callable
        The value of such an object.
    write : callable
        Such an object as an open binary file that ``decode`` reads, without loss.
    files_in_words : str
        What people call its files: ``"photos"``.
    in_memory : str
        What ``accepts`` takes, in words: ``"PIL images"``.
    in_words : callable
        Of a row of the table what is told about it, by name: ``{"size": "640 × 480"}``.
    hover : callable
        Of a table of n rows (DataFrame), the n texts of a map's points, in a few lines each.
    explain : mapping of str to callable
        By name, why two of them match: ``(model, value, value)`` → what the page draws.
    copies : tuple of CopyMeasure
        How copies of one are told, the best way first; without one, by the vectors alone.
    salt : bytes
        Makes the same bytes another content where another kind reads them.
    """

    name: str
    noun: str
    likeness: str
    suffixes: tuple[str, ...]
    limits: type[Limits]
    columns: tuple[str, ...]
    dates: tuple[str, ...] = ()
    decode: Callable[[bytes, Any], Decoded]
    preview: Callable[[Any], Preview]
    media: tuple[str, str]
    exact_views: bool = False
    accepts: Callable[[Any], bool]
    value: Callable[[Any], Any]
    write: Callable[[Any], IO[bytes]]
    files_in_words: str
    in_memory: str
    in_words: Callable[[Mapping[str, Any]], dict[str, str]]
    hover: Callable[[Any], list[str]]
    explain: Mapping[str, Callable[[Any, Any, Any], Any]] = field(default_factory=dict)
    copies: tuple[CopyMeasure, ...] = ()
    salt: bytes = b""

    @property
    def nouns(self) -> str:
        """Several of them, for people."""
        return f"{self.noun}s"

    @property
    def a_noun(self) -> str:
        """One of them, for people."""
        return f"an {self.noun}" if self.noun[0] in "aeiou" else f"a {self.noun}"

    def hash(self, data: bytes) -> str:
        """The name of a content: BLAKE2b of 16 bytes, in hexadecimal."""
        return hash_of(data, self.salt)

    def is_named(self, name: str) -> bool:
        """Whether a name ends as those of its files do."""
        return name.lower().endswith(self.suffixes)

    def why_not_named(self, name: str) -> str:
        """Why a file that is not named as its files are is not read, in a sentence or two."""
        ending = PurePosixPath(name.lower()).suffix
        if ending in ARCHIVES:
            return "An archive: unpack it, or bring it on its own."
        shown = f" ({ending})" if ending else ", for its name has no ending"
        return (
            f"Not {self.a_noun} file{shown}: {self.nouns} are read from files that end in "
            f"{', '.join(self.suffixes)}. If it is {self.a_noun}, save or name it as one of these."
        )


def kind_name_of(origin: Mapping[str, Any]) -> str:
    """Of which kind the rows of a space are, by its origin; "" for words and bare vectors.

    0.1.0 did not say it; what it had encoded (and only that names its encoding) were images.
    """
    name = origin.get("kind")
    if isinstance(name, str):
        return name
    return "image" if "encoding" in origin else ""


def nouns_of(origin: Mapping[str, Any]) -> str:
    """What the rows of a space are called, for people: ``"images"``; ``"items"`` of no kind."""
    return f"{kind_name_of(origin) or 'item'}s"


def hash_of(data: bytes, salt: bytes = b"") -> str:
    """BLAKE2b of 16 bytes, in hexadecimal; ``salt`` has 16 bytes at most."""
    return hashlib.blake2b(data, digest_size=16, salt=salt).hexdigest()
