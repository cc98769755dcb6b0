"""Words of any language: what is a token, where a sentence ends, which tokenizer a text asks for."""

from __future__ import annotations

import logging
import tempfile
import unicodedata
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from embedviz.errors import InvalidParameterError, MissingDependencyError
from embedviz.words import tokenizing
from embedviz.words.sentence_ends import MAX_CHARACTERS, lines, sentences, whole_pieces
from embedviz.words.tokenizing import TOKENIZERS, detect, tokenizer_named

KOREAN = "나는 어제 서울에서 친구들과 맛있는 김밥을 먹었다. IMF는 2024년에 발표했다."
JAPANESE = "昨日、東京で友達と美味しい寿司を食べました。Google社は静かな街にある。"
CHINESE = "我来到北京清华大学，昨天和朋友们一起吃了美味的饺子。Apple 2024。"
ENGLISH = "The king, who came from Rome, had 1,000 well-known friends; he didn't know it."
SAMPLES = {"words": ENGLISH, "korean": KOREAN, "japanese": JAPANESE, "chinese": CHINESE}


def words(text: str, *, lowercase: bool = True) -> list[str]:
    return TOKENIZERS["words"].tokens(text, lowercase=lowercase)


# The contract of the table.


@pytest.mark.parametrize("name", TOKENIZERS)
def test_every_tokenizer_describes_itself_and_is_detected_from_its_text(name: str) -> None:
    tokenizer = TOKENIZERS[name]
    assert tokenizer.name == name
    assert tokenizer.label
    assert tokenizer.help
    assert detect(SAMPLES[name]) == name


@pytest.mark.parametrize("name", TOKENIZERS)
def test_tokens_are_words_in_order_without_spaces_and_the_same_each_time(name: str) -> None:
    tokens = TOKENIZERS[name].tokens(SAMPLES[name])
    assert tokens == TOKENIZERS[name].tokens(SAMPLES[name])
    assert len(tokens) > 5
    for token in tokens:
        assert token.split() == [token]
        assert regex.search(r"[\p{L}\p{N}]", token)
        assert token == token.lower()
        assert unicodedata.is_normalized("NFC", token)


@pytest.mark.parametrize("name", TOKENIZERS)
@pytest.mark.parametrize("text", ["", "   ", "… — !? 😀", "\n"])
def test_what_has_no_word_gives_no_token(name: str, text: str) -> None:
    assert TOKENIZERS[name].tokens(text) == []


@pytest.mark.parametrize("name", ["korean", "japanese", "chinese"])
def test_a_missing_package_names_the_line_that_installs_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokenizing, "_MADE", {})
    monkeypatch.setattr(tokenizing.importlib.util, "find_spec", lambda _: None)
    assert not TOKENIZERS[name].available
    with pytest.raises(MissingDependencyError, match=f"pip install {TOKENIZERS[name].package}"):
        TOKENIZERS[name].tokens(SAMPLES[name])


def test_an_unknown_tokenizer_lists_those_there_are() -> None:
    with pytest.raises(InvalidParameterError, match="'korean'"):
        tokenizer_named("klingon")


# Words between spaces.


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Don't stop -- it’s state-of-the-art!", ["don't", "stop", "it's", "state-of-the-art"]),
        ("'quoted' (aside) x- -y", ["quoted", "aside", "x", "y"]),
        ("3.14 and 1,000 or 2024.", ["3.14", "and", "1,000", "or", "2024"]),
        ("New_York a/b me@x.org C3PO", ["new_york", "a", "b", "me", "x", "org", "c3po"]),
        ("नमस्ते दुनिया, क्षत्रिय।", ["नमस्ते", "दुनिया", "क्षत्रिय"]),
        ("كِتَاب، می\u200cخواهم؟", ["كِتَاب", "می\u200cخواهم"]),
        ("Привет, ёлка! Київ", ["привет", "ёлка", "київ"]),
        ("ΟΔΟΣ Straße", ["οδος", "straße"]),
        ("cafe\u0301 naïve co\u00adoperate", ["café", "naïve", "cooperate"]),
    ],
)
def test_words_of_many_scripts(text: str, tokens: list[str]) -> None:
    assert words(text) == tokens


def test_capitals_stay_if_asked() -> None:
    assert words("King of Rome", lowercase=False) == ["King", "of", "Rome"]
    assert "IMF" in TOKENIZERS["korean"].tokens(KOREAN, lowercase=False)


@given(st.lists(st.from_regex(r"[a-zа-яα-ω가-힣0-9]{1,8}", fullmatch=True), max_size=12))
def test_plain_words_come_back_as_they_are(given_words: list[str]) -> None:
    expected = [unicodedata.normalize("NFC", word) for word in given_words]
    assert words(" ".join(given_words), lowercase=False) == expected
    assert words(",\n".join(given_words), lowercase=False)[-1:] == expected[-1:]


