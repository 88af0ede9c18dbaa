"""Command line: the demo company's seeds and truth, or a large world as Parquet.

python -m scripts.simulate                          the seeds and their truth, as committed
python -m scripts.simulate --seed 3 --out FOLDER    another world's raw CSV (and FOLDER/truth)
python -m scripts.simulate --events 10_000_000 --out FOLDER    Parquet with that many turns
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import World

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Parse the arguments and write what they ask for."""
    parser = argparse.ArgumentParser(prog="python -m scripts.simulate", description=__doc__)
    parser.add_argument(
        "what", nargs="?", choices=["demo"], default="demo", help="the demo company"
    )
    parser.add_argument("--seed", type=int, default=7, help="of every random draw")
    parser.add_argument("--weeks", type=int, default=26, help="length of the period")
    parser.add_argument("--customers", type=int, default=1300, help="true customers")
    parser.add_argument("--events", type=int, help="bulk mode: turns to write as Parquet")
    parser.add_argument("--out", type=Path, help="folder to write to (default: the demo seeds)")
    arguments = parser.parse_args()
    if arguments.events:
        from .bulk import write_bulk

        if arguments.out is None:
            parser.error("--events needs --out FOLDER")
        report = write_bulk(arguments.out, arguments.events, arguments.seed, arguments.weeks)
        print(f"{report.events:,} events in {report.seconds:.1f} s: {report.rate:,.0f} events/s")
        return
    world = World(arguments.seed, arguments.weeks, arguments.customers)
    folder = arguments.out or ROOT / "seeds" / "raw"
    truth = folder / "truth" if arguments.out else ROOT / "tests" / "truth" / "demo"
    world.write_csv(folder)
    world.write_truth(truth)
    print(f"{len(world.interactions):,} interactions in {folder}, their truth in {truth}")


if __name__ == "__main__":
    main()
