# SPDX-License-Identifier: GPL-2.0-or-later
"""What estimating the illumination does on scenes where it is weak or strong: prints what resources/docs/method.md says of it.

usage: illumination_table.py WSNET
"""
import pathlib
import sys
import tempfile

import numpy as np
from runs import better_classical, library, row, scores, wsnet

SEEDS = (211, 212, 213, 214)


def once(program: str, folder: pathlib.Path, *options: object) -> list[float]:
    """RMSE over that of the better classical method, coverage, and coverage of weak entries."""
    wsnet(program, "train", folder / "cube.tif", "-o", folder / "m.wsn", *library(folder), *options)
    said = scores(program, folder, folder / "m.wsn")
    return [said["rmse_class_mean"] / better_classical(program, folder), said["coverage"], said["coverage_weak"]]


def main(program: str) -> None:
    row(["illumination of the scene", "training", "RMSE / better classical", "coverage", "of weak entries"])
    print("|---" * 5 + "|")
    for spread in (0, 0.15, 0.3, 0.5):
        found = {("--illumination", 0.15): [], (): []}
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                wsnet(program, "simulate", "-o", folder, "--seed", seed, "--snr", 20, "--illumination", spread)
                for options, rows in found.items():
                    rows.append(once(program, pathlib.Path(folder), "--seed", seed, *options))
        for options, rows in found.items():
            row([str(spread), " ".join(map(str, options)) or "default", *np.mean(rows, axis=0)])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
