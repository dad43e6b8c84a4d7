"""An experiment in one file: data, model, verification, training, evaluation and saving, read from TOML and run."""

from nnframe.experiment.plan import Plan, read_plan
from nnframe.experiment.run import Outcome, run_plan

__all__ = ["Outcome", "Plan", "read_plan", "run_plan"]
