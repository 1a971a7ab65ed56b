# SPDX-License-Identifier: GPL-2.0-or-later
"""`wsnet train`: reproducible, resumable, cancellable, and honest about what it does."""
import json
import re
import signal
import subprocess
import time

import numpy as np
import pytest
from cli import WSNET, fail, files, run, succeed
from cli_scene import STEPS, model, simulated  # noqa: F401
from osgeo import gdal, ogr, osr
from rasters import read, write, write_csv
from zone_files import degrees, place, write_zones


def info(path):
    return json.loads(succeed("info", path, "--json"))


def test_same_seed_gives_the_same_bytes_with_any_number_of_threads(simulated, model, tmp_path):
    for threads in (1, 2):
        succeed("train", simulated / "cube.tif", "-o", tmp_path / "m.wsn", "--library", simulated / "endmembers.csv",
                "--steps", STEPS, "--threads", threads)
        assert (tmp_path / "m.wsn").read_bytes() == model.read_bytes()
    succeed("train", simulated / "cube.tif", "-o", tmp_path / "m.wsn", "--library", simulated / "endmembers.csv",
            "--steps", STEPS, "--seed", 2)
    assert (tmp_path / "m.wsn").read_bytes() != model.read_bytes()


def test_a_model_remembers_what_it_was_made_of(simulated, model):
    said = info(model)
    assert said["metadata"]["cube"] == "cube.tif"
    assert said["metadata"]["endmember_source"] == "library endmembers.csv"
    assert "--seed 1" in said["metadata"]["options"]
    assert re.fullmatch("[0-9a-f]{64}", said["metadata"]["cube_sha256"])
    header = (simulated / "endmembers.csv").read_text().splitlines()[0].split(",")[1:]
    assert [e["name"] for e in said["endmembers"]] == header
    assert str(simulated).encode() not in model.read_bytes()


def test_the_hash_of_a_cube_does_not_depend_on_its_tiles(simulated, model, tmp_path):
    gdal.Translate(str(tmp_path / "cube.tif"), str(simulated / "cube.tif"),
                   creationOptions=["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", "COMPRESS=DEFLATE"])
    succeed("train", tmp_path / "cube.tif", "-o", tmp_path / "m.wsn", "--library", simulated / "endmembers.csv",
            "--steps", STEPS)
    assert (tmp_path / "m.wsn").read_bytes() == model.read_bytes()


