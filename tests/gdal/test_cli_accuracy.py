# SPDX-License-Identifier: GPL-2.0-or-later
"""Accuracy on real and simulated scenes, through the commands a user types. Each bound names its truth and mixing model."""
import json
import os
import subprocess

import numpy as np
import pytest
from cli import DATA, STAGE, succeed
from osgeo import gdal
from rasters import read

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the folder shared/data is not here")


def score(folder, abundances, *words):
    return json.loads(succeed("score", abundances, *words, "--json", cwd=folder))


@needs_data
@pytest.mark.parametrize("mixing, truth, most_rmse, most_sad", [("scaled", "peak", 0.0125, 0.022),
                                                                ("linear", "fcls", 0.050, 0.044)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_samson_blind(tmp_path, seed, mixing, truth, most_rmse, most_sad):
    cube = DATA / "samson" / "cube.tif"
    succeed("train", cube, "-o", "s.wsn", "--endmembers", 3, "--mixing", mixing, "--seed", seed, cwd=tmp_path)
    succeed("unmix", "s.wsn", cube, "-o", "a.tif", cwd=tmp_path)
    said = score(tmp_path, "a.tif", "--truth", DATA / "samson" / f"abundances_{truth}.tif", "--model", "s.wsn",
                 "--truth-endmembers", DATA / "samson" / f"endmembers_{truth}.csv")
    assert said["rmse_class_mean"] <= most_rmse
    assert said["sad_mean_rad"] <= most_sad
    # Without spectra the same bands are found, by their abundances.
    blind = score(tmp_path, "a.tif", "--truth", DATA / "samson" / f"abundances_{truth}.tif")
    assert blind["rmse_class_mean"] == pytest.approx(said["rmse_class_mean"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_simulated_scenes_beat_the_better_classical_method(tmp_path, seed):
    """20 dB, a dark and a rare endmember, illumination and variability, the true spectra as the library."""
    succeed("simulate", "-o", ".", "--seed", seed, "--snr", 20, cwd=tmp_path)
    succeed("train", "cube.tif", "-o", "m.wsn", "--library", "endmembers.csv", "--seed", seed, cwd=tmp_path)
    succeed("unmix", "m.wsn", "cube.tif", "-o", "network.tif", cwd=tmp_path)
    said = {"network": score(tmp_path, "network.tif", "--truth", "truth.tif")}
    for method in ("fcls", "nnls"):
        succeed("unmix", "m.wsn", "cube.tif", "-o", f"{method}.tif", "--method", method, "--bands", "abundance", cwd=tmp_path)
    # NNLS is compared as shares, as the method page defines it.
    raster = gdal.Open(str(tmp_path / "nnls.tif"), gdal.GA_Update)
    values = raster.ReadAsArray()
    shares = values / np.maximum(values.sum(0), 1e-12)
    for i in range(raster.RasterCount):
        raster.GetRasterBand(i + 1).WriteArray(shares[i])
    raster = None
    for method in ("fcls", "nnls"):
        said[method] = score(tmp_path, f"{method}.tif", "--truth", "truth.tif")
    classical = [said["fcls"], said["nnls"]]
    assert said["network"]["rmse_class_mean"] <= 0.75 * min(s["rmse_class_mean"] for s in classical)
    assert said["network"]["weak_recall_at_5pct_fpr"] > max(s["weak_recall_at_5pct_fpr"] for s in classical)


@needs_data
def test_dlr_hysu_through_gdal_translate_by_both_roads(tmp_path):
    """Bit-identical GeoTIFFs, georeferenced as the cube, with bands named after the materials."""
    cube = DATA / "dlr_hysu" / "cube.tif"
    succeed("train", cube, "-o", "d.wsn", "--library", DATA / "dlr_hysu" / "endmembers_image.csv", "--steps", 100,
            cwd=tmp_path)
    drivers = f"{STAGE / 'gdalplugins'}:{os.environ.get('GDAL_DRIVER_PATH', '')}"
    for road in ("vrt", "wsnet"):
        succeed("unmix", "d.wsn", cube, "-o", f"d.{road}", cwd=tmp_path)
        subprocess.run(["gdal_translate", "-q", f"d.{road}", f"{road}.tif"], cwd=tmp_path, check=True,
                       env={**os.environ, "GDAL_DRIVER_PATH": drivers})
    assert (tmp_path / "vrt.tif").read_bytes() == (tmp_path / "wsnet.tif").read_bytes()
    values, names = read(tmp_path / "vrt.tif")
    materials = (DATA / "dlr_hysu" / "endmembers_image.csv").read_text().splitlines()[0].split(",")[1:]
    assert names[:len(materials)] == materials
    assert np.isfinite(values[0]).any()
    source, made = gdal.Open(str(cube)), gdal.Open(str(tmp_path / "vrt.tif"))
    assert made.GetGeoTransform() == source.GetGeoTransform()
    assert made.GetSpatialRef().IsSame(source.GetSpatialRef())
