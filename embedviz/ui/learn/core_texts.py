"""What the core says, its reports of progress and its errors, in the lesson's language.

The core speaks English. :data:`KOREAN` has each message that long work of a lesson reports and each
error that a lesson can show, as a pattern: ``{n:n}`` stands for a number, ``{rest:m}`` for another
message of the table, ``{name}`` for anything else, which stays as it is (names like t-SNE, and
what a person typed).
"""

from __future__ import annotations

import re
from functools import cache

from embedviz.errors import EmbedvizError
from embedviz.ui import messages
from embedviz.ui.learn.language import common_texts, language

_NUMBER = r"[-−]?(?:[\d,.]*\d|nan|inf)"
_PLACE = re.compile(r"\{([a-z_]+)(?::([nm]))?\}")


def progress_text(message: str) -> str:
    """What long work reports, in the language in use."""
    if language() != "ko":
        return message
    said = in_korean(message)
    return common_texts()("work.unknown") if said is None else said


def error_text(error: EmbedvizError) -> str:
    """What an error says, in the language in use; of an unknown one, that it is in English."""
    if language() != "ko":
        return str(error)
    said = in_korean(str(error))
    return common_texts()("error.english", message=str(error)) if said is None else said


def show_error(error: EmbedvizError) -> None:
    """Show an error of the core where the answer would have stood."""
    messages.show_error(error, error_text)


def in_korean(message: str) -> str | None:
    """``message`` by the first pattern that it fits; None if the table has none."""
    message = " ".join(message.split())
    for pattern, kinds, korean in _patterns():
        if found := pattern.fullmatch(message):
            values = dict(found.groupdict())
            for name in kinds:
                inner = in_korean(values[name])
                if inner is None:
                    break
                values[name] = inner
            else:
                return korean.format(**values)
    return None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...]:
    """For each entry what it matches, which of its places hold messages, and the Korean."""
    found = []
    for english, korean in KOREAN.items():
        places = _PLACE.findall(english)
        inner = tuple(name for name, kind in places if kind == "m")
        found.append((re.compile(_expression(english)), inner, korean))
    return tuple(found)


def _expression(english: str) -> str:
    parts, end, named = [], 0, set[str]()
    for place in _PLACE.finditer(english):
        parts.append(re.escape(english[end : place.start()]))
        name, kind = place.groups()
        what = _NUMBER if kind == "n" else ".+?"
        parts.append(f"(?P={name})" if name in named else f"(?P<{name}>{what})")
        named.add(name)
        end = place.end()
    return "".join([*parts, re.escape(english[end:])])


