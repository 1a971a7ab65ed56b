# SPDX-License-Identifier: GPL-2.0-or-later
"""How often a missing endmember is warned of, and a complete library is not: `missing_table.py [BUILD_DIR]`."""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
WSNET = (Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build") / "stage" / "bin" / "wsnet"


def wsnet(*words):
    return subprocess.run([WSNET, *map(str, words)], capture_output=True, text=True, check=True).stderr


def warned(folder, seed, noise, variability, illumination, materials):
    """Whether it warned with the whole library, then without each material: ordinary ones, the dark one, the rare one."""
    wsnet("simulate", "-o", folder, "--width", 50, "--height", 50, "--bands", 100, "--seed", seed, "--snr", noise,
          "--variability", variability, "--illumination", illumination, "--endmembers", materials)
    names = (folder / "endmembers.csv").read_text().splitlines()[0].split(",")[1:]
    rows = []
    for missing in [None, *names]:
        kept = ",".join(f'"{name}"' for name in names if name != missing)
        rows.append("probably missing" in wsnet("classical", folder / "cube.tif", "-o", folder / "a.tif", "--library",
                                                folder / "endmembers.csv", "--select", kept))
    return rows


print("| dB | variability | illumination | complete | without an ordinary one | without the dark one | without the rare one |")
print("|---|---|---|---|---|---|---|")
with tempfile.TemporaryDirectory() as root:
    for noise in (10, 20, 30, 40):
        for variability, illumination in ((0, 0.15), (0.05, 0.15), (0.1, 0.3)):
            found = [warned(Path(root), seed, noise, variability, illumination, materials)
                     for seed in (801, 802, 803, 804) for materials in (4, 6)]
            shares = [np.mean([row[0] for row in found]), np.mean([one for row in found for one in row[1:-2]]),
                      np.mean([row[-2] for row in found]), np.mean([row[-1] for row in found])]
            print(f"| {noise} | {variability} | {illumination} | " + " | ".join(f"{x:.2f}" for x in shares) + " |", flush=True)
