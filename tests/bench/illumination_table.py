# SPDX-License-Identifier: GPL-2.0-or-later
"""What estimating the illumination does on scenes where it is strong: `illumination_table.py [BUILD_DIR]`."""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from osgeo import gdal

gdal.UseExceptions()
ROOT = Path(__file__).resolve().parents[2]
WSNET = (Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build") / "stage" / "bin" / "wsnet"
SEEDS = (211, 212, 213, 214)


def wsnet(*words):
    return subprocess.run([WSNET, *map(str, words), "-q"], capture_output=True, text=True, check=True).stdout


def score(folder, answer):
    return json.loads(wsnet("score", answer, "--truth", folder / "truth.tif", "--json"))


def better_classical(folder):
    """RMSE of FCLS or of NNLS over its sum, whichever is less."""
    errors = []
    for method in ("fcls", "nnls"):
        answer = folder / f"{method}.tif"
        wsnet("unmix", folder / "m.wsn", folder / "cube.tif", "-o", answer, "--method", method, "--bands", "abundance")
        if method == "nnls":
            raster = gdal.Open(str(answer), gdal.GA_Update)
            values = raster.ReadAsArray()
            for k, band in enumerate(values / np.maximum(values.sum(0), 1e-12)):
                raster.GetRasterBand(k + 1).WriteArray(band)
            raster = None
        errors.append(score(folder, answer)["rmse_class_mean"])
    return min(errors)


def row(folder, *options):
    wsnet("train", folder / "cube.tif", "-o", folder / "m.wsn", "--library", folder / "endmembers.csv", *options)
    wsnet("unmix", folder / "m.wsn", folder / "cube.tif", "-o", folder / "a.tif", "--bands", "abundance,interval")
    said = score(folder, folder / "a.tif")
    return said["rmse_class_mean"] / better_classical(folder), said["coverage"], said["coverage_weak"]


print("| illumination of the scene | training | RMSE / better classical | coverage | of weak entries |\n|---|---|---|---|---|")
for spread in (0.15, 0.3, 0.5):
    rows = {(): [], ("--illumination", "auto"): []}
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as root:
            wsnet("simulate", "-o", root, "--seed", seed, "--snr", 20, "--illumination", spread)
            for options in rows:
                rows[options].append(row(Path(root), "--seed", seed, *options))
    for options, found in rows.items():
        print(f"| {spread} | {' '.join(options) or 'default'} | " + " | ".join("%.2f" % x for x in np.mean(found, axis=0)),
              "|", flush=True)
