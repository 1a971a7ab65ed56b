# SPDX-License-Identifier: GPL-2.0-or-later
"""`wsnet score` against numpy, and how materials find their partners."""
import json

import numpy as np
import pytest
from cli import fail, succeed
from rasters import write, write_csv

NAMES = ["soil", "tree", "water"]
WAVELENGTH = np.linspace(400, 900, 40)
SPECTRA = {"soil": 0.2 + 0.3 * (WAVELENGTH - 400) / 500, "tree": np.where(WAVELENGTH > 700, 0.5, 0.05),
           "water": 0.08 * np.exp(-(WAVELENGTH - 400) / 150) + 0.01}


@pytest.fixture
def scene(tmp_path):
    random = np.random.default_rng(5)
    truth = random.dirichlet([0.4, 0.4, 0.4], (40, 30)).transpose(2, 0, 1).astype(np.float32)
    found = (truth + 0.04 * random.standard_normal(truth.shape)).astype(np.float32)
    return tmp_path, truth, found


def score(folder, *words):
    return json.loads(succeed("score", *words, "--json", cwd=folder))


def test_numbers_are_those_of_numpy(scene):
    folder, truth, found = scene
    found[:, :3, :3] = np.nan
    write(folder / "truth.tif", truth, NAMES)
    write(folder / "a.tif", found, NAMES)
    said = score(folder, "a.tif", "--truth", "truth.tif")
    gap = (found.astype(float) - truth)[:, np.isfinite(found[0])]
    known = truth[:, np.isfinite(found[0])]
    assert said["matched"] == "by name"
    assert said["n_pixels"] == gap.shape[1]
    assert said["rmse_global"] == pytest.approx(np.sqrt(np.mean(gap**2)), rel=1e-5)
    assert said["rmse_class_mean"] == pytest.approx(np.mean(np.sqrt(np.mean(gap**2, axis=1))), rel=1e-5)
    weak = (known > 0.01) & (known <= 0.15)
    assert said["rmse_weak"] == pytest.approx(np.sqrt(np.mean(gap[weak] ** 2)), rel=1e-5)
    assert 0 < said["weak_recall_at_5pct_fpr"] <= 1
    assert not {"coverage", "coverage_weak", "sad_mean_rad"} & set(said)
    assert [material["name"] for material in said["materials"]] == NAMES


def test_intervals_give_coverage(scene):
    folder, truth, found = scene
    write(folder / "truth.tif", truth, NAMES)
    half = 0.05
    values = np.concatenate([found, found - half, found + half])
    write(folder / "a.tif", values, NAMES + [f"{n} lower" for n in NAMES] + [f"{n} upper" for n in NAMES])
    said = score(folder, "a.tif", "--truth", "truth.tif")
    inside = np.abs(found - truth) <= half
    assert said["coverage"] == pytest.approx(inside.mean(), abs=1e-3)
    weak = (truth > 0.01) & (truth <= 0.15)
    assert said["coverage_weak"] == pytest.approx(inside[weak].mean(), abs=1e-2)


def test_blind_bands_are_matched_by_least_rmse(scene):
    folder, truth, found = scene
    write(folder / "truth.tif", truth, NAMES)
    write(folder / "a.tif", found[[2, 0, 1]], ["endmember 1", "endmember 2", "endmember 3"])
    said = score(folder, "a.tif", "--truth", "truth.tif")
    assert said["matched"] == "by least abundance RMSE"
    assert said["rmse_class_mean"] < 0.05
    assert {m["name"]: m["abundance_band"] for m in said["materials"]} == {
        "soil": "endmember 2", "tree": "endmember 3", "water": "endmember 1"}


def test_blind_bands_are_matched_by_angle_when_spectra_are_given(scene):
    folder, truth, found = scene
    order = [1, 2, 0]
    write(folder / "truth.tif", truth, NAMES)
    write(folder / "a.tif", found[order], ["endmember 1", "endmember 2", "endmember 3"])
    write_csv(folder / "t.csv", WAVELENGTH, SPECTRA)
    write_csv(folder / "e.csv", WAVELENGTH, {f"endmember {i + 1}": 3 * SPECTRA[NAMES[k]] ** 1.05 for i, k in enumerate(order)})
    said = score(folder, "a.tif", "--truth", "truth.tif", "--endmembers", "e.csv", "--truth-endmembers", "t.csv")
    assert said["matched"] == "by least total spectral angle"
    assert said["rmse_class_mean"] < 0.05

    def angle(a, b):
        return np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    expected = np.mean([angle(SPECTRA[n], SPECTRA[n] ** 1.05) for n in NAMES])
    assert said["sad_mean_rad"] == pytest.approx(expected, abs=2e-4)
    assert said["sad_mean_degrees"] == pytest.approx(np.degrees(said["sad_mean_rad"]))
    for material in said["materials"]:
        assert material["sad_degrees"] == pytest.approx(np.degrees(material["sad_rad"]))


def test_truth_on_other_bands_is_resampled(scene):
    folder, truth, found = scene
    write(folder / "truth.tif", truth, NAMES)
    write(folder / "a.tif", found, NAMES)
    write_csv(folder / "t.csv", WAVELENGTH, SPECTRA)
    inner = WAVELENGTH[4:-4:2]
    write_csv(folder / "e.csv", inner, {n: s[4:-4:2] for n, s in SPECTRA.items()})
    said = score(folder, "a.tif", "--truth", "truth.tif", "--endmembers", "e.csv", "--truth-endmembers", "t.csv")
    assert said["sad_mean_rad"] < 0.15


def test_materials_without_a_partner_are_named(scene):
    folder, truth, found = scene
    write(folder / "truth.tif", truth[:2], NAMES[:2])
    write(folder / "a.tif", found, NAMES)
    from cli import run

    done = run("score", "a.tif", "--truth", "truth.tif", cwd=folder)
    assert done.returncode == 0
    assert "'water' of the abundances has no partner" in done.stderr
    assert "rmse_class_mean" in done.stdout


def test_bad_input_is_one_sentence(scene):
    folder, truth, found = scene
    write(folder / "truth.tif", truth, NAMES)
    write(folder / "small.tif", found[:, :5], NAMES)
    write(folder / "a.tif", found, NAMES)
    write(folder / "empty.tif", np.full_like(found, np.nan), NAMES)
    write_csv(folder / "t.csv", WAVELENGTH, SPECTRA)
    assert "30 x 5 pixels and the truth 30 x 40" in fail(folder, "score", "small.tif", "--truth", "truth.tif")
    assert "missing.tif" in fail(folder, "score", "a.tif", "--truth", "missing.tif")
    assert "no pixel" in fail(folder, "score", "empty.tif", "--truth", "truth.tif")
    assert "--endmembers or --model" in fail(folder, "score", "a.tif", "--truth", "truth.tif", "--truth-endmembers", "t.csv")
