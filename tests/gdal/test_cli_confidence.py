# SPDX-License-Identifier: GPL-2.0-or-later
"""What a model says about its own certainty, held against truth: limits of detection, intervals, the fit layer."""
import json

import numpy as np
import pytest
from cli import succeed
from rasters import read, write, write_csv

SIDE = 60


def simulate(folder, seed, *more):
    """Pixels [B,N], truth [P,N], endmembers [P,B] and wavelengths of a simulated scene."""
    succeed("simulate", "-o", folder, "--width", SIDE, "--height", SIDE, "--bands", 100, "--seed", seed, *more)
    table = np.genfromtxt(folder / "endmembers.csv", delimiter=",", skip_header=1)
    pixels, truth = read(folder / "cube.tif")[0], read(folder / "truth.tif")[0]
    return pixels.reshape(len(pixels), -1), truth.reshape(len(truth), -1), table[:, 1:].T, table[:, 0]


def train(folder, *more):
    succeed("train", folder / "cube.tif", "-o", folder / "m.wsn", "--library", folder / "endmembers.csv", *more)


def unmix(folder, pixels, wavelengths, *more):
    """Bands of an answer for pixels [B,N], each [N]."""
    side = int(np.sqrt(pixels.shape[1]))
    write(folder / "asked.tif", pixels.reshape(len(pixels), side, side), wavelength_nm=wavelengths)
    succeed("unmix", folder / "m.wsn", folder / "asked.tif", "-o", folder / "answer.tif", *more)
    answer = read(folder / "answer.tif")[0]
    return answer.reshape(len(answer), -1)


# ---- limits of detection ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed,noise", [(1, 0.004), (2, 0.01), (3, 0.02)])
def test_half_of_what_is_at_the_decision_limit_is_detected(tmp_path, seed, noise):
    """A limit of detection is twice its decision limit (Currie): abundances at that limit exceed it in half of the
    pixels, absent materials in 5 %. Abundances are least squares that sum to one, the noise is white and estimated."""
    random = np.random.default_rng(seed)
    *_, endmembers, wavelengths = simulate(tmp_path, seed, "--endmembers", 4)
    mixed = random.dirichlet(np.full(4, 2.0), SIDE * SIDE)
    pixels = (mixed @ endmembers).T + noise * random.normal(size=(100, SIDE * SIDE))
    write(tmp_path / "cube.tif", pixels.reshape(100, SIDE, SIDE), wavelength_nm=wavelengths)
    train(tmp_path, "--steps", 1)
    said = json.loads(succeed("info", tmp_path / "m.wsn", "--json"))["endmembers"]
    rows = []
    for k, limit in enumerate(material["limit_of_detection"] for material in said):
        for share in (0, limit / 2):
            a = np.insert(random.dirichlet(np.full(3, 20.0), SIDE * SIDE) * (1 - share), k, share, axis=1)
            pixels = (a @ endmembers).T + noise * random.normal(size=(100, SIDE * SIDE))
            found = unmix(tmp_path, pixels, wavelengths, "--method", "fcls", "--bands", "abundance")[k]
            rows.append((said[k]["name"], share, float(np.mean(found > limit / 2))))
            print("%-20s at %.4f: detected %.3f" % rows[-1])
    for name, share, rate in rows:
        assert abs(rate - (0.5 if share else 0.05)) < (0.1 if share else 0.025), (name, share, rate)


# ---- intervals ----------------------------------------------------------------------------------------------


def constant_width(a, truth, coverage, counted):
    """Mean width of [a - w, a + w] within [0, 1] where w is the least, one a material, that covers as many of the counted
    entries."""
    widths = []
    for k in range(len(a)):
        reach = np.sort(np.abs(truth[k] - a[k])[counted[k]])
        half = reach[min(int(coverage[k] * len(reach)), len(reach) - 1)]
        widths.append(np.mean(np.minimum(a[k] + half, 1) - np.maximum(a[k] - half, 0)))
    return np.mean(widths)


