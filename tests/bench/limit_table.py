# SPDX-License-Identifier: GPL-2.0-or-later
"""What any per-pixel method can reach on simulated scenes: prints what resources/docs/method.md says of it.

usage: limit_table.py WSNET [--check | --table]
Bayes estimators that know endmembers, noise, variability and the law of brightness exactly, under several priors. The posterior
mean has the least RMSE; the posterior odds of (0.05,0.15] against none have the highest recall at any rate of false positives
(Neyman and Pearson 1933). With the scene's own abundances as the prior they are the limit of every rule that answers for a pixel
by that pixel alone (Robbins 1951); --check holds the estimator against what must be so.
"""
import dataclasses
import json
import pathlib
import sys
import tempfile

import numpy as np
from limit_model import (ILLUMINATION, N_SCALES, VARIABILITY, Law, Scene, know, likelihood, likelihood_in_known_light,
                         simulated)
from runs import better_classical, library, print_tables, read, row, write_like, wsnet

SEEDS = (201, 202, 203, 204, 205, 206)
OTHER_SEEDS = range(301, 321)  # scenes whose abundances are the generator's law
N_ATOMS, AWAY = 4000, 3


def weigh(likelihoods: np.ndarray, known: np.ndarray, prior: np.ndarray | None = None,
          allowed: np.ndarray | None = None) -> np.ndarray:
    """[N,F] posterior means of what is known of the atoms [M,F]; logarithms of their prior [M]; which may count [N,M]."""
    found = np.empty((len(likelihoods), known.shape[1]))
    for i in range(0, len(found), 1000):
        part = likelihoods[i:i + 1000] + (0 if prior is None else prior)
        if allowed is not None:
            part[~allowed[i:i + 1000]] = -np.inf
        part = np.exp(part - part.max(axis=1, keepdims=True))
        found[i:i + 1000] = part @ known.astype(np.float32) / part.sum(axis=1, keepdims=True)
    return found


