# SPDX-License-Identifier: GPL-2.0-or-later
"""What estimating the illumination does on scenes where it is weak or strong: prints what resources/docs/method.md says of it.

usage: illumination_table.py WSNET
"""
import json
import pathlib
import sys
import tempfile

import numpy as np
from runs import library, read, row, scores, write_like, wsnet

SEEDS = (211, 212, 213, 214)


def better_classical(program: str, folder: pathlib.Path) -> float:
    """RMSE of FCLS or of NNLS over its sum, whichever is less."""
    errors = []
    for method in ("fcls", "nnls"):
        answer = folder / f"{method}.tif"
        wsnet(program, "unmix", folder / "m.wsn", folder / "cube.tif", "-o", answer, "--method", method, "--bands",
              "abundance")
        if method == "nnls":
            values = read(answer)
            write_like(answer, folder / "shares.tif", values / np.maximum(values.sum(axis=0), 1e-12))
            answer = folder / "shares.tif"
        said = json.loads(wsnet(program, "score", answer, "--truth", folder / "truth.tif", "--json"))
        errors.append(said["rmse_class_mean"])
    return min(errors)


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