def test_without_a_count_one_is_chosen_and_all_counts_are_printed(simulated, tmp_path):
    said = succeed("train", simulated / "cube.tif", "-o", tmp_path / "m.wsn", "--steps", 5)
    found = re.search(r"HySime (\d+), NWHFC (\d+), growth ratio (\d+); using (\d+)", said)
    assert found, said
    nwhfc, growth, used = (int(found[i]) for i in (2, 3, 4))
    assert used == min(max((nwhfc + growth + 1) // 2, 2), 12)
    assert len(info(tmp_path / "m.wsn")["endmembers"]) == used


def test_bad_bands_are_printed_with_their_reason(simulated, tmp_path):
    values, _ = read(simulated / "cube.tif")
    values[10:13] = 0.25
    write(tmp_path / "cube.tif", values, wavelength_nm=np.linspace(400, 2400, len(values)))
    said = succeed("train", tmp_path / "cube.tif", "-o", tmp_path / "m.wsn", "-p", 4, "--steps", 5)
    assert re.search(r"Left out 3 bands, constant: 11-13", said), said
    assert info(tmp_path / "m.wsn")["n_bands"] == len(values) - 3


def test_a_library_in_another_scale_is_warned_about(simulated, tmp_path):
    rows = [row.split(",") for row in (simulated / "endmembers.csv").read_text().splitlines()]
    scaled = [[row[0], *(str(10000 * float(value)) for value in row[1:])] for row in rows[1:]]
    (tmp_path / "e.csv").write_text("\n".join(",".join(row) for row in [rows[0], *scaled]) + "\n")
    done = run("train", simulated / "cube.tif", "-o", tmp_path / "m.wsn", "--library", tmp_path / "e.csv", "--steps", 5)
    assert done.returncode == 0, done.stderr
    assert re.search("warning: .*other units", done.stderr), done.stderr


def test_a_library_is_resampled_and_selected_by_name(simulated, tmp_path):
    table = np.genfromtxt(simulated / "endmembers.csv", delimiter=",", skip_header=1)
    names = (simulated / "endmembers.csv").read_text().splitlines()[0].split(",")[1:]
    fine = np.linspace(table[0, 0], table[-1, 0], 400)
    write_csv(tmp_path / "fine.csv", fine, {n: np.interp(fine, table[:, 0], table[:, i + 1]) for i, n in enumerate(names)})
    succeed("endmembers", simulated / "cube.tif", "-o", tmp_path / "e.csv", "--library", tmp_path / "fine.csv",
            "--select", f"{names[2]},{names[0]}")
    made = np.genfromtxt(tmp_path / "e.csv", delimiter=",", skip_header=1)
    assert (tmp_path / "e.csv").read_text().splitlines()[0].split(",")[1:] == [names[2], names[0]]
    assert made.shape == (50, 3)
    assert np.abs(made[:, 1] - table[:, 3]).max() < 0.02


def test_a_misspelt_name_is_answered_with_near_ones(simulated, tmp_path):
    names = (simulated / "endmembers.csv").read_text().splitlines()[0].split(",")[1:]
    done = run("endmembers", simulated / "cube.tif", "-o", tmp_path / "e.csv", "--library",
               simulated / "endmembers.csv", "--select", names[1] + "x")
    assert done.returncode == 1
    assert names[1] in done.stderr.splitlines()[-1]
    assert not files(tmp_path)


@pytest.mark.parametrize("mixing", ["linear", "scaled"])
def test_places_on_the_map_give_mean_spectra(tmp_path, mixing):
    values = np.empty((8, 20, 20), np.float32)
    values[:] = np.linspace(0.1, 0.4, 8)[:, None, None]
    values[:, :, 10:] = np.linspace(0.6, 0.2, 8)[:, None, None]
    random = np.random.default_rng(1)
    values += 0.001 * random.standard_normal(values.shape).astype(np.float32)
    write(tmp_path / "cube.tif", values, wavelength_nm=np.linspace(500, 900, 8), epsg=32633)
    # The places are in longitude and latitude, the cube in metres: they are brought together.
    degrees, metres = osr.SpatialReference(), osr.SpatialReference()
    degrees.ImportFromEPSG(4326)
    metres.ImportFromEPSG(32633)
    for system in (degrees, metres):
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    to_degrees = osr.CoordinateTransformation(metres, degrees)
    places = ogr.GetDriverByName("GPKG").CreateDataSource(str(tmp_path / "places.gpkg"))
    layer = places.CreateLayer("places", degrees, ogr.wkbUnknown)
    layer.CreateField(ogr.FieldDefn("number", ogr.OFTInteger))
    layer.CreateField(ogr.FieldDefn("material", ogr.OFTString))

    def add(name, wkt):
        feature = ogr.Feature(layer.GetLayerDefn())
        shape = ogr.CreateGeometryFromWkt(wkt)
        shape.Transform(to_degrees)
        feature.SetGeometry(shape)
        feature.SetField("material", name)
        layer.CreateFeature(feature)

    add("left", "POLYGON((500010 5399990,500060 5399990,500060 5399900,500010 5399900,500010 5399990))")
    add("right", "POINT(500155 5399955)")
    add("right", "POINT(500165 5399955)")
    add("outside", "POINT(400000 5399955)")
    layer = places = None
    done = run("endmembers", tmp_path / "cube.tif", "-o", tmp_path / "e.csv", "--spectra", tmp_path / "places.gpkg",
               "--name-field", "material", "--mixing", mixing)
    assert done.returncode == 0, done.stderr
    assert "'outside' has no usable pixel" in done.stderr
    assert "'left': mean of 45 pixels under 1 feature" in done.stdout
    assert "'right': mean of 2 pixels under 2 features" in done.stdout
    made = np.genfromtxt(tmp_path / "e.csv", delimiter=",", skip_header=1)
    expected = np.stack([values[:, 1:10, 1:6].mean((1, 2)), values[:, 4, 15:17].mean(1)], 1)
    if mixing == "scaled":
        expected /= expected.max(0)
    assert np.abs(made[:, 1:] - expected).max() < 1e-4


def test_plain_progress_counts_up_to_the_end(simulated, tmp_path):
    done = run("train", simulated / "cube.tif", "-o", tmp_path / "m.wsn", "-p", 4, "--steps", 20, "--progress", "plain")
    lines = [re.fullmatch(r"progress (\d+\.\d) (.+)", line) for line in done.stderr.splitlines() if "warning" not in line]
    assert all(lines), done.stderr
    percents = [float(line[1]) for line in lines]
    assert percents == sorted(percents) and percents[-1] == 100
    assert "training" in {line[2] for line in lines}


def start(folder, simulated, *words, **options):
    """A training that would take very long, running."""
    child = subprocess.Popen([str(WSNET), "train", str(simulated / "cube.tif"), "-o", "m.wsn", "-p", "4", "--steps",
                              "900000", "--progress", "plain", *words], cwd=folder, stderr=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True, **options)
    for line in child.stderr:
        if "training" in line:
            return child
    raise AssertionError("training did not start")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, "close"])
