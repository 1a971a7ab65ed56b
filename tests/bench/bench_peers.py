# SPDX-License-Identifier: GPL-2.0-or-later
"""Peers on the same made-up cube, one after the other: Orfeo ToolBox, scipy, and ours.

    python3 bench_peers.py BUILD_FOLDER       (WSNET_BENCH_PEERS: pixels across and down, default 300)

Times are of whole programs, from the cube's file to a GeoTIFF of abundances; scipy's is of its loop alone. RMSE is against
the abundances that the scene was made of.
"""
import os
import pathlib
import shutil
import sys
import tempfile
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np  # noqa: E402
from osgeo import gdal  # noqa: E402

from jobs import WSNET, Run, best_of, record, simulate  # noqa: E402

SIZE = int(os.environ.get("WSNET_BENCH_PEERS", "300"))
PIXELS = SIZE * SIZE
SCIPY_PIXELS = 4000
gdal.UseExceptions()


def read(path: pathlib.Path, bands: int | None = None) -> np.ndarray:
    """Bands of a raster as [pixels, bands]."""
    values = gdal.Open(str(path)).ReadAsArray()
    return values.reshape(len(values), -1).T[:, :bands].astype(np.float64)


def accuracy(found: np.ndarray, truth: np.ndarray) -> dict:
    """RMSE, and the share of abundances below -0.001."""
    return {"rmse": float(np.sqrt(np.nanmean((found - truth) ** 2))), "negative_share": float((found < -0.001).mean())}


def endmember_image(folder: pathlib.Path) -> tuple[pathlib.Path, np.ndarray]:
    """Orfeo wants endmembers as an image of one line; also the spectra [P, B]."""
    table = np.genfromtxt(folder / "endmembers.csv", delimiter=",", skip_header=1)
    spectra = table[:, 1:].T
    path = folder / "endmembers.tif"
    data = gdal.GetDriverByName("GTiff").Create(str(path), len(spectra), 1, spectra.shape[1], gdal.GDT_Float32)
    for b in range(spectra.shape[1]):
        data.GetRasterBand(b + 1).WriteArray(spectra[:, b][None].astype(np.float32))
    return path, spectra


def orfeo(folder: pathlib.Path, ends: pathlib.Path, truth: np.ndarray) -> None:
    """Orfeo's ucls and isra, where it is installed."""
    if not shutil.which("otbcli_HyperspectralUnmixing"):
        print("skipped: Orfeo ToolBox is not here (Debian: otb-bin)")
        return
    for algorithm in ("ucls", "isra"):
        out = folder / f"otb_{algorithm}.tif"
        run = best_of(1 if algorithm == "isra" else 2,
                      ["otbcli_HyperspectralUnmixing", "-in", folder / "cube.tif", "-ie", ends, "-out", out, "float",
                       "-ua", algorithm], {"ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": "2", "OTB_MAX_RAM_HINT": "256"})
        record("bench_peers", f"orfeo_{algorithm}", run, PIXELS, **accuracy(read(out), truth))
    difference = np.abs(read(folder / "otb_isra.tif") - read(folder / "otb_ucls.tif")).max()
    print(f"# largest difference between Orfeo's isra and its ucls: {difference:.2e}")


def scipy_nnls(folder: pathlib.Path, spectra: np.ndarray, truth: np.ndarray) -> None:
    """scipy.optimize.nnls in a loop, divided by its sum."""
    try:
        from scipy.optimize import nnls
    except ImportError as error:
        print(f"skipped: {error}")
        return
    pixels = read(folder / "cube.tif")[:SCIPY_PIXELS]
    run = Run(["true"])
    wall, processor = time.perf_counter(), time.process_time()
    found = np.array([nnls(spectra.T, pixel)[0] for pixel in pixels])
    run.wall, run.processor = time.perf_counter() - wall, time.process_time() - processor
    run.peak_mb = 0
    found /= np.maximum(found.sum(1, keepdims=True), 1e-9)
    record("bench_peers", "scipy_nnls", run, len(pixels), **accuracy(found, truth[:SCIPY_PIXELS]))


def ours(folder: pathlib.Path, truth: np.ndarray) -> None:
    """Our methods through the command line."""
    model = folder / "model.wsn"
    train = Run([WSNET, "train", folder / "cube.tif", "-o", model, "--library", folder / "endmembers.csv", "-q"])
    record("bench_peers", "training_once", train, PIXELS)
    for method in ("ucls", "nnls", "fcls", "wsnet"):
        out = folder / f"ours_{method}.tif"
        run = best_of(2, [WSNET, "unmix", model, folder / "cube.tif", "-o", out, "--method", method, "--bands",
                          "abundance", "--threads", "2", "-q"])
        record("bench_peers", f"wsnet_{method}", run, PIXELS, **accuracy(read(out, truth.shape[1]), truth))


def main() -> int:
    """All rows on one scene."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("WSNET_BENCH_FOLDER")) as name:
        folder = pathlib.Path(name)
        simulate(folder, SIZE, SIZE)
        truth = read(folder / "truth.tif")
        ends, spectra = endmember_image(folder)
        ours(folder, truth)
        orfeo(folder, ends, truth)
        scipy_nnls(folder, spectra, truth)
    return 0


if __name__ == "__main__":
    sys.exit(main())
