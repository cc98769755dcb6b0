"""Label, ordinal and one-hot codes: scikit-learn's, and category_encoders' as it defines them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.linear_model import LinearRegression
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, OrdinalEncoder

from embedviz.encodings import (
    categories_of,
    cross_validated,
    extreme_pairs,
    label_encoding,
    lookup_times,
    one_hot_encoding,
    one_hot_sparse,
    ordinal_encoding,
    pairwise_distances,
    representation_sizes,
    target_embedding,
)
from embedviz.encodings.gapminder import INCOME_LEVELS, life_expectancies
from embedviz.encodings.linear_model import fitted_line
from embedviz.encodings.sizes import MOST_MEASURED
from embedviz.errors import InvalidParameterError
from tests.counts import examples

COLORS = ["red", "green", "blue", "green", "red", "navy"]
columns = st.lists(st.sampled_from(["red", "Green", "파랑", "1", "10", "2", "é"]), min_size=1)


def column(values) -> np.ndarray:
    return np.array(values, dtype=object)[:, None]


def test_the_textbook_numbers():
    encoding = label_encoding(["red", "green", "blue"])
    assert encoding.encode(["blue", "red", "green"]).tolist() == [[3], [1], [2]]
    one_hot = one_hot_encoding(["red", "green", "blue"])
    assert one_hot.encode(["red", "green", "blue"]).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


@given(values=columns)
@settings(max_examples=examples(50, 500))
def test_sorted_labels_are_scikit_learns(values):
    encoding = label_encoding(values, order="sorted", start=0)
    oracle = LabelEncoder().fit(values)
    assert list(encoding.categories) == list(oracle.classes_)
    np.testing.assert_array_equal(encoding.encode(values)[:, 0], oracle.transform(values))


def category_encoders_ordinal(values, asked):
    """Its OrdinalEncoder: numbers from 1 as values first appear; −1 for what was not seen."""
    mapping: dict[str, int] = {}
    for value in values:
        mapping.setdefault(value, len(mapping) + 1)
    return [[mapping.get(value, -1)] for value in asked]


def category_encoders_one_hot(values, asked):
    """Its OneHotEncoder: columns as values first appear; only zeros for what was not seen."""
    seen = list(dict.fromkeys(values))
    return [[int(value == name) for name in seen] for value in asked]


@given(values=columns, asked=columns)
@settings(max_examples=examples(50, 500))
def test_first_seen_labels_and_one_hot_are_category_encoders(values, asked):
    labels = label_encoding(values).encode(asked, unknown="value")
    assert labels.tolist() == category_encoders_ordinal(values, asked)
    one_hot = one_hot_encoding(categories_of(values)).encode(asked, unknown="value")
    assert one_hot.tolist() == category_encoders_one_hot(values, asked)


@given(values=columns, asked=columns, drop=st.booleans())
@settings(max_examples=examples(50, 500))
def test_one_hot_is_scikit_learns_with_unknowns_and_drop(values, asked, drop):
    categories = categories_of(values, "sorted")
    ours = one_hot_encoding(categories, drop_first=drop).encode(asked, unknown="value")
    oracle = OneHotEncoder(
        categories=[list(categories)], handle_unknown="ignore", drop="first" if drop else None
    ).fit(column(values))
    with np.testing.suppress_warnings() as quiet:
        quiet.filter(UserWarning)  # it says that unknowns look like the dropped category
        theirs = oracle.transform(column(asked))
    np.testing.assert_array_equal(ours, theirs.toarray())
    if not drop:
        codes = [categories.index(value) if value in categories else -1 for value in asked]
        sparse = one_hot_sparse(codes, len(categories))
        np.testing.assert_array_equal(sparse.toarray(), theirs.toarray())
        np.testing.assert_array_equal(sparse.indptr, theirs.indptr)
        assert sparse.dtype == np.float32
        assert sparse.has_canonical_format


def test_ordinal_codes_are_scikit_learns_in_the_order_given():
    order = ["S", "M", "L", "XL"]
    asked = ["XL", "S", "L", "XXL"]
    oracle = OrdinalEncoder(
        categories=[order], handle_unknown="use_encoded_value", unknown_value=-1
    ).fit(column(order))
    ours = ordinal_encoding(order, start=0).encode(asked, unknown="value")
    np.testing.assert_array_equal(ours, oracle.transform(column(asked)))
    assert np.isnan(ordinal_encoding(order).encode(asked, unknown="nan")).ravel().tolist() == [
        False, False, False, True,
    ]  # fmt: skip


def test_what_cannot_be_encoded_says_so():
    with pytest.raises(InvalidParameterError, match="'kahki' is not among the 4 categories"):
        label_encoding(COLORS).encode(["red", "kahki"])
    with pytest.raises(InvalidParameterError, match="'S' stands twice"):
        ordinal_encoding(["S", "M", "S"])
    with pytest.raises(InvalidParameterError, match="There are no categories"):
        one_hot_encoding([])
    with pytest.raises(InvalidParameterError, match="A category is blank"):
        label_encoding(["red", " "])
    with pytest.raises(InvalidParameterError, match="Choose 'first'"):
        categories_of(COLORS, "last")
    with pytest.raises(InvalidParameterError, match="they can be −1"):
        one_hot_sparse([0, 3], 3)


@given(k=st.integers(2, 12), start=st.integers(-3, 3))
def test_labels_lie_on_a_line_and_one_hot_is_sqrt_2_apart(k, start):
    names = [f"c{i}" for i in range(k)]
    labels = pairwise_distances(ordinal_encoding(names, start).vectors)
    np.testing.assert_array_equal(labels, abs(np.subtract.outer(np.arange(k), np.arange(k))))
    one_hot = one_hot_encoding(names).vectors
    np.testing.assert_array_equal(one_hot @ one_hot.T, np.eye(k))  # orthogonal, of length 1
    np.testing.assert_allclose(pairwise_distances(one_hot), np.sqrt(2) * (1 - np.eye(k)))


def test_distances_are_scipys_and_the_extreme_pairs_are_found():
    rows = np.random.default_rng(0).normal(size=(9, 3))
    distances = pairwise_distances(rows)
    np.testing.assert_allclose(distances, cdist(rows, rows), atol=1e-12)
    near, far = extreme_pairs(distances)
    off = distances[~np.eye(9, dtype=bool)]
    assert (distances[near], distances[far]) == (off.min(), off.max())
    for bad in ([1.0, 2.0], [[np.nan]]):
        with pytest.raises(InvalidParameterError, match="finite vectors of shape"):
            pairwise_distances(bad)
    with pytest.raises(InvalidParameterError, match="needs two categories"):
        extreme_pairs(np.zeros((1, 1)))


@pytest.mark.parametrize("n", [1, 10, 1000, MOST_MEASURED])
def test_sizes_are_those_of_real_arrays(n):
    sizes = representation_sizes(n, 64)
    assert sizes.dense_measured
    assert sizes.dense == np.eye(n, dtype=np.float32).nbytes
    real = OneHotEncoder(dtype=np.float32).fit_transform(np.arange(n)[:, None])
    assert sizes.sparse == real.data.nbytes + real.indices.nbytes + real.indptr.nbytes
    assert sizes.embedding == np.zeros((n, 64), dtype=np.float32).nbytes
    assert sizes.label == 4 * n


def test_a_hundred_thousand_films():
    sizes = representation_sizes(100_000, 64)
    assert not sizes.dense_measured  # 40 GB are calculated, by the rule that holds above
    assert sizes.dense == 40_000_000_000
    assert sizes.embedding == 25_600_000
    assert sizes.sparse == 1_200_004
    with pytest.raises(InvalidParameterError, match="Both are at least 1"):
        representation_sizes(0)


def test_a_lookup_is_a_product_with_one_hot():
    W = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    places = [3, 0, 49]
    np.testing.assert_array_equal(one_hot_sparse(places, 50) @ W, W[places])
    times = lookup_times(1000, 8, runs=1)
    assert min(times.dense, times.sparse, times.lookup) > 0


def one_hot(values, _):
    return one_hot_encoding(categories_of(values))


def labels(values, _):
    return label_encoding(values, "sorted")


def test_the_gapminder_table_is_whole():
    data = life_expectancies()
    assert len(set(data.features["country"])) == 142
    assert set(data.features["continent"]) == {"Africa", "Americas", "Asia", "Europe", "Oceania"}
    assert data.years.shape == (1704,)
    assert set(data.features["income"]) == set(INCOME_LEVELS)
    income, years = np.array(data.features["income"]), data.years
    means = [years[income == level].mean() for level in INCOME_LEVELS]
    assert means == sorted(means)  # an ordinal feature whose effect goes one way


@pytest.mark.parametrize("feature", ["continent", "income"])
def test_errors_are_those_of_scikit_learns_linear_regression(feature):
    data = life_expectancies()
    values = data.features[feature]
    from sklearn.model_selection import KFold

    folds = KFold(5, shuffle=True, random_state=0)
    for fit in (labels, one_hot):
        X = fit(values, None).encode(values)
        oracle = cross_val_score(
            LinearRegression(), X, data.years, cv=folds, scoring="neg_root_mean_squared_error"
        )
        ours = cross_validated(values, data.years, fit)
        np.testing.assert_allclose(ours.by_fold, -oracle, rtol=1e-5)
        assert ours.columns == X.shape[1]


def test_a_nominal_feature_is_harmed_by_numbers_and_an_ordinal_one_is_not():
    data = life_expectancies()
    country = data.features["country"]
    none, label, hot, learned = (
        cross_validated(country, data.years, fit).mean
        for fit in (None, labels, one_hot, target_embedding)
    )
    assert none == pytest.approx(label, rel=0.02)  # no better than saying the mean
    assert hot < 0.6 * label
    assert learned == pytest.approx(hot, rel=1e-3)  # with two numbers for 142
    income = data.features["income"]
    right = cross_validated(income, data.years, lambda *_: ordinal_encoding(INCOME_LEVELS)).mean
    alphabet = cross_validated(income, data.years, labels).mean
    hot = cross_validated(income, data.years, one_hot).mean
    assert right < 1.01 * hot < 0.9 * alphabet


@given(seed=st.integers(0, 200))
@settings(max_examples=examples(20, 200))
def test_one_hot_does_not_care_for_the_order_and_labels_do(seed):
    rng = np.random.default_rng(seed)
    names = list("abcdef")
    values = [names[i] for i in rng.integers(6, size=90)]
    target = np.array([{"a": 5.0, "d": -4.0}.get(value, 0.0) for value in values])
    shuffled = [names[i] for i in rng.permutation(6)]
    first = cross_validated(values, target, lambda *_: one_hot_encoding(names))
    second = cross_validated(values, target, lambda *_: one_hot_encoding(shuffled))
    np.testing.assert_allclose(first.by_fold, second.by_fold, atol=1e-9)
    coded = cross_validated(values, target, lambda *_: ordinal_encoding(shuffled))
    assert coded.mean > first.mean


def test_the_line_is_least_squares():
    data = life_expectancies()
    encoding = label_encoding(data.features["continent"], "sorted")
    line = fitted_line(encoding, data.features["continent"], data.years)
    X = encoding.encode(data.features["continent"])
    oracle = LinearRegression().fit(X, data.years)
    np.testing.assert_allclose(line.said, oracle.predict(line.codes[:, None]))
    africa = np.array(data.features["continent"]) == "Africa"
    assert line.means[0] == pytest.approx(data.years[africa].mean())
    assert root_mean_squared_error(data.years, oracle.predict(X)) > 9
    with pytest.raises(InvalidParameterError, match="one number for each category"):
        fitted_line(one_hot_encoding(["a", "b"]), ["a", "b"], [1, 2])


def test_a_linear_model_refuses_what_it_cannot_be_fitted_on():
    with pytest.raises(InvalidParameterError, match="3 values"):
        cross_validated(["a", "b", "c"], [1, 2, 3], labels)  # five folds of three rows
    with pytest.raises(InvalidParameterError, match="finite target"):
        cross_validated(["a", "b"], [1, np.nan], labels, folds=2)
