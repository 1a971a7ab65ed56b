# SPDX-License-Identifier: GPL-2.0-or-later
"""How near extracted endmembers come to the true ones: prints the tables of resources/docs/method.md.

usage: extraction_table.py WSNET [FIRST_SEED] [--kinds | --spread | --weak | --seconds | --samson]
Without one of the last words all tables are printed. Angles are means over materials, in rad, after the best match.
"""
import os
import pathlib
import sys
import tempfile
import time

import numpy as np
from osgeo import gdal
from runs import wsnet
from scipy.ndimage import uniform_filter
from scipy.optimize import linear_sum_assignment

gdal.UseExceptions()
DATA = pathlib.Path(os.environ.get("WSNET_DATA", pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"))
METHODS = ("auto", "archetypes", "vca", "nfindr", "atgp")
EXACT = ("--variability", 0, "--illumination", 0, "--no-dark", "--no-rare")
KINDS = {
    "exact mixing, 30 dB": ("--snr", 30, *EXACT),
    "exact mixing, light varies by 15 %, a dark and a rare material, 30 dB": ("--snr", 30, "--variability", 0),
    "no pure pixel (5 x 5 pixels averaged), 30 dB": ("--snr", 30, *EXACT),
    "spectra vary by 5 %, a dark material, 30 dB": ("--snr", 30, "--no-rare"),
    "spectra vary by 5 %, a dark and a rare material, 20 dB": ("--snr", 20),
    "the same at 40 dB": ("--snr", 40),
    "spectra vary by 10 %, bilinear mixing, 30 dB": ("--snr", 30, "--variability", 0.1, "--bilinear", 0.2),
}
AVERAGED = "no pure pixel (5 x 5 pixels averaged), 30 dB"


def spectra_of(path: pathlib.Path) -> np.ndarray:
    """[P, B] of a table with a column of wavelengths, and perhaps one of band widths."""
    first = 2 if "fwhm_nm" in path.read_text().split("\n", 1)[0] else 1
    return np.genfromtxt(path, delimiter=",", skip_header=1)[:, first:].T


def angles(truth: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Of every true spectrum to its match, in rad."""
    unit = [spectra / np.linalg.norm(spectra, axis=1, keepdims=True) for spectra in (truth, found)]
    between = np.arccos(np.clip(unit[0] @ unit[1].T, -1, 1))
    rows, columns = linear_sum_assignment(between)
    return between[rows, columns]


def write_like(source: pathlib.Path, path: pathlib.Path, cube: np.ndarray) -> None:
    """[B, lines, pixels] as a GeoTIFF with the bands' metadata of another."""
    model = gdal.Open(str(source))
    raster = gdal.GetDriverByName("GTiff").Create(str(path), cube.shape[2], cube.shape[1], len(cube), gdal.GDT_Float32)
    for b, values in enumerate(cube, 1):
        raster.GetRasterBand(b).WriteArray(values)
        for domain in ("", "IMAGERY"):
            raster.GetRasterBand(b).SetMetadata(model.GetRasterBand(b).GetMetadata(domain), domain)


def average(path: pathlib.Path, draw: np.random.Generator, snr: float = 30) -> None:
    """Averages 5 x 5 pixels of a scene without noise, which leaves none pure, then adds white noise."""
    cube = uniform_filter(gdal.Open(str(path)).ReadAsArray(), (1, 5, 5))
    write_like(path, path.with_name("mean.tif"),
               cube + draw.normal(0, np.sqrt((cube**2).mean() / 10**(snr / 10)), cube.shape))
    path.with_name("mean.tif").rename(path)


def simulate(program: str, folder: pathlib.Path, kind: str, seed: int, *words: object) -> np.ndarray:
    """A scene of a kind in folder/cube.tif. The true spectra."""
    if not words:
        words = ("--width", 70, "--height", 70, "--bands", 100, "--endmembers", 3 + seed % 4)
    options = list(KINDS[kind])
    if kind == AVERAGED:
        options[1] = 90
    wsnet(program, "simulate", "-o", folder, *words, *options, "--seed", seed)
    if kind == AVERAGED:
        average(folder / "cube.tif", np.random.default_rng(seed))
    return spectra_of(folder / "endmembers.csv")


def extract(program: str, cube: pathlib.Path, n: int, *words: object) -> np.ndarray:
    """Spectra that are found in a cube."""
    with tempfile.TemporaryDirectory() as name:
        found = pathlib.Path(name) / "e.csv"
        wsnet(program, "endmembers", cube, "-o", found, "--endmembers", n, *words)
        return spectra_of(found)


def print_row(*cells: object) -> None:
    """A line of a table."""
    print("| " + " | ".join(f"{c:.3f}" if isinstance(c, float) else str(c) for c in cells) + " |", flush=True)


def print_head(*cells: str) -> None:
    """The head of a table."""
    print()
    print_row(*cells)
    print("|---" * len(cells) + "|")


def table_of_kinds(program: str, first: int, n: int) -> None:
    """Mean angles over scenes of every kind."""
    print_head(f"{n} scenes of 70 x 70 x 100, P 3 to 6", *METHODS, "scenes on which auto is over 0.005 from the best")
    for kind in KINDS:
        rows = []
        for seed in range(first, first + n):
            with tempfile.TemporaryDirectory() as name:
                truth = simulate(program, pathlib.Path(name), kind, seed)
                cube = pathlib.Path(name) / "cube.tif"
                rows.append([angles(truth, extract(program, cube, len(truth), "--extract", method)).mean()
                             for method in METHODS])
        rows = np.array(rows)
        print_row(kind, *map(float, rows.mean(0)), int((rows[:, 0] > rows[:, 1:].min(1) + 0.005).sum()))


def spread(values: list[float]) -> float:
    """Between the largest and the smallest."""
    return float(max(values) - min(values))


def table_of_spread(program: str, first: int, n: int) -> None:
    """How far the mean angle moves over 10 seeds, 10 draws of noise and 10 choices of half of the pixels."""
    print_head("largest minus smallest of 10 mean angles, median over scenes (worst)", "auto, seeds", "auto, noise",
               "auto, half of the pixels", "vca, seeds", "archetypes, seeds")
    for kind in KINDS:
        rows = []
        for seed in range(first, first + n):
            with tempfile.TemporaryDirectory() as name:
                rows.append(spreads_of(program, pathlib.Path(name), kind, seed))
        print_row(kind, *(f"{a:.3f} ({b:.3f})" for a, b in zip(np.median(rows, axis=0), np.max(rows, axis=0))))


def spreads_of(program: str, folder: pathlib.Path, kind: str, seed: int) -> list[float]:
    """The spreads of one scene."""
    draw = np.random.default_rng(seed)
    truth, cube, other = simulate(program, folder, kind, seed), folder / "cube.tif", folder / "other.tif"
    values = gdal.Open(str(cube)).ReadAsArray()
    noise = np.sqrt((values**2).mean() / 10**(KINDS[kind][1] / 10) / 2)

    def found(path: pathlib.Path, *words: object) -> float:
        return float(angles(truth, extract(program, path, len(truth), *words)).mean())

    noisy, halves = [], []
    for _ in range(10):
        write_like(cube, other, values + draw.normal(0, noise, values.shape))
        noisy.append(found(other))
        half = draw.permutation(values.shape[1] * values.shape[2])[:values.shape[1] * values.shape[2] // 2]
        write_like(cube, other, values.reshape(len(values), -1)[:, half].reshape(len(values), -1, values.shape[2]))
        halves.append(found(other))
    seeds = {method: [found(cube, "--extract", method, "--seed", s) for s in range(1, 11)]
             for method in ("auto", "vca", "archetypes")}
    return [spread(seeds["auto"]), spread(noisy), spread(halves), spread(seeds["vca"]), spread(seeds["archetypes"])]


def table_of_weak(program: str, first: int, n: int) -> None:
    """Angle of a rare material that is never pure."""
    print_head("a rare material, largest fraction", *METHODS)
    for fraction in (0.35, 0.6, 1):
        for snr in (30, 40):
            rows = []
            for seed in range(first, first + n):
                with tempfile.TemporaryDirectory() as name:
                    folder = pathlib.Path(name)
                    wsnet(program, "simulate", "-o", folder, "--width", 70, "--height", 70, "--bands", 100,
                          "--endmembers", 5, "--snr", snr, "--variability", 0.03, "--max-fraction", fraction,
                          "--seed", seed)
                    truth = spectra_of(folder / "endmembers.csv")
                    rows.append([angles(truth, extract(program, folder / "cube.tif", 5, "--extract", method))[-1]
                                 for method in METHODS])
            print_row(f"{fraction:g}, {snr} dB", *map(float, np.median(rows, axis=0)))


def table_of_seconds(program: str, first: int, n: int) -> None:
    """Of the whole command on 100 x 100 x 200."""
    print_head("endmembers of 100 x 100 x 200", *map(str, range(3, 9)))
    for kind in (next(iter(KINDS)), "spectra vary by 5 %, a dark and a rare material, 20 dB"):
        cells = []
        for n_endmembers in range(3, 9):
            seconds = []
            for seed in range(first, first + n):
                with tempfile.TemporaryDirectory() as name:
                    folder = pathlib.Path(name)
                    simulate(program, folder, kind, seed, "--width", 100, "--height", 100, "--bands", 200,
                             "--endmembers", n_endmembers)
                    begin = time.monotonic()
                    extract(program, folder / "cube.tif", n_endmembers)
                    seconds.append(time.monotonic() - begin)
            cells.append(f"{np.median(seconds):.1f} ({max(seconds):.1f})")
        print_row(f"seconds, median (worst): {kind}", *cells)


def table_of_samson(program: str, first: int, _: int) -> None:
    """The one real scene with published spectra; nothing is chosen by it."""
    if not (DATA / "samson").exists():
        print(f"no Samson in {DATA}: set WSNET_DATA", file=sys.stderr)
        return
    print_head("Samson", *METHODS, "auto: half of the pixels, smallest to largest of 10")
    cube, draw = DATA / "samson" / "cube.tif", np.random.default_rng(first)
    for name in ("peak", "fcls"):
        mixing = ("--mixing", "scaled" if name == "peak" else "linear")
        truth = spectra_of(DATA / "samson" / f"endmembers_{name}.csv")
        cells = [float(angles(truth, extract(program, cube, 3, *mixing, "--extract", method)).mean())
                 for method in METHODS]
        values, halves = gdal.Open(str(cube)).ReadAsArray(), []
        for _ in range(10):
            half = draw.permutation(values.shape[1] * values.shape[2])[:95 * 47]
            with tempfile.TemporaryDirectory() as folder:
                other = pathlib.Path(folder) / "cube.tif"
                write_like(cube, other, values.reshape(len(values), -1)[:, half].reshape(len(values), 47, 95))
                halves.append(float(angles(truth, extract(program, other, 3, *mixing)).mean()))
        print_row(f"{name} truth", *cells, f"{min(halves):.3f} to {max(halves):.3f}")


def main(words: list[str]) -> None:
    """Prints the tables that are asked for."""
    tables = {"--kinds": (table_of_kinds, 8), "--spread": (table_of_spread, 2), "--weak": (table_of_weak, 6),
              "--seconds": (table_of_seconds, 3), "--samson": (table_of_samson, 1)}
    first = int(words[1]) if len(words) > 1 and not words[1].startswith("--") else 5000
    for table, n in [tables[word] for word in words if word in tables] or tables.values():
        table(words[0], first, n)


if __name__ == "__main__":
    main(sys.argv[1:])
