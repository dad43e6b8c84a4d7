"""The published advice on gradient checking and on first training runs, carried out on a model and its data."""

from nnframe.advice.advice import Advice, AdviceReport, Status
from nnframe.advice.advise import advise
from nnframe.advice.trial import Trial

__all__ = ["Advice", "AdviceReport", "Status", "Trial", "advise"]
