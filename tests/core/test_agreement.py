"""Agreement between encoders: hand-counted cases and the properties of a share in common."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.errors import InvalidParameterError
from embedviz.items.agreement import agreement

ANSWERS = st.permutations([f"p{i}" for i in range(12)]).map(lambda keys: keys[:7])


def test_counted_by_hand():
    found = agreement(
        {"resnet50": list("abcd"), "vgg16": list("badx"), "lite0": list("ayzb")},
    )
    assert found.overlap == {
        ("resnet50", "vgg16"): 3 / 4,
        ("resnet50", "lite0"): 2 / 4,
        ("vgg16", "lite0"): 2 / 4,
    }
    assert found.mean == pytest.approx(7 / 12)
    assert found.common == ("a", "b")  # places 0+1+0 and 1+0+3
    assert found.k == 4


def test_only_the_first_k_count():
    results = {"one": ["a", "b", "c"], "two": ["b", "c", "a", "d"]}
    assert agreement(results).overlap == {("one", "two"): 1.0}
    assert agreement(results, k=2).overlap == {("one", "two"): 0.5}
    assert agreement(results, k=2).common == ("b",)
    assert agreement(results, k=1).common == ()


@given(st.lists(ANSWERS, min_size=2, max_size=4), st.integers(1, 7))
def test_a_share_in_common(lists, k):
    results = {f"e{i}": keys for i, keys in enumerate(lists)}
    found = agreement(results, k)
    assert len(found.overlap) == len(lists) * (len(lists) - 1) // 2
    for (a, b), share in found.overlap.items():
        assert share * k == pytest.approx(sum(key in results[b][:k] for key in results[a][:k]))
    assert set(found.common) == set.intersection(*(set(keys[:k]) for keys in lists))
    turned = agreement(dict(reversed(results.items())), k)
    assert turned.mean == pytest.approx(found.mean)
    assert turned.overlap == {(b, a): share for (a, b), share in found.overlap.items()}
    same = agreement({"x": lists[0], "y": list(lists[0])}, k)
    assert same.mean == 1.0
    assert same.common == tuple(lists[0][:k])


@pytest.mark.parametrize(
    ("results", "k", "says"),
    [
        ({"one": ["a"]}, None, "two encoders"),
        ({"one": ["a"], "two": []}, None, "shortest has 0"),
        ({"one": ["a"], "two": ["b", "c"]}, 2, "shortest has 1"),
        ({"one": ["a"], "two": ["b"]}, 0, "k=0"),
        ({"one": ["a"], "two": ["b"]}, True, "k=True"),
        ({"one": ["a", "b", "a"], "two": ["b", "c", "d"]}, None, "one names 'a' twice"),
        ({"one": "abc", "two": ["b", "c", "d"]}, None, "list of keys"),
    ],
    ids=["one encoder", "no answers", "k too large", "k 0", "k bool", "a key twice", "a string"],
)
def test_bad_questions_are_named(results, k, says):
    with pytest.raises(InvalidParameterError, match=says):
        agreement(results, k)
