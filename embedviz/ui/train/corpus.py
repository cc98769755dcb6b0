"""Which text to train on: a sample, files, or pasted text; and what was made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from embedviz.errors import EmbedvizError
from embedviz.progress import Cancel, OnProgress
from embedviz.ui.messages import count, plain
from embedviz.ui.server import server_settings
from embedviz.ui.work import work
from embedviz.words.corpora import Corpus
from embedviz.words.sample_corpora import CORPORA
from embedviz.words.tokenizing import TOKENIZERS

_SOURCES = {"sample": "A sample", "upload": "Upload", "paste": "Paste"}
_LONGEST_SHOWN = 1000
_AUTO = "auto"


@dataclass(frozen=True)
class Text:
    """A tokenized text with settings and words to watch that suit it."""

    corpus: Corpus
    settings: Mapping[str, Any]
    probes: tuple[str, ...]


def choose_corpus() -> Text | None:
    """The first step of the page; None until there is a text."""
    st.subheader("1 · The text")
    source = (
        st.segmented_control(
            "Text from", list(_SOURCES), format_func=_SOURCES.__getitem__, default="sample",
            key="text", bind="query-params", required=True,
        )
        or "sample"
    )  # fmt: skip
    text = {"sample": _sample, "upload": _upload, "paste": _paste}[source]()
    if text is not None:
        _what_it_did(text.corpus)
    return text


def _sample() -> Text | None:
    name = st.selectbox(
        "Sample text", list(CORPORA), format_func=lambda item: CORPORA[item].label,
        key="corpus", bind="query-params", index=min(1, len(CORPORA) - 1),
    )  # fmt: skip
    sample = CORPORA[name]
    st.caption(plain(sample.help))
    corpus = work(
        f"Reading {sample.label}",
        ("corpus", name),
        lambda on_progress, cancel: sample.open(on_progress=on_progress, cancel=cancel),
    )
    return None if corpus is None else Text(corpus, sample.settings, sample.probes)


def _upload() -> Text | None:
    limit = server_settings().upload_limit_mb
    files = st.file_uploader(
        "Text files: .txt, .gz, or a .zip of texts",
        accept_multiple_files=True,
        max_upload_size=limit,
        key="text-upload",
        help="Any language. They are read once, cut into words, and stay with this browser tab.",
    )
    if not files:
        return None
    if sum(file.size for file in files) > limit * 2**20:
        raise EmbedvizError(f"These files are larger than the {limit:,} MB that this server takes.")
    tokenizer, lowercase = _how_to_cut()
    key = ("corpus", tuple(file.file_id for file in files), tokenizer, lowercase)
    sources = [(file.name, file) for file in files]
    name = files[0].name if len(files) == 1 else f"{len(files)} files"
    return _made(
        key, name,
        lambda on_progress, cancel: Corpus.from_files(
            sources, name=name, tokenizer=tokenizer, lowercase=lowercase,
            max_bytes=4 * limit * 2**20, on_progress=on_progress, cancel=cancel,
        ),
    )  # fmt: skip


def _paste() -> Text | None:
    text = st.text_area(
        "Your text", key="pasted", height=200, max_chars=5_000_000,
        placeholder="Paste a text of some thousand words or more, in any language.",
    )  # fmt: skip
    if not text.strip():
        return None
    tokenizer, lowercase = _how_to_cut()
    key = ("corpus", text, tokenizer, lowercase)
    return _made(
        key, "pasted text",
        lambda on_progress, cancel: Corpus.from_text(
            text, name="pasted text", tokenizer=tokenizer, lowercase=lowercase,
            on_progress=on_progress, cancel=cancel,
        ),
    )  # fmt: skip


def _how_to_cut() -> tuple[str | None, bool]:
    left, right = st.columns(2, vertical_alignment="bottom")
    names = [_AUTO, *TOKENIZERS]
    chosen = left.selectbox(
        "Cut into words by", names, key="tokenizer", bind="query-params",
        format_func=lambda name: "what the text needs" if name == _AUTO else TOKENIZERS[name].label,
        help=" ".join(f"{item.label}: {item.help}" for item in TOKENIZERS.values()),
    )  # fmt: skip
    lowercase = right.toggle(
        "Ignore capitals", True, key="lowercase", bind="query-params",
        help="'The' and 'the' become one word.",
    )  # fmt: skip
    return None if chosen == _AUTO else chosen, lowercase


def _made(
    key: tuple[Any, ...], name: str, do: Callable[[OnProgress, Cancel], Corpus]
) -> Text | None:
    corpus: Corpus | None = work(f"Reading {name}", key, do)
    if corpus is None:
        return None
    small = corpus.n_tokens < 20_000
    settings = {"epochs": 50 if small else 10, "min_count": 2 if small else 5}
    return Text(corpus, settings, _worth_watching(corpus))


def _worth_watching(corpus: Corpus, count: int = 5) -> tuple[str, ...]:
    """Frequent words of four letters or more (two in scripts that write a word in two)."""
    shortest = TOKENIZERS[corpus.tokenizer].telling
    ranked = sorted(corpus.counts, key=lambda word: -corpus.counts[word])
    return tuple(word for word in ranked[:2000] if len(word) >= shortest)[:count]


def _notes(corpus: Corpus) -> list[str]:
    """What a reader should know of files: guessed encodings, lost characters, what was left out."""
    notes = []
    for text in corpus.texts:
        if text.guessed:
            notes.append(f"{text.name}: its encoding was guessed, {text.encoding}.")
        if text.replaced:
            notes.append(f"{text.name}: {text.replaced:,} characters could not be decoded.")
        if text.unbroken:
            notes.append(
                f"{text.name}: {text.unbroken:,} characters stand on end without a space or a mark; "
                "they were cut after every 10,000."
            )
    return notes + [f"{item.name} was set aside: {item.reason}" for item in corpus.set_aside]


def _what_it_did(corpus: Corpus) -> None:
    st.markdown(
        f"**{plain(corpus.name)}**: {count(corpus.n_sentences, 'sentence')}, "
        f"{count(corpus.n_tokens, 'word')}, {corpus.n_distinct:,} different, cut by "
        f"{plain(TOKENIZERS[corpus.tokenizer].label)}."
    )
    for note in _notes(corpus):
        st.caption(plain(note))
    with st.expander("What was made of the first sentences"):
        for example in corpus.examples:
            st.text(_short(example.text))
            st.text("→ " + _short(" · ".join(example.tokens)))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
