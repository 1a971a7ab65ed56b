# SPDX-License-Identifier: GPL-2.0-or-later
"""How often the intervals of `wsnet area` hold on simulated scenes: prints the table of resources/docs/area.md.

usage: area_coverage.py WSNET [FIRST_SEED [LAST_SEED]]
Every scene has other settings, drawn from its seed; square zones of several sizes; the library is the true one, or
mean spectra of the 20 purest pixels of every material, which are seldom pure.
"""
import json
import pathlib
import sys
import tempfile

import numpy as np
from osgeo import gdal
from runs import wsnet

gdal.UseExceptions()
SIZE = 96
SIDES = (1, 2, 4, 8, 16, 32, 96)


def settings(seed: int) -> tuple[dict, bool]:
    """Options of `wsnet simulate` for a seed, and whether the true spectra are the library."""
    draw = np.random.default_rng(seed)
    options = {
        "--endmembers": int(draw.integers(3, 9)),
        "--snr": round(float(draw.uniform(12, 38)), 1),
        "--variability": round(float(draw.uniform(0, 0.1)), 3),
        "--illumination": round(float(draw.uniform(0.05, 0.3)), 3),
        "--bilinear": float(draw.choice([0, 0, 0.2])),
        "--max-fraction": float(draw.choice([1, 0.6])),
        "--seed": seed,
    }
    return options, bool(draw.random() < 0.5)


def write_pure_spectra(folder: pathlib.Path) -> pathlib.Path:
    """Mean spectra of the purest pixels, as somebody would digitise them."""
    cube, truth = (gdal.Open(str(folder / name)).ReadAsArray() for name in ("cube.tif", "truth.tif"))
    rows = (folder / "endmembers.csv").read_text().splitlines()
    purest = np.argsort(-truth.reshape(len(truth), -1), axis=1)[:, :20]
    spectra = cube.reshape(len(cube), -1)[:, purest].mean(axis=2)
    lines = [rows[0]] + [",".join([row.split(",")[0], *(f"{v:.7g}" for v in s)]) for row, s in zip(rows[1:], spectra)]
    (folder / "pure.csv").write_text("\n".join(lines) + "\n")
    return folder / "pure.csv"


def write_squares(folder: pathlib.Path, side: int) -> pathlib.Path:
    """A class raster of squares."""
    source = gdal.Open(str(folder / "cube.tif"))
    column, line = np.meshgrid(np.arange(SIZE) // side, np.arange(SIZE) // side)
    raster = gdal.GetDriverByName("GTiff").Create(str(folder / "zones.tif"), SIZE, SIZE, 1, gdal.GDT_Int32)
    raster.SetSpatialRef(source.GetSpatialRef())
    raster.SetGeoTransform(source.GetGeoTransform())
    raster.GetRasterBand(1).WriteArray(line * (SIZE // side) + column)
    raster.FlushCache()
    return folder / "zones.tif"


def measure(program: str, folder: pathlib.Path, side: int) -> np.ndarray:
    """Rows of true share, lower, upper, area, sum for every square and material, as shares of the square."""
    words = ["--zones", write_squares(folder, side), "--json"]
    zones = json.loads(wsnet(program, "area", folder / "s.wsnet", *words))["zones"]
    sums = json.loads(wsnet(program, "area", folder / "s.wsnet", *words, "--sums"))["zones"]
    truth = gdal.Open(str(folder / "truth.tif")).ReadAsArray().astype(float)
    n = SIZE // side
    share = truth.reshape(len(truth), n, side, n, side).mean(axis=(2, 4)).reshape(len(truth), -1).T
    values = [[m["lower_m2"], m["upper_m2"], m["area_m2"], plain["area_m2"]]
              for zone, alone in zip(zones, sums) for m, plain in zip(zone["materials"], alone["materials"])]
    return np.column_stack([share.ravel(), np.array(values) / zones[0]["area_m2"]])


def scene(program: str, seed: int) -> tuple[bool, dict[int, np.ndarray]]:
    """One scene: simulated, trained, measured."""
    options, exact = settings(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        words = [word for pair in options.items() for word in pair]
        wsnet(program, "simulate", "-o", folder, "--width", SIZE, "--height", SIZE, *words)
        library = folder / "endmembers.csv" if exact else write_pure_spectra(folder)
        wsnet(program, "train", folder / "cube.tif", "-o", folder / "m.wsn", "--library", library, "--seed", seed)
        wsnet(program, "unmix", folder / "m.wsn", folder / "cube.tif", "-o", folder / "s.wsnet")
        return exact, {side: measure(program, folder, side) for side in SIDES}


def row(name: str, parts: list[np.ndarray]) -> None:
    """Prints coverage, coverage of weak shares, mean width, and errors; every scene counts the same."""
    def one(part: np.ndarray) -> tuple[float, ...]:
        share, lower, upper, area, plain = part.T
        inside = (share >= lower - 1e-6) & (share <= upper + 1e-6)
        weak = (share > 0.001) & (share <= 0.15)
        return inside.mean(), inside[weak].mean() if weak.any() else np.nan, (upper - lower).mean(), \
            np.sqrt(((area - share)**2).mean()), np.sqrt(((plain - share)**2).mean())
    means = np.nanmean([one(part) for part in parts], axis=0)
    print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in means) + " |")


def main(program: str, first: int = 1000, last: int = 1023) -> None:
    """Prints one line a scene to standard error, then the table."""
    found = []
    for seed in range(first, last + 1):
        found.append(scene(program, seed))
        print(seed, *settings(seed), file=sys.stderr, flush=True)
    print("| library, pixels a zone | coverage | of shares in (0.001, 0.15] | mean width | error | of sums alone |")
    print("| --- | --- | --- | --- | --- | --- |")
    for exact in (True, False):
        for side in SIDES:
            parts = [sides[side] for kind, sides in found if kind == exact]
            if parts:
                row(f"{'true' if exact else 'from the image'}, {side * side}", parts)
    for side in SIDES:
        row(f"both, {side * side}", [sides[side] for _, sides in found])


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:4]))
