"""What the lessons say: the same in both languages, whole, and all that a student looks for."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from embedviz.ui.learn.texts import LANGUAGES, Texts, texts
from embedviz.ui.lessons import LESSONS, Lesson

ROOT = Path(__file__).resolve().parents[2]
LEARN = ROOT / "embedviz/ui/learn"
FOLDERS = ["common", *(lesson.folder for lesson in LESSONS.values())]
IN_LESSONS = ("explanation", "formula", "try", "reference")
HANGUL = re.compile(r"[가-힣]")

# The terms and figures of the course that the lessons stand beside: English, Korean; the lesson.
# A slash separates ways of saying the same.
TERMS = {
    "categories": (
        ("categorical", "범주형"),
        ("nominal", "명목형"),
        ("ordinal", "순서형"),
        ("encoding", "인코딩"),
        ("label encoding", "레이블 인코딩/라벨 인코딩"),
        ("one-hot", "원-핫/원핫"),
        ("binary vector", "이진 벡터/이진벡터"),
        ("orthogonal", "직교"),
        ("sparse", "희소"),
        ("embedding", "임베딩"),
        ("dimension", "차원"),
        ("100,000", "100,000/10만"),
        ("film", "영화"),
        ("red", "빨강/red"),
        ("green", "초록/green"),
        ("blue", "파랑/blue"),
        ("√2/\\sqrt{2}/\\sqrt2", "√2/\\sqrt{2}/\\sqrt2"),
        ("text", "텍스트"),
        ("image", "이미지"),
        ("video", "비디오/동영상"),
        ("product", "상품"),
        ("user", "사용자"),
        ("tens", "수십"),
        ("thousands", "수천"),
        ("expressive", "표현력"),
        ("efficien", "효율"),
        ("gpu", "gpu"),
        ("similarity", "유사성/유사도"),
        ("word2vec", "word2vec"),
        ("bert", "bert"),
        ("cnn", "cnn"),
        ("entity embedding", "엔티티 임베딩/개체 임베딩"),
        ("recommend", "추천"),
        ("dimensionality reduction/dimension reduction", "차원 축소"),
        ("memory", "메모리"),
    ),
    "cbow": (
        ("machine learning", "머신러닝/기계 학습/머신 러닝"),
        ("input", "입력"),
        ("output", "출력"),
        ("photo", "사진"),
        ("fruit", "과일"),
        ("loss function", "손실 함수/비용 함수"),
        ("parameter", "매개변수/파라미터"),
        ("θ/\\theta", "θ/\\theta"),
        ("word embedding", "단어 임베딩"),
        ("dense", "밀집"),
        ("king", "king"),
        ("queen", "queen"),
        ("continuous bag of words", "continuous bag of words"),
        ("context", "주변 단어"),
        ("center word", "중심 단어"),
        ("10,000", "10,000"),
        ("300", "300"),
        ("one-hot", "원-핫/원핫"),
        ("input layer", "입력층"),
        ("hidden layer", "은닉층"),
        ("output layer", "출력층"),
        ("mean", "평균"),
        ("pooling", "풀링"),
        ("w′/w'", "w′/w'"),
        ("logit", "로짓"),
        ("softmax", "소프트맥스/softmax"),
        ("cross-entropy", "교차 엔트로피/크로스 엔트로피"),
        ("(v, d)", "(v, d)"),
        ("(c, v)", "(c, v)"),
        ("(c, d)", "(c, d)"),
        ("(d,)", "(d,)"),
        ("(d, v)", "(d, v)"),
        ("vocabulary", "어휘/단어 사전"),
        ("cat", "cat"),
        ("dog", "dog"),
        ("kitten", "kitten"),
        ("negative sampling", "네거티브 샘플링/음성 샘플링/부정 샘플링"),
        ("hierarchical softmax", "계층적 소프트맥스"),
    ),
    "skip_gram": (
        ("skip-gram", "skip-gram/스킵그램"),
        ("center word", "중심 단어"),
        ("context", "주변 단어"),
        ("10,000", "10,000"),
        ("300", "300"),
        ("(v,)", "(v,)"),
        ("(v, d)", "(v, d)"),
        ("(d, v)", "(d, v)"),
        ("(d,)", "(d,)"),
        ("w′/w'", "w′/w'"),
        ("one-hot", "원-핫/원핫"),
        ("cross-entropy", "교차 엔트로피/크로스 엔트로피"),
        ("rare", "드문/희귀"),
        ("little", "적은"),
        ("glove", "glove"),
        ("fasttext", "fasttext"),
        ("subsampling", "서브샘플링"),
        ("window", "윈도"),
    ),
    "nearness": (
        ("euclidean", "유클리드"),
        ("distance", "거리"),
        ("cosine", "코사인"),
        ("dot product", "내적"),
        ("angle", "각도"),
        ("apple", "사과"),
        ("banana", "바나나"),
        ("car", "자동차"),
        ("unit", "단위 벡터"),
        ("normaliz", "정규화"),
        ("norm", "노름/크기/길이"),
        ("frequen", "빈도/자주"),
        ("image", "이미지"),
    ),
    "search": (
        ("top-k/top k", "top-k/top k/상위 k"),
        ("brute force/brute-force", "brute force/brute-force/전수/브루트 포스"),
        ("approximate nearest neighbor", "근사 최근접 이웃"),
        ("ann", "ann"),
        ("hnsw", "hnsw"),
        ("ivf", "ivf"),
        ("recall", "재현율"),
        ("latency", "지연/걸리는 시간/응답 시간"),
        ("memory", "메모리"),
        ("slope", "기울기"),
    ),
    "dimensions": (
        ("dimension reduction/dimensionality reduction", "차원 축소"),
        ("pca", "pca"),
        ("t-sne", "t-sne"),
        ("umap", "umap"),
        ("perplexity", "퍼플렉서티/perplexity"),
        ("intrinsic dimension", "내재 차원/고유 차원/본질 차원"),
        ("hub", "허브"),
        ("scree", "스크리"),
        ("wattenberg", "wattenberg"),
        ("trustworthiness", "신뢰도/trustworthiness"),
    ),
    "cnn": (
        ("image embedding", "이미지 임베딩"),
        ("width", "너비/가로"),
        ("height", "높이/세로"),
        ("channel", "채널"),
        ("224", "224"),
        ("150,528", "150,528"),
        ("2,048", "2,048"),
        ("1,000", "1,000"),
        ("1.28 million", "128만"),
        ("imagenet", "imagenet"),
        ("resnet-50", "resnet-50"),
        ("50 layers/50 layer", "50개 층/50층/층 50개/50개의 층"),
        ("residual connection", "잔차 연결"),
        ("vanishing gradient", "기울기 소실"),
        ("fully connected", "완전 연결/fully connected"),
        ("probabilit", "확률"),
        ("0.85", "0.85"),
        ("class", "클래스"),
        ("cross-entropy", "교차 엔트로피/크로스 엔트로피"),
        ("similarity", "유사도"),
        ("search", "검색"),
        ("classif", "분류"),
        ("pixel", "픽셀"),
        ("convolution", "합성곱"),
    ),
}


# Figures that a lesson's sentences may hold as they are: they define, and no state changes them.
DEFINED: dict[str, set[str]] = {
    "categories": {"0", "1", "2"},
    "cbow": {"3"},
    "skip_gram": {"0", "2.6"},
    "nearness": {"0", "1", "2"},
    "search": {"95"},
    "dimensions": {"1.00"},
    "cnn": {"0", "1,000", "1.28", "10", "128", "150,528", "2", "2,048", "3", "64", "8"},
}


@cache
def _file(folder: str, language: str) -> str:
    return (LEARN / folder / f"{language}.md").read_text(encoding="utf-8")


def _both(folder: str) -> tuple[Texts, Texts]:
    english, korean = (texts(folder, language) for language in LANGUAGES)
    return english, korean


def _fields(text: str) -> set[tuple[str, str]]:
    """The places for values and how they are formatted."""
    return {(name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name is not None}


def _items(section: str) -> list[str]:
    return re.findall(r"^(?:- |\d+\. )(.+)", section, flags=re.MULTILINE)


def _prose(text: str) -> str:
    """Without formulas, code, places for values and links."""
    return re.sub(r"\$\$.*?\$\$|\$[^$\n]*\$|`[^`]*`|\{[^}]*\}|\]\([^)]*\)", " ", text, flags=re.S)


def test_there_are_two_languages() -> None:
    assert list(LANGUAGES) == ["en", "ko"]


def test_every_lesson_has_its_page_and_back() -> None:
    pages = {path.stem for path in (ROOT / "pages").glob("learn_*.py")}
    assert pages == set(LESSONS)
    assert {lesson.folder for lesson in LESSONS.values()} == set(TERMS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_both_languages_have_the_same_texts(folder: str) -> None:
    english, korean = _both(folder)
    assert set(english.sections) == set(korean.sections)
    assert set(english.words) == set(korean.words)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_heading_and_no_name_stands_twice(folder: str) -> None:
    for language in LANGUAGES:
        file = _file(folder, language)
        headings = re.findall(r"^# .*$", file, flags=re.MULTILINE)
        assert len(headings) == len(set(headings))
        names = re.findall(r"^([\w.]+):", file.partition("# words")[2], flags=re.MULTILINE)
        assert len(names) == len(set(names))


@pytest.mark.parametrize("folder", FOLDERS)
def test_both_languages_have_the_same_places_for_values(folder: str) -> None:
    english, korean = _both(folder)
    for name, text in english.words.items():
        assert _fields(text) == _fields(korean.words[name]), name


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_is_empty_or_left_to_be_written(folder: str) -> None:
    for said in _both(folder):
        for name, text in {**said.sections, **said.words}.items():
            assert re.search(r"[^\W_]", _prose(text)) or "$" in text or "{" in text, name
            assert not re.fullmatch(r"\s*\$\$\s*\$\$\s*", text), name
            assert not re.search(r"\b(TODO|TBD|FIXME|lorem)\b", text), name
            assert "…" not in _items(text), name


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=lambda lesson: lesson.folder)
def test_a_lesson_is_whole(lesson: Lesson) -> None:
    for said in _both(lesson.folder):
        assert said.section("title")
        assert said.section("question").endswith("?")
        for needed in IN_LESSONS:
            assert [name for name in said.sections if name.partition(".")[0] == needed], needed
        for name, text in said.sections.items():
            if name.partition(".")[0] == "explanation":
                lines = text.splitlines()
                assert len(lines) >= 3, name  # the pages' tests see that three are told
                assert all(line.strip().endswith((".", "?", "!", ")", "”")) for line in lines)
                assert all(len(line) > 15 for line in lines), name


@pytest.mark.parametrize("folder", FOLDERS)
def test_both_languages_tell_the_same_facts(folder: str) -> None:
    """Line by line: the same conditions, the same places, formatted alike."""
    english, korean = _both(folder)
    for name in english.sections:
        facts = [
            [
                sorted(re.findall(r"\{\{[^{}]*\}\}", line))
                for line in said.section(name).splitlines()
            ]
            for said in (english, korean)
        ]
        if any(any(line) for line in facts[0] + facts[1]):
            assert facts[0] == facts[1], name


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=lambda lesson: lesson.folder)
def test_figures_in_a_lessons_sentences_come_from_the_core(lesson: Lesson) -> None:
    """All but those that define something, which no state of the lesson changes."""
    for said in _both(lesson.folder):
        written = {
            figure
            for name, text in said.sections.items()
            if name.partition(".")[0] in ("question", "explanation")
            for figure in re.findall(
                r"\d[\d,.]*\d|\d", re.sub(r"\{\{[^{}]*\}\}", " ", _prose(text))
            )
        }
        assert written <= DEFINED.get(lesson.folder, set()), said.language


def test_titles_in_english_are_those_of_the_browsers_tab() -> None:
    for lesson in LESSONS.values():
        assert texts(lesson.folder, "en").section("title") == lesson.title


@pytest.mark.parametrize("folder", FOLDERS)
def test_both_languages_have_as_much_to_try(folder: str) -> None:
    english, korean = _both(folder)
    for name in english.sections:
        if name.partition(".")[0] == "try":
            tried = _items(english.section(name))
            assert len(tried) == len(_items(korean.section(name))), name
            assert 3 <= len(tried) <= 5, name


@pytest.mark.parametrize("folder", FOLDERS)
def test_both_languages_have_the_same_tables(folder: str) -> None:
    def rows(section: str) -> list[int]:
        return [line.count("|") for line in section.splitlines() if line.startswith("|")]

    english, korean = _both(folder)
    for name in english.sections:
        assert rows(english.section(name)) == rows(korean.section(name)), name


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_korean_is_korean_and_the_english_is_english(folder: str) -> None:
    english, korean = _both(folder)
    for name, text in {**korean.sections, **korean.words}.items():
        letters = re.findall(r"[^\W\d_]", _prose(text))
        # Names and symbols stay as they are in the field: W′ (V × d), softmax, Word2Vec.
        hangul = len(HANGUL.findall(_prose(text)))
        assert hangul or name != "title"
        if name.partition(".")[0] in ("question", "explanation", "try") or (
            len(letters) > 60 and not text.startswith("|")
        ):
            assert hangul > 0.4 * len(letters), name
    for name, text in {**english.sections, **english.words}.items():
        quoted = re.sub(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’|\([^)]*\)", " ", _prose(text))
        assert not HANGUL.search(quoted), name


# Particles that a space may not part from what they belong to.
_PARTICLE = r"(은|는|이|가|을|를|와|과|의|에|로|으로|도|에서|보다|까지|마다)(?=[ ,.?!:)]|$)"


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_space_stands_before_a_korean_particle(folder: str) -> None:
    lines = re.sub(r"^(\{\{(if|unless) \w+\}\} *)+", "", _file(folder, "ko"), flags=re.MULTILINE)
    found = re.findall(rf"[)*`$}}”\"’a-zA-Z0-9′] {_PARTICLE}.*", lines, flags=re.MULTILINE)
    assert not found


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_korean_term_has_one_name(folder: str) -> None:
    """척도 for metric, 단계 for a training step, 히트맵 for a heat map; nothing colloquial."""
    for other in (
        "측도",
        "열 지도",
        "열지도",
        "서수 인코딩",
        "리콜",
        "걸음 수",
        "찍는",
        "찍어",
        "찍으면",
        "남남",
    ):
        assert other not in _file(folder, "ko"), other


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", FOLDERS)
def test_formulas_are_closed(folder: str, language: str) -> None:
    said = texts(folder, language)
    for name, text in {**said.sections, **said.words}.items():
        assert text.count("$$") % 2 == 0, name
        single = re.sub(r"\\\$|\$\$", "", text)
        assert single.count("$") % 2 == 0, name
        for formula in re.findall(r"\$\$(.*?)\$\$", text, flags=re.DOTALL):
            assert formula.count("{") == formula.count("}"), name
            assert formula.strip(), name


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_text_that_a_lesson_asks_for_exists(folder: str) -> None:
    """By name, where the code holds the whole name."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (LEARN / folder).glob("*.py"))
    asked = set(re.findall(r"\b(?:texts|said|text|words|t)\(\s*\"([\w.]+)\"", code))
    assert asked <= set(texts(folder, "en").words)


@pytest.mark.parametrize("folder", TERMS)
def test_a_student_finds_what_the_course_names(folder: str) -> None:
    missing = [
        f"{language}.md: {ways}"
        for pair in TERMS[folder]
        for language, ways in zip(LANGUAGES, pair, strict=True)
        if not any(way in _file(folder, language).lower() for way in ways.lower().split("/"))
    ]
    assert not missing


def test_the_three_vectors_of_the_course_are_the_ones_measured() -> None:
    from embedviz.metric_agreement import TEXTBOOK

    assert dict(TEXTBOOK) == {
        "apple": (0.7, 0.2, 0.1),
        "banana": (0.8, 0.3, 0.1),
        "car": (-0.6, 0.9, 0.2),
    }
