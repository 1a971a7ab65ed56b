# SPDX-License-Identifier: GPL-2.0-or-later
"""Areas of small squares on simulated scenes, by several estimators: prints the table of resources/docs/area.md.

usage: area_squares.py WSNET [FIRST_SEED [LAST_SEED]]
Five targets lie as squares of 3 to 0.25 m at random places between pixels of 0.7 m, blurred by the sensor, on vegetation
that varies from pixel to pixel and from place to place; a zone is the pixels that a square reaches. Spectra are those
of the USGS library of the tests' data (WSNET_DATA). The library that is unmixed with is, in most scenes, the means of the
purest pixels. The last estimator knows more than any program can: which material a square is of, its true spectrum, and how
places of the scene without squares differ from their surroundings; what it errs by is the limit of the data.
"""
import json
import os
import pathlib
import sys
import tempfile

import numpy as np
from osgeo import gdal, osr
from runs import wsnet
from scipy.ndimage import binary_dilation, gaussian_filter

gdal.UseExceptions()
DATA = pathlib.Path(os.environ.get("WSNET_DATA", pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"))
PIXEL, SIZE, CELL, FINE, TARGETS, COPIES = 0.7, 90, 9, 20, 5, 4
SIDES = (3, 2, 1, 0.5, 0.25)
PLANTS = ("grass", "aspen", "leaf", "fir", "maple", "oak", "walnut", "juniper", "sage", "rabbit", "tumble", "pinon",
          "russian")


def angle(first: np.ndarray, second: np.ndarray) -> float:
    """Radians between two spectra."""
    return float(np.arccos(np.clip(first @ second / np.linalg.norm(first) / np.linalg.norm(second), -1, 1)))


def pick_spectra(draw: np.random.Generator, wavelength: np.ndarray) -> np.ndarray:
    """A plant, five targets, and in every other scene a second background, at least 0.12 rad apart, brightness varied."""
    path = DATA / "library" / "usgs1995.csv"
    names = path.read_text().splitlines()[0].split(",")[1:]
    table = np.genfromtxt(path, delimiter=",", skip_header=1)
    every = np.array([np.interp(wavelength, table[:, 0], spectrum) for spectrum in table[:, 1:].T])
    good = (every.min(1) > 0.01) & (every.max(1) < 0.9)
    plants = [i for i, name in enumerate(names) if good[i] and any(word in name.lower() for word in PLANTS)]
    picked = [int(draw.choice(plants))]
    wanted = 1 + TARGETS + int(draw.random() < 0.5)
    for i in draw.permutation(len(every)):
        if len(picked) < wanted and good[i] and i not in plants and \
                min(angle(every[i], every[j]) for j in picked) > 0.12:
            picked.append(int(i))
    bright = draw.uniform(0.6, 1.2, (len(picked), 1))
    bright[1:1 + TARGETS] *= np.exp(draw.normal(0, 0.3, (TARGETS, 1)))
    return every[picked] * bright


def smooth_field(draw: np.random.Generator, n: int, scale: float) -> np.ndarray:
    """[SIZE, SIZE, n] unit fields that neighbours share."""
    values = gaussian_filter(draw.normal(size=(SIZE, SIZE, n)), (scale, scale, 0), mode="wrap")
    return values / values.std((0, 1))


def place_square(draw: np.random.Generator, side: float, blur: float) -> np.ndarray:
    """[CELL, CELL] fractions of a square's pixels."""
    pixels = side / PIXEL
    begin = CELL / 2 - pixels / 2 + draw.uniform(-0.5, 0.5, 2)
    at = (np.arange(CELL * FINE) + 0.5) / FINE
    inside = [(at > b) & (at < b + pixels) for b in begin]
    square = np.outer(*inside).astype(float)
    square *= pixels**2 * FINE**2 / square.sum()
    return gaussian_filter(square, blur * FINE, mode="nearest").reshape(CELL, FINE, CELL, FINE).mean((1, 3))


def lay_out(draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fractions [TARGETS, SIZE, SIZE], zones [SIZE, SIZE] from 1 on, and the target and size of every zone."""
    blur = draw.uniform(0.6, 1.2) / 2.355
    fraction, zone, what = np.zeros((TARGETS, SIZE, SIZE)), np.zeros((SIZE, SIZE), int), []
    cells = draw.permutation((SIZE // CELL)**2)
    for target in range(TARGETS):
        for size, side in enumerate(SIDES):
            for _ in range(COPIES):
                row, column = divmod(int(cells[len(what)]), SIZE // CELL)
                cell = np.s_[row * CELL:(row + 1) * CELL, column * CELL:(column + 1) * CELL]
                square = place_square(draw, side, blur)
                what.append((target, size))
                fraction[(target, *cell)] = np.minimum(square, 1)
                zone[cell][square > max(0.01, 0.05 * square.max())] = len(what)
    return fraction, zone, np.array(what)


def mix(draw: np.random.Generator, spectra: np.ndarray, fraction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Abundances [P, SIZE, SIZE] and the cube [SIZE, SIZE, B]."""
    n, bands = spectra.shape
    abundance = np.zeros((n, SIZE, SIZE))
    rest = 1 - fraction.sum(0)
    abundance[1:1 + TARGETS], abundance[0] = fraction, rest
    if n > 1 + TARGETS:
        second = 1 / (1 + np.exp(-2 * (smooth_field(draw, 1, 6)[..., 0] - 1)))
        abundance[0], abundance[-1] = rest * (1 - second), rest * second
    snr, variability, illumination = draw.uniform(20, 40), draw.uniform(0, 0.08), draw.uniform(0.03, 0.2)
    wave = np.cos(np.pi * np.outer(np.arange(8), (np.arange(bands) + 0.5) / bands)) / np.sqrt([[8]] + [[4]] * 7)
    cube = np.zeros((SIZE, SIZE, bands))
    for k in range(n):
        own = variability * (0.5 if 1 <= k <= TARGETS else 1)
        terms = 0.7 * smooth_field(draw, 8, draw.uniform(1, 3)) + 0.7 * draw.normal(size=(SIZE, SIZE, 8))
        cube += abundance[k][..., None] * spectra[k] * (1 + own * (terms @ wave))
    light = 0.7 * smooth_field(draw, 1, 2) + 0.7 * draw.normal(size=(SIZE, SIZE, 1))
    cube *= np.exp(illumination * light * np.clip(rest, 0.25, 1)[..., None])
    noise, alike = draw.normal(size=cube.shape), draw.choice([0, 0.5])
    for b in range(1, bands):
        noise[..., b] = alike * noise[..., b - 1] + np.sqrt(1 - alike**2) * noise[..., b]
    return abundance, cube + np.sqrt((cube**2).mean() / 10**(snr / 10)) * noise


def library_of(draw: np.random.Generator, spectra: np.ndarray, abundance: np.ndarray, cube: np.ndarray) -> np.ndarray:
    """The true spectra in a sixth of the scenes, measured ones in another; else means of the purest pixels."""
    kind = draw.choice(6)
    n, bands = spectra.shape
    if kind == 0:
        return spectra
    if kind == 1:
        wave = np.cos(np.pi * np.outer(np.arange(8), (np.arange(bands) + 0.5) / bands)) / np.sqrt([[8]] + [[4]] * 7)
        return np.maximum(spectra * (1 + 0.05 * draw.normal(size=(n, 8)) @ wave), 1e-4)
    purest = np.argsort(-abundance.reshape(n, -1), axis=1)[:, :12]
    return np.maximum(cube.reshape(-1, bands)[purest].mean(1), 1e-4)


def write_raster(path: pathlib.Path, values: np.ndarray, wavelength: np.ndarray | None = None) -> None:
    """[SIZE, SIZE, bands] as a GeoTIFF on an area-keeping grid."""
    kind = gdal.GDT_Int32 if wavelength is None else gdal.GDT_Float32
    raster = gdal.GetDriverByName("GTiff").Create(str(path), SIZE, SIZE, values.shape[2], kind)
    system = osr.SpatialReference()
    system.ImportFromEPSG(3035)
    raster.SetSpatialRef(system)
    raster.SetGeoTransform((4321000, PIXEL, 0, 3210000, 0, -PIXEL))
    for b in range(values.shape[2]):
        band = raster.GetRasterBand(b + 1)
        band.WriteArray(values[..., b])
        if wavelength is None:
            band.SetNoDataValue(0)
        else:
            band.SetMetadata({"wavelength": f"{wavelength[b]:.3f}", "wavelength_units": "nm"})


def differences(cube: np.ndarray, side: int) -> np.ndarray:
    """Means of all squares of the scene less those of the two pixels around them."""
    def sums(n: int) -> np.ndarray:
        total = np.pad(cube, ((1, 0), (1, 0), (0, 0))).cumsum(0).cumsum(1)
        return total[n:, n:] - total[:-n, n:] - total[n:, :-n] + total[:-n, :-n]
    inner, outer, wide = sums(side)[2:-2, 2:-2], sums(side + 4), side + 4
    return (inner / side**2 - (outer - inner) / (wide**2 - side**2)).reshape(-1, cube.shape[2])


def areas_of_known(zone: np.ndarray, what: np.ndarray, spectra: np.ndarray, plain: np.ndarray, cube: np.ndarray) -> np.ndarray:
    """Square metres [zones, materials] by the best linear estimate of a square of a known material.
    @param plain  the cube without squares"""
    found, factors = np.zeros((len(what), len(spectra))), {}
    for i, (target, _) in enumerate(what):
        own = zone == i + 1
        side = max(int(np.sqrt(own.sum()) + 0.5), 1)
        if side not in factors:
            left = differences(plain, side)
            factors[side] = np.linalg.inv(left.T @ left / len(left) + 1e-9 * (left**2).mean() * np.eye(left.shape[1]))
        around = binary_dilation(own, np.ones((5, 5))) & (zone == 0)
        level = cube[around].mean(0)
        contrast = spectra[target + 1] - level
        weight = factors[side] @ contrast
        found[i, target + 1] = own.sum() * PIXEL**2 * (weight @ (cube[own].mean(0) - level)) / (weight @ contrast)
    return found


def write_scene(folder: pathlib.Path, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cube, zones and library. Zones [SIZE, SIZE], the target and size of every zone, and areas by one who knows."""
    draw = np.random.default_rng(seed)
    wavelength = np.linspace(417.4, 903, int(draw.choice([80, 135])))
    spectra = pick_spectra(draw, wavelength)
    fraction, zone, what = lay_out(draw)
    state = draw.bit_generator.state
    _, plain = mix(draw, spectra, 0 * fraction)
    draw.bit_generator.state = state
    abundance, cube = mix(draw, spectra, fraction)
    library = library_of(draw, spectra, abundance, cube)
    write_raster(folder / "cube.tif", cube, wavelength)
    write_raster(folder / "zones.tif", zone[..., None])
    write_raster(folder / "full.tif", np.where(zone > 0, zone, zone.max() + 1)[..., None])
    head = ",".join(["wavelength_nm", *(f"m{k}" for k in range(len(library)))])
    np.savetxt(folder / "library.csv", np.column_stack([wavelength, library.T]), "%.6g", ",", header=head, comments="")
    return zone, what, areas_of_known(zone, what, spectra, plain, cube)


def estimates(program: str, folder: pathlib.Path, zone: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Square metres [zones, materials] by every estimator; lower and upper bounds besides. Where zones leave no pixel
    between them, areas lie halfway from the sums to what the mean spectra say."""
    cube, model = folder / "cube.tif", folder / "m.wsn"
    wsnet(program, "train", cube, "-o", model, "--library", folder / "library.csv", "--seed", seed)
    found = {}
    for name, zones, words in (("sums", "zones", ["--sums"]), ("half", "full", []), ("area", "zones", [])):
        said = json.loads(wsnet(program, "area", f"WSNET:{model}:{cube}", "--zones", folder / f"{zones}.tif", "--json",
                                *words))["zones"][:zone.max()]
        for key in ("area", "lower", "upper"):
            found[f"{name} {key}"] = np.array([[m[f"{key}_m2"] for m in z["materials"]] for z in said])
    result = {"sum of the network's abundances": found["sums area"]}
    for method, name in (("fcls", "sum of FCLS"), ("nnls", "sum of NNLS / sum"), ("ucls", "sum of UCLS")):
        wsnet(program, "unmix", model, cube, "-o", folder / "a.tif", "--method", method, "--bands", "abundance")
        values = gdal.Open(str(folder / "a.tif")).ReadAsArray().astype(float)
        result[name] = PIXEL**2 * np.array([values[:, zone == i].sum(1) for i in range(1, zone.max() + 1)])
    result["mean spectrum alone"] = 2 * found["half area"] - found["sums area"]
    result["halfway"] = found["half area"]
    result["set off from the surroundings (`wsnet area`)"] = found["area area"]
    return result | {"lower": found["area lower"], "upper": found["area upper"]}


def scores(found: dict[str, np.ndarray], what: np.ndarray) -> dict[str, list[float]]:
    """Mean relative error by size, then how much of the absent targets is said to be there, in m2."""
    target, size = what.T
    square = np.array(SIDES)[size]**2
    rows = np.arange(len(what))
    absent = np.ones((len(what), TARGETS), bool)
    absent[rows, target] = False
    result = {}
    for name, areas in found.items():
        own = areas[rows, target + 1]
        error = np.abs(np.maximum(own, 0) - square) / square
        result[name] = [error[size == i].mean() for i in range(len(SIDES))]
        result[name].append(np.abs(areas[:, 1:1 + TARGETS])[absent].mean())
    inside = (found["lower"][rows, target + 1] <= square) & (square <= found["upper"][rows, target + 1])
    result["coverage"] = [inside[size == i].mean() for i in range(len(SIDES))]
    return result


def main(program: str, first: int = 3000, last: int = 3029) -> None:
    """Prints medians and means over the scenes."""
    if not (DATA / "library" / "usgs1995.csv").exists():
        sys.exit(f"no library in {DATA}: set WSNET_DATA")
    found = []
    for seed in range(first, last + 1):
        with tempfile.TemporaryDirectory() as name:
            zone, what, known = write_scene(pathlib.Path(name), seed)
            areas = estimates(program, pathlib.Path(name), zone, seed)
            found.append(scores(areas | {"material and spectra known": known}, what))
        print(seed, file=sys.stderr, flush=True)
    print("| estimator | " + " | ".join(f"{side**2:g} m2" for side in SIDES) + " | absent targets, m2 |")
    print("|---" * (len(SIDES) + 2) + "|")
    for name in found[0]:
        if name in ("lower", "upper"):
            continue
        values = np.array([scene[name] for scene in found])
        cells = [f"{a:.2f} ({b:.2f})" for a, b in zip(np.median(values, 0), values.mean(0))]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:4]))
