"""Print how far the catalogue is from torch, as a Markdown table: python docs/tools/torch_agreement.py

Each row runs the expression that it shows: x is the input or prediction, t the target, and p the parameters by their
names. A difference is the largest one over all draws, as a part of the largest element of torch's result, of the value
and of all gradients together. Layers are channel-last: `first` and `last` move the channels to where torch has them
and back; `rows` puts the gates of a recurrent layer in torch's order; `split` and `joined` part and join heads
(the largest difference of attention is that of the key's bias, whose gradient is 0 but for round-off).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch_layers import layer_differences

from nnframe import registry
from nnframe.interfaces import Progress

ACTIVATIONS: list[tuple[str, dict[str, Any], str]] = [
    ("identity", {}, "torch.nn.Identity()(x)"),
    ("sigmoid", {}, "torch.sigmoid(x)"),
    ("relu", {}, "F.relu(x)"),
    ("tanh", {}, "torch.tanh(x)"),
    ("relu6", {}, "F.relu6(x)"),
    ("leaky_relu", {"slope": 0.3}, "F.leaky_relu(x, 0.3)"),
    ("elu", {"alpha": 1.7}, "F.elu(x, 1.7)"),
    ("selu", {}, "F.selu(x)"),
    ("celu", {"alpha": 0.5}, "F.celu(x, 0.5)"),
    ("gelu", {}, "F.gelu(x)"),
    ("gelu", {"approximate": True}, "F.gelu(x, approximate='tanh')"),
    ("silu", {}, "F.silu(x)"),
    ("mish", {}, "F.mish(x)"),
    ("softplus", {"beta": 2.5}, "F.softplus(x, 2.5, threshold=40)"),
    ("softsign", {}, "F.softsign(x)"),
    ("hard_sigmoid", {}, "F.relu6(x + 3) / 6"),
    ("hard_tanh", {}, "F.hardtanh(x)"),
    ("hard_swish", {}, "F.hardswish(x)"),
    ("exponential", {}, "torch.exp(x)"),
    ("log_sigmoid", {}, "F.logsigmoid(x)"),
    ("softmax", {}, "F.softmax(x, -1)"),
    ("log_softmax", {}, "F.log_softmax(x, -1)"),
    ("glu", {}, "F.glu(x, -1)"),
]

LOSSES: list[tuple[str, dict[str, Any], str, str]] = [
    ("mse", {}, "real", "F.mse_loss(x, t, reduction='none').mean(-1)"),
    ("mae", {}, "real", "F.l1_loss(x, t, reduction='none').mean(-1)"),
    ("huber", {"delta": 2.5}, "real", "F.huber_loss(x, t, reduction='none', delta=2.5).mean(-1)"),
    ("log_cosh", {}, "real", "torch.log(torch.cosh(x - t)).mean(-1)"),
    ("mape", {}, "positive", "((x - t).abs() / t.abs()).mean(-1)"),
    ("msle", {}, "positive", "((x.log1p() - t.log1p()) ** 2).mean(-1)"),
    ("poisson", {}, "positive", "F.poisson_nll_loss(x, t, log_input=False, eps=0, reduction='none').mean(-1)"),
    ("poisson", {"from_logarithm": True}, "real", "F.poisson_nll_loss(x, t, reduction='none').mean(-1)"),
    ("hinge", {}, "signs", "F.relu(1 - t * x).mean(-1)"),
    ("squared_hinge", {}, "signs", "(F.relu(1 - t * x) ** 2).mean(-1)"),
    (
        "gaussian_nll",
        {},
        "pairs",
        "F.gaussian_nll_loss(x[:, :6], t, x[:, 6:].exp(), eps=1e-30, reduction='none').mean(-1)",
    ),
    ("cross_entropy", {"from_logits": True}, "labels", "F.cross_entropy(x, t, reduction='none')"),
    (
        "cross_entropy",
        {"from_logits": True, "label_smoothing": 0.2},
        "labels",
        "F.cross_entropy(x, t, reduction='none', label_smoothing=0.2)",
    ),
    ("cross_entropy", {}, "shares", "-(t * x.log()).sum(-1)"),
    (
        "binary_cross_entropy",
        {"from_logits": True},
        "real",
        "F.binary_cross_entropy_with_logits(x, t, reduction='none').mean(-1)",
    ),
    ("binary_cross_entropy", {}, "shares", "F.binary_cross_entropy(x, t, reduction='none').mean(-1)"),
    ("nll", {}, "labels", "F.nll_loss(x, t, reduction='none')"),
    ("kl_divergence", {}, "shares", "F.kl_div(x.log(), t, reduction='none').sum(-1)"),
    ("cosine_similarity", {}, "real", "1 - F.cosine_similarity(x, t, -1)"),
    (
        "focal",
        {},
        "yes or no",
        "((0.75 - t / 2) * (t - x.sigmoid()) ** 2 * F.softplus(x - 2 * t * x)).mean(-1)",
    ),
    (
        "categorical_hinge",
        {},
        "labels",
        "F.relu(1 + x.scatter(1, t[:, None], -torch.inf).amax(-1) - x.gather(1, t[:, None])[:, 0])",
    ),
]

OPTIMIZERS: list[tuple[str, dict[str, Any], str]] = [
    ("sgd", {"momentum": 0.9, "nesterov": True}, "SGD([p], rate, momentum=0.9, nesterov=True)"),
    ("rmsprop", {"momentum": 0.5, "centred": True}, "RMSprop([p], rate, momentum=0.5, centered=True)"),
    ("adagrad", {}, "Adagrad([p], rate)"),
    ("adadelta", {}, "Adadelta([p], rate)"),
    ("adam", {}, "Adam([p], rate)"),
    ("adam", {"amsgrad": True}, "Adam([p], rate, amsgrad=True)"),
    ("adamw", {"decay": 0.2}, "AdamW([p], rate, weight_decay=0.2)"),
    ("adamax", {}, "Adamax([p], rate)"),
    ("nadam", {}, "NAdam([p], rate)"),
    ("radam", {}, "RAdam([p], rate)"),
]

SCHEDULES: list[tuple[str, dict[str, Any], str]] = [
    ("constant", {"rate": 0.3}, "ConstantLR(o, 1.0)"),
    ("step", {"base": 0.3, "every": 30, "factor": 0.4}, "StepLR(o, 30, 0.4)"),
    ("multi_step", {"base": 0.3, "milestones": (20, 90)}, "MultiStepLR(o, [20, 90])"),
    ("exponential", {"base": 0.3, "factor": 0.97}, "ExponentialLR(o, 0.97)"),
    ("cosine", {"base": 0.3, "length": 200}, "CosineAnnealingLR(o, 200)"),
    ("cosine_restarts", {"base": 0.3, "length": 10, "growth": 3}, "CosineAnnealingWarmRestarts(o, 10, 3)"),
    ("linear", {"base": 0.3, "end": 0.06, "length": 50}, "LinearLR(o, 1.0, 0.2, 50)"),
    ("polynomial", {"base": 0.3, "length": 120, "power": 1.7}, "PolynomialLR(o, 120, 1.7)"),
    ("one_cycle", {"peak": 0.3, "length": 201}, "OneCycleLR(o, 0.3, total_steps=201)"),
    ("inverse_time", {"base": 0.3, "factor": 0.05}, "LambdaLR(o, lambda s: 1 / (1 + 0.05 * s))"),
    (
        "noam",
        {"features": 64, "warm_up": 40, "factor": 0.3},
        "LambdaLR(o, lambda s: 64**-0.5 * min((s + 1) ** -0.5, (s + 1) * 40**-1.5))",
    ),
    (
        "warm_up",
        {"then": {"name": "exponential", "base": 0.3, "factor": 0.97}, "length": 20, "start": 0.1},
        "SequentialLR(o, [LinearLR(o, 0.1, 1.0, 20), ExponentialLR(o, 0.97)], [20])",
    ),
    (
        "sequence",
        {
            "schedules": [
                {"name": "exponential", "base": 0.3, "factor": 0.9},
                {"name": "step", "base": 0.3, "every": 30},
            ],
            "milestones": (40,),
        },
        "SequentialLR(o, [ExponentialLR(o, 0.9), StepLR(o, 30, 0.1)], [40])",
    ),
    ("on_plateau", {"base": 0.3, "patience": 5}, "ReduceLROnPlateau(o, patience=5, eps=0)"),
]

DRAWS: Mapping[str, Callable[[np.random.Generator], tuple[Any, Any]]] = {
    "real": lambda rng: (3 * rng.normal(size=(8, 6)), rng.random((8, 6))),
    "positive": lambda rng: (rng.exponential(size=(8, 6)), 1.0 + rng.poisson(2.0, (8, 6))),
    "signs": lambda rng: (rng.normal(size=(8, 6)), rng.choice([-1.0, 1.0], (8, 6))),
    "pairs": lambda rng: (rng.normal(size=(8, 12)), rng.normal(size=(8, 6))),
    "yes or no": lambda rng: (3 * rng.normal(size=(8, 6)), rng.integers(0, 2, (8, 6)).astype(float)),
    "labels": lambda rng: (3 * rng.normal(size=(8, 6)), rng.integers(0, 6, 8)),
    "shares": lambda rng: (rng.dirichlet(np.full(6, 5.0), 8), rng.dirichlet(np.ones(6), 8)),
}


def run(expression: str, **names: Any) -> Any:
    """Run an expression of the tables above."""
    known = {
        **vars(torch.optim),
        **vars(torch.optim.lr_scheduler),
        "torch": torch,
        "F": torch.nn.functional,
        "inf": np.inf,
    }
    return eval(expression, known, names)


def distance(ours: Any, theirs: Any) -> float:
    """Return the largest difference, as a part of the largest element."""
    theirs = theirs.detach().numpy()
    return float(np.abs(ours - theirs).max() / max(np.abs(theirs).max(), 1e-30))


def compare(forward: Callable[[Any], Any], expression: str, x: Any, **names: Any) -> float:
    """Return the distance of value and gradient at x."""
    leaf = torch.tensor(x, requires_grad=True)
    expected = run(expression, x=leaf, **names)
    y, pullback = forward(x)
    upstream = np.random.default_rng(1).normal(size=y.shape).astype(x.dtype)
    expected.backward(torch.tensor(upstream))
    return max(distance(y, expected), distance(pullback(upstream), leaf.grad))


def activations(dtype: str) -> Iterator[tuple[str, dict[str, Any], str, float]]:
    """Compare activations over inputs small and large."""
    for name, options, expression in ACTIVATIONS:
        part = registry.activations.create(name, **options)
        draws = [np.random.default_rng(seed).normal(size=(8, 6)) * 10 ** (seed % 3 - 1) for seed in range(60)]
        yield name, options, expression, max(compare(part.forward, expression, x.astype(dtype)) for x in draws)


def losses(dtype: str) -> Iterator[tuple[str, dict[str, Any], str, float]]:
    """Compare losses."""
    for name, options, draw, expression in LOSSES:
        part, worst = registry.losses.create(name, **options), 0.0
        for seed in range(60):
            x, t = DRAWS[draw](np.random.default_rng(seed))
            t = t.astype(dtype) if t.dtype.kind == "f" else t

            def forward(x: Any, t: Any = t) -> Any:
                return part.forward(x, t)  # noqa: B023

            worst = max(worst, compare(forward, expression, x.astype(dtype), t=torch.tensor(t)))
        yield name, options, expression, worst


def optimizers(dtype: str) -> Iterator[tuple[str, dict[str, Any], str, float]]:
    """Compare the parameter over 200 steps."""
    for name, options, expression in OPTIMIZERS:
        rng, worst = np.random.default_rng(0), 0.0
        ours = rng.normal(size=12).astype(dtype)
        tensor = torch.tensor(ours.copy(), requires_grad=True)
        rule, reference = registry.optimizers.create(name, **options), run(expression, p=tensor, rate=0.01)
        slots = rule.initialize(ours)
        for step in range(1, 201):
            noise = rng.normal(size=12).astype(dtype)
            tensor.grad = torch.tensor(tensor.detach().numpy() + noise)
            rule.update(ours, ours + noise, slots, step, 0.01)
            reference.step()
            worst = max(worst, distance(ours, tensor))
        yield name, options, expression, worst


def schedules(_: str) -> Iterator[tuple[str, dict[str, Any], str, float]]:
    """Compare the learning rate over 200 steps; where a schedule looks at the loss, each is an epoch."""
    noise = np.random.default_rng(0).normal(size=200)
    monitored = tuple((np.maximum(1 - np.arange(200) / 60, 0.2) + 0.02 * noise).tolist())
    for name, options, expression in SCHEDULES:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.3)
        reference, worst = run(expression, o=optimizer), 0.0
        schedule = registry.schedules.resolve({"name": name, **options})
        for step in range(200):
            ours = schedule(Progress(step=step, epoch=step, monitored=monitored[:step]))
            worst = max(worst, abs(ours - optimizer.param_groups[0]["lr"]) / 0.3)
            optimizer.step()
            reference.step(*([monitored[step]] if name == "on_plateau" else []))
        yield name, options, expression, worst


def main() -> None:
    torch.set_default_dtype(torch.float64)
    warnings.simplefilter("ignore")  # torch warns of its own ways of using itself
    print(
        "# Agreement with torch\n\nPrinted by `python docs/tools/torch_agreement.py`; "
        "the tests ask the same of the parts, over shapes that are drawn.\n"
    )
    print(__doc__.partition("\n\n")[2].rstrip())
    for title, table in (
        ("Layers", layer_differences),
        ("Activations", activations),
        ("Losses", losses),
        ("Optimizers, over 200 steps", optimizers),
        ("Schedules, over 200 steps", schedules),
    ):
        print(f"\n## {title}\n\n| part | torch {torch.__version__} | float64 | float32 |\n|---|---|---|---|")
        for (name, options, expression, double), single in zip(table("float64"), table("float32"), strict=True):
            listed = ", ".join(f"{key}={value!r}" for key, value in options.items())
            part = f"`{name}({listed})`" if options else f"`{name}`"
            print(f"| {part} | `{expression}` | {double:.1e} | {single[-1]:.1e} |")


if __name__ == "__main__":
    main()
