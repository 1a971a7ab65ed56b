# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole jobs on a made-up float32 cube: the driver to a GeoTIFF beside gdal_translate's copy of the same cube, for every
layout; zoomed-out reads; passes of the pixel function.

    python3 bench_jobs.py BUILD_FOLDER        (WSNET_BENCH_SIZE: pixels across and down, default 1000)
"""
import os
import pathlib
import re
import sys
import tempfile

from jobs import WSNET, Run, best_of, record, simulate

SIZE = int(os.environ.get("WSNET_BENCH_SIZE", "1000"))
LAYOUTS = {
    "bip": ["-of", "ENVI", "-co", "INTERLEAVE=BIP"],
    "bil": ["-of", "ENVI", "-co", "INTERLEAVE=BIL"],
    "bsq": ["-of", "ENVI", "-co", "INTERLEAVE=BSQ"],
    "tiled": ["-of", "GTiff", "-co", "TILED=YES", "-co", "INTERLEAVE=PIXEL", "-co", "BIGTIFF=YES"],
    "deflate": ["-of", "GTiff", "-co", "COMPRESS=DEFLATE", "-co", "INTERLEAVE=PIXEL", "-co", "TILED=YES"],
}
PIXELS = SIZE * SIZE


def layout(folder: pathlib.Path, name: str) -> pathlib.Path:
    """The cube in one layout, in the page cache."""
    path = folder / f"cube_{name}.{'tif' if 'GTiff' in LAYOUTS[name] else 'img'}"
    Run(["gdal_translate", "-q", *LAYOUTS[name], folder / "cube.tif", path])
    with open(path, "rb") as file:
        while file.read(1 << 20):
            pass
    return path


def job(folder: pathlib.Path, name: str, cube: pathlib.Path, model: pathlib.Path) -> None:
    """One layout: copy, floor, unmixing."""
    out = folder / "out.tif"
    copy = best_of(2, ["gdal_translate", "-q", "-co", "BIGTIFF=YES", cube, out])
    record("bench_jobs", f"copy_{name}", copy, PIXELS)
    out.unlink()
    floor = best_of(2, ["gdal_translate", "-q", *sum((["-b", str(b)] for b in range(1, 6)), []), cube, out])
    record("bench_jobs", f"floor_{name}", floor, PIXELS)
    Run([WSNET, "unmix", model, cube, "-o", folder / "scene.wsnet", "--bands", "abundance", "-q"])
    unmix = best_of(2, ["gdal_translate", "-q", folder / "scene.wsnet", out])
    record("bench_jobs", f"unmix_{name}", unmix, PIXELS, ratio_to_copy=unmix.wall / copy.wall,
           processor_ratio_to_copy=unmix.processor / copy.processor)
    for percent in (10, 2):
        zoomed = best_of(2, ["gdal_translate", "-q", "-outsize", f"{percent}%", f"{percent}%", folder / "scene.wsnet", out])
        record("bench_jobs", f"zoom_1_to_{100 // percent}_{name}", zoomed, PIXELS)


def pixel_function(folder: pathlib.Path, cube: pathlib.Path, model: pathlib.Path) -> None:
    """Pixels that the network saw through a VRT, over the pixels of the cube: 1 is one pass, whatever the format."""
    Run([WSNET, "unmix", model, cube, "-o", folder / "scene.vrt", "--bands", "abundance", "-q"])
    for form, options in {"gtiff": ["-of", "GTiff"], "gtiff_bands": ["-of", "GTiff", "-co", "INTERLEAVE=BAND"],
                          "envi": ["-of", "ENVI"]}.items():
        run = Run(["gdal_translate", "-q", *options, folder / "scene.vrt", folder / "out.any"],
                  {"CPL_DEBUG": "WSNET"})
        seen = sum(int(n) for n in re.findall(r"network pass: (\d+) pixels", run.output))
        record("bench_jobs", f"pixel_function_{form}", run, PIXELS, passes=seen / PIXELS)


def main() -> int:
    """Every layout, one after the other; each cube is removed when it is done."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("WSNET_BENCH_FOLDER")) as name:
        folder = pathlib.Path(name)
        simulate(folder, SIZE, SIZE)
        model = folder / "model.wsn"
        Run([WSNET, "train", folder / "cube.tif", "-o", model, "--library", folder / "endmembers.csv", "--steps", "50",
             "-q"])
        for kind in LAYOUTS:
            cube = layout(folder, kind)
            job(folder, kind, cube, model)
            if kind == "bil":
                pixel_function(folder, cube, model)
            cube.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
