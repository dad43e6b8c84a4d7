"""Which elements move outputs of their own, so that they can be moved together."""
