"""What pytest leaves alone: files that put cases into a list when they are imported, and must be imported once only."""

collect_ignore_glob = ["functions/*", "handwritten/*", "tricky/*"]