def estimate(likelihoods: np.ndarray, atoms: np.ndarray, **options: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """[N,P] each: posterior mean, posterior variance, and a number in [0, 1] that rises with the odds of (0.05,0.15] against
    at most 0.001."""
    known = np.concatenate([atoms, atoms**2, (atoms > 0.05) & (atoms <= 0.15), atoms <= 0.001], axis=1)
    mean, square, weak, absent = np.split(weigh(likelihoods, known, **options), 4, axis=1)
    return mean, np.maximum(square - mean**2, 0), weak / (weak + absent + 1e-30)


def most_likely_prior(likelihoods: np.ndarray, rounds: int) -> np.ndarray:
    """[M] logarithms of the atoms' probabilities after rounds of expectation maximisation."""
    relative = np.exp(likelihoods - likelihoods.max(axis=1, keepdims=True))
    weight = np.full(relative.shape[1], 1 / relative.shape[1], np.float32)
    for _ in range(rounds):
        weight = weight * ((1 / (relative @ weight)) @ relative) / len(relative)
    return np.log(weight + 1e-30)


def any_abundances(n: int, n_materials: int) -> np.ndarray:
    """As prior_draw_any() of the training's simulator: Dirichlet of 0.3 or 1 on a random subset."""
    draw = np.random.default_rng(1)
    active = draw.random((n, n_materials)) < draw.random((n, 1))
    active[np.arange(n), draw.integers(0, n_materials, n)] = True
    concentration = np.where(draw.random(n) < 0.5, 0.3, 1.0)[:, None] * np.ones(n_materials)
    parts = (draw.gamma(concentration) + 1e-12) * active
    return parts / parts.sum(axis=1, keepdims=True)


def other_scenes(program: str) -> np.ndarray:
    """Abundances of scenes of other seeds: the generator's law, ordinary materials alike, then the dark and the rare one."""
    draw, found = np.random.default_rng(1), []
    for seed in OTHER_SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            truth = simulated(program, pathlib.Path(folder), seed, 20, VARIABILITY)[1]
        found.append(truth[draw.choice(len(truth), N_ATOMS // len(OTHER_SEEDS), replace=False)])
    return np.concatenate(found)


def far_enough(n: int) -> np.ndarray:
    """[N,N] pairs of pixels of a square scene that are more than AWAY apart."""
    at = np.stack(np.divmod(np.arange(n), round(n**0.5)), axis=1).astype(np.float32)
    square = (at**2).sum(axis=1)
    return square[:, None] + square - 2 * at @ at.T > AWAY**2 + 0.5


def estimates(scene: Scene, law_atoms: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Under every prior."""
    truth, anything = scene.abundances, any_abundances(N_ATOMS, scene.abundances.shape[1])
    own = likelihood(scene, truth)
    found = {"the scene's abundances": estimate(own, truth),
             f"those more than {AWAY} pixels away": estimate(own, truth, allowed=far_enough(len(truth)))}
    del own
    light = likelihood_in_known_light(scene, truth)
    found["the scene's, brightness known too"] = estimate(light, truth)
    del light
    found[f"those of {len(OTHER_SEEDS)} other scenes of the generator"] = estimate(likelihood(scene, law_atoms), law_atoms)
    free = likelihood(scene, anything)
    found["anything: Dirichlet on random subsets"] = estimate(free, anything)
    found["learnt from the scene, 4 rounds"] = estimate(free, anything, prior=most_likely_prior(free, 4))
    return found


def score(program: str, scene: Scene, values: np.ndarray) -> dict:
    """What `wsnet score` says of abundances [N,P]."""
    path = scene.folder / "estimate.tif"
    write_like(scene.folder / "truth.tif", path, values.T)
    return json.loads(wsnet(program, "score", path, "--truth", scene.folder / "truth.tif", "--json"))


def cells(program: str, scene: Scene, classical: float, mean: np.ndarray, variance: np.ndarray | None,
          odds: np.ndarray | None) -> list[float]:
    """Ratio, the one the posterior expects, recall ranked by mean, best recall, best of ordinary, dark and rare ones."""
    said = score(program, scene, mean)
    best = said if odds is None else score(program, scene, odds)
    recalls = [m["weak_recall_at_5pct_fpr"] for m in best["materials"]]
    recalls = [np.nan if r is None else r for r in recalls]
    expected = np.nan if variance is None else np.sqrt(variance.mean(axis=0)).mean() / classical
    return [said["rmse_class_mean"] / classical, expected, said["weak_recall_at_5pct_fpr"], best["weak_recall_at_5pct_fpr"],
            np.nanmean(recalls[:-2]), *recalls[-2:]]


def measure(program: str, folder: pathlib.Path, seed: int, law_atoms: np.ndarray) -> dict[str, list[float]]:
    """One scene: WS-Net, then every prior."""
    scene = know(program, folder, seed)
    wsnet(program, "train", folder / "cube.tif", "-o", folder / "m.wsn", *library(folder), "--seed", seed)
    wsnet(program, "unmix", folder / "m.wsn", folder / "cube.tif", "-o", folder / "a.tif", "--bands", "abundance")
    classical = better_classical(program, folder)
    rows = {"WS-Net": cells(program, scene, classical, read(folder / "a.tif").T, None, None)}
    for name, answer in estimates(scene, law_atoms).items():
        rows[name] = cells(program, scene, classical, *answer)
    return rows


def table(program: str) -> None:
    """Means over the scenes, and the median of the best recall."""
    law_atoms, found = other_scenes(program), {}
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            for name, values in measure(program, pathlib.Path(folder), seed, law_atoms).items():
                found.setdefault(name, []).append(values)
                print(seed, name, np.round(values, 3), file=sys.stderr, flush=True)
    row(["prior", "RMSE / better classical", "as expected", "recall by mean", "best recall", "median", "ordinary", "dark",
         "rare"])
    print("|---" * 9 + "|")
    for name, values in found.items():
        mean = np.mean(values, axis=0)
        row([name, *mean[:4], float(np.median([v[3] for v in values])), *mean[4:]])


def drawn(scene: Scene, atoms: np.ndarray, n: int) -> Scene:
    """Pixels drawn anew by this file's own reading of the law, with abundances of the atoms."""
    draw = np.random.default_rng(2)
    a, s = atoms[draw.integers(0, len(atoms), n)], np.exp(ILLUMINATION * draw.standard_normal(n))
    factors = 1 + draw.standard_normal((n, a.shape[1], len(scene.shapes))) @ scene.shapes
    pixels = s[:, None] * np.einsum("nk,kb,nkb->nb", a, scene.endmembers, factors)
    pixels += draw.standard_normal(pixels.shape) @ np.linalg.cholesky(scene.noise).T
    return dataclasses.replace(scene, pixels=pixels, abundances=a, brightness=s)


def coverage(scene: Scene, likelihoods: np.ndarray, atoms: np.ndarray) -> float:
    """Of central 90 % intervals: how often the truth's place in the posterior, ties split at random, is within."""
    part = np.exp(likelihoods - likelihoods.max(axis=1, keepdims=True))
    part /= part.sum(axis=1, keepdims=True)
    truth, draw, inside = scene.abundances, np.random.default_rng(3), []
    for k in range(atoms.shape[1]):
        below = (part * (atoms[:, k] < truth[:, k:k + 1])).sum(axis=1)
        equal = (part * (atoms[:, k] == truth[:, k:k + 1])).sum(axis=1)
        inside.append(np.abs(below + draw.random(len(truth)) * equal - 0.5) <= 0.45)
    return float(np.mean(inside))


def full_density(scene: Scene, i: int, atom: np.ndarray, s: float) -> float:
    """log p(y | a, s) of pixel i, by all bands."""
    parts = ((atom[:, None] * scene.endmembers)[:, None] * scene.shapes).reshape(-1, scene.pixels.shape[1])
    covariance, off = scene.noise + s * s * parts.T @ parts, scene.pixels[i] - s * atom @ scene.endmembers
    return -0.5 * (np.linalg.slogdet(covariance)[1] + off @ np.linalg.solve(covariance, off))


def rmse(values: np.ndarray, truth: np.ndarray) -> float:
    """Over all entries."""
    return float(np.sqrt(((values - truth)**2).mean()))


def check(program: str) -> None:
    """What must be so if the estimator is right."""
    with tempfile.TemporaryDirectory() as folder:
        scene = know(program, pathlib.Path(folder), SEEDS[0])
        quiet = know(program, pathlib.Path(folder) / "quiet", SEEDS[0], 60, 0)
    atoms, law = scene.abundances[::5], Law(scene.endmembers, scene.shapes, scene.noise)
    short = law.log_likelihood(scene.pixels[:50], atoms[:20], np.array([1.1]), np.ones(1, np.float32))
    long = np.array([[full_density(scene, i, a, 1.1) for a in atoms[:20]] for i in range(50)])
    difference = (short - long) - (short - long).mean(axis=1, keepdims=True)
    row(["largest difference of log-likelihoods from those of all bands", f"{np.abs(difference).max():.4f}"])
    mean = estimate(likelihood_in_known_light(quiet, quiet.abundances), quiet.abundances)[0]
    row(["RMSE at 60 dB, no variability, brightness known", f"{rmse(mean, quiet.abundances):.5f}"])
    fresh = drawn(scene, atoms, 3000)
    coarse, fine = likelihood(fresh, atoms), likelihood(fresh, atoms, 3 * N_SCALES)
    mean, variance, _ = estimate(coarse, atoms)
    row(["RMSE of pixels drawn from the prior", rmse(mean, fresh.abundances)])
    row(["the same, as the posterior expects", float(np.sqrt(variance.mean()))])
    row(["the same with three times the nodes of brightness", rmse(estimate(fine, atoms)[0], fresh.abundances)])
    row(["coverage of central 90 % intervals", coverage(fresh, coarse, atoms)])
    some = dataclasses.replace(scene, pixels=scene.pixels[2::5], abundances=scene.abundances[2::5])
    row(["the same of pixels of the scene, under the abundances of others", coverage(some, likelihood(some, atoms), atoms)])


if __name__ == "__main__":
    print_tables(__doc__, check, table)
