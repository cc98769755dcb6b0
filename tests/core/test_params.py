"""Parameters: ranges hold, nothing is clamped, what the data allows narrows what is offered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from embedviz.errors import InvalidParameterError
from embedviz.params import check_limits, make, narrowed, param, specs


@dataclass(frozen=True)
class Example:
    """A method's parameters."""

    count: int = param(5, "How many.", minimum=0, maximum=100)
    rate: float = param(0.5, "How fast.", minimum=0.1, maximum=2.0)
    kind: str = param("plain", "Which.", choices=["plain", "fancy"])
    exact: bool = param(False, "Whether.", label="Exactly", advanced=True)
    free: float = param(1.0, "Any number.")
    internal: int = 3


def test_specs_describe_what_a_widget_needs_in_the_order_of_the_fields() -> None:
    described = specs(Example)
    assert list(described) == ["count", "rate", "kind", "exact", "free"]
    assert described["count"].kind is int
    assert (described["count"].minimum, described["count"].maximum) == (0, 100)
    assert described["count"].label == "Count"
    assert (described["exact"].label, described["exact"].advanced) == ("Exactly", True)
    assert described["kind"].choices == ("plain", "fancy")


def test_choices_of_a_table_are_looked_up_each_time() -> None:
    table = ["one"]

    @dataclass(frozen=True)
    class FromTable:
        kind: str = param("one", "Which.", choices=lambda: table)

    assert specs(FromTable)["kind"].choices == ("one",)
    with pytest.raises(InvalidParameterError, match="kind='two' is not one of 'one'"):
        make(FromTable, {"kind": "two"}, "example")
    table.append("two")
    assert specs(FromTable)["kind"].choices == ("one", "two")
    assert make(FromTable, {"kind": "two"}, "example").kind == "two"


def test_make_takes_what_is_allowed_and_fills_in_the_rest() -> None:
    assert make(Example, {"count": 100, "kind": "fancy"}, "example") == Example(100, kind="fancy")


@pytest.mark.parametrize("number", [np.int64(7), np.uint8(7)])
def test_numpy_whole_numbers_become_pythons(number: object) -> None:
    assert type(make(Example, {"count": number}, "example").count) is int


@pytest.mark.parametrize("number", [1, np.float32(1), np.float64(1), np.int32(1)])
def test_any_number_fits_a_float(number: object) -> None:
    rate = make(Example, {"rate": number}, "example").rate
    assert (type(rate), rate) == (float, 1.0)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"cuont": 1}, "no parameter 'cuont'. It has: count, rate, kind, exact, free"),
        ({"internal": 1}, "no parameter 'internal'"),
        ({"count": 101}, "count=101 is out of range. Allowed: 0 to 100"),
        ({"count": -1}, "Allowed: 0 to 100"),
        ({"count": 5.0}, "count must be int, got 5.0"),
        ({"count": True}, "count must be int, got True"),
        ({"count": "5"}, "count must be int, got '5'"),
        ({"rate": float("nan")}, "rate must be float, got nan"),
        ({"free": float("nan")}, "free must be float, got nan"),
        ({"rate": 2.5}, r"Allowed: 0.1 to 2"),
        ({"rate": True}, "rate must be float"),
        ({"exact": 1}, "exact must be bool"),
        ({"kind": "odd"}, "kind='odd' is not one of 'plain', 'fancy'"),
    ],
)
def test_make_refuses_and_says_what_is_allowed(values: dict[str, object], says: str) -> None:
    with pytest.raises(InvalidParameterError, match=says) as error:
        make(Example, values, "the example")
    assert "the example" in str(error.value)


LIMIT = st.none() | st.integers(-50, 150)


@given(LIMIT, LIMIT)
def test_narrowing_never_widens_and_its_default_fits(low: int | None, high: int | None) -> None:
    spec = specs(Example)["count"]
    now = narrowed(spec, {"count": (low, high)})
    assert now.minimum == max(0, 0 if low is None else low)
    assert now.maximum == min(100, 100 if high is None else high)
    assume(now.minimum <= now.maximum)
    assert now.minimum <= now.default <= now.maximum
    assert type(now.default) is int
    if now.minimum <= spec.default <= now.maximum:
        assert now.default == spec.default


def test_narrowing_to_fractions_keeps_a_whole_default_inside() -> None:
    spec = specs(Example)["count"]
    assert narrowed(spec, {"count": (None, 3.7)}).default == 3
    assert narrowed(spec, {"count": (6.2, None)}).default == 7


def test_narrowing_leaves_other_parameters_alone() -> None:
    spec = specs(Example)["rate"]
    assert narrowed(spec, {"count": (1, 2)}) is spec
    assert narrowed(specs(Example)["free"], {"free": (None, None)}).maximum is None


def test_limits_of_the_data_are_checked_and_explained() -> None:
    check_limits(Example(count=5), {"count": (1, 5)}, "example", "6 points")
    with pytest.raises(
        InvalidParameterError, match=r"count=5 .*\(4 points\).*Allowed here: 1 to 3"
    ):
        check_limits(Example(count=5), {"count": (1, 3)}, "example", "4 points")
    with pytest.raises(InvalidParameterError, match="at least 6"):
        check_limits(Example(count=5), {"count": (6, None)}, "example", "4 points")
    with pytest.raises(InvalidParameterError, match="at most 1,000"):
        check_limits(Example(count=5000), {"count": (None, 1000)}, "example", "few points")
