"""Which encoding bytes are in that do not say: a guess, and the others that would do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_ENOUGH = 2000
_SAMPLE = 1 << 16
_FITS = 0.85
_ALSO = 0.6
_SOME, _MANY = 6, 40
_MOST_ALTERNATIVES = 3
_HOLD_WESTERN = ("cp1252", "mac-roman", "cp850")

# One sign of UTF-8 beyond ASCII, whole and of the shortest form.
_WHOLE_SIGN = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_BEYOND = re.compile(rb"[\x80-\xff]")
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")

_COMMON = "«»“”„‘’‚‹›–—…·•°§€£©®™ªº¿¡´×"
_NO_SIGN = "\u00a0\u00ad"
# Letters beyond ASCII of one language each: which encoding makes sense is told by their company.
_ALPHABETS = {
    "cp1252": (
        "àâæçéèêëîïôœùûü", "äöüß", "àèéìíîòóùú", "áéíóúüñ", "ãõâêôáéíóúàçü", "æøåéóüäö", "åäöé",
        "áðéíóúýþæö", "éëïóöüèáíúêâôû", "àçéèíïòóúü",
    ),
    "cp1250": (
        "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž",
    ),
    "cp1254": ("çğıİöşüâîû",),
    "cp1257": ("āčēģīķļņšūž", "ąčęėįšųūž", "äõöüšž"),
    "cp1251": ("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
               "абвгдђежзијклљмнњопрстћуфхцчџш"),
    "koi8-r": ("абвгдеёжзийклмнопрстуфхцчшщъыьэюя",),
    "cp1253": ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋ",),
    "iso8859-2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áéíóöőúüű", "čćđšž"),
    "cp850": ("àâçéèêëîïôùûü", "äöüß", "àèéìòù", "áéíóúüñ"),
    "mac-roman": ("àâæçéèêëîïôœùûü", "äöüß", "àèéìòù", "áéíóúüñ"),
}  # fmt: skip
# Names of several countries together: less sure than the letters of one.
_WESTERN, _LESS = "àâæçéèêëîïôœùûüäößìíòóúáñãõøå", 0.06
_BY_TWO_BYTES = ("cp949", "gb18030", "shift_jis", "big5", "euc_jp")


@dataclass(frozen=True)
class Guess:
    """An encoding that was chosen by what the letters make, and others that would do.

    Attributes
    ----------
    encoding : str
        What it was taken for, as Python calls it.
    alternatives : tuple of str
        Encodings that give other letters and make sense too, the likelier first.
    examples : tuple of bytes
        Some words with letters beyond ASCII.
    """

    encoding: str
    alternatives: tuple[str, ...] = ()
    examples: tuple[bytes, ...] = ()

    @property
    def said(self) -> str:
        """What was taken and what else it may be, with the words that tell."""
        shown = ", ".join(f"'{self._word(one, self.encoding)}'" for one in self.examples)
        text = f"It is not UTF-8: read as {self.encoding}, a guess" + (
            f" that makes {shown}" if shown else ""
        )
        others = [f"{name} ({self._differing(name)})" for name in self.alternatives]
        if not others:
            return f"{text}."
        return f"{text}. It may be {', '.join(others)} as well: encoding='{self.alternatives[0]}'."

    def _differing(self, name: str) -> str:
        """A word that another encoding makes otherwise."""
        words = [self._word(one, name) for one in self.examples]
        mine = [self._word(one, self.encoding) for one in self.examples]
        return next((f"'{a}'" for a, b in zip(words, mine, strict=True) if a != b), "other words")

    @staticmethod
    def _word(word: bytes, encoding: str) -> str:
        return word.decode(encoding, "replace")[:24]


def encoding_of(guess: Guess | None) -> str:
    """What to decode by: UTF-8 where nothing had to be guessed."""
    return "utf-8" if guess is None else guess.encoding


def is_damaged_utf8(sample: bytes) -> bool:
    """Whether more is whole UTF-8 beyond ASCII than is not: then that is damage, no other encoding."""
    whole, broken = 0, 0
    for sign in _WHOLE_SIGN.finditer(sample):
        whole += 1
        broken -= len(sign[0])
    broken += len(_BEYOND.findall(sample))
    return whole > 0 and whole >= broken


def utf16_without_mark(head: bytes) -> str | None:
    """``"utf-16-le"`` or ``"utf-16-be"`` where every other byte is mostly zero and the rest is text."""
    head = head[: min(len(head), 4096) // 2 * 2]
    # Two whole numbers and a line end in single bytes: the head of a word2vec file, in whose binary
    # numbers every other byte may be zero.
    if len(head) < 8 or re.match(rb"\d+ \d+\r?\n", head):
        return None
    zeros = head[::2].count(0), head[1::2].count(0)
    name = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    if min(zeros) or max(zeros) * 3 < len(head) // 2:
        return None
    try:
        text = head.decode(name)
    except UnicodeDecodeError:
        return None
    return name if all(sign.isprintable() or sign.isspace() for sign in text) else None


def guessed(sample: bytes) -> Guess | None:
    """What ``sample``, which is not UTF-8, may be; None where no encoding makes sense of it."""
    sample = sample[:_SAMPLE]
    words = _words(sample)
    if not words:
        return None
    korean = korean_text(_whole_pairs(sample))
    mixed = sum(n for word, n in words.items() if _BEYOND.sub(b"", word))
    beyond = sum(len(_BEYOND.findall(word)) for word in words)
    scores = {name: _score(words, name) for name in _ALPHABETS}
    best = max(scores, key=lambda name: scores[name])  # the first of equals
    rarely_mixed = 2 * mixed < sum(words.values())
    if korean is not None:
        best = "cp949"
    elif rarely_mixed and (eastern := _east_asian(sample)):
        best = eastern
    elif scores[best] < _FITS or (beyond >= _MANY and rarely_mixed):
        found = _by_statistics(sample) if beyond >= _SOME else ""
        best = found or (best if scores[best] >= _ALSO else "")
    if not best:
        return None
    others = _others(words, best, scores)

    def telling(word: bytes) -> bool:
        """Whether another encoding makes another word of it."""
        return bool(others) and word.decode(best, "replace") != word.decode(others[0], "replace")

    examples = sorted(words, key=lambda word: (not telling(word), len(word) < 2, -words[word]))
    return Guess(best, others, tuple(examples[:3]))


def korean_text(raw: bytes) -> str | None:
    """``raw`` read as CP949 if that gives Korean, else None.

    Western and Chinese bytes can be valid CP949 by chance: as rare syllables, and as syllables
    mixed with Chinese signs. So the latter must not occur, and half of what is not ASCII must be
    among the 2,350 syllables of KS X 1001, which everyday Korean keeps to.
    """
    try:
        text = raw.decode("cp949")
    except UnicodeDecodeError:
        return None
    foreign = [sign for sign in text if not sign.isascii()][:_ENOUGH]
    if any("一" <= sign <= "\u9fff" or "\ue000" <= sign <= "\uf8ff" for sign in foreign):
        return None
    common = sum("가" <= sign <= "힣" and len(sign.encode("euc_kr")) == 2 for sign in foreign)
    return text if common and common * 2 >= len(foreign) else None


def _words(sample: bytes) -> Counter[bytes]:
    """Words with letters beyond ASCII and how often each occurs; the last may be cut, so not it."""
    found = [match[0] for match in _WORD.finditer(sample)]
    if len(sample) == _SAMPLE and len(found) > 1:
        found.pop()
    return Counter(found[:_ENOUGH])


def _whole_pairs(sample: bytes) -> bytes:
    """``sample`` up to its last sign of ASCII if it was cut: half a sign would be no text."""
    if len(sample) < _SAMPLE:
        return sample
    end = max(sample.rfind(b"\n"), sample.rfind(b" "))
    return sample[: end + 1] if end > 0 else sample


def _score(words: Counter[bytes], encoding: str) -> float:
    """How much of what is beyond ASCII one language has, from 0 to 1; less for odd capitals."""
    try:
        texts = {word.decode(encoding): n for word, n in words.items()}
    except UnicodeDecodeError:
        return 0.0
    signs: Counter[str] = Counter()
    odd = 0
    for text, n in texts.items():
        for before, sign, after in zip(" " + text, text, text[1:] + " ", strict=False):
            if not sign.isascii() and sign not in _NO_SIGN:
                signs[sign] += n
                mixed = _other_script(before, sign) or _other_script(after, sign)
                odd += n * ((before.isalpha() and sign.isupper()) or 2 * mixed)
    total = sum(signs.values())
    if not total:
        return 0.0
    best: float = max(_covered(signs, letters) for letters in _ALPHABETS[encoding])
    if encoding in _HOLD_WESTERN:
        best = max(best, _covered(signs, _WESTERN) - _LESS * total)
    return (best - odd / 2) / total


def _covered(signs: Counter[str], letters: str) -> int:
    return sum(
        n
        for sign, n in signs.items()
        if sign in letters or sign.lower() in letters or sign in _COMMON
    )


def _other_script(beside: str, sign: str) -> bool:
    """Whether a Cyrillic or Greek letter stands beside a Latin one."""
    return beside.isascii() and beside.isalpha() and "\u0370" <= sign <= "\u04ff"


def _east_asian(sample: bytes) -> str:
    """Japanese by its kana; Chinese if all its signs are of the 3,755 commonest."""
    sample = _whole_pairs(sample)
    for name in ("shift_jis", "euc_jp"):
        signs = [sign for sign in (_decoded(sample, name) or "") if not sign.isascii()]
        kana = sum("\u3040" <= sign <= "\u30ff" for sign in signs)
        if kana and all("\u3000" <= sign <= "\u9fff" or sign >= "\uff00" for sign in signs):
            return name
    chinese = _decoded(sample, "gb2312")
    signs = [sign for sign in chinese or "" if "\u4e00" <= sign <= "\u9fff"]
    common = all(b"\xb0" <= sign.encode("gb2312")[:1] <= b"\xd7" for sign in signs)
    return "gb18030" if signs and common else ""


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return None


def _by_statistics(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    found = from_bytes(sample)
    best = found.best()
    if best is None:
        return ""
    # Western text often fits several alike; of these Windows' own is by far the commonest.
    score = (best.chaos, best.coherence)
    tied = [match.encoding for match in found if (match.chaos, match.coherence) == score]
    return "cp1252" if "cp1252" in tied else best.encoding.replace("_", "-")


def _others(words: Counter[bytes], best: str, scores: dict[str, float]) -> tuple[str, ...]:
    """The encodings that make other words, which make sense too."""
    taken = [_texts(words, best)]
    found: list[str] = []
    likely = sorted(scores, key=lambda name: -scores[name])
    two = [] if any(_BEYOND.sub(b"", word) for word in words) else list(_BY_TWO_BYTES)
    for name in [*likely, *two]:
        if name in scores and scores[name] < _ALSO and found:
            continue  # only where nothing likelier is there to be offered
        texts = _texts(words, name)
        if name != best and texts is not None and texts not in taken:
            taken.append(texts)
            found.append(name)
    return tuple(found[:_MOST_ALTERNATIVES])


def _texts(words: Iterable[bytes], encoding: str) -> list[str] | None:
    try:
        return [word.decode(encoding) for word in words]
    except (UnicodeDecodeError, LookupError):
        return None