@pytest.mark.parametrize("seed", [1, 2])
def test_intervals_are_sharper_than_constant_ones_of_their_coverage(tmp_path, seed):
    """Coverage where the material is: an interval of any width about nearly nothing covers nothing."""
    pixels, truth, _, wavelengths = simulate(tmp_path, seed)
    train(tmp_path)
    answer = unmix(tmp_path, pixels, wavelengths, "--bands", "abundance,interval")
    a, lower, upper = answer[:5], answer[5::2], answer[6::2]
    covered, said = (truth >= lower) & (truth <= upper), f"mean width {np.mean(upper - lower):.4f}"
    for counted in (truth > 0.001, truth >= 0):
        coverage = [covered[k][counted[k]].mean() for k in range(5)]
        said += f", constant ones that cover {np.mean(coverage):.3f} as well "
        said += f"{constant_width(a, truth, coverage, counted):.4f}"
    print(said)
    present = truth > 0.001
    coverage = [covered[k][present[k]].mean() for k in range(5)]
    assert np.mean(upper - lower) < constant_width(a, truth, coverage, present)


# ---- fit ----------------------------------------------------------------------------------------------------


def area_under_curve(low, high):
    """Share of pairs in which low is below high; ties count half."""
    order = np.sort(high)
    below = len(order) - np.searchsorted(order, low, side="right")
    ties = np.searchsorted(order, low, side="right") - np.searchsorted(order, low, side="left")
    return float(np.mean((below + ties / 2) / len(order)))


def scene_noise(seed, pixels):
    """As a simulated scene of 30 dB has it: alike in neighbouring bands, and twice as strong at the ends of the range.
    Another kind of noise could be told without any material."""
    white = np.random.default_rng(seed).normal(size=pixels.shape)
    noise, along = white.copy(), np.linspace(-1, 1, len(pixels))
    for band in range(1, len(pixels)):
        noise[band] = 0.5 * noise[band - 1] + np.sqrt(0.75) * white[band]
    strength = 1 + along**4
    return np.sqrt(1e-3 * np.mean(pixels**2) / np.mean(strength**2)) * strength[:, None] * noise


@pytest.mark.parametrize("seed,variability,least", [(1, 0.02, 0.97), (2, 0.02, 0.97), (3, 0.05, 0.95)])
def test_fit_tells_pixels_with_a_fifth_of_an_unseen_material(tmp_path, seed, variability, least):
    """Every ordinary material of three other scenes, as long as this scene's mean one, in a fifth of each pixel; the noise
    stays that of 30 dB. The median counts of those of which a tenth or more is no mixture of the known ones: what is one,
    nothing can tell."""
    (tmp_path / "other").mkdir()
    pixels, _, endmembers, wavelengths = simulate(tmp_path, seed, "--snr", 30, "--variability", variability)
    train(tmp_path)
    plain = unmix(tmp_path, pixels, wavelengths, "--bands", "fit")[0]
    noise = 0.6 * scene_noise(seed, pixels)
    level, basis, areas = np.linalg.norm(endmembers, axis=1)[:4].mean(), np.linalg.qr(endmembers.T)[0], []
    for other in (101, 102, 103):
        unseen = simulate(tmp_path / "other", other)[2]
        for spectrum in unseen[:4]:
            spectrum = spectrum * level / np.linalg.norm(spectrum)
            away = np.linalg.norm(spectrum - basis @ (basis.T @ spectrum)) / level
            asked = 0.8 * pixels + 0.2 * spectrum[:, None] + noise
            fit = unmix(tmp_path, asked, wavelengths, "--bands", "fit")[0]
            areas.append((area_under_curve(fit, plain), away))
    print("area under the curve (share of the spectrum that no mixture explains):",
          ", ".join(f"{area:.3f} ({away:.2f})" for area, away in areas))
    print(f"share of the scene's own pixels below 0.01: {np.mean(plain < 0.01):.4f}, median {np.median(plain):.2f}")
    assert np.median([area for area, away in areas if away >= 0.1]) >= least
    assert np.mean(plain < 0.01) < 0.03 and 0.3 < np.median(plain) < 0.7
