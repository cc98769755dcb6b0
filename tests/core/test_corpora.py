"""Texts on the disk: the same tokens whatever they came packed in, and nothing read that is no text."""

from __future__ import annotations

import gc
import gzip
import io
import json
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
from gensim.models.word2vec import LineSentence, Word2Vec
from gensim.test.utils import common_texts, datapath
from hypothesis import given
from hypothesis import strategies as st

from embedviz.errors import CancelledError, FormatError, InvalidParameterError
from embedviz.params import make
from embedviz.progress import Progress
from embedviz.words import corpus_writer, text_files
from embedviz.words.corpora import Corpus
from embedviz.words.sample_corpora import CORPORA
from embedviz.words.tokenizing import TOKENIZERS
from embedviz.words.training_params import ALGORITHMS

TEXT = "The king met the queen. The queen laughed!\nПривет, мир.\nNaïve café.\n"
SENTENCES = [["the", "king", "met", "the", "queen"], ["the", "queen", "laughed"],
             ["привет", "мир"], ["naïve", "café"]]  # fmt: skip


def _zip(**members: bytes) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed


def _from(content: bytes, name: str = "text.txt", **how: object) -> Corpus:
    return Corpus.from_files([(name, io.BytesIO(content))], **how)  # type: ignore[arg-type]


# What a corpus is.


def test_a_text_becomes_sentences_of_tokens_that_are_counted() -> None:
    corpus = Corpus.from_text(TEXT, name="mine")
    assert list(corpus) == SENTENCES
    assert list(corpus) == SENTENCES  # once more: training reads it every epoch
    assert (corpus.n_sentences, corpus.n_tokens, corpus.n_distinct) == (4, 12, 9)
    assert corpus.counts["the"] == 3
    assert sum(corpus.counts.values()) == corpus.n_tokens
    assert (corpus.name, corpus.tokenizer, len(corpus)) == ("mine", "words", 4)
    assert corpus.examples[0].text == "The king met the queen."
    assert corpus.examples[0].tokens == tuple(SENTENCES[0])


def test_gensim_reads_it_as_it_is() -> None:
    corpus = Corpus.from_text(TEXT)
    assert list(LineSentence(str(corpus.path))) == SENTENCES
    how = {"vector_size": 4, "min_count": 1, "workers": 1, "seed": 1, "epochs": 3}
    from_file = Word2Vec(corpus_file=str(corpus.path), **how)
    iterated = Word2Vec(corpus, **how)
    assert from_file.wv.index_to_key == iterated.wv.index_to_key
    assert set(iterated.wv.index_to_key) == set(corpus.counts)


def test_the_temporary_file_goes_with_the_corpus_and_a_kept_one_stays(tmp_path: Path) -> None:
    passing = Corpus.from_text(TEXT)
    path = passing.path
    assert path.is_file()
    del passing
    gc.collect()
    assert not path.exists()
    kept = Corpus.from_text(TEXT, path=tmp_path / "kept.txt")
    del kept
    gc.collect()
    assert [file.name for file in tmp_path.iterdir()] == ["kept.txt"]
    assert (tmp_path / "kept.txt").read_text(encoding="utf-8").startswith("the king met\x20the")


def test_equal_sentences_have_equal_fingerprints() -> None:
    assert Corpus.from_text(TEXT).fingerprint == _from(TEXT.encode()).fingerprint
    assert Corpus.from_text(TEXT).fingerprint != Corpus.from_text(TEXT + "x").fingerprint
    assert Corpus.from_text("a b").fingerprint != Corpus.from_text("a\nb").fingerprint


def test_capitals_and_lines_are_as_asked() -> None:
    corpus = Corpus.from_text("One King. Two Kings.\nThree", lowercase=False, split="lines")
    assert list(corpus) == [["One", "King", "Two", "Kings"], ["Three"]]
    with pytest.raises(InvalidParameterError, match="'sentences', 'lines'"):
        Corpus.from_text("x", split="words")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="no tokenizer 'x'"):
        Corpus.from_text("x", tokenizer="x")


def test_a_text_in_another_language_gets_its_tokenizer() -> None:
    corpus = Corpus.from_text("東京は日本の首都である。人口は多い。")
    assert corpus.tokenizer == "japanese"
    assert next(iter(corpus)) == TOKENIZERS["japanese"].tokens("東京は日本の首都である。")
    assert len(corpus) == 2


@given(st.lists(st.lists(st.sampled_from(["a", "б", "中"]), min_size=1, max_size=5), min_size=1))
def test_given_sentences_come_back(sentences: list[list[str]]) -> None:
    corpus = Corpus.from_sentences(sentences)
    assert list(corpus) == sentences
    assert corpus.tokenizer == "given"


