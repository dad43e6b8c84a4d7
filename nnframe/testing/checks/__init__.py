"""What is asked of a part: one check, or a few related ones, in each module here."""

from nnframe.testing.check import Check
from nnframe.testing.checks.activation import keeps_shape
from nnframe.testing.checks.arguments import leaves_arguments
from nnframe.testing.checks.bad_input import bad_input, refuses_other_shapes
from nnframe.testing.checks.batches import batch_sizes, empty_batch, one_loss_each, parameters_without_batch
from nnframe.testing.checks.callback import callback_keeps_nothing, callback_runs, callback_runs_again
from nnframe.testing.checks.configuration import copies, equality, immutable, json_round_trip, repr_evaluates
from nnframe.testing.checks.constraint import constraint_form, constraint_idempotent, constraint_pure, constraint_zero
from nnframe.testing.checks.definition import is_part
from nnframe.testing.checks.dtypes import keeps_dtype
from nnframe.testing.checks.examples import forward_follows, initialize_takes
from nnframe.testing.checks.gradients import gradients_right
from nnframe.testing.checks.imports import imports_quietly
from nnframe.testing.checks.independence import independent
from nnframe.testing.checks.initializer import initializer_form, initializer_own, initializer_replays
from nnframe.testing.checks.large import stays_finite
from nnframe.testing.checks.metric import (
    metric_batches,
    metric_counted,
    metric_merge,
    metric_number,
    metric_pure,
    metric_weights,
)
from nnframe.testing.checks.modes import both_modes, no_randomness, statistics_recorded
from nnframe.testing.checks.optimizer import OPTIMIZER
from nnframe.testing.checks.own_arrays import parameters_own
from nnframe.testing.checks.pullback import (
    belongs_to_forward,
    called_twice,
    contract,
    gradients_own,
    linear,
    unread_input,
)
from nnframe.testing.checks.registration import registered
from nnframe.testing.checks.regularizer import penalty_form, penalty_gradient, penalty_pure, penalty_zero
from nnframe.testing.checks.replay import replays
from nnframe.testing.checks.schedule import schedule_number, schedule_pure
from nnframe.testing.checks.threads import threads
from nnframe.testing.checks.typing import TYPES

__all__ = ["CHECKS", "TYPES"]

CHECKS: tuple[Check, ...] = (
    # every part
    is_part,
    immutable,
    equality,
    repr_evaluates,
    copies,
    json_round_trip,
    registered,
    imports_quietly,
    # layers, activations, losses
    initialize_takes,
    forward_follows,
    both_modes,
    no_randomness,
    leaves_arguments,
    replays,
    parameters_own,
    parameters_without_batch,
    one_loss_each,
    batch_sizes,
    keeps_shape,
    empty_batch,
    contract,
    gradients_own,
    called_twice,
    belongs_to_forward,
    linear,
    unread_input,
    keeps_dtype,
    statistics_recorded,
    independent,
    stays_finite,
    threads,
    bad_input,
    refuses_other_shapes,
    gradients_right,
    # the other kinds
    initializer_form,
    initializer_replays,
    initializer_own,
    *OPTIMIZER,
    schedule_number,
    schedule_pure,
    penalty_form,
    penalty_pure,
    penalty_zero,
    penalty_gradient,
    constraint_form,
    constraint_pure,
    constraint_zero,
    constraint_idempotent,
    metric_number,
    metric_pure,
    metric_batches,
    metric_merge,
    metric_weights,
    metric_counted,
    callback_runs,
    callback_keeps_nothing,
    callback_runs_again,
)
"""All checks, in the order in which they run: what others build on comes first."""
