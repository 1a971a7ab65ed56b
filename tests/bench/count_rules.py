# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules that count endmembers, on simulated scenes: prints the table of resources/docs/decisions/6-count-of-endmembers.md.

usage: count_rules.py WSNET [FIRST_SEED [LAST_SEED]]
Every scene has other settings, drawn from its seed. The counts are those that `wsnet info CUBE --count --json` prints. With
WSNET_DATA, those of the real scenes follow.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

DATA = pathlib.Path(os.environ.get("WSNET_DATA", pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"))
RULES = {
    "HySime": lambda count: count["hysime"],
    "HySime, at most 12": lambda count: min(count["hysime"], 12),
    "NWHFC": lambda count: count["nwhfc"],
    "growth ratio": lambda count: count["growth_ratio"],
    "the smaller of NWHFC and growth ratio": lambda count: min(count["nwhfc"], count["growth_ratio"]),
    "the larger of both": lambda count: max(count["nwhfc"], count["growth_ratio"]),
    "**used**": lambda count: count["used"],
    "always 5, the middle of what was simulated": lambda count: 5,
}


def settings(seed: int) -> dict:
    """Options of `wsnet simulate` for a seed."""
    draw = np.random.default_rng(seed)
    options = {
        "--endmembers": int(draw.integers(3, 9)),
        "--snr": int(draw.choice([20, 30, 40])),
        "--variability": round(float(draw.uniform(0, 0.1)), 3),
        "--bilinear": float(draw.choice([0, 0, 0.2])),
        "--bands": int(draw.choice([60, 120, 200])),
        "--seed": seed,
    }
    if draw.random() > 0.6:
        options |= {"--no-dark": None, "--no-rare": None}
    return options


def counts_of(program: str, cube: pathlib.Path) -> dict:
    """What the program counts in a cube."""
    said = subprocess.run([program, "info", str(cube), "--count", "--json"], check=True, capture_output=True, text=True).stdout
    return json.loads(said)["count"]


def scene(program: str, seed: int) -> tuple[dict, dict]:
    """Settings and counts."""
    options = settings(seed)
    words = [str(word) for pair in options.items() for word in pair if word is not None]
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([program, "simulate", "-o", name, "--width", "80", "--height", "80", "--quiet", *words], check=True)
        return options, counts_of(program, pathlib.Path(name) / "cube.tif")


def print_rule(name: str, found: list[tuple[dict, dict]]) -> None:
    """One line of the table."""
    truth = np.array([options["--endmembers"] for options, _ in found])
    snr = np.array([options["--snr"] for options, _ in found])
    error = np.array([RULES[name](count) for _, count in found]) - truth
    size = np.abs(error)
    by_snr = " / ".join(f"{size[snr == value].mean():.1f}" for value in (20, 30, 40))
    print(f"| {name} | {size.mean():.2f} | {np.median(error):+.0f} | {(size <= 1).mean():.2f} | {(size <= 2).mean():.2f} | "
          f"{by_snr} |")


def main(program: str, first: int = 9200, last: int = 9379) -> None:
    """Prints the table, the error of the rule in use by the number of materials, and the real scenes' counts."""
    found = [scene(program, seed) for seed in range(first, last + 1)]
    print("| rule | mean error | median | within 1 | within 2 | mean error at 20 / 30 / 40 dB |\n|---|---|---|---|---|---|")
    for name in RULES:
        print_rule(name, found)
    error = {n: [count["used"] - n for options, count in found if options["--endmembers"] == n] for n in range(3, 9)}
    print("\nMean error by P = 3 to 8: " + ", ".join(f"{np.mean(e):+.1f}" for e in error.values() if e))
    for name in ("samson", "dlr_hysu", "enmap_potsdam", "berlin"):
        if (DATA / name / "cube.tif").exists():
            count = counts_of(program, DATA / name / "cube.tif")
            print(f"{name}: {count['hysime']}, {count['nwhfc']}, {count['growth_ratio']}: {count['used']}")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:4]))