@pytest.mark.parametrize("bad", ["a string", ["two words"], [""], ["tab\tinside"], ["\u2028"]])
def test_given_sentences_must_be_lists_of_words(bad: object) -> None:
    with pytest.raises(InvalidParameterError, match="Sentence 1"):
        Corpus.from_sentences([["fine"], bad])  # type: ignore[list-item]


def test_a_sentence_that_gensim_would_cut_off_is_cut_in_two() -> None:
    corpus = Corpus.from_sentences([["a"] * 25_000])
    assert [len(sentence) for sentence in corpus] == [10_000, 10_000, 5_000]


@pytest.mark.parametrize("text", ["", " \n ", "… !? 😀"])
def test_a_text_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match="no word"):
        Corpus.from_text(text)


def test_what_is_no_language_is_refused_before_it_fills_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(corpus_writer, "MAX_DISTINCT", 100)
    with pytest.raises(FormatError, match="more than 100 different words"):
        Corpus.from_text(" ".join(f"w{number}" for number in range(200)))


# What it can be read from.


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_plain_and_gzipped_files_give_the_same(packed: object, tmp_path: Path) -> None:
    content = packed(TEXT.encode())  # type: ignore[operator]
    path = tmp_path / "story.txt"
    path.write_bytes(content)
    assert list(Corpus.from_files([path])) == SENTENCES
    assert list(_from(content)) == SENTENCES
    assert Corpus.from_files([path]).name == "story.txt"


def test_all_texts_of_a_zip_are_read_by_base_name_and_the_rest_is_set_aside() -> None:
    packed = _zip(**{
        "books/one.txt": b"one king", "../../two.txt": b"two kings", "no_suffix": b"three",
        "books/": b"", "cover.png": b"\x89PNG\r\n\x1a\n\0\0", "page.html": b"<p>x</p>",
        "__MACOSX/._one.txt": b"x", "books/.DS_Store": b"x", "doc.pdf": b"%PDF-1.4 x",
        "blob": bytes(range(32)) * 20,
    })  # fmt: skip
    corpus = Corpus.from_files([("books.zip", packed)])
    assert list(corpus) == [["one", "king"], ["two", "kings"], ["three"]]
    assert [text.name for text in corpus.texts] == ["one.txt", "two.txt", "no_suffix"]
    reasons = {item.name: item.reason for item in corpus.set_aside}
    assert set(reasons) == {"cover.png", "page.html", "._one.txt", ".DS_Store", "doc.pdf", "blob"}
    assert "picture" in reasons["cover.png"]
    assert "markup" in reasons["page.html"]
    assert "PDF" in reasons["doc.pdf"]
    assert "binary" in reasons["blob"]


def test_an_encrypted_member_is_set_aside_and_alone_is_refused() -> None:
    packed = _zip(**{"secret.txt": b"hidden words"})
    content = bytearray(packed.getvalue())
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = content.find(mark) + (6 if mark[2] == 3 else 8)
        content[at] |= 1
    with pytest.raises(FormatError, match=r"secret\.txt: encrypted"):
        Corpus.from_files([("s.zip", io.BytesIO(bytes(content)))])


def test_several_files_become_one_text_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("second")
    packed = io.BytesIO(gzip.compress(b"third"))
    corpus = Corpus.from_files(
        [("a.txt", io.BytesIO(b"first")), tmp_path / "b.txt", ("c.gz", packed)]
    )
    assert list(corpus) == [["first"], ["second"], ["third"]]
    assert corpus.name == "a.txt + b.txt + c.gz"
    assert [text.n_tokens for text in corpus.texts] == [1, 1, 1]


# Encodings.

LONG = {
    "ru": "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива. " * 9,
    "ko": "행복한 가정은 모두 비슷하고 불행한 가정은 저마다의 이유로 불행하다. " * 9,
    "ja": "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。" * 9,
    "zh": "幸福的家庭都是相似的，不幸的家庭各有各的不幸。" * 9,
    "tr": "Şu köşe yaz köşesi, şu köşe kış köşesi. Türkiye'nin başkenti Ankara'dır, çok güzel. "
    * 9,
    "pl": "Zażółć gęślą jaźń. Litwo, ojczyzno moja, ile cię trzeba cenić, kto cię stracił. " * 9,
    "zh-tw": "幸福的家庭都是一樣的，不幸的家庭各有各的不幸。" * 9,
    "fr": "Les familles heureuses se ressemblent toutes; où est l'été, ça c'est français. " * 9,
}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("ru", "cp1251"), ("ru", "koi8-r"), ("ko", "cp949"), ("ja", "shift_jis"), ("ja", "euc_jp"),
        ("zh", "gb18030"), ("zh-tw", "big5"), ("fr", "latin-1"),
        ("pl", "cp1250"),
    ],
)  # fmt: skip
def test_old_encodings_are_guessed_and_said(language: str, encoding: str) -> None:
    text = LONG[language]
    corpus = _from(text.encode(encoding), split="lines")
    assert list(corpus) == list(Corpus.from_text(text, split="lines"))
    (report,) = corpus.texts
    assert report.guessed
    assert report.replaced == 0


