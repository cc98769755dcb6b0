"""The command line: ``python -m embedviz models | fetch NAME… | cache [--clear]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from embedviz.data_folder import data_dir, in_units
from embedviz.errors import EmbedvizError
from embedviz.fetchable import KINDS, fetch
from embedviz.progress import Progress


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it did what was asked, 1 if not, 2 if it was not understood."""
    asked = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], None] = asked.run
    try:
        run(asked)
    except EmbedvizError as error:
        print(f"\n{error}" if sys.stderr.isatty() else str(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What has arrived is kept: fetch goes on from there.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m embedviz",
        description="See what an embedding knows. The app itself: streamlit run app.py",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    listing = commands.add_parser(
        "models", help="list what can be fetched: word vectors, image encoders, sets of images"
    )
    listing.set_defaults(run=lambda _: _show_models())

    fetching = commands.add_parser(
        "fetch", help="download some of them, for use without a network afterwards"
    )
    fetching.add_argument("names", nargs="+", metavar="NAME", help="a name that 'models' lists")
    fetching.add_argument(
        "--again", action="store_true", help="also what is here already, if it is damaged"
    )
    fetching.set_defaults(run=_fetch)

    keeping = commands.add_parser("cache", help="how much computed results take on the disk")
    keeping.add_argument("--clear", action="store_true", help="remove them all")
    keeping.set_defaults(run=_cache)
    return parser


def _show_models() -> None:
    for kind in KINDS:
        _show_table(
            [(kind.title, kind.shape, kind.about, "size", "here")]
            + [
                (row.name, row.shape, row.about, row.size, "yes" if row.here else f"no: {row.how}")
                for row in kind.rows()
            ]
        )
        print()
    print(f"Files are kept in {data_dir()}; the variable EMBEDVIZ_DATA_DIR moves that.")


def _show_table(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _fetch(asked: argparse.Namespace) -> None:
    paths = fetch(asked.names, again=asked.again, on_progress=_Meter())
    if sys.stderr.isatty():
        print(file=sys.stderr)
    for name in dict.fromkeys(asked.names):
        print(f"{name} is here.")
    for path in paths:
        print(f"  {path}")


def _cache(asked: argparse.Namespace) -> None:
    from embedviz.items import cache as item_cache
    from embedviz.store import default_store

    store, images = default_store(), item_cache.default_cache_path()
    most = in_units(store.max_bytes)
    results_size, images_size = in_units(store.size()), in_units(item_cache.size_of(images))
    if asked.clear:
        print(f"Removed {store.clear():,} results ({results_size}) from {store.root}")
        item_cache.clear(images)
        print(f"Removed what was kept of images ({images_size}) from {images}")
    else:
        print(f"Results: {results_size} of at most {most} in {store.root}")
        print(f"Images: {images_size} of at most {most} in {images}")


class _Meter:
    """Progress on one line of a terminal, or every tenth on a line of its own in a log."""

    def __init__(self) -> None:
        self._told: tuple[str, int] | None = None

    def __call__(self, progress: Progress) -> None:
        percent = "" if progress.fraction is None else f" ({progress.fraction:.0%})"
        if sys.stderr.isatty():
            print(f"\r\x1b[K{progress.message}{percent}", end="", file=sys.stderr, flush=True)
            return
        now = progress.message.partition(":")[0], int(10 * (progress.fraction or 0))
        if now != self._told:
            self._told = now
            print(f"{progress.message}{percent}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
