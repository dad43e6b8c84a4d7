"""A group of commands, which shows its help where none of them is named."""

from __future__ import annotations

import typer

__all__ = ["make_group", "show_help"]


def make_group(text: str | None = None, epilog: str | None = None) -> typer.Typer:
    """Return an empty group of commands, with what its help says of it."""
    return typer.Typer(
        help=text,
        epilog=epilog,
        callback=show_help,
        invoke_without_command=True,
        pretty_exceptions_enable=False,
        context_settings={"max_content_width": 100},
    )


def show_help(context: typer.Context) -> None:
    """Show the help of a group where no command follows."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
