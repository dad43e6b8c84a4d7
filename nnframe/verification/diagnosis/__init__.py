"""From the evidence to findings: the verdict on each gradient, the mistake in it, and what pictures of it show."""
