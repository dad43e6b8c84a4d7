"""Files that can be trusted: models and checkpoints as safetensors, written atomically and read strictly."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.persistence.checkpoint_file import (
        read_checkpoint as read_checkpoint,
        save_checkpoint as save_checkpoint,
    )
    from nnframe.persistence.model_file import load_model as load_model, save_model as save_model
    from nnframe.persistence.stored_run import StoredRun as StoredRun

_HOMES = {
    "StoredRun": "stored_run",
    "load_model": "model_file",
    "read_checkpoint": "checkpoint_file",
    "save_checkpoint": "checkpoint_file",
    "save_model": "model_file",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
