"""Whether a part's module does nothing but define."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import random
import sys
import threading
import warnings
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np

from nnframe import registry
from nnframe.errors import ConformanceError, UnknownPartError
from nnframe.testing.check import NotApplicable, check
from nnframe.testing.checks.definition import is_part
from nnframe.testing.subject import Subject

__all__ = ["imports_quietly"]


@check("its module imports without side effects", is_part)
def imports_quietly(subject: Subject) -> None:
    """Importing the module prints nothing, seeds nothing, warns of nothing and changes no setting of the process."""
    module = module_from_spec(_spec(subject))
    before, filters = _settings(), list(warnings.filters)
    out = io.StringIO()
    with warnings.catch_warnings(record=True) as said, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        warnings.simplefilter("always")
        active = list(warnings.filters)
        assert module.__spec__ is not None
        assert module.__spec__.loader is not None
        module.__spec__.loader.exec_module(module)
        changed = [] if list(warnings.filters) == active else ["the filters of warnings"]
    changed += [name for name, value in _settings().items() if value != before[name]]
    name = subject.cls.__module__
    if out.getvalue():
        raise ConformanceError(f"importing {name} prints {out.getvalue().strip()!r:.80}")
    if said:
        raise ConformanceError(f"importing {name} warns: {said[0].message}")
    if changed or list(warnings.filters) != filters:
        raise ConformanceError(f"importing {name} changes {' and '.join(changed)}: leave that to those who use it")


def _spec(subject: Subject) -> ModuleSpec:
    name = subject.cls.__module__
    file = getattr(sys.modules.get(name), "__file__", None)
    if name == "__main__" or not str(file).endswith(".py") or Path(str(file)).name.startswith(("test_", "conftest")):
        raise NotApplicable(f"{subject.name} is defined in {name}, which is no module to be imported")
    with contextlib.suppress(UnknownPartError):
        if registry.registration_of(subject.cls).distribution is None:
            raise NotApplicable(f"{subject.name} is registered in this session, and once is enough")
    places = list(getattr(sys.modules[name], "__path__", ())) or None
    spec = spec_from_file_location(
        name, str(file), loader=SourceFileLoader(name, str(file)), submodule_search_locations=places
    )
    assert spec is not None
    return spec


def _settings() -> dict[str, object]:
    """Return what a module may not touch; a generator's state is compared by its first numbers."""
    return {
        "NumPy's global random numbers": np.random.get_state()[1].tobytes(),  # type: ignore[index] # noqa: NPY002
        "Python's global random numbers": random.getstate(),
        "NumPy's handling of errors": np.geterr(),
        "NumPy's printing": np.get_printoptions(),
        "the environment": dict(os.environ),
        "the path of modules": tuple(sys.path),
        "the working folder": os.getcwd(),  # noqa: PTH109
        "the handlers of the root logger": tuple(logging.getLogger().handlers),
        "the running threads": threading.active_count(),
    }
