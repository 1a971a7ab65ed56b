# SPDX-License-Identifier: GPL-2.0-or-later
"""`wsnet classical`, and what `wsnet info` tells other programs."""
import json

import numpy as np
import pytest
from cli import fail, files, run, succeed
from cli_scene import model, simulated  # noqa: F401
from osgeo import gdal
from rasters import read, write


def unmix(simulated, path, *words):  # noqa: F811
    """Abundances, band names and the check."""
    answer = succeed("classical", simulated / "cube.tif", "-o", path, "--library", simulated / "endmembers.csv", "--json",
                     *words)
    return (*read(path), json.loads(answer))


def test_ucls_agrees_with_numpy(simulated, tmp_path):  # noqa: F811
    values, names, check = unmix(simulated, tmp_path / "u.tif", "--method", "ucls")
    rows = [row.split(",") for row in (simulated / "endmembers.csv").read_text().splitlines()]
    library = np.array([[float(cell) for cell in row] for row in rows[1:]])
    columns = [i for i, name in enumerate(rows[0]) if i > 0 and name != "fwhm_nm"]
    assert names == [rows[0][i] for i in columns] + ["rmse"]
    spectra = library[:, columns]
    pixels, _ = read(simulated / "cube.tif")
    wanted = np.linalg.lstsq(spectra, pixels.reshape(50, -1), rcond=None)[0]
    np.testing.assert_allclose(values[:4].reshape(4, -1), wanted, atol=2e-4)
    residual = np.sqrt(((pixels.reshape(50, -1) - spectra @ wanted) ** 2).mean(0))
    np.testing.assert_allclose(values[4].ravel(), residual, atol=1e-5)
    assert check["n_endmembers"] == 4
    assert check["condition"] == pytest.approx(np.linalg.cond(spectra), rel=1e-3)
    assert check["negative_share"] == pytest.approx((wanted < -0.05).mean(), abs=0.02)


@pytest.mark.parametrize("noise", [10, 20, 30, 40])
def test_a_missing_endmember_is_warned_of_and_noise_is_not(tmp_path, noise):
    succeed("simulate", "-o", tmp_path, "--width", 50, "--height", 50, "--bands", 100, "--seed", 805, "--snr", noise)
    names = (tmp_path / "endmembers.csv").read_text().splitlines()[0].split(",")[1:]
    spoken = []
    for missing in [None, *names[:3]]:
        kept = ",".join(f'"{name}"' for name in names if name != missing)
        done = run("classical", tmp_path / "cube.tif", "-o", tmp_path / "a.tif", "--library", tmp_path / "endmembers.csv",
                   "--select", kept)
        assert done.returncode == 0
        spoken.append("probably missing" in done.stderr)
    assert not spoken[0] and sum(spoken[1:]) >= (2 if noise > 10 else 0), spoken


def test_constraints_hold(simulated, tmp_path):  # noqa: F811
    fcls, _, _ = unmix(simulated, tmp_path / "f.tif")
    assert fcls[:4].min() >= 0 and np.abs(fcls[:4].sum(0) - 1).max() < 1e-5
    nnls, _, _ = unmix(simulated, tmp_path / "n.tif", "--method", "nnls")
    assert nnls[:4].min() >= 0 and np.abs(nnls[:4].sum(0) - 1).max() > 0.01
    scaled, _, _ = unmix(simulated, tmp_path / "s.tif", "--method", "nnls", "--mixing", "scaled")
    assert np.abs(scaled[:4].sum(0) - 1).max() < 1e-5
    cube, made = gdal.Open(str(simulated / "cube.tif")), gdal.Open(str(tmp_path / "f.tif"))
    assert made.GetGeoTransform() == cube.GetGeoTransform() and made.GetSpatialRef().IsSame(cube.GetSpatialRef())
    assert files(tmp_path) == {"f.tif", "n.tif", "s.tif"}


def test_pixels_without_a_value_stay_without(simulated, tmp_path):  # noqa: F811
    pixels, _ = read(simulated / "cube.tif")
    pixels[7, 3, 5] = -999
    library = (simulated / "endmembers.csv").read_text().splitlines()
    wavelength_nm = np.array([float(row.split(",")[0]) for row in library[1:]])
    write(tmp_path / "holes.tif", pixels, wavelength_nm=wavelength_nm, nodata=-999)
    succeed("classical", tmp_path / "holes.tif", "-o", tmp_path / "h.tif", "--library", simulated / "endmembers.csv")
    values, _ = read(tmp_path / "h.tif")
    assert np.isnan(values[:, 3, 5]).all() and np.isfinite(values).sum() == values.size - 5


def test_refusals(simulated, tmp_path):  # noqa: F811
    cube = simulated / "cube.tif"
    assert "nothing.csv" in fail(tmp_path, "classical", cube, "-o", "o.tif", "--library", "nothing.csv")
    assert "fcls|nnls|ucls" in fail(tmp_path, "classical", cube, "-o", "o.tif", "--method", "wsnet", code=2)
    assert "no format" in fail(tmp_path, "classical", cube, "-o", "o.wrong", "--library", simulated / "endmembers.csv")


def test_info_for_programs(simulated, model):  # noqa: F811
    told = json.loads(succeed("info", model, "--json"))
    assert np.array(told["spectra"]).shape == (4, 50) and told["band_index"] == list(range(50))
    assert "spectra" not in succeed("info", model)
    told = json.loads(succeed("info", simulated / "cube.tif", "--json"))
    assert len(told["scale"]) == len(told["offset"]) == len(told["wavelength_nm"]) == 50


def test_info_counts_endmembers(simulated):  # noqa: F811
    told = json.loads(succeed("info", simulated / "cube.tif", "--count", "--json"))
    assert told["count"]["hysime"] >= 2 and told["count"]["nwhfc"] >= 1 and told["count"]["growth_ratio"] >= 2
    assert 2 <= told["count"]["used"] <= 12
    assert run("info", simulated / "cube.tif", "--count", "--json").stderr == ""
