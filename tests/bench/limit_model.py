# SPDX-License-Identifier: GPL-2.0-or-later
"""The law of simulated scenes, as core/src/scene_simulator.c draws them, and what a pixel tells under it.

    y = s sum_k a_k e_k (1 + sum_j c_kj shape_j) + n,   log s ~ N(0, illumination^2), c_kj ~ N(0, variability^2 / 5)

Given a and s a pixel is normal, so that its likelihood is exact; bands are whitened and taken to the few directions in which
endmembers and their deviations lie, which loses nothing. Factors below zero, which the simulator cuts, do not count: they are 20
standard deviations off.
"""
import dataclasses
import pathlib

import numpy as np
from runs import read, wsnet

ILLUMINATION, VARIABILITY, DECIBEL = 0.15, 0.05, 20
CLEAN = 120  # dB: the noise is then below what float32 keeps
N_SCALES, REACH = 25, 3.0  # nodes of the brightness, and how many standard deviations they reach


@dataclasses.dataclass
class Scene:
    """What the simulator knows of a scene. [N,B] pixels, [N,P] abundances, [N] brightness, [P,B] endmembers, [5,B] shapes
    times their standard deviations, [B,B] covariance of the noise."""
    folder: pathlib.Path
    pixels: np.ndarray
    abundances: np.ndarray
    brightness: np.ndarray
    endmembers: np.ndarray
    shapes: np.ndarray
    noise: np.ndarray


def unit(values: np.ndarray) -> np.ndarray:
    """Of mean square 1."""
    return values / np.sqrt((values**2).mean())


def deviation_shapes(wavelength: np.ndarray, phase: float) -> np.ndarray:
    """The five of make_shapes(); the last one's phase is the scene's."""
    t = 2 * (wavelength - 400) / 2050 - 1
    water = [np.exp(-0.5 * ((wavelength - centre) / width)**2) for centre, width in ((1450, 60), (1940, 80))]
    return np.array([unit(v) for v in (np.ones_like(t), t, t * t - 1 / 3, water[0] + 1.3 * water[1],
                                       np.sin(7.85 * t + phase))])


def find_phase(wavelength: np.ndarray, endmembers: np.ndarray, abundances: np.ndarray, deviation: np.ndarray) -> float:
    """Of the ripple: deviations [N,B] without noise, divided by the brightness, of the purest pixels are fitted by sine and
    cosine, whose coefficients then lie on one line."""
    shapes = np.concatenate([deviation_shapes(wavelength, 0), deviation_shapes(wavelength, np.pi / 2)[-1:]])
    scale = [np.sqrt((np.sin(7.85 * (2 * (wavelength - 400) / 2050 - 1) + p)**2).mean()) for p in (0, np.pi / 2)]
    found = []
    for i in np.argsort(-abundances.max(axis=1))[:200]:
        present = np.flatnonzero(abundances[i] > 0)
        parts = np.concatenate([abundances[i, k] * endmembers[k] * shapes for k in present])
        fit = np.linalg.lstsq(parts.T, deviation[i], rcond=None)[0].reshape(len(present), -1)
        found.append(fit[np.argmax(abundances[i, present]), -2:] / scale)
    direction = np.linalg.eigh(np.array(found).T @ np.array(found))[1][:, -1]
    return float(np.arctan2(direction[1], direction[0]))


def simulated(program: str, folder: pathlib.Path, seed: int, decibel: float, variability: float) -> list[np.ndarray]:
    """Pixels and abundances of the scene."""
    wsnet(program, "simulate", "-o", folder, "--seed", seed, "--snr", decibel, "--variability", variability)
    return [read(folder / name).T.astype(float) for name in ("cube.tif", "truth.tif")]


def know(program: str, folder: pathlib.Path, seed: int, decibel: float = DECIBEL, variability: float = VARIABILITY) -> Scene:
    """Everything about a scene, from copies of it without noise and without deviations."""
    pixels, abundances = simulated(program, folder, seed, decibel, variability)
    clean = simulated(program, folder / "clean", seed, CLEAN, variability)[0]
    plain = simulated(program, folder / "plain", seed, CLEAN, 0)[0]
    table = np.loadtxt(folder / "endmembers.csv", delimiter=",", skiprows=1)
    wavelength, endmembers = table[:, 0], table[:, 1:].T
    mixed = abundances @ endmembers
    brightness = (plain * mixed).sum(axis=1) / (mixed**2).sum(axis=1)
    phase = find_phase(wavelength, endmembers, abundances, clean / brightness[:, None] - mixed) if variability else 0.0
    shapes = deviation_shapes(wavelength, phase) * variability / np.sqrt(5)
    band_sd = unit(1 + (2 * (wavelength - 400) / 2050 - 1)**4) * np.sqrt(((pixels - clean)**2).mean())
    correlation = 0.5**np.abs(np.subtract.outer(range(len(band_sd)), range(len(band_sd))))
    return Scene(folder, pixels, abundances, brightness, endmembers, shapes, correlation * np.outer(band_sd, band_sd))