@given(st.text(max_size=200))
def test_no_letter_or_digit_is_lost_and_none_is_made_up(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    kept = regex.findall(r"[\p{L}\p{N}]", "".join(words(text, lowercase=False)))
    assert kept == regex.findall(r"[\p{L}\p{N}]", composed)


# Languages with a dictionary.


def test_korean_gives_nouns_and_dictionary_forms_without_particles() -> None:
    tokens = TOKENIZERS["korean"].tokens(KOREAN)
    assert {"서울", "친구", "김밥", "먹다", "맛있다", "imf", "발표"} <= set(tokens)
    assert not {"는", "을", "에서", "었", "다", "."} & set(tokens)


def test_japanese_gives_dictionary_forms_without_particles() -> None:
    tokens = TOKENIZERS["japanese"].tokens(JAPANESE)
    assert {"東京", "友達", "寿司", "食べる", "美味しい", "google"} <= set(tokens)
    assert not {"で", "を", "は", "ます", "た", "。"} & set(tokens)


def test_chinese_gives_jiebas_words() -> None:
    tokens = TOKENIZERS["chinese"].tokens(CHINESE)
    assert {"北京", "清华大学", "朋友", "饺子", "apple"} <= set(tokens)
    assert "，" not in tokens


def test_chinese_leaves_no_log_line_and_no_shared_cache(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tokenizing, "_MADE", {})
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with caplog.at_level(logging.DEBUG):
        assert "北京" in TOKENIZERS["chinese"].tokens(CHINESE)
    assert not caplog.records
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "words"),
        ("12345 !?", "words"),
        ("The Japanese word 寿司 and the Korean 김밥 are foods that people like.", "words"),
        ("東京都は日本の首都である。人口は約千四百万人。", "japanese"),
        ("東京 大阪 京都 名古屋", "chinese"),  # Han alone cannot be told apart
        ("大韓民國의 首都는 서울이다. 아름다운 도시.", "korean"),
        (unicodedata.normalize("NFD", KOREAN), "korean"),
        ("これは IMF and the World Bank についての文章です。日本語の文章。", "japanese"),
    ],
)
def test_letters_decide_the_tokenizer(text: str, name: str) -> None:
    assert detect(text) == name


# Sentences.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four… Five", ["One.", "Two!", "Three?", "Four…", "Five"]),
        ("Mr. Smith met J. K. Rowling. He left.", ["Mr. Smith met J. K. Rowling.", "He left."]),
        ("It was 3.14, e.g. small. Yes.", ["It was 3.14, e.g. small.", "Yes."]),
        ("“Really?” He left.\r\nA new line", ["“Really?”", "He left.", "A new line"]),
        ("私は行く。「帰る。」次！", ["私は行く。", "「帰る。」", "次！"]),
        ("你好！我来了？！好", ["你好！", "我来了？！", "好"]),
        ("यह है। दूसरा है।", ["यह है।", "दूसरा है।"]),
        ("هل هذا؟ نعم", ["هل هذا؟", "نعم"]),
        ("  \n\n \t\n", []),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


def test_lines_are_left_as_they_are_when_asked() -> None:
    assert list(lines("One. Two!\n\n Three \r\n")) == ["One. Two!", "Three"]


def test_no_sentence_is_longer_than_what_a_tokenizer_takes_at_once() -> None:
    text = "word " * 5000
    pieces = list(sentences(text))
    assert max(map(len, pieces)) <= MAX_CHARACTERS
    assert " ".join(pieces).split() == text.split()


@given(
    st.lists(
        st.sampled_from(["king", "queen", "中文", " ", "\n", ". ", "。", "\r\n"]), max_size=60
    ),
    st.integers(1, 9),
)
def test_cutting_a_stream_into_pieces_cuts_no_word(parts: list[str], step: int) -> None:
    text = "".join(parts)
    stream = (text[start : start + step] for start in range(0, len(text), step))
    pieces = list(whole_pieces(stream))
    assert "".join(pieces) == text
    together = [token for piece in pieces for token in words(piece)]
    assert together == words(text)


def test_a_long_text_without_line_ends_is_cut_between_words() -> None:
    text = "alpha beta gamma " * 20_000
    blocks = [text[start : start + 4096] for start in range(0, len(text), 4096)]
    pieces = list(whole_pieces(blocks))
    assert len(pieces) > 3
    assert "".join(pieces) == text
    assert {token for piece in pieces for token in words(piece)} == {"alpha", "beta", "gamma"}


def test_a_text_without_any_break_is_still_cut_somewhere() -> None:
    pieces = list(whole_pieces("字" * 65_536 for _ in range(130)))
    assert len(pieces) > 1
    assert sum(map(len, pieces)) == 130 * 65_536
