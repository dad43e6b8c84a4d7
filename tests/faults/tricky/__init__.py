"""Right functions at points where it is hard to tell. Importing this package fills ``TRICKY``."""