@pytest.mark.parametrize("language", LONG)
@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le"), ("utf-32", "utf-32-le")],
)
def test_unicode_is_recognised_for_certain(language: str, encoding: str, named: str) -> None:
    corpus = _from(LONG[language].encode(encoding), split="lines")
    assert list(corpus) == list(Corpus.from_text(LONG[language], split="lines"))
    (report,) = corpus.texts
    assert (report.encoding, report.guessed, report.replaced) == (named, False, 0)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_needs_no_mark(encoding: str) -> None:
    corpus = _from(LONG["fr"].encode(encoding), split="lines")
    assert list(corpus) == list(Corpus.from_text(LONG["fr"], split="lines"))
    (report,) = corpus.texts
    assert (report.encoding, report.guessed, report.replaced) == (encoding, False, 0)


def test_a_person_who_knows_the_encoding_can_say_it() -> None:
    corpus = _from(LONG["tr"].encode("cp1254"), encoding="cp1254")
    assert list(corpus) == list(Corpus.from_text(LONG["tr"]))
    assert (corpus.texts[0].encoding, corpus.texts[0].guessed) == ("cp1254", False)
    with pytest.raises(InvalidParameterError, match="no encoding 'klingon'"):
        _from(b"text", encoding="klingon")


def test_ascii_needs_no_guess() -> None:
    (report,) = _from(b"plain words").texts
    assert (report.encoding, report.guessed) == ("ascii", False)


def test_an_encoding_is_found_behind_much_ascii() -> None:
    text = "plain words only. " * 20_000 + LONG["ru"]
    corpus = _from(text.encode("utf-8"))
    assert corpus.counts["семья"] == 9
    assert corpus.texts[0].encoding == "utf-8"


def test_bytes_that_cannot_be_decoded_are_counted_not_hidden() -> None:
    content = LONG["fr"].encode() + b" broken \xff\xfe here " + LONG["fr"].encode()
    (report,) = _from(LONG["fr"].encode() * 200 + content).texts
    assert (report.encoding, report.replaced) == ("utf-8", 2)


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=300))
def test_utf8_is_never_mistaken_wherever_the_blocks_end(text: str) -> None:
    content = ("word " + text).encode()
    original = text_files.BLOCK
    try:
        text_files.BLOCK = 7
        by_file = list(_from(content, tokenizer="words", split="lines"))
    finally:
        text_files.BLOCK = original
    assert by_file == list(
        Corpus.from_text("word " + text.removeprefix("\ufeff"), tokenizer="words", split="lines")
    )


# Refusals.


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture"),
        (bytes(range(256)) * 10, "binary data"),
        (np.arange(999, dtype=np.float32).tobytes(), "binary data"),
        (gzip.compress(gzip.compress(b"twice")), "packed with gzip once more"),
        ("幸福的家庭 都是相似的".encode("utf-16-le"), "save it as UTF-8"),
    ],
    ids=["pdf", "png", "bytes", "floats", "gzip-twice", "utf-16"],
)
def test_what_is_no_text_is_refused_with_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(FormatError, match=f"'upload.txt' is not plain text.*{says}"):
        _from(content, "upload.txt")


def test_damaged_packing_is_said() -> None:
    with pytest.raises(FormatError, match=r"'t\.gz' is damaged or cut off"):
        _from(gzip.compress(TEXT.encode() * 500)[:-20], "t.gz")
    whole = _zip(**{"a.txt": TEXT.encode() * 500}).getvalue()
    with pytest.raises(FormatError, match=r"'a\.zip' is a damaged zip"):
        _from(whole[:-30], "a.zip")
    broken = bytearray(whole)
    broken[60] ^= 0xFF
    with pytest.raises(FormatError, match=r"'a\.txt' is damaged"):
        _from(bytes(broken), "a.zip")


