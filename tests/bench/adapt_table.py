# SPDX-License-Identifier: GPL-2.0-or-later
"""What adapting and extending a model do: prints the tables of resources/docs/method.md.

usage: adapt_table.py WSNET [--adapt | --extend]
"""
import json
import pathlib
import sys
import tempfile
from collections.abc import Callable

import numpy as np
from runs import cpu_seconds, library, names_of, print_tables, read, row, scores, write_like, wsnet

sys.path.append(str(pathlib.Path(__file__).parents[1] / "gdal"))
from rasters import distort  # noqa: E402  the tests' own

ADAPTED = {f"{noise} dB{end}": (noise, same, range(11, 27)) for noise in (34, 20)
           for same, end in ((False, ""), (True, ", gain 1, offset 0"))}
EXTENDED = {"the second, ordinary": (1, range(21, 26)), "the dark one": (3, range(21, 24)), "the rare one": (4, range(21, 24))}


def adapt_once(program: str, root: pathlib.Path, seed: int, noise: int, same: bool) -> list[float]:
    """RMSE not adapted, adapted, of the true gain, fresh; the three coverages; CPU shares; errors of the gains.
    @param same  the new cube is calibrated as the old one"""
    old, plain, new = root / "old", root / "plain", root / "new"
    for folder, size, snr in ((old, (60, 60), 40), (plain, (64, 56), noise), (new, (64, 56), noise)):
        wsnet(program, "simulate", "-o", folder, "--width", size[0], "--height", size[1], "--bands", 80, "--endmembers", 4,
              "--snr", snr, "--seed", seed)
    values = read(plain / "cube.tif")
    distorted, gain, _ = (values, np.ones(len(values)), None) if same else distort(values, seed)
    write_like(plain / "cube.tif", new / "cube.tif", distorted)
    training = cpu_seconds(program, "train", old / "cube.tif", "-o", root / "old.wsn", *library(old))
    cpu_seconds(program, "train", plain / "cube.tif", "-o", root / "fresh.wsn", *library(old))
    cost = cpu_seconds(program, "adapt", root / "old.wsn", new / "cube.tif", "-o", root / "adapted.wsn")
    unadapted, adapted = scores(program, new, root / "old.wsn"), scores(program, new, root / "adapted.wsn")
    true, fresh = scores(program, plain, root / "old.wsn"), scores(program, plain, root / "fresh.wsn")
    found = 1 / np.array(json.loads(wsnet(program, "info", root / "adapted.wsn", "--json"))["gain"])
    gain /= np.exp(np.log(gain).mean())
    errors = [np.sqrt(np.mean((guess - gain) ** 2)) for guess in (np.ones(len(gain)), found)]
    return [said["rmse_global"] for said in (unadapted, adapted, true, fresh)] + \
        [said["coverage"] for said in (unadapted, adapted, fresh)] + [cost / training, *errors]


def over_seeds(seeds: range, once: Callable[[pathlib.Path, int], list[float]]) -> np.ndarray:
    """What one run in a folder of its own found, a row a seed."""
    found = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as root:
            found.append(once(pathlib.Path(root), seed))
    return np.array(found)


def adapt(program: str) -> None:
    row(["new cube", "RMSE not adapted", "adapted", "true gain", "fresh", "adapted / fresh, median (worst)",
         "coverage not adapted / adapted / fresh"])
    print("|---" * 7 + "|")
    for name, (noise, same, seeds) in ADAPTED.items():
        found = over_seeds(seeds, lambda root, seed, noise=noise, same=same: adapt_once(program, root, seed, noise, same))
        mean, ratio = found.mean(axis=0), found[:, 1] / found[:, 3]
        row([f"{name}, {len(found)} seeds", *mean[:4], f"{np.median(ratio):.2f} ({ratio.max():.2f})",
             " / ".join(f"{x:.2f}" for x in mean[4:7])])
        worse = [f"{before:.3f} to {after:.3f}" for before, after in found[:, :2] if after > before]
        print(f"CPU share of a training {mean[7]:.3f}; error of the gains {mean[8]:.3f} to {mean[9]:.3f}; worse on "
              f"{len(worse)} of {len(found)} seeds ({', '.join(worse)})\n", flush=True)


def rmse(program: str, folder: pathlib.Path, model: str, materials: list[str], names: list[str], where: np.ndarray) -> float:
    """Of these names over these pixels. @param materials  the model's, in its order"""
    wsnet(program, "unmix", folder / model, folder / "cube.tif", "-o", folder / "a.tif", "--bands", "abundance")
    found, truth = read(folder / "a.tif"), read(folder / "truth.tif")
    error = [found[materials.index(name)] - truth[names_of(folder).index(name)] for name in names]
    return float(np.sqrt(np.mean(np.array(error)[:, where] ** 2)))


def extend_once(program: str, folder: pathlib.Path, seed: int, index: int) -> list[float]:
    """Ratios: old ones extended / before, fresh / before; new one extended / fresh; RMSE of the old ones on the whole scene
    before and after; CPU share."""
    wsnet(program, "simulate", "-o", folder, "--width", 60, "--height", 60, "--bands", 100, "--seed", seed)
    every = names_of(folder)
    new, old = every[index], every[:index] + every[index + 1:]
    wsnet(program, "train", folder / "cube.tif", "-o", folder / "old.wsn", *library(folder, old))
    training = cpu_seconds(program, "train", folder / "cube.tif", "-o", folder / "fresh.wsn", *library(folder))
    cost = cpu_seconds(program, "extend", folder / "old.wsn", folder / "cube.tif", "-o", folder / "new.wsn",
                       *library(folder, [new]))
    absent = read(folder / "truth.tif")[index] <= 0.001
    everywhere = np.ones(len(absent), bool)
    models = (("old.wsn", old), ("new.wsn", [*old, new]), ("fresh.wsn", every))
    before, after, anew = (rmse(program, folder, model, known, old, absent) for model, known in models)
    news = [rmse(program, folder, model, known, [new], everywhere) for model, known in models[1:]]
    whole = [rmse(program, folder, model, known, old, everywhere) for model, known in models[:2]]
    return [after / before, anew / before, news[0] / news[1], *whole, cost / training]


def extend(program: str) -> None:
    row(["added", "RMSE of the old ones where the new one is absent: after / before",
         "the same, trained on all five / before", "RMSE of the new one: after / trained on all five"])
    print("|---" * 4 + "|")
    for name, (index, seeds) in EXTENDED.items():
        found = over_seeds(seeds, lambda root, seed, index=index: extend_once(program, root, seed, index))
        row([name, *(f"{column.mean():.2f} (at most {column.max():.2f})" for column in found.T[:3])])
        mean = found.mean(axis=0)
        print(f"old ones on the whole scene {mean[3]:.3f} to {mean[4]:.3f}; CPU share of a training {found[:, 5].min():.2f} "
              f"to {found[:, 5].max():.2f}\n", flush=True)


if __name__ == "__main__":
    print_tables(__doc__, adapt, extend)
