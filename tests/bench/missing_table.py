# SPDX-License-Identifier: GPL-2.0-or-later
"""How often a missing endmember is warned of, and a complete library is not: prints what resources/docs/method.md says of it.

usage: missing_table.py WSNET
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from runs import library, names_of, row, wsnet


def warned(program: str, folder: pathlib.Path, seed: int, noise: float, variability: float, illumination: float,
           materials: int) -> list[bool]:
    """Whether it warned with the whole library, then without each material: ordinary ones, the dark one, the rare one."""
    wsnet(program, "simulate", "-o", folder, "--width", 50, "--height", 50, "--bands", 100, "--seed", seed, "--snr", noise,
          "--variability", variability, "--illumination", illumination, "--endmembers", materials)
    names, found = names_of(folder), []
    for missing in [None, *names]:
        words = ["classical", folder / "cube.tif", "-o", folder / "a.tif",
                 *library(folder, [name for name in names if name != missing])]
        said = subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=True).stderr
        found.append("probably missing" in said)
    return found


def main(program: str) -> None:
    row(["dB", "variability", "illumination", "complete", "without an ordinary one", "without the dark one",
         "without the rare one"])
    print("|---" * 7 + "|")
    for noise in (10, 20, 30, 40):
        for variability, illumination in ((0, 0.15), (0.05, 0.15), (0.1, 0.3)):
            found = []
            with tempfile.TemporaryDirectory() as root:
                for seed in (801, 802, 803, 804):
                    for materials in (4, 6):
                        found.append(warned(program, pathlib.Path(root), seed, noise, variability, illumination, materials))
            ordinary = [one for said in found for one in said[1:-2]]
            row([str(noise), str(variability), str(illumination), np.mean([said[0] for said in found]), np.mean(ordinary),
                 np.mean([said[-2] for said in found]), np.mean([said[-1] for said in found])])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
