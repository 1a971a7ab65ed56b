# SPDX-License-Identifier: GPL-2.0-or-later
"""`wsnet unmix` into every kind of output, and the other commands that read what it wrote."""
import json
import signal
import subprocess

import numpy as np
import pytest
from cli import WSNET, files, succeed
from cli_scene import model, simulated  # noqa: F401
from osgeo import gdal
from rasters import read


@pytest.fixture(scope="module")
def names(simulated):
    return (simulated / "endmembers.csv").read_text().splitlines()[0].split(",")[1:]


def test_a_geotiff_is_georeferenced_named_and_alone(simulated, model, names, tmp_path):
    succeed("unmix", model, simulated / "cube.tif", "-o", tmp_path / "a.tif")
    assert files(tmp_path) == {"a.tif"}
    values, bands = read(tmp_path / "a.tif")
    assert bands == [*names, *(f"{name} confidence" for name in names), "fit"]
    assert np.abs(values[:4].sum(0) - 1).max() < 1e-4
    cube, made = gdal.Open(str(simulated / "cube.tif")), gdal.Open(str(tmp_path / "a.tif"))
    assert made.GetGeoTransform() == cube.GetGeoTransform()
    assert made.GetSpatialRef().IsSame(cube.GetSpatialRef())


def test_every_format_and_thread_count_gives_the_same_values(simulated, model, tmp_path):
    succeed("unmix", model, simulated / "cube.tif", "-o", tmp_path / "a.tif", "--threads", 1)
    expected, bands = read(tmp_path / "a.tif")
    succeed("unmix", model, simulated / "cube.tif", "-o", tmp_path / "b.tif", "--threads", 2, "--co", "TILED=YES",
            "--co", "COMPRESS=DEFLATE", "--co", "INTERLEAVE=BAND")
    succeed("unmix", model, simulated / "cube.tif", "-o", tmp_path / "c.bin", "--of", "ENVI")
    for name in ("b.tif", "c.bin"):
        values, found = read(tmp_path / name)
        assert found == bands
        np.testing.assert_array_equal(values, expected)
    assert {"c.bin", "c.hdr"} <= files(tmp_path)
    assert not [name for name in files(tmp_path) if name.startswith(".")]


@pytest.mark.parametrize("name, form, beside", [("out", "ENVI", {"out.hdr"}), ("out.bin", "ENVI", {"out.hdr"}),
                                                ("out", "GTiff", set()), (".tif", "GTiff", set())])
def test_an_output_has_the_name_that_was_asked_for(simulated, model, tmp_path, name, form, beside):
    """ENVI's own rasters have no extension."""
    succeed("unmix", model, simulated / "cube.tif", "-o", tmp_path / name, "--of", form, "-q")
    assert files(tmp_path) - {name + ".aux.xml"} == {name} | beside
    assert read(tmp_path / name)[0].shape[1:] == read(simulated / "cube.tif")[0].shape[1:]


def test_bands_method_and_weak_bias_are_obeyed(simulated, model, names, tmp_path):
    cube = simulated / "cube.tif"
    succeed("unmix", model, cube, "-o", tmp_path / "a.tif", "--bands", "abundance,interval,detected,rmse")
    values, bands = read(tmp_path / "a.tif")
    assert bands[:4] == names and bands[-1] == "rmse" and len(bands) == 17
    assert (values[4:12].min() >= 0) and (values[4:12].max() <= 1)
    succeed("unmix", model, cube, "-o", tmp_path / "b.tif", "--bands", "abundance", "--weak-bias", 5)
    assert not np.array_equal(read(tmp_path / "b.tif")[0], values[:4])
    succeed("unmix", model, cube, "-o", tmp_path / "c.tif", "--method", "nnls")
    classical, bands = read(tmp_path / "c.tif")
    assert bands == [*names, "rmse"] and classical.min() >= 0


def test_a_scene_and_a_vrt_are_small_files_that_info_and_score_read(simulated, model, names, tmp_path):
    cube = simulated / "cube.tif"
    succeed("unmix", model, cube, "-o", tmp_path / "s.wsnet")
    succeed("unmix", model, cube, "-o", tmp_path / "s.vrt")
    succeed("unmix", model, cube, "-o", tmp_path / "a.tif")
    said = json.loads(succeed("info", tmp_path / "s.wsnet", "--json"))
    assert said["type"] == "scene" and said["bands"] == ["abundance", "confidence", "fit"]
    scores = [json.loads(succeed("score", tmp_path / name, "--truth", simulated / "truth.tif", "--truth-endmembers",
                                 simulated / "endmembers.csv", "--json", *more))
              for name, more in (("a.tif", []), ("s.wsnet", []), ("s.vrt", ["--model", model]))]
    assert scores[0] == scores[1] == scores[2]
    assert scores[0]["matched"] == "by name"
    assert scores[0]["sad_mean_rad"] < 0.1
    assert 0 < scores[0]["rmse_class_mean"] < 0.3