@pytest.mark.parametrize("packing", ["plain", "gzip", "zip"])
def test_what_unpacks_beyond_the_limit_is_refused(packing: str) -> None:
    bomb = b"boom " * 400_000  # 2 MB that pack to some kB
    content = {
        "plain": bomb, "gzip": gzip.compress(bomb), "zip": _zip(**{"b.txt": bomb}).getvalue()
    }[packing]  # fmt: skip
    with pytest.raises(FormatError, match=r"larger than 1\.0 MB"):
        _from(content, "bomb", max_bytes=1_000_000)
    assert _from(content, "bomb", max_bytes=2_000_000).n_tokens == 400_000


def test_a_zip_that_lies_about_its_size_is_stopped_while_unpacking() -> None:
    content = bytearray(_zip(**{"b.txt": b"boom " * 400_000}).getvalue())
    small = (10).to_bytes(4, "little")
    content[22:26] = small
    at = content.find(b"PK\x01\x02")
    content[at + 24 : at + 28] = small
    with pytest.raises(FormatError):
        _from(bytes(content), "b.zip", max_bytes=1_000_000)


def test_the_limit_is_for_all_files_together() -> None:
    files = [(f"{number}.txt", io.BytesIO(b"word " * 100)) for number in range(3)]
    with pytest.raises(FormatError, match=r"reached in '2\.txt'"):
        Corpus.from_files(files, max_bytes=1_200)  # type: ignore[arg-type]


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_files, "MAX_MEMBERS", 3)
    with pytest.raises(FormatError, match="holds 4 files; at most 3"):
        Corpus.from_files([("m.zip", _zip(**{f"{n}.txt": b"x" for n in range(4)}))])


def test_nothing_given_and_a_missing_file_are_said(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="nothing was given"):
        Corpus.from_files([])
    with pytest.raises(FormatError, match=r"'none\.txt' cannot be opened: No such file"):
        Corpus.from_files([tmp_path / "none.txt"])


# Progress, stop, and what is left behind.


def test_progress_grows_to_the_end_and_says_how_many_words() -> None:
    said: list[Progress] = []
    _from(b"some words here\n" * 40_000, on_progress=said.append)
    fractions = [progress.fraction for progress in said]
    assert fractions == sorted(fractions)  # type: ignore[type-var]
    assert len(set(fractions)) > 4
    assert fractions[-1] == 1.0
    assert said[-1].message == "Reading text.txt: 120,000 words"


@pytest.mark.parametrize("after", [0, 2])
def test_stopping_leaves_nothing_behind(
    after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus_writer.tempfile, "tempdir", str(tmp_path))
    stop = threading.Event()
    reports = 0

    def count(_: Progress) -> None:
        nonlocal reports
        reports += 1
        if reports == after:
            stop.set()

    if not after:
        stop.set()
    with pytest.raises(CancelledError):
        _from(b"some words here\n" * 40_000, on_progress=count, cancel=stop)
    assert reports == after
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_writer.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(FormatError):
        _from(gzip.compress(TEXT.encode() * 500)[:-20], path=tmp_path / "kept.txt")
    assert not list(tmp_path.iterdir())


# The samples.


@pytest.mark.parametrize("name", CORPORA)
def test_each_sample_opens_as_it_is_described(name: str) -> None:
    sample = CORPORA[name]
    corpus = sample.open()
    assert sample.name == name
    assert corpus.name == sample.label
    assert corpus.n_tokens == pytest.approx(sample.n_tokens, rel=0.02)
    assert sample.help
    assert sample.license
    assert sample.citation
    for algorithm in ALGORITHMS.values():
        make(algorithm.params, sample.settings, name)
    for probe in sample.probes:
        assert corpus.counts[probe] >= sample.settings["min_count"]


def test_the_tiny_sample_is_gensims_example() -> None:
    given_texts = sorted(sorted(text) for text in common_texts)
    assert sorted(sorted(sentence) for sentence in CORPORA["tiny"].open()) == given_texts


def test_the_bible_has_a_sentence_for_each_verse_with_its_words() -> None:
    import importlib.util

    found = importlib.util.find_spec("bible")
    assert found is not None
    assert found.origin is not None
    path = Path(found.origin).parent / "data" / "kjv.jsonl"
    verses = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    corpus = CORPORA["bible"].open()
    assert corpus.n_sentences == sum(any(map(str.isalpha, verse)) for verse in verses) == 31_102
    assert next(iter(corpus))[:5] == ["in", "the", "beginning", "god", "created"]
    kings = sum(verse.lower().replace("'", " ").count(" king ") for verse in verses)
    assert corpus.counts["king"] > kings > 500


def test_lee_is_gensims_file() -> None:
    text = Path(datapath("lee_background.cor")).read_text("utf-8")
    corpus = CORPORA["lee"].open()
    assert corpus.fingerprint == Corpus.from_text(text).fingerprint
    assert corpus.n_sentences > len(text.splitlines())
