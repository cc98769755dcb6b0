"""The table of the ways to take a map away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Literal

from embedviz.errors import InvalidParameterError
from embedviz.exporting.content import Content
from embedviz.exporting.html_page import html_page
from embedviz.exporting.tables import coordinates_csv, write_as
from embedviz.plots.fonts import missing_in_words
from embedviz.plots.publication import missing_letters, publication

Kind = Literal["page", "figure", "data"]


@dataclass(frozen=True)
class Export:
    """One way to take a map away.

    Attributes
    ----------
    name, label, help : str
        In the API, on the page, and one line in plain words.
    suffix : str
        What its files end in.
    kind : str
        ``"page"`` (opens in a browser), ``"figure"`` (as drawn) or ``"data"`` (numbers).
    write : callable
        ``write(content, file)`` writes a :class:`Content` to a binary file.
    draws_letters : bool
        True if the file holds letters as this machine's fonts draw them; the others leave them to
        the fonts of whoever opens it.
    has_vectors, as_text : bool
        True if the vectors stand in it; if numbers are written as text, which takes more room.
    """

    name: str
    label: str
    suffix: str
    help: str
    kind: Kind
    write: Callable[[Content, IO[bytes]], None]
    draws_letters: bool = False
    has_vectors: bool = False
    as_text: bool = False

    def notes(self, content: Content) -> tuple[str, ...]:
        """What a file of ``content`` does not show as it is, in sentences."""
        if not self.draws_letters:
            return ()
        missing = missing_letters(content.picture, content.caption)
        instead = " and ".join(
            item.label for item in EXPORTS.values()
            if item.kind != "data" and not item.draws_letters
        )  # fmt: skip
        return (missing_in_words(missing, instead),) if missing else ()


def _page(content: Content, file: IO[bytes]) -> None:
    file.write(html_page(content.picture, content.caption, content.look.theme))


def _figure(name: str) -> Callable[[Content, IO[bytes]], None]:
    def write(content: Content, file: IO[bytes]) -> None:
        file.write(publication(content.picture, name, content.look, content.caption))

    return write


EXPORTS: dict[str, Export] = {
    item.name: item
    for item in (
        Export(
            "html", "Web page (HTML)", ".html",
            "One file that opens in any browser without a network: zoom, hover, search.",
            "page", _page,
        ),
        Export(
            "png", "Image (PNG)", ".png", "Pixels, at the size and dpi that you choose.",
            "figure", _figure("png"), draws_letters=True,
        ),
        Export(
            "svg", "Drawing (SVG)", ".svg",
            "Sharp at any size; its text stays text, for editing in a drawing program.",
            "figure", _figure("svg"),
        ),
        Export(
            "pdf", "Drawing (PDF)", ".pdf", "Sharp at any size, with its fonts: for LaTeX.",
            "figure", _figure("pdf"), draws_letters=True,
        ),
        Export(
            "coordinates", "Coordinates and metadata (CSV)", ".csv",
            "Keys, places on the map and metadata, without the vectors: for a spreadsheet.",
            "data", coordinates_csv,
        ),
        Export(
            "parquet", "Everything (Parquet)", ".parquet",
            "Vectors, places on the map and metadata: small, typed, for pandas, R or DuckDB.",
            "data", write_as("parquet"), has_vectors=True,
        ),
        Export(
            "csv", "Everything (CSV)", ".csv",
            "Vectors, places on the map and metadata as text: large, read by everything.",
            "data", write_as("csv"), has_vectors=True, as_text=True,
        ),
        Export(
            "npz", "Everything (NumPy)", ".npz",
            "Vectors, places on the map and metadata: ev.read gives the same space again.",
            "data", write_as("npz"), has_vectors=True,
        ),
        Export(
            "projector", "TensorFlow Projector (zip)", ".zip",
            "tensors.tsv and metadata.tsv: vectors, places on the map and metadata.",
            "data", write_as("projector"), has_vectors=True, as_text=True,
        ),
    )
}  # fmt: skip


def export_named(name: str) -> Export:
    """The format of this name; raises InvalidParameterError, which lists them."""
    if name not in EXPORTS:
        raise InvalidParameterError(
            f"There is no export {name!r}. Exports: {', '.join(map(repr, EXPORTS))}."
        )
    return EXPORTS[name]