def test_endmembers_of_a_model_are_its_decoder(simulated, model, names, tmp_path):
    succeed("endmembers", model, "-o", tmp_path / "e.csv")
    assert (tmp_path / "e.csv").read_text().splitlines()[0] == ",".join(["wavelength_nm", *names])
    made = np.genfromtxt(tmp_path / "e.csv", delimiter=",", skip_header=1)
    true = np.genfromtxt(simulated / "endmembers.csv", delimiter=",", skip_header=1)
    np.testing.assert_allclose(made[:, 0], true[:, 0], atol=0.01)
    assert np.abs(made[:, 1:] - true[:, 1:]).max() < 0.2


@pytest.mark.parametrize("words", [[], ["--truth", "truth.tif"]])
def test_a_quicklook_is_a_picture_with_colours(simulated, model, tmp_path, words):
    succeed("unmix", model, simulated / "cube.tif", "-o", tmp_path / "a.tif")
    words = [simulated / word if word.endswith(".tif") else word for word in words]
    succeed("quicklook", tmp_path / "a.tif", *words, "-o", tmp_path / "p.png")
    assert files(tmp_path) == {"a.tif", "p.png"}
    picture, _ = read(tmp_path / "p.png")
    assert picture.shape[0] == 3 and picture.shape[2] > 900
    assert len(np.unique(picture.reshape(3, -1), axis=1).T) > 200


def test_an_older_output_is_replaced_with_its_side_files(simulated, model, tmp_path):
    (tmp_path / "a.tif").write_text("old")
    (tmp_path / "a.tif.aux.xml").write_text("<PAMDataset/>")
    succeed("unmix", model, simulated / "cube.tif", "-o", tmp_path / "a.tif")
    assert files(tmp_path) == {"a.tif"}
    assert len(read(tmp_path / "a.tif")[1]) == 9


def test_simulated_scenes_are_reproducible_and_obey_their_options(simulated, tmp_path):
    again = ["simulate", "-o", tmp_path / "s", "--width", 48, "--height", 40, "--bands", 50, "--endmembers", 4]
    succeed(*again, "--seed", 3)
    assert files(tmp_path / "s") == {"cube.tif", "truth.tif", "endmembers.csv"}
    np.testing.assert_array_equal(read(tmp_path / "s/cube.tif")[0], read(simulated / "cube.tif")[0])
    truth, _ = read(tmp_path / "s/truth.tif")
    assert truth.shape == (4, 40, 48) and np.abs(truth.sum(0) - 1).max() < 1e-5
    succeed(*again, "--seed", 4)
    assert not np.array_equal(read(tmp_path / "s/cube.tif")[0], read(simulated / "cube.tif")[0])
    said = json.loads(succeed("info", tmp_path / "s/cube.tif", "--json"))
    assert said["n_bands"] == 50 and 300 < said["wavelength_nm"][0] < 500


@pytest.mark.parametrize("output", ["a.tif", "a.bin"])
def test_a_cancelled_unmixing_leaves_nothing(simulated, model, tmp_path, output):
    """The cube enlarged until it takes long, in a file of a few lines."""
    enlarged = model.parent / "enlarged.vrt"
    gdal.Translate(str(enlarged), str(simulated / "cube.tif"), format="VRT", width=6000, height=6000)
    child = subprocess.Popen([str(WSNET), "unmix", str(model), str(enlarged), "-o", output, "--of",
                              "GTiff" if output == "a.tif" else "ENVI", "--progress", "plain"], cwd=tmp_path,
                             stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    for line in child.stderr:
        if float(line.split()[1]) > 0:
            child.send_signal(signal.SIGINT)
            break
    last = child.stderr.read().splitlines()[-1]
    assert child.wait(timeout=120) == 1
    assert last == "wsnet unmix: cancelled, nothing was written"
    assert not files(tmp_path)


def test_a_cancelled_simulation_leaves_nothing(tmp_path):
    child = subprocess.Popen([str(WSNET), "simulate", "-o", "scene", "--width", "2000", "--height", "2000", "--progress",
                              "plain"], cwd=tmp_path, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    child.stderr.readline()
    child.send_signal(signal.SIGINT)
    last = child.stderr.read().splitlines()[-1]
    assert child.wait(timeout=120) == 1
    assert last == "wsnet simulate: cancelled, nothing was written"
    assert not files(tmp_path)
