# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad input: one sentence on standard error, exit code 1, nothing left behind."""
import json
import os
import resource
import shutil
import subprocess

import numpy as np
import pytest
from cli import WSNET, fail, files, run
from cli_scene import model, simulated  # noqa: F401
from rasters import read, write, write_csv
from zone_files import box, write_zones


@pytest.fixture
def cube(simulated):
    return simulated / "cube.tif"


def test_a_cube_with_other_bands_than_the_model(model, cube, tmp_path):
    values, _ = read(cube)
    write(tmp_path / "other.tif", values[:30], wavelength_nm=np.linspace(400, 1500, 30))
    for output in ("a.tif", "a.wsnet", "a.vrt"):
        sentence = fail(tmp_path, "unmix", model, "other.tif", "-o", output)
        assert "30 bands" in sentence and "50" in sentence


@pytest.mark.parametrize("keep", [0, 7, 100, 5000, -1])
def test_a_truncated_model(model, cube, tmp_path, keep):
    (tmp_path / "cut.wsn").write_bytes(model.read_bytes()[:keep])
    for words in (["unmix", "cut.wsn", cube, "-o", "a.tif"], ["info", "cut.wsn"], ["endmembers", "cut.wsn", "-o", "e.csv"]):
        assert "cut.wsn" in fail(tmp_path, *words)


def test_a_text_file_as_model(cube, tmp_path):
    (tmp_path / "text.wsn").write_text("This is not a model.\n" * 20)
    (tmp_path / "notes.txt").write_text("This is not a model.\n" * 20)
    for name in ("text.wsn", "notes.txt"):
        assert name in fail(tmp_path, "unmix", name, cube, "-o", "a.tif")


def test_more_endmembers_than_bands(cube, tmp_path):
    assert "60 endmembers are more than the 50 bands" in fail(tmp_path, "train", cube, "-o", "m.wsn", "-p", 60)


def test_a_raster_with_one_band(tmp_path):
    write(tmp_path / "one.tif", np.random.default_rng(1).random((1, 20, 20)))
    assert "one band" in fail(tmp_path, "train", "one.tif", "-o", "m.wsn", "-p", 2)


@pytest.mark.parametrize("value, nodata", [(-9999.0, -9999.0), (np.nan, None)])
def test_a_cube_of_nothing_but_nodata(tmp_path, value, nodata):
    write(tmp_path / "empty.tif", np.full((10, 20, 20), value), nodata=nodata)
    assert "empty.tif" in fail(tmp_path, "train", "empty.tif", "-o", "m.wsn", "-p", 2)


def test_a_library_of_other_wavelengths(cube, tmp_path):
    write_csv(tmp_path / "thermal.csv", np.linspace(8000, 12000, 50),
              {"a": np.linspace(0.1, 0.5, 50), "b": np.linspace(0.5, 0.1, 50)})
    sentence = fail(tmp_path, "train", cube, "-o", "m.wsn", "--library", "thermal.csv")
    assert "8000" in sentence


@pytest.mark.parametrize("command", ["train", "unmix", "endmembers", "quicklook", "simulate"])
def test_a_folder_that_takes_no_files(model, cube, simulated, tmp_path, command):
    (tmp_path / "file").write_text("")
    for folder in ("file", "missing", "/proc"):
        words = {
            "train": [cube, "-o", f"{folder}/m.wsn", "-p", 3],
            "unmix": [model, cube, "-o", f"{folder}/a.tif"],
            "endmembers": [model, "-o", f"{folder}/e.csv"],
            "quicklook": [simulated / "truth.tif", "-o", f"{folder}/p.png"],
            "simulate": ["-o", f"{folder}/scene"],
        }[command]
        assert folder in fail(tmp_path, command, *words)


def test_an_output_that_is_a_folder_or_a_device(model, cube, tmp_path):
    assert "folder" in fail(tmp_path, "unmix", model, cube, "-o", tmp_path)
    assert "device" in fail(tmp_path, "unmix", model, cube, "-o", "/dev/full", "--of", "GTiff")
    assert os.path.exists("/dev/full")


@pytest.mark.parametrize("words, reader", [
    (["unmix", "m.wsn", "c.tif", "-o", "c.tif"], "CUBE"), (["unmix", "m.wsn", "c.tif", "-o", "m.wsn", "--of", "GTiff"], "MODEL.wsn"),
    (["unmix", "m.wsn", "c.tif", "-o", "./link.tif"], "CUBE"), (["train", "c.tif", "-o", "c.tif"], "CUBE"),
    (["train", "c.tif", "-o", "l.csv", "--library", "l.csv"], "--library"), (["train", "c.tif", "-o", "m.wsn", "--log", "c.tif"], "CUBE"),
    (["classical", "c.tif", "-o", "c.tif"], "CUBE"), (["adapt", "m.wsn", "c.tif", "-o", "m.wsn"], "MODEL.wsn"),
    (["extend", "m.wsn", "c.tif", "-o", "c.tif", "--library", "l.csv"], "CUBE"), (["merge-library", "l.csv", "l.csv", "-o", "l.csv"], "FIRST"),
    (["audit", "c.tif", "m.wsn", "--zones", "z.gpkg|layername=zones", "-o", "z"], "--zones"),
    (["quicklook", "c.tif", "-o", "c.tif"], "ABUNDANCES|SCENE"), (["card", "m.wsn", "-o", "m.wsn"], "MODEL.wsn")])