KOREAN: dict[str, str] = {
    # Any long work
    "starting": "시작하는 중",
    "waiting": "기다리는 중",
    "found among the results kept on disk": "디스크에 보관해 둔 결과를 찾음",
    "V = {n:n}": "V = {n}",
    "{done:n} of {all:n}": "{all}개 가운데 {done}개",
    "{done:n} of {all:n}, {rest:m}": "{all}개 가운데 {done}번째, {rest}",
    "step {done:n} of {all:n}": "전체 {all}단계 가운데 {done}단계",
    # Maps
    "finding the directions of greatest variance": "분산이 가장 큰 방향을 찾는 중",
    "placing {n:n} points": "점 {n}개를 놓는 중",
    "placed {done:n} of {all:n} other points": "나머지 점 {all}개 가운데 {done}개를 놓음",
    "{n:n} points placed": "점 {n}개를 모두 놓음",
    "exact neighbors of {done:n} of {all:n} points": "점 {all}개 가운데 {done}개의 정확한 이웃을 찾음",
    "{done:n} of {all:n} points compared": "점 {all}개 가운데 {done}개를 비교함",
    "iteration {done:n} of {all:n}": "전체 {all}번 가운데 {done}번째 반복",
    "KL divergence {n:n}": "KL 발산 {n}",
    "compiling UMAP, once per start of the program (up to a minute)": (
        "UMAP을 컴파일하는 중. 프로그램이 시작된 뒤 한 번만 합니다(길어야 1분)"
    ),
    "waiting: UMAP works for somebody else, or is compiling": (
        "기다리는 중: UMAP이 다른 일을 하고 있거나 컴파일하는 중"
    ),
    # Words and networks
    "reading the text": "글을 읽는 중",
    "reading the text: {n:n} words so far": "글을 읽는 중: 지금까지 단어 {n}개",
    "Reading {name}: {n:n} words": "{name} 읽는 중: 단어 {n}개",
    "epoch {done:n} of {all:n}": "전체 {all}에포크 가운데 {done}에포크",
    "epoch {done:n} of {all:n}: {some:n} of {words:n} words": (
        "전체 {all}에포크 가운데 {done}에포크: 단어 {words}개 가운데 {some}개"
    ),
    "epoch {done:n} of {all:n}: {some:n} of {words:n} words, {rate:n} words per second": (
        "전체 {all}에포크 가운데 {done}에포크: 단어 {words}개 가운데 {some}개, 초당 {rate}개"
    ),
    "epoch {done:n} of {all:n}: done, {rate:n} words per second": (
        "전체 {all}에포크 가운데 {done}에포크: 끝남, 초당 단어 {rate}개"
    ),
    "{algorithm}, seed {seed:n}: {rest:m}": "{algorithm}, 시드 {seed}: {rest}",
    "comparing the nearest words": "가장 가까운 단어를 비교하는 중",
    "both are trained": "둘 다 학습을 마침",
    # Images
    "opening the encoder": "인코더를 여는 중",
    "{done:n} of {all:n} images": "이미지 {all}장 가운데 {done}장",
    "{done:n} images": "이미지 {done}장",
    "{start:m}, {rate:n} per second": "{start}, 초당 {rate}장",
    "{start:m}, about {n:n} s left": "{start}, 약 {n}초 남음",
    "{start:m}, about {n:n} min left": "{start}, 약 {n}분 남음",
    "{start:m}, about {n:n} h left": "{start}, 약 {n}시간 남음",
    "{start:m}, {n:n} set aside": "{start}, 읽지 못한 것 {n}장",
    "pixels of {done:n} of {all:n}": "이미지 {all}장 가운데 {done}장의 픽셀",
    "{done:n} of {all:n} asked": "{all}개 가운데 {done}개를 물어봄",
    # Searching
    "{done:n} of {all:n} in the graph": "벡터 {all}개 가운데 {done}개를 그래프에 넣음",
    "k-means, round {done:n} of {all:n}": "k-평균, 전체 {all}회 가운데 {done}회",
    "{n:n} vectors in {cells:n} cells": "벡터 {n}개를 칸 {cells}개에 나누어 담음",
    "{n:n} vectors measured": "벡터 {n}개까지 측정함",
    # Errors: a key that is not there
    "'{key}' is not in {where} ({n:n} keys). Nearest spellings: {near}.": (
        "“{key}”: {where}에 없는 이름입니다(모두 {n}개). 철자가 비슷한 것: {near}."
    ),
    "'{key}' is not in {where} ({n:n} keys). No spelling here is near it.": (
        "“{key}”: {where}에 없는 이름입니다(모두 {n}개). 철자가 비슷한 것도 없습니다."
    ),
    "'{key}' is not among the {n:n} words: {words}.": (
        "“{key}”: 단어 {n}개 가운데 없습니다. 있는 단어: {words}."
    ),
    # Errors: what was typed
    "The sentence has too few words ({n:n}): a word can only be guessed from another one. "
    "Type at least two words.": (
        "문장의 단어가 너무 적습니다({n}개). 단어는 다른 단어를 보고 알아맞히므로 "
        "두 단어 이상을 입력하세요."
    ),
    "The sentence has {n:n} blanks; it has to have one. Write it as ___ .": (
        "빈칸이 {n}개 있습니다. 빈칸은 하나여야 합니다. ___ 로 쓰세요."
    ),
    "There is no word near the blank. Write some around it.": (
        "빈칸 둘레에 단어가 없습니다. 앞뒤에 단어를 써 주세요."
    ),
    "None of the {near:n} words near the blank is among the {n:n} words that the network learned. "
    "Use more common English words.": (
        "빈칸 둘레의 단어 {near}개가 모두 신경망이 배운 단어 {n}개에 없습니다. "
        "더 흔한 영어 단어를 써 보세요."
    ),
    "The text has no word with another known one beside it.": (
        "이 글에는 아는 단어 둘이 이웃한 곳이 없습니다."
    ),
    "This column of the table holds {n:n} different categories; {least:n} to {most:n} can be shown. "
    "Edit the table, or begin again with it.": (
        "표의 이 열에는 서로 다른 범주가 {n}개 있습니다. {least}개에서 {most}개까지 보여 줄 수 있으니 "
        "표를 고치거나 처음부터 다시 시작하세요."
    ),
    "The table has {n:n} rows; {most:n} can be shown. Leave some out.": (
        "표가 {n}행입니다. {most}행까지 보여 줄 수 있으니 몇 행을 빼 주세요."
    ),
    "The row '{row}' has {n:n} cells after its name; {needed:n} are needed.": (
        "“{row}” 행에는 이름 뒤에 칸이 {n}개 있습니다. 필요한 칸은 {needed}개입니다."
    ),
    "{names} is not among the {n:n} categories that this encoding knows: {known}. "
    "Add it to the data that the encoding is made from, or ask with unknown='value'.": (
        "{names}: 이 인코딩이 아는 범주 {n}개에 없습니다. 아는 범주: {known}. 순서에 이 범주도 넣어 주세요."
    ),
    "A category is blank. Give it a name or leave the row out.": (
        "이름이 비어 있는 범주가 있습니다. 이름을 쓰거나 그 행을 빼 주세요."
    ),
    "There are no categories. Give at least one.": "범주가 없습니다. 하나 이상 입력하세요.",
    "{names} stands twice among the categories. Name each one once.": (
        "{names}: 범주 목록에 두 번 있습니다. 범주마다 한 번만 쓰세요."
    ),
    "A pair needs two categories; there is {n:n}.": (
        "쌍을 만들려면 범주가 둘 있어야 하는데 {n}개뿐입니다."
    ),
    "The table of choices has the shape {shape}. It needs at least one person and one thing, "
    "and only 0 and 1 in it.": (
        "선택 표의 모양이 {shape}입니다. 사람과 물건이 하나씩은 있어야 하고, 값은 0과 1뿐이어야 합니다."
    ),
    # Errors: too little to compare
    "A search needs at least {least:n} vectors with a direction; there are {n:n}. "
    "Choose a larger set.": (
        "검색하려면 방향이 있는 벡터가 {least}개 이상 필요한데 {n}개입니다. 더 큰 데이터를 고르세요."
    ),
    "Only {n:n} words of this text are in {reference}; neighbors can be compared among {least:n} "
    "or more.": (
        "이 글의 단어 가운데 {reference}에 있는 것이 {n}개뿐입니다. 이웃을 비교하려면 {least}개 이상 "
        "있어야 합니다."
    ),
    # Errors: what is not on this machine
    "{purpose} needs the package '{package}', which is not installed. "
    "Install it with: pip install {package}": (
        "필요한 패키지 “{package}”가 설치되어 있지 않습니다. 설치 명령: pip install {package}"
    ),
}
"""By the core's English; the first one that fits is taken."""
