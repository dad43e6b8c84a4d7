"""Data from files, and the small sets that come with scikit-learn, as arrays for ``fit``."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.datasets.bundled import BUNDLED as BUNDLED, load_bundled as load_bundled
    from nnframe.datasets.csv import load_csv as load_csv
    from nnframe.datasets.npz import load_npz as load_npz

_HOMES = {"BUNDLED": "bundled", "load_bundled": "bundled", "load_csv": "csv", "load_npz": "npz"}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
