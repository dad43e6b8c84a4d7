"""StoredRun: a run that was interrupted, as its checkpoint has it, and how another run goes on from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from attrs import frozen

from nnframe.composition.spec import spec_of_network
from nnframe.errors import ConfigurationError, FileFormatError
from nnframe.paths import show_path
from nnframe.persistence.archive import Arrays
from nnframe.persistence.decoding import Decoder
from nnframe.persistence.document import Document
from nnframe.persistence.encoding import fields_of
from nnframe.persistence.likeness import check_like, check_nan, check_position, check_remembered
from nnframe.persistence.model_file import TRAINING, values_of
from nnframe.persistence.parts import NamedPart, resolve_as_named
from nnframe.strict_json import write_json
from nnframe.training.snapshot import GeneratorState, Snapshot, restore, snapshot_of

if TYPE_CHECKING:
    from nnframe.training.loop import TrainingRun

__all__ = ["CALLBACKS", "PARAMETERS", "PLAIN", "StoredRun"]

CALLBACKS = "callbacks"
"""What callbacks remember, each with what it is."""

PARAMETERS = "parameters"
"""The values in training, where those of the model in the file are others: averages, for example."""

PLAIN = [name for name in fields_of(Snapshot) if name not in ("listeners", CALLBACKS)]
"""The fields of a snapshot that are written as they are."""


@frozen(eq=False)
class StoredRun:
    """A run that was interrupted.

    Attributes:
        path: The file.
        spec: The configuration of its model.
        parts: What that is made of.
        values: The values of its model in training, by path.
        training: Where it was, as JSON.
        decoder: Reads that.
        start: The state of the model's generator before the run drew anything.
    """

    path: str
    spec: Mapping[str, object]
    parts: Sequence[NamedPart]
    values: Arrays
    training: Mapping[str, object]
    decoder: Decoder
    start: GeneratorState

    @classmethod
    def read(cls, path: str, document: Document, arrays: Arrays) -> StoredRun:
        """Check what can be checked before there is a run to compare it with."""
        training = document.training
        if training is None:
            raise FileFormatError("it is a model, and no checkpoint: nothing says where its training was")
        if set(training) - {PARAMETERS} != {*PLAIN, CALLBACKS}:
            raise FileFormatError(f"where the training was is described by {sorted(training)!r:.200}")
        own = {name.removeprefix(TRAINING): each for name, each in arrays.items() if name.startswith(TRAINING)}
        decoder = Decoder(own)
        generators = decoder.decode(training["generators"])
        if not isinstance(generators, dict) or set(generators) != {"start", "epoch", "now"}:
            raise FileFormatError("the states of the random generator are missing")
        for state in generators.values():
            _check_generator(state)
        values = values_of(document, arrays)
        if PARAMETERS in training:
            values = _as_arrays(decoder.decode(training[PARAMETERS]))
        return cls(path, document.spec, document.parts, values, training, decoder, generators["start"])

    def restore(self, run: TrainingRun) -> None:
        """Bring a run, of which every callback has been started, to where the interrupted one was.

        Raises:
            ConfigurationError: It is of another model, or has other settings.
            FileFormatError: The checkpoint is damaged.
        """
        fresh = snapshot_of(run)
        try:
            self._compare(run, fresh)
            values: dict[str, Any] = {}
            for name in PLAIN:
                values[name] = self.decoder.decode(self.training[name], getattr(fresh, name))
                if name == "measures" and isinstance(values[name], tuple) and len(values[name]) == 3:
                    values[name] += (fresh.measures[3],)  # nnframe 0.1.0 kept no lost digits
                check_like(values[name], getattr(fresh, name), name, exactly=name == "slots")
            snapshot = Snapshot(**values, listeners=fresh.listeners, callbacks=self._callbacks(run, fresh))
            check_position(snapshot, fresh, run.moment.steps_per_epoch)
            for parameter, slot in zip(run.optimization.parameters, snapshot.slots, strict=True):
                check_nan(slot, self.values[parameter.path], f"slots of {parameter.path}")
        except FileFormatError as error:
            raise FileFormatError(f"{show_path(self.path)}: {error.message}") from error
        restore(run, snapshot, self.path)
        for path, value in self.values.items():
            run.network.parameters[path].value[...] = value

    def _compare(self, run: TrainingRun, fresh: Snapshot) -> None:
        with resolve_as_named(self.parts):  # spells names as the file does
            spec = spec_of_network(run.network, defaults=True)
        for key in {**spec, **self.spec}:
            if write_json(spec.get(key)) != write_json(self.spec.get(key)):
                raise ConfigurationError(
                    f"{show_path(self.path)} is a checkpoint of another model: its {key!r} differs"
                )
        for path, parameter in run.network.parameters.items():
            value = self.values.get(path)
            if value is None or value.shape != parameter.value.shape or value.dtype != parameter.value.dtype:
                raise FileFormatError(f"it has no {parameter.value.dtype} {parameter.value.shape} for {path}")
        if len(self.values) != len(run.network.parameters):
            raise FileFormatError("it has values that are no parameters of the model")
        settings = self.training["settings"]
        stored = settings.get("table") if isinstance(settings, dict) else None
        for name, here in fresh.settings.items():
            there = stored.get(name) if isinstance(stored, dict) else None
            if write_json(there) != write_json(here):
                raise ConfigurationError(
                    f"{show_path(self.path)} cannot be gone on from exactly: its run had {name} = {there!r:.120}, "
                    f"and this one has {here!r:.120}"
                )

    def _callbacks(self, run: TrainingRun, fresh: Snapshot) -> list[object]:
        stored = self.training[CALLBACKS]
        if not isinstance(stored, list) or not all(isinstance(each, dict) and "part" in each for each in stored):
            raise FileFormatError("what the callbacks remembered is missing")
        left = list(stored)
        states = list(fresh.callbacks)
        for index, listener in enumerate(fresh.listeners):
            found = next((each for each in left if each["part"] == listener), None)
            if found is not None:
                left.remove(found)
                states[index] = self.decoder.decode(found.get("state"), states[index])
                check_like(states[index], fresh.callbacks[index], listener)
                check_remembered(states[index], self.values, listener)
                epoch = self.training["epoch"]
                run.callbacks[index].check_state(states[index], run.moment, epoch if isinstance(epoch, int) else 0)
        if left:
            raise ConfigurationError(
                f"{show_path(self.path)} cannot be gone on from exactly: its run had the callback "
                f"{left[0]['part']!s:.120}, and this one has not"
            )
        return states


def _check_generator(state: object) -> None:
    try:
        np.random.default_rng(0).bit_generator.state = cast("Mapping[str, Any]", state)
    except Exception as cause:  # NumPy trusts whoever hands it a state.
        raise FileFormatError(f"a state of the random generator cannot be: {cause!s:.120}") from cause


def _as_arrays(values: object) -> Arrays:
    if not isinstance(values, dict) or not all(isinstance(each, np.ndarray) for each in values.values()):
        raise FileFormatError("the values in training must be a table of arrays")
    return values
