"""The context for the layers behind the first: made once, and again when the context has been changed."""

import numpy as np
import pytest

from nnframe.composition.contract import ContractObserver
from nnframe.interfaces import Context


def test_where_the_gradient_is_read_anyway_it_is_the_context_itself():
    context = Context()
    assert context.hidden is context


def test_it_is_made_once_and_leaves_its_records_in_the_same_place():
    context = Context(True, np.random.default_rng(0), input_gradient=False)
    hidden = context.hidden
    assert hidden is context.hidden
    assert (hidden.training, hidden.rng, hidden.input_gradient) == (True, context.rng, True)
    hidden.record("old", "new")
    assert context.recorded == [("old", "new")]


@pytest.mark.parametrize(
    ("name", "value"), [("observer", ContractObserver()), ("mask", np.ones((1, 1), bool)), ("training", True)]
)
def test_a_change_of_the_context_is_one_of_it(name, value):
    context = Context(input_gradient=False)
    before = context.hidden
    setattr(context, name, value)
    assert context.hidden is not before
    assert getattr(context.hidden, name) is value
