# SPDX-License-Identifier: GPL-2.0-or-later
"""`wsnet train --strata` and `--log`: what the training sees, and what it took."""
import json

import numpy as np
import pytest
from cli import fail, files, run, succeed
from cli_scene import STEPS, model, simulated  # noqa: F401
from osgeo import gdal
from rasters import read
from zone_files import box, classes, place, write_zones


def train(folder, cube, simulated, *words):
    """The metadata of a model trained in folder."""
    succeed("train", cube, "-o", folder / "m.wsn", "--library", simulated / "endmembers.csv", "--steps", STEPS, *words)
    return json.loads(succeed("info", folder / "m.wsn", "--json"))["metadata"]


@pytest.fixture(scope="module")
def half_noisy(simulated, tmp_path_factory):
    """A cube whose first 40 pixels are far noisier than the others."""
    cube = place(simulated / "cube.tif", tmp_path_factory.mktemp("noisy") / "c.tif", 32633, None)
    raster = gdal.Open(str(cube), gdal.GA_Update)
    random = np.random.default_rng(4)
    for band in range(raster.RasterCount):
        values = raster.GetRasterBand(band + 1).ReadAsArray()
        values[0, :40] += 0.5 * random.standard_normal(40).astype(np.float32)
        raster.GetRasterBand(band + 1).WriteArray(values)
    raster = None
    return cube


def test_strata_count_the_same_however_small(half_noisy, simulated, tmp_path):
    values = np.ones((40, 48), np.int16)
    values[0, :40] = 2
    plain = train(tmp_path, half_noisy, simulated)
    even = train(tmp_path, half_noisy, simulated, "--strata", classes(tmp_path / "z.tif", values))
    assert even["strata"] == "z.tif" and "strata" not in plain
    assert even["training_pixels"] == plain["training_pixels"] == "1920"
    # The noisy pixels are a 48th of all, and a half when they count as much as the others.
    assert float(even["noise_sd"]) ** 2 > 8 * float(plain["noise_sd"]) ** 2


def test_pixels_outside_all_strata_are_left_out(half_noisy, simulated, tmp_path):
    zones = write_zones(tmp_path / "z.gpkg", [("a", box(0, 1, 24, 40)), ("b", box(24, 1, 48, 40)),
                                             ("c", box(0, 39, 1, 40))])
    even = train(tmp_path, half_noisy, simulated, "--strata", zones, "--strata-field", "name")
    clean = train(tmp_path, simulated / "cube.tif", simulated, "--strata", zones, "--strata-field", "name")
    assert {**even, "cube_sha256": "", "cube": ""} == {**clean, "cube_sha256": "", "cube": ""}
    assert even["training_pixels"] == str(3 * (1920 // 3))


def test_one_stratum_of_everything_changes_nothing(simulated, model, tmp_path):
    everything = classes(tmp_path / "z.tif", np.ones((40, 48), np.int16))
    train(tmp_path, simulated / "cube.tif", simulated, "--strata", everything)
    for name, trained in (("a.tif", model), ("b.tif", tmp_path / "m.wsn")):
        succeed("unmix", trained, simulated / "cube.tif", "-o", tmp_path / name)
    np.testing.assert_array_equal(read(tmp_path / "a.tif")[0], read(tmp_path / "b.tif")[0])


def test_strata_train_the_same_bytes_with_any_number_of_threads(simulated, tmp_path):
    zones = write_zones(tmp_path / "z.gpkg", [("a", box(0, 0, 10, 10)), ("b", box(10, 10, 48, 40))])
    models = []
    for threads in (1, 2):
        train(tmp_path, simulated / "cube.tif", simulated, "--strata", zones, "--strata-field", "name", "--threads",
              threads)
        models.append((tmp_path / "m.wsn").read_bytes())
    assert models[0] == models[1]


def test_a_log_tells_the_seconds_and_leaves_the_model_alone(simulated, model, tmp_path):
    train(tmp_path, simulated / "cube.tif", simulated, "--log", tmp_path / "log.json")
    assert files(tmp_path) == {"m.wsn", "log.json"}
    assert (tmp_path / "m.wsn").read_bytes() == model.read_bytes()
    log = json.loads((tmp_path / "log.json").read_text())
    assert log["cpu_seconds"] > 0 and log["wall_seconds"] > 0 and log["n_threads"] >= 1
    card = json.loads(succeed("card", tmp_path / "m.wsn", "--log", tmp_path / "log.json", "--json"))
    assert card["cost"]["cpu_seconds"] == log["cpu_seconds"]


def test_a_stratum_without_pixels_is_warned_about(simulated, tmp_path):
    zones = write_zones(tmp_path / "z.gpkg", [("a", box(0, 0, 10, 10)), ("far", box(900, 0, 910, 10))])
    done = run("train", simulated / "cube.tif", "-o", tmp_path / "m.wsn", "--library", simulated / "endmembers.csv",
               "--steps", 2, "--strata", zones, "--strata-field", "name")
    assert done.returncode == 0 and "'far' has no usable pixel" in done.stderr


@pytest.mark.parametrize("words, said, code", [
    (["--strata", "missing.gpkg"], "missing.gpkg", 1),
    (["--strata", "z.gpkg", "--strata-field", "x"], "no field 'x'", 1),
    (["--strata", "many.gpkg", "--strata-field", "name"], "1920 pixels", 1),
    (["--strata-field", "x"], "needs --strata", 2),
    (["--log", "nowhere/log.json"], "nowhere", 1),
])
def test_bad_input_is_one_sentence_and_leaves_nothing(simulated, tmp_path, words, said, code):
    write_zones(tmp_path / "z.gpkg", [("a", box(0, 0, 10, 10))])
    write_zones(tmp_path / "many.gpkg", [(str(i), box(0, 0, 1, 1)) for i in range(1921)])
    assert said in fail(tmp_path, "train", simulated / "cube.tif", "-o", "m.wsn", "--library",
                        simulated / "endmembers.csv", "--steps", 2, "-q", *words, code=code)
