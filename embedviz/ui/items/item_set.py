"""Things that a page works with, wherever they come from, and how many of them it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedviz.items.datasets import Dataset
from embedviz.items.embedding import Embedded
from embedviz.items.files import Limits, Listed
from embedviz.items.kind import Kind
from embedviz.items.samples import Sample
from embedviz.params import specs
from embedviz.ui.colorings import Coloring
from embedviz.ui.items.coloring import Situation
from embedviz.ui.server import server_settings


@dataclass(frozen=True)
class ItemPage:
    """What a page of things of one kind has.

    Attributes
    ----------
    kind : Kind
    samples, data_sets : mapping
        What is offered to begin with.
    colorings : mapping
        What the colors of its map can mean.
    look_closer : callable or None
        Shows more under the answers, of what is asked and the answers.
    record : (str, callable) or None
        Records a thing on the spot: what that is called, and what asks for it (giving an upload).
    """

    kind: Kind
    samples: Mapping[str, Sample] = field(default_factory=dict)
    data_sets: Mapping[str, Dataset] = field(default_factory=dict)
    colorings: Mapping[str, Coloring[Situation]] = field(default_factory=dict)
    look_closer: Callable[[Any, Any], None] | None = None
    record: tuple[str, Callable[[], Any]] | None = None


@dataclass(frozen=True, eq=False)
class ItemSet:
    """Some things of one kind under a name.

    Attributes
    ----------
    kind : Kind
    identity : str
        Equal ones are the same things.
    shared : bool
        True for the server's (samples, folders, data sets, saved collections): what is computed of
        them may be kept on disk. False for what belongs to this browser session.
    files : callable or None
        Lists the files, and what is none; None where only the previews are left.
    first : Embedded or None
        What they were embedded as when they came, where that was before now.
    help : str
        What they are, in one sentence.
    folder : Path or None
        Where their ``path`` starts from, for those that lie on the server.
    saved_as : str
        The name of the saved collection that this is, or "".
    """

    kind: Kind
    identity: str
    name: str
    shared: bool
    files: Callable[[], Listed] | None = None
    first: Embedded | None = None
    help: str = ""
    saved_as: str = ""
    folder: Path | None = None


def limits_of(kind: Kind) -> Limits:
    """The operator's limits: ``image_file_mb``, ``images_limit``, … as Settings calls them."""
    now = server_settings()
    names = {
        "count": f"{kind.nouns}_limit", "total_mb": f"{kind.nouns}_total_mb",
    }  # fmt: skip
    found = {
        name: getattr(now, names.get(name, f"{kind.noun}_{name}"), None)
        for name in specs(kind.limits)
    }
    return kind.limits(**{name: value for name, value in found.items() if value is not None})


def limits_in_words(kind: Kind) -> str:
    """The limits as a sentence for the page."""
    now = limits_of(kind)
    return (
        f"At most {now.count:,} {kind.nouns} and {now.total_mb:,} MB in one go; a file at most "
        f"{now.file_mb:,} MB{now.also}."
    )