class Law:
    """Likelihoods of abundances: log p(y | a, s) up to what depends on y alone."""

    def __init__(self, endmembers: np.ndarray, shapes: np.ndarray, noise: np.ndarray):
        whiten = np.linalg.inv(np.linalg.cholesky(noise)).T
        parts = (endmembers[:, None] * np.concatenate([np.ones((1, len(whiten))), shapes])) @ whiten
        _, size, directions = np.linalg.svd(parts.reshape(-1, len(whiten)), full_matrices=False)
        basis = directions[size > 1e-9 * size[0]].T
        self.project = whiten @ basis
        self.means, self.deviations = (parts @ basis)[:, 0], (parts @ basis)[:, 1:]
        self.pairs = np.triu_indices(basis.shape[1])
        self.twice = np.where(self.pairs[0] == self.pairs[1], 1.0, 2.0)

    def _terms(self, pixels: np.ndarray) -> np.ndarray:
        """[N,F] products of two coordinates, coordinates, and one."""
        z = pixels @ self.project
        return np.concatenate([z[:, self.pairs[0]] * z[:, self.pairs[1]], z, np.ones((len(z), 1))], axis=1).astype(np.float32)

    def _factors(self, atom: np.ndarray, scales: np.ndarray) -> list[np.ndarray]:
        """Of those terms. The covariance is 1 + s^2 D'D, D the deviations as this mixture has them."""
        parts = (atom[:, None, None] * self.deviations).reshape(-1, self.means.shape[1])
        spread, axes = np.linalg.eigh(parts.T @ parts)
        mean, found = atom @ self.means @ axes, []
        for s in scales:
            precision = 1 / (1 + s * s * np.maximum(spread, 0))
            square = (axes * (1 - precision)) @ axes.T
            alone = np.log(precision).sum() - (s * s * mean * mean * precision).sum()
            found.append(np.concatenate([0.5 * self.twice * square[self.pairs], s * (axes * precision) @ mean, [0.5 * alone]]))
        return found

    def log_likelihood(self, pixels: np.ndarray, atoms: np.ndarray, scales: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """[N,M], summed over the brightness."""
        terms, n, found = self._terms(pixels), len(scales), np.empty((len(pixels), len(atoms)), np.float32)
        for j in range(0, len(atoms), 40):
            factors = np.array([f for a in atoms[j:j + 40] for f in self._factors(a, scales)], np.float32).T
            for i in range(0, len(pixels), 2000):
                values = (terms[i:i + 2000] @ factors).reshape(-1, factors.shape[1] // n, n) + np.log(weights, dtype=np.float32)
                highest = values.max(axis=2)
                np.exp(values - highest[:, :, None], out=values)
                found[i:i + 2000, j:j + 40] = highest + np.log(values.sum(axis=2))
        return found


def brightness_nodes(n: int = N_SCALES) -> tuple[np.ndarray, np.ndarray]:
    """Scales and their probabilities: log-normal."""
    x = np.linspace(-REACH, REACH, n)
    weight = np.exp(-0.5 * x * x)
    return np.exp(ILLUMINATION * x), (weight / weight.sum()).astype(np.float32)


def likelihood(scene: Scene, atoms: np.ndarray, n_scales: int = N_SCALES) -> np.ndarray:
    """[N,M] of every pixel, brightness unknown."""
    return Law(scene.endmembers, scene.shapes, scene.noise).log_likelihood(scene.pixels, atoms, *brightness_nodes(n_scales))


def likelihood_in_known_light(scene: Scene, atoms: np.ndarray) -> np.ndarray:
    """[N,M]. Pixels are grouped by brightness within 2 % and divided by the little that is left."""
    law, found = Law(scene.endmembers, scene.shapes, scene.noise), np.empty((len(scene.pixels), len(atoms)), np.float32)
    group = np.round(np.log(scene.brightness) / 0.04).astype(int)
    for g in np.unique(group):
        chosen, s = group == g, np.exp(0.04 * g)
        pixels = scene.pixels[chosen] * (s / scene.brightness[chosen])[:, None]
        found[chosen] = law.log_likelihood(pixels, atoms, np.array([s]), np.ones(1, np.float32))
    return found
