"""What is restored, or kept in a checkpoint, are the parameters that were measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

from nnframe import Model
from nnframe.callbacks import EMA, Checkpoint, EarlyStopping
from nnframe.errors import ConfigurationError, FileFormatError
from nnframe.optimizers import SGD
from nnframe.persistence.archive import Archive, read_archive, write_archive
from nnframe.persistence.document import read_document, write_document
from nnframe.persistence.stored_run import StoredRun
from nnframe.training import History
from tests.samples.runs import LABELS, X, classifier, line

ORDERS = {
    "ema first": lambda *others: [EMA(0.9), *others],
    "ema last": lambda *others: [*others, EMA(0.9)],
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_early_stopping_restores_the_averages_that_were_measured(order: Any) -> None:
    model = line()
    history = model.fit(
        X,
        2 * X[:, :1],
        optimizer=SGD(0.3),
        epochs=6,
        validation_data=(X, 2 * X[:, :1]),
        callbacks=order(EarlyStopping(patience=9, restore_best=True)),
        progress=False,
    )
    assert model.evaluate(X, 2 * X[:, :1])["loss"] == min(history["val_loss"])


@pytest.mark.parametrize("monitor", [None, "val_loss"])
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_a_checkpoint_holds_the_averages_that_were_measured_and_resumes_to_the_bit(
    tmp_path: Path, order: Any, monitor: str | None
) -> None:
    y, path = 2 * X[:, :1], tmp_path / "run.safetensors"
    options: dict[str, Any] = {"optimizer": SGD(0.1, momentum=0.9), "validation_data": (X, y), "progress": False}

    def run(epochs: int, **more: Any) -> tuple[Model, History]:
        model = line()
        callbacks = order(Checkpoint(path, monitor=monitor))
        return model, model.fit(X, y, epochs=epochs, batch_size=7, callbacks=callbacks, **options, **more)

    _, part = run(3)
    saved = Model.load(path).evaluate(X, y)["loss"]
    assert saved == (part.last["val_loss"] if monitor is None else min(part["val_loss"]))
    assert part.best() == 3, "else the checkpoint is of an earlier epoch"
    resumed, later = run(6, resume=path)
    whole, history = run(6)
    assert later.epochs == history.epochs
    assert resumed.to_vector().tobytes() == whole.to_vector().tobytes()


def test_a_training_loss_is_kept_with_the_parameters_that_had_it() -> None:
    y = 2 * X[:, :1]
    model, plain = line(), line()
    options: dict[str, Any] = {"optimizer": SGD(0.1), "epochs": 3, "validation_data": (X, y), "progress": False}
    model.fit(X, y, callbacks=[EMA(0.9), EarlyStopping("loss", restore_best=True)], **options)
    plain.fit(X, y, callbacks=[EarlyStopping("loss", restore_best=True)], **options)
    assert model.to_vector().tobytes() == plain.to_vector().tobytes()


def test_two_averages_leave_training_alone() -> None:
    y = 2 * X[:, :1]
    plain, averaged = line(), line()
    options: dict[str, Any] = {"epochs": 3, "validation_data": (X, y), "progress": False}
    plain.fit(X, y, **options)
    averaged.fit(X, y, callbacks=[EMA(0.5, keep_at_end=False), EMA(0.9, keep_at_end=False)], **options)
    assert plain.to_vector().tobytes() == averaged.to_vector().tobytes()


def test_a_checkpoint_whose_values_in_training_are_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    y = X[:, :1]
    line().fit(X, y, validation_data=(X, y), callbacks=[EMA(0.9), Checkpoint(path)], progress=False)
    archive = read_archive(path)
    document = read_document(archive.metadata)
    assert document.training is not None
    StoredRun.read(str(path), document, archive.arrays)
    damaged = attrs.evolve(document, training={**document.training, "parameters": [1.0]})
    with pytest.raises(FileFormatError, match="table of arrays"):
        StoredRun.read(str(path), damaged, archive.arrays)


def test_a_checkpoint_of_mode_min_is_gone_on_with_by_auto_and_of_the_other_way_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"

    def run(epochs: int, stop: EarlyStopping, **more: Any) -> History:
        return classifier().fit(
            X, LABELS, epochs=epochs, metrics=["accuracy"], callbacks=[stop, Checkpoint(path)], progress=False, **more
        )

    run(1, EarlyStopping("loss", "min"))
    assert len(run(2, EarlyStopping("loss"), resume=path)) == 2
    run(1, EarlyStopping("accuracy", "min"))
    with pytest.raises(ConfigurationError, match="mode='min'"):
        run(2, EarlyStopping("accuracy"), resume=path)


def test_a_checkpoint_from_the_middle_of_an_epoch_resumes_also_without_the_lost_digits(tmp_path: Path) -> None:
    """As nnframe 0.1.0 wrote it: the sum of the losses, a whole number of examples, the states."""
    path = tmp_path / "run.safetensors"

    def run(**more: Any) -> tuple[Model, History]:
        model = line()
        callbacks = [Checkpoint(path, every=2, unit="step")]
        history = model.fit(
            X, X[:, :1], epochs=2, batch_size=20, metrics=["mae"], callbacks=callbacks, progress=False, **more
        )
        return model, history

    whole, history = run()
    archive = read_archive(path)
    document = read_document(archive.metadata)
    assert document.training is not None
    total, weight, states, _ = document.training["measures"]["tuple"]  # type: ignore[index]
    training = {**document.training, "measures": {"tuple": [total, int(weight), states]}}
    older = attrs.evolve(document, training=training)
    write_archive(path, Archive(write_document(older), archive.arrays))
    resumed, later = run(resume=path)
    assert resumed.to_vector().tobytes() == whole.to_vector().tobytes()
    assert later["loss"] == pytest.approx(history["loss"], rel=1e-15)
