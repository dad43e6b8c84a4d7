"""Detection of structure: which elements of a variable move outputs of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnframe.verification import verify_pullback
from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.sparsity.detection import find_partition
from tests.verification.functions import dense, dense_values


def detect(call: Any, values: dict[str, Any], path: str) -> Partition:
    function = FunctionUnderTest(values, call)
    output = function.compute_output(function.copy_values())
    evaluator = Evaluator(function, output, [np.ones_like(output)], 2.0**-53)
    return find_partition(evaluator, path, np.random.default_rng(0))


def test_columns_of_a_dense_weight_and_rows_of_its_input_are_separable() -> None:
    p, x = dense_values(5, 20, 16)

    def call(values: Any) -> Any:
        return dense(values, values["input"])

    values = {**p, "input": x}
    assert detect(call, values, "weight").pairs == ((1, 1),)
    assert detect(call, values, "bias").pairs == ((0, 1),)
    assert detect(call, values, "input").pairs == ((0, 0),)


def test_a_softmax_is_separable_by_rows_alone() -> None:
    def call(values: Any) -> Any:
        shares = np.exp(values["input"])
        return shares / shares.sum(1, keepdims=True), None

    assert detect(call, {"input": np.random.default_rng(0).normal(size=(8, 8))}, "input").pairs == ((0, 0),)


def test_a_wide_layer_needs_as_few_forwards_as_it_has_inputs() -> None:
    report = verify_pullback(dense, *dense_values(8, 30, 500))
    assert report.passed
    assert report["weight"].coverage is not None
    assert report["weight"].coverage.one_by_one == 15_000
    assert report.forwards < 250
