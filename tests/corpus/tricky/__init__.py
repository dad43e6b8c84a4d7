"""Right functions at difficult points, by family. Importing this package fills ``TRICKY``."""

from tests.corpus.tricky import conditioning, domains, kinks, layouts, manners, noise, precision, scales

__all__ = ["conditioning", "domains", "kinks", "layouts", "manners", "noise", "precision", "scales"]
