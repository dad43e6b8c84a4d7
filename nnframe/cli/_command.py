"""Command: a command whose exit code 2 means something, so that a wrong call must exit with another."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

__all__ = ["Command"]

WRONG_CALL, COULD_NOT_RUN = 2, 3


class Command(TyperCommand):
    """Exits with 3, could not run, where its options or arguments are wrong; Typer's own commands with 2."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Read the command line."""
        try:
            return super().make_context(*arguments, **options)
        except Exception as error:
            if getattr(error, "exit_code", None) == WRONG_CALL:
                error.exit_code = COULD_NOT_RUN  # type: ignore[attr-defined]
            raise
