# SPDX-License-Identifier: GPL-2.0-or-later
"""What the scripts that print tables of the pages share: runs of the program and rasters as arrays."""
import json
import pathlib
import resource
import subprocess
import sys
from collections.abc import Callable

import numpy as np
from osgeo import gdal

gdal.UseExceptions()


def wsnet(program: str, *words: object) -> str:
    """What the command printed; warnings are kept quiet."""
    return subprocess.run([program, *map(str, words), "--quiet"], check=True, capture_output=True, text=True).stdout


def cpu_seconds(program: str, *words: object) -> float:
    """Of the command on one thread."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wsnet(program, *words, "--threads", 1)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def read(path: pathlib.Path) -> np.ndarray:
    """[bands, pixels]."""
    values = gdal.Open(str(path)).ReadAsArray()
    return values.reshape(len(values), -1) if values.ndim == 3 else values.reshape(1, -1)


def write_like(source: pathlib.Path, path: pathlib.Path, values: np.ndarray) -> None:
    """[bands, pixels] as a GeoTIFF of the size of another raster, whose bands' names and metadata it takes."""
    model = gdal.Open(str(source))
    raster = gdal.GetDriverByName("GTiff").Create(str(path), model.RasterXSize, model.RasterYSize, len(values),
                                                  gdal.GDT_Float32)
    for b, band in enumerate(values, 1):
        raster.GetRasterBand(b).WriteArray(band.reshape(model.RasterYSize, model.RasterXSize))
        raster.GetRasterBand(b).SetDescription(model.GetRasterBand(b).GetDescription())
        for domain in ("", "IMAGERY"):
            raster.GetRasterBand(b).SetMetadata(model.GetRasterBand(b).GetMetadata(domain), domain)


def names_of(folder: pathlib.Path) -> list[str]:
    """The materials of a simulated scene."""
    return (folder / "endmembers.csv").read_text().splitlines()[0].split(",")[1:]


def library(folder: pathlib.Path, names: list[str] | None = None) -> list:
    """Options that choose these materials of a simulated scene, or all of them."""
    chosen = [] if names is None else ["--select", ",".join(f'"{name}"' for name in names)]
    return ["--library", folder / "endmembers.csv", *chosen]


def scores(program: str, folder: pathlib.Path, model: pathlib.Path) -> dict:
    """What `wsnet score` says of a model's abundances and intervals on the scene in a folder."""
    answer = folder / "scored.tif"
    wsnet(program, "unmix", model, folder / "cube.tif", "-o", answer, "--bands", "abundance,interval")
    said = json.loads(wsnet(program, "score", answer, "--truth", folder / "truth.tif", "--json"))
    answer.unlink()
    return said


def row(cells: list) -> None:
    """A line of a Markdown table."""
    print("| " + " | ".join(cell if isinstance(cell, str) else f"{cell:.3f}" for cell in cells) + " |", flush=True)


def print_tables(usage: str, *tables: Callable[[str], None]) -> None:
    """Those that the command line asks for: PROGRAM, then the name of one as an option, or none for all."""
    if len(sys.argv) < 2:
        sys.exit(usage)
    for table in tables:
        if len(sys.argv) == 2 or sys.argv[2] == f"--{table.__name__}":
            table(sys.argv[1])


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