def test_a_cancelled_training_leaves_nothing(simulated, tmp_path, sign):
    child = start(tmp_path, simulated, stdin=subprocess.PIPE)
    begin = time.monotonic()
    if sign == "close":
        child.stdin.close()
    else:
        child.send_signal(sign)
    last = child.stderr.read().splitlines()[-1]
    assert child.wait(timeout=60) == 1
    assert time.monotonic() - begin < 30
    assert last == "wsnet train: cancelled, nothing was written"
    assert not files(tmp_path)


def test_a_checkpoint_goes_on_to_the_same_model(simulated, tmp_path):
    words = ["train", simulated / "cube.tif", "-o", "whole.wsn", "-p", 4, "--steps", 230]
    succeed(*words, cwd=tmp_path)
    words[3] = "resumed.wsn"
    child = subprocess.Popen([str(WSNET), *map(str, words), "--checkpoint", "state", "--progress", "plain"], cwd=tmp_path,
                             stderr=subprocess.PIPE, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    for line in child.stderr:
        if "training" in line and float(line.split()[1]) > 60:
            child.send_signal(signal.SIGINT)
            break
    said = child.communicate(timeout=60)[1]
    assert child.returncode == 1 and "the same command goes on from state" in said.splitlines()[-1]
    assert files(tmp_path) == {"whole.wsn", "state"}
    said = succeed(*words, "--checkpoint", "state", cwd=tmp_path)
    assert "Going on from state after" in said
    assert files(tmp_path) == {"whole.wsn", "resumed.wsn"}
    assert (tmp_path / "whole.wsn").read_bytes() == (tmp_path / "resumed.wsn").read_bytes()


def test_parts_left_out_are_recorded_and_change_the_model(simulated, model, tmp_path):
    succeed("train", simulated / "cube.tif", "-o", tmp_path / "m.wsn", "--library", simulated / "endmembers.csv",
            "--steps", STEPS, "--without", "gate", "--without", "wavelet")
    assert info(tmp_path / "m.wsn")["without"] == ["wavelet", "gate"]
    assert (tmp_path / "m.wsn").read_bytes() != model.read_bytes()


def test_an_ensemble_is_one_model_of_several_networks(simulated, tmp_path):
    words = ["train", simulated / "cube.tif", "--library", simulated / "endmembers.csv", "--steps", STEPS]
    for threads in (1, 2):
        succeed(*words, "-o", tmp_path / f"{threads}.wsn", "--ensemble", 3, "--threads", threads)
    succeed(*words, "-o", tmp_path / "alone.wsn")
    assert (tmp_path / "1.wsn").read_bytes() == (tmp_path / "2.wsn").read_bytes()
    said = json.loads(succeed("info", tmp_path / "1.wsn", "--json"))
    assert said["n_members"] == 3 and said["metadata"]["options"].endswith("--ensemble 3")
    assert json.loads(succeed("info", tmp_path / "alone.wsn", "--json"))["n_members"] == 1
    succeed("unmix", tmp_path / "1.wsn", simulated / "cube.tif", "-o", tmp_path / "a.tif", "--bands", "abundance,interval")
    assert np.isfinite(read(tmp_path / "a.tif")[0]).all()
    said = fail(tmp_path, *words, "-o", tmp_path / "m.wsn", "--ensemble", 2, "--checkpoint", tmp_path / "c", code=2)
    assert "--checkpoint keeps one network" in said


def test_illumination_is_estimated_or_told(tmp_path):
    for spread in (0.02, 0.15, 0.5):
        folder = tmp_path / str(spread)
        succeed("simulate", "-o", folder, "--width", 50, "--height", 50, "--seed", 7, "--illumination", spread)
        for words, expected in (([], spread), (["--illumination", "auto"], spread), (["--illumination", 0.16], 0.16)):
            done = run("train", folder / "cube.tif", "-o", tmp_path / "m.wsn", "--library", folder / "endmembers.csv",
                       "--steps", 1, *words)
            assert done.returncode == 0
            assert ("leave out --illumination" in done.stderr) == (spread == 0.5 and 0.16 in words), done.stderr
            said = json.loads(succeed("info", tmp_path / "m.wsn", "--json"))["metadata"]
            # Noise of 20 dB hides little illumination on so few pixels: 0.08 is found for 0.02.
            assert abs(float(said["illumination_sd"]) - expected) < 0.065
            assert ("--illumination" in said["options"]) == bool(words)
    for wrong in ("much", "-1", "2", "0.1x"):
        assert "--illumination" in fail(tmp_path, "train", folder / "cube.tif", "-o", tmp_path / "n.wsn", "--illumination",
                                        wrong, code=2)


def test_a_scene_that_is_not_as_simulated_is_told(tmp_path):
    succeed("simulate", "-o", ".", "--width", 50, "--height", 50, "--seed", 7, "--snr", 40, "--variability", 0, cwd=tmp_path)
    for words, as_simulated in (([], True), (["--illumination", 0.02], False)):
        done = run("train", "cube.tif", "-o", "m.wsn", "--library", "endmembers.csv", "--steps", 200, *words, cwd=tmp_path)
        assert done.returncode == 0
        assert ("not as simulated" in done.stdout + done.stderr) == (not as_simulated), done.stdout
        said = json.loads(succeed("info", tmp_path / "m.wsn", "--json"))["metadata"]
        assert (float(said["trust"]) > 0.5) == as_simulated
        assert (float(said["correction_ratio"]) < 1.6) == as_simulated


def test_places_beyond_the_date_line(simulated, tmp_path):
    """Longitudes count modulo 360, also those of a part of a polygon that is cut at the date line."""
    cube = place(simulated / "cube.tif", tmp_path / "c.tif", 4326, (179.99, 0.001, 0, 10, 0, -0.001))
    tables = []
    for turn in (0, -360, 360):
        places = [("a", f"POINT({180.0105 + turn} 9.9895)"), ("b", f"POINT({179.9915 + turn} 9.9895)"),
                  ("c", f"POLYGON(({180.0151 + turn} 9.99,{180.02 + turn} 9.99,{180.02 + turn} 9.98,{180.0151 + turn} 9.99))"),
                  ("d", degrees([179.9951, -180], [180, -179.9799]) if turn == 0 else degrees([179.9951 + turn], [180.0201 + turn]))]
        write_zones(tmp_path / f"{turn}.gpkg", places, epsg=4326)
        succeed("endmembers", cube, "-o", tmp_path / "e.csv", "--spectra", tmp_path / f"{turn}.gpkg", "--name-field", "name")
        tables.append((tmp_path / "e.csv").read_text())
    assert tables[0].startswith("wavelength_nm,a,b,c,d\n") and tables[0] == tables[1] == tables[2]
    assert np.loadtxt(tables[0].splitlines(), delimiter=",", skiprows=1)[:, 1] == pytest.approx(read(cube)[0][:, 10, 20], rel=1e-5)
