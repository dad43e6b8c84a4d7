"""``python -m tests.campaigns [NAME ...] [--share 0.1]``: runs campaigns, and writes what came of all into ``last.md``.

A campaign is cut into pieces, each a process of its own. What was done at the same commit is not done again: an
interrupted run goes on. With ``--share`` a part of each is run, and nothing is written.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attrs import frozen

ROOT = Path(__file__).parents[2]
DONE, LAST = ROOT / ".campaigns.jsonl", Path(__file__).with_name("last.md")


@frozen
class Campaign:
    """What is tried.

    Attributes:
        title: In words.
        module: What runs a piece: ``python -m MODULE *arguments COUNT SEED``.
        variants: The arguments of each sort of piece.
        count: How many are tried, of each sort.
        piece: How many in one process.
    """

    title: str
    module: str
    count: int
    piece: int
    variants: tuple[tuple[str, ...], ...] = ((),)

    def commands(self, share: float) -> Iterator[tuple[str, ...]]:
        """Iterate over the commands of all pieces."""
        for arguments in self.variants:
            left, seed = max(1, round(self.count * share)), 0
            while left > 0:
                count = min(self.piece, left)
                yield (self.module, *arguments, str(count), str(seed))
                left, seed = left - count, seed + 1


SCENARIOS = tuple((name,) for name in ("save", "load", "fit", "step", "use", "verify", "compiled"))
FILES = "tests.campaigns.mutated_files"
CAMPAIGNS = {
    "files": Campaign("mutated files, loaded and used", FILES, 20_000, 1_000, (("model",),)),
    "checkpoints": Campaign("mutated checkpoints, gone on with", FILES, 2_000, 500, (("run",),)),
    "bombs": Campaign("files with numbers made huge", "tests.campaigns.bombs", 5_000, 1_000),
    "signals": Campaign(
        "signals at random moments",
        "tests.campaigns.signals",
        600,
        300,
        SCENARIOS,
    ),
    "moments": Campaign("signals at chosen moments", "tests.campaigns.each_moment", 1_000, 500, SCENARIOS),
    "compilation": Campaign("signals while loops are compiled", "tests.campaigns.cold_signals", 10, 10),
    "kills": Campaign("processes killed while they saved", "tests.campaigns.killed_saves", 300, 150),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*CAMPAIGNS, []], help="which; by default all")
    parser.add_argument("--share", type=float, default=1.0, help="which part of each, and nothing is written")
    options = parser.parse_args()
    chosen = options.names or list(CAMPAIGNS)
    known = read_done() if options.share == 1 else {}
    results = {name: list(run(CAMPAIGNS[name], options.share, known)) for name in chosen}
    if options.share == 1 and not options.names:
        LAST.write_text(describe(results), encoding="utf-8")
        DONE.unlink(missing_ok=True)
    print(describe(results))
    return int(any(result["wrong"] for pieces in results.values() for result in pieces))


def run(campaign: Campaign, share: float, known: dict[tuple[str, ...], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Run the pieces of a campaign that are not known."""
    for command in campaign.commands(share):
        if command in known:
            yield known[command]
            continue
        started = time.perf_counter()
        process = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
        )
        lines = process.stdout.splitlines()
        if process.returncode or not lines:
            said: dict[str, Any] = {"wrong": [f"ended with {process.returncode}: {process.stderr[-500:]}"]}
        else:
            said = json.loads(lines[-1])
        result = {"tried": int(command[-2]), "seconds": time.perf_counter() - started, **said}
        print(f"{' '.join(command)}: {len(result['wrong'])} wrong, {result['seconds']:.0f} s", flush=True)
        if share == 1:
            with DONE.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"commit": commit(), "command": command, "result": result}) + "\n")
        yield result


def read_done() -> dict[tuple[str, ...], dict[str, Any]]:
    """Return what was done at this commit already."""
    lines = DONE.read_text(encoding="utf-8").splitlines() if DONE.exists() else []
    pieces = [json.loads(line) for line in lines]
    return {tuple(piece["command"]): piece["result"] for piece in pieces if piece["commit"] == commit()}


def commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def describe(results: dict[str, list[dict[str, Any]]]) -> str:
    """Return a page: what was tried, how often, and what was wrong."""
    lines = [
        "# The last campaign",
        "",
        f"`python -m tests.campaigns` at commit {commit()}, {datetime.now(UTC):%Y-%m-%d}.",
        "",
        "| what was tried | how often | wrong | what became of it | seconds |",
        "|---|---:|---:|---|---:|",
    ]
    wrong = []
    for name, pieces in results.items():
        outcomes: dict[str, int] = {}
        for piece in pieces:
            for outcome, count in piece.get("outcomes", {}).items():
                outcomes[outcome] = outcomes.get(outcome, 0) + count
        wrong += [fault for piece in pieces for fault in piece["wrong"]]
        most_first = sorted(outcomes.items(), key=lambda item: -item[1])
        told = ", ".join(f"{outcome} {count:,}" for outcome, count in most_first)
        tried, seconds = (sum(piece[key] for piece in pieces) for key in ("tried", "seconds"))
        faults = sum(len(piece["wrong"]) for piece in pieces)
        lines.append(f"| {CAMPAIGNS[name].title} | {tried:,} | {faults} | {told} | {seconds:.0f} |")
    return "\n".join([*lines, "", *(f"- {fault}" for fault in wrong[:40])]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
