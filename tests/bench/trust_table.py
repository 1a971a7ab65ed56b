# SPDX-License-Identifier: GPL-2.0-or-later
"""How much corrections on a scene differ from those on simulated pixels: prints what resources/docs/method.md says of trust.

usage: trust_table.py WSNET [DATA]
"""
import json
import pathlib
import sys
import tempfile

import numpy as np
from runs import library, row, wsnet

SEEDS = (205, 207, 209)
AS_SIMULATED = {
    "20 dB": (), "40 dB, variability 0.03": ("--snr", 40, "--variability", 0.03),
    "40 dB, variability 0": ("--snr", 40, "--variability", 0), "30 dB, variability 0.1": ("--snr", 30, "--variability", 0.1),
    "40 dB, illumination 0": ("--snr", 40, "--illumination", 0), "20 dB, illumination 0.3": ("--illumination", 0.3),
    "40 dB, bilinear": ("--snr", 40, "--bilinear", 1), "20 dB, 3 materials": ("--endmembers", 3),
    "30 dB, 8 materials": ("--snr", 30, "--endmembers", 8), "40 dB, no dark one": ("--snr", 40, "--no-dark"),
    "20 dB, 40 x 40 pixels": ("--width", 40, "--height", 40)}
TRAININGS = {"": (), "scaled": ("--mixing", "scaled"), "illumination 0.02 expected": ("--illumination", 0.02)}


def trained(program: str, cube: pathlib.Path, model: pathlib.Path, *options: object) -> tuple[float, float]:
    """Mean square of corrections over that on simulated pixels, and the trust that follows."""
    wsnet(program, "train", cube, "-o", model, *options)
    said = json.loads(wsnet(program, "info", model, "--json"))["metadata"]
    return float(said["correction_ratio"]), float(said["trust"])


def line(scene: str, training: str, found: list[tuple[float, float]]) -> None:
    ratios, trusts = zip(*found)
    row([scene, training or "default", f"{min(ratios):.2f} to {max(ratios):.2f}", np.mean(trusts)])


def main(program: str, data: str | None) -> None:
    row(["scene", "training", "mean square over that of simulated pixels", "mean trust"])
    print("|---" * 4 + "|")
    with tempfile.TemporaryDirectory() as root:
        folder = pathlib.Path(root)
        for scene, options in AS_SIMULATED.items():
            found = {training: [] for training in TRAININGS}
            for seed in SEEDS:
                wsnet(program, "simulate", "-o", folder, "--seed", seed, *options)
                for training, more in TRAININGS.items():
                    found[training].append(
                        trained(program, folder / "cube.tif", folder / "m.wsn", *library(folder), "--seed", seed, *more))
            for training, pairs in found.items():
                line(scene, training, pairs)
        for name, more in (("samson", ("-p", 3)), ("dlr_hysu", ("-p", 6))) if data else ():
            for mixing in ("linear", "scaled"):
                cube = pathlib.Path(data) / name / "cube.tif"
                line(name, mixing, [trained(program, cube, folder / "m.wsn", *more, "--mixing", mixing, "--seed", seed)
                                    for seed in SEEDS])


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else None)
