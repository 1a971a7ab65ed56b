# SPDX-License-Identifier: GPL-2.0-or-later
"""What the fit layer and an ensemble are worth: prints what resources/docs/method.md says of them.

usage: confidence_table.py WSNET [--fit | --ensemble]
Limits of detection and widths of intervals are printed by the tests: pytest -s tests/gdal/test_cli_confidence.py.
"""
import pathlib
import tempfile

import numpy as np
from runs import library, print_tables, read, row, scores, write_like, wsnet

SETTINGS = [(30, 0), (30, 0.02), (30, 0.05), (30, 0.1), (20, 0.05), (40, 0.05)]
SCENES, OTHERS, BANDS = (621, 622, 623), (911, 912, 913), 100


def spectra_of(folder: pathlib.Path) -> np.ndarray:
    return np.genfromtxt(folder / "endmembers.csv", delimiter=",", skip_header=1)[:, 1:].T


def simulate(program: str, folder: pathlib.Path, seed: int, *more: object) -> None:
    wsnet(program, "simulate", "-o", folder, "--width", 60, "--height", 60, "--bands", BANDS, "--seed", seed, *more)


def scene_noise(seed: int, pixels: np.ndarray, noise_db: float) -> np.ndarray:
    """As `wsnet simulate` makes it: alike in neighbouring bands, and twice as strong at the ends of the range."""
    white = np.random.default_rng(seed).normal(size=pixels.shape)
    noise, along = white.copy(), np.linspace(-1, 1, len(pixels))
    for band in range(1, len(pixels)):
        noise[band] = 0.5 * noise[band - 1] + np.sqrt(0.75) * white[band]
    strength = 1 + along**4
    power = 10 ** (-noise_db / 10) * np.mean(pixels**2) / np.mean(strength**2)
    return np.sqrt(power) * strength[:, None] * noise


def area_under_curve(low: np.ndarray, high: np.ndarray) -> float:
    """Share of pairs in which low is below high; ties count half."""
    order = np.sort(high)
    sides = [np.searchsorted(order, low, side=side) for side in ("left", "right")]
    return float(1 - np.mean(sides) / len(order))


def fit_of(program: str, root: pathlib.Path, pixels: np.ndarray) -> np.ndarray:
    write_like(root / "cube.tif", root / "asked.tif", pixels)
    wsnet(program, "unmix", root / "m.wsn", root / "asked.tif", "-o", root / "fit.tif", "--bands", "fit")
    return read(root / "fit.tif")[0]


def fit_once(program: str, root: pathlib.Path, others: pathlib.Path, seed: int, noise: float, variability: float):
    """Areas of the ordinary materials of other scenes, a fifth of each pixel; how much of each no mixture explains; and the
    share of the scene's own pixels below 0.01."""
    simulate(program, root, seed, "--snr", noise, "--variability", variability)
    wsnet(program, "train", root / "cube.tif", "-o", root / "m.wsn", *library(root))
    pixels, endmembers = read(root / "cube.tif"), spectra_of(root)
    plain, added = fit_of(program, root, pixels), 0.6 * scene_noise(seed, pixels, noise)
    level, basis, found = np.linalg.norm(endmembers, axis=1)[:3].mean(), np.linalg.qr(endmembers.T)[0], []
    for other in OTHERS:
        for spectrum in spectra_of(others / str(other))[:3]:
            spectrum = spectrum * level / np.linalg.norm(spectrum)
            away = np.linalg.norm(spectrum - basis @ (basis.T @ spectrum)) / level
            asked = fit_of(program, root, 0.8 * pixels + 0.2 * spectrum[:, None] + added)
            found.append((area_under_curve(asked, plain), away))
    return found, np.mean(plain < 0.01)


def fit(program: str) -> None:
    row(["dB", "variability", "area under the curve, median", "least", "median of those with a tenth or more of their own",
         "the scene's own pixels below 0.01"])
    print("|---" * 6 + "|")
    with tempfile.TemporaryDirectory() as root:
        for other in OTHERS:
            simulate(program, pathlib.Path(root) / str(other), other)
        for noise, variability in SETTINGS:
            all_found, alarms = [], []
            for seed in SCENES:
                with tempfile.TemporaryDirectory() as folder:
                    found, alarm = fit_once(program, pathlib.Path(folder), pathlib.Path(root), seed, noise, variability)
                    all_found += found
                    alarms.append(alarm)
            areas, away = np.array(all_found).T
            row([str(noise), str(variability), np.median(areas), areas.min(),
                 f"{np.median(areas[away >= 0.1]):.3f} ({np.sum(away >= 0.1)} of {len(areas)})", f"{np.mean(alarms):.4f}"])


def ensemble(program: str) -> None:
    row(["networks", "RMSE", "coverage", "of weak entries", "width"])
    print("|---" * 5 + "|")
    found = {1: [], 3: []}
    for noise in (20, 30):
        for seed in SCENES:
            with tempfile.TemporaryDirectory() as folder:
                root = pathlib.Path(folder)
                simulate(program, root, seed, "--snr", noise)
                for members in found:
                    wsnet(program, "train", root / "cube.tif", "-o", root / "m.wsn", *library(root), "--ensemble", members)
                    said = scores(program, root, root / "m.wsn")
                    found[members].append([said[key] for key in ("rmse_global", "coverage", "coverage_weak",
                                                                 "mean_width")])
    for members, rows in found.items():
        row([str(members), *(f"{x:.4f}" for x in np.mean(rows, axis=0))])


if __name__ == "__main__":
    print_tables(__doc__, fit, ensemble)
