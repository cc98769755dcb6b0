"""Which encoding bytes are in: the letters of a language keep company."""

from __future__ import annotations

import numpy as np
import pytest

from embedviz.encoding_guess import guessed, is_damaged_utf8, utf16_without_mark


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("où", "cp1252"), ("où déjà ça été", "cp1252"), ("perché città è più", "cp1252"),
        ("Cléa Jürg Ußa", "cp1252"), ("coração não", "cp1252"), ("“où”", "cp1252"), ("à", "cp1252"),
        ("Łódź żółw gęś", "cp1250"), ("příliš žluťoučký kůň", "cp1250"),
        ("İstanbul çağ ışık", "cp1254"), ("ā ē kļūt šeit ņem", "cp1257"),
        ("мир дом", "cp1251"), ("мир дом семья", "koi8-r"), ("Ελλάδα λόγος", "cp1253"),
        ("naïve über straße", "cp850"), ("café", "mac-roman"),
        ("한국어 사랑", "cp949"), ("中文 世界", "gb18030"), ("日本語の", "shift_jis"),
    ],
)  # fmt: skip
def test_a_few_words_tell_their_encoding(text: str, encoding: str) -> None:
    found = guessed(text.encode(encoding))
    assert found is not None
    assert found.encoding == encoding
    assert encoding not in found.alternatives


def test_a_guess_says_what_else_it_may_be() -> None:
    found = guessed("où".encode("cp1252"))
    assert found is not None
    assert found.alternatives == ("cp1250",)
    assert "'où'" in found.said
    assert "cp1250 ('oů')" in found.said
    assert "encoding='cp1250'" in found.said


def test_broken_utf8_is_no_other_encoding() -> None:
    assert is_damaged_utf8("é日本".encode() + b" \xff")
    assert not is_damaged_utf8("été où".encode("cp1252"))
    assert not is_damaged_utf8("행복한 가정은 모두 비슷하고".encode("cp949"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_told_by_its_zeros(encoding: str) -> None:
    assert utf16_without_mark("café 0.5 1.5\n".encode(encoding)) == encoding
    assert utf16_without_mark("café 0.5 1.5\n".encode()) is None
    assert utf16_without_mark(bytes(64)) is None


def test_binary_numbers_with_zeros_are_no_utf16() -> None:
    """A million as float32 has a zero in every fourth byte, at odd places or at even ones."""
    for word in (b"a", b"ab"):
        assert utf16_without_mark(b"1 3\n" + word + b" " + np.full(3, 1e6, "<f4").tobytes()) is None