def test_an_output_that_is_an_input_too(model, cube, simulated, tmp_path, words, reader):
    for source, name in ((model, "m.wsn"), (cube, "c.tif"), (simulated / "endmembers.csv", "l.csv")):
        shutil.copy(source, tmp_path / name)
    write_zones(tmp_path / "z.gpkg", [("a", box(0, 0, 9, 9))])
    (tmp_path / "link.tif").symlink_to("c.tif")
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    assert f"{reader} names the same file" in fail(tmp_path, *words)
    assert before == {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}


def test_outputs_without_a_name_or_of_another_kind(model, cube, simulated, tmp_path):
    for words in (["audit", cube, model, "--zones", cube, "-o", ""], ["train", cube, "-o", ""], ["card", model, "-o", "x/"]):
        assert "names no file" in fail(tmp_path, *words)
    library = simulated / "endmembers.csv"
    for words in (["merge-library", library, library, "-o", "l.sli"], ["endmembers", model, "-o", "l.SLI"]):
        assert "name it .csv" in fail(tmp_path, *words)


def test_standard_output_that_takes_nothing(model, simulated):
    for words in (["info", model, "--json"], ["info", model], ["merge-library", *[simulated / "endmembers.csv"] * 2], ["train", "--help"],
                  ["--help"], ["--version"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([str(WSNET), *map(str, words)], stdout=full, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 1 and done.stderr.endswith("cannot write to standard output\n"), words


def test_an_evaluation_that_does_not_happen_leaves_no_folder(tmp_path):
    assert "samson" in fail(tmp_path, "evaluate", "-o", "page", "--quick", "--data", "nowhere")
    done = subprocess.Popen([str(WSNET), "evaluate", "-o", "page", "--quick"], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    while not (tmp_path / "page").exists():
        assert done.poll() is None
    done.terminate()
    assert "cancelled" in done.communicate()[1] and done.returncode == 1 and files(tmp_path) == set()


def test_too_few_pixels_to_adapt_to(model, cube, tmp_path):
    values, _ = read(cube)
    write(tmp_path / "one.tif", values[:, :1, :1], wavelength_nm=np.linspace(400, 2450, 50))
    assert "1 usable pixel" in fail(tmp_path, "adapt", model, "one.tif", "-o", "o.wsn")


@pytest.mark.parametrize("value", [0, -9999, 65535, 1e20, -3.4e38])
def test_nodata_that_nobody_declared(model, cube, simulated, tmp_path, value):
    """Training on a cube with such pixels is training without them, with a warning."""
    values, _ = read(cube)
    wavelength = np.linspace(400, 2450, 50)
    answers = []
    for filler in (np.nan, value):
        values[:, :, :3] = filler
        write(tmp_path / "c.tif", values, wavelength_nm=wavelength, epsg=32633, transform=(385000, 30, 0, 5820000, 0, -30))
        write_zones(tmp_path / "z.geojson", [("a", box(0, 0, 20, 20)), ("b", box(20, 0, 40, 40))])
        for words in (["train", "c.tif", "-o", "auto.wsn", "-p", 3, "--steps", 3],
                      ["train", "c.tif", "-o", "strata.wsn", "--library", simulated / "endmembers.csv", "--steps", 3, "--strata", "z.geojson"],
                      ["adapt", model, "c.tif", "-o", "adapted.wsn"]):
            done = run(*words, cwd=tmp_path)
            assert done.returncode == 0, done.stderr
            assert ("120 pixels are left out" in done.stderr) == (filler == value)
            told = json.loads(run("info", words[words.index("-o") + 1], "--json", cwd=tmp_path).stdout)
            answers.append((told["spectra"], [material["limit_of_detection"] for material in told["endmembers"]]))
        (tmp_path / "z.geojson").unlink()
    assert answers[:3] == answers[3:]


def test_spectra_that_are_none(model, cube, tmp_path):
    values, _ = read(cube)
    wavelength = np.linspace(400, 2450, 50)
    write_csv(tmp_path / "l.csv", wavelength, {"a": np.linspace(0.1, 0.5, 50), "loud": np.full(50, 1e20)})
    for words in (["train", cube, "-o", "m.wsn"], ["classical", cube, "-o", "a.tif"], ["extend", model, cube, "-o", "m.wsn"]):
        assert "'loud'" in fail(tmp_path, *words, "--library", "l.csv")
    values[:, 5, 5] = -9999
    write(tmp_path / "c.tif", values, wavelength_nm=wavelength, epsg=32633, transform=(385000, 30, 0, 5820000, 0, -30))
    write_zones(tmp_path / "z.gpkg", [("holed", box(4, 4, 7, 7)), ("whole", box(20, 20, 23, 23)), ("hole", box(5, 5, 6, 6))])
    done = run("endmembers", "c.tif", "-o", "e.csv", "--spectra", "z.gpkg", "--name-field", "name", cwd=tmp_path)
    assert done.returncode == 0 and "mean of 8 pixels" in done.stdout and "'hole' has no usable pixel" in done.stderr
    found = np.loadtxt(tmp_path / "e.csv", delimiter=",", skiprows=1)
    np.testing.assert_allclose(found[:, 1], np.delete(values[:, 4:7, 4:7].reshape(50, 9), 4, axis=1).mean(axis=1), rtol=1e-4)


def test_a_full_disk(model, cube, simulated, tmp_path):
    """A limit on the size of files stands for the full disk: writing fails in the middle."""
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    for words in (["unmix", model, cube, "-o", "a.tif"], ["unmix", model, cube, "-o", "a.bin", "--of", "ENVI"],
                  ["train", cube, "-o", "m.wsn", "--library", simulated / "endmembers.csv", "--steps", 2, "-q"], ["endmembers", model, "-o", "e.csv"],
                  ["quicklook", simulated / "truth.tif", "-o", "p.png"], ["simulate", "-o", "scene"]):
        before = files(tmp_path)
        done = run(*words, cwd=tmp_path, preexec_fn=small_files)
        assert done.returncode == 1, (words, done.stdout)
        last = done.stderr.splitlines()[-1]
        assert last.startswith(f"wsnet {words[0]}: cannot write") or "cannot be written" in last, done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert files(tmp_path) == before


def test_a_full_file_system(model, cube, tmp_path):
    """The same on a file system of 8 KiB, where one may be mounted."""
    script = ('mount -t tmpfs -o size=8k none "$1" && cd "$1" && "$2" unmix "$3" "$4" -o a.tif; code=$?; '
              'ls -A "$1"; exit $code')
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script, "sh", str(tmp_path), str(WSNET),
                           str(model), str(cube)], capture_output=True, text=True)
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip("no file system can be mounted here")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1 and "cannot write a.tif" in done.stderr, done.stderr
    assert done.stdout == ""


VRT = """<VRTDataset rasterXSize="48" rasterYSize="40"><VRTRasterBand dataType="Float32" band="1" subClass="VRTDerivedRasterBand">
<PixelFunctionType>wsnet_unmix</PixelFunctionType>{arguments}<SourceTransferType>Float32</SourceTransferType>
<SimpleSource><SourceFilename>{cube}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>
</VRTRasterBand></VRTDataset>"""


@pytest.mark.parametrize("arguments", ["", '<PixelFunctionArguments model="missing.wsn" bands="abundance" band="1"/>'])
def test_a_vrt_without_arguments_or_with_a_missing_model(cube, tmp_path, arguments):
    (tmp_path / "bad.vrt").write_text(VRT.format(arguments=arguments, cube=cube))
    write(tmp_path / "truth.tif", np.full((1, 40, 48), 0.5))
    sentence = fail(tmp_path, "score", "bad.vrt", "--truth", "truth.tif")
    assert "model" in sentence


def test_inputs_that_do_not_exist(model, cube, tmp_path):
    assert "none.tif" in fail(tmp_path, "train", "none.tif", "-o", "m.wsn")
    assert "none.wsn" in fail(tmp_path, "unmix", "none.wsn", cube, "-o", "a.tif")
    assert "none.tif" in fail(tmp_path, "unmix", model, "none.tif", "-o", "a.tif")
    assert "none.csv" in fail(tmp_path, "train", cube, "-o", "m.wsn", "--library", "none.csv")
    assert "none.gpkg" in fail(tmp_path, "train", cube, "-o", "m.wsn", "--spectra", "none.gpkg")
    assert "none.wsnet" in fail(tmp_path, "info", "none.wsnet")


def test_wrong_kinds_of_bands_and_formats(model, cube, tmp_path):
    assert "'colour'" in fail(tmp_path, "unmix", model, cube, "-o", "a.tif", "--bands", "abundance,colour")
    assert "'a.unknown'" in fail(tmp_path, "unmix", model, cube, "-o", "a.unknown")
    assert "'NoSuchFormat'" in fail(tmp_path, "unmix", model, cube, "-o", "a.tif", "--of", "NoSuchFormat")
    assert fail(tmp_path, "unmix", model, cube, "-o", "a.tif", "--method", "fcls", "--bands", "fit")


def test_a_checkpoint_of_another_training(cube, tmp_path):
    (tmp_path / "state").write_bytes(b"not a checkpoint")
    assert "state" in fail(tmp_path, "train", cube, "-o", "m.wsn", "-p", 3, "--checkpoint", "state")
