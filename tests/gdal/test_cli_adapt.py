# SPDX-License-Identifier: GPL-2.0-or-later
"""`wsnet adapt`: a model on a cube of the same materials whose bands have another gain and offset, and other noise."""
import json
import resource
import signal
import subprocess

import numpy as np
import pytest
from cli import DATA, WSNET, fail, files, succeed
from cli_scene import STEPS
from rasters import distort, read, write

SIZE = {"old": (60, 60, 40), "new": (64, 56, 34)}  # width, height, dB: another size has other maps of the same materials


def make_scene(folder, seed, name, distorted):
    width, height, snr_db = SIZE[name]
    succeed("simulate", "-o", folder / name, "--width", width, "--height", height, "--bands", 80, "--endmembers", 4,
            "--snr", snr_db, "--seed", seed)
    values, wavelengths = read(folder / name / "cube.tif")[0], wavelengths_of(folder / name)
    if distorted:
        write(folder / name / "cube.tif", distort(values, seed)[0], wavelength_nm=wavelengths)


def wavelengths_of(folder):
    lines = (folder / "endmembers.csv").read_text().splitlines()[1:]
    return np.array([float(line.split(",")[0]) for line in lines])


def cpu_seconds(*words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    succeed(*words, "--threads", 1)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def train(folder, name, model, *more):
    library = folder / "old" / "endmembers.csv"
    return cpu_seconds("train", folder / name / "cube.tif", "-o", folder / model, "--library", library, *more)


def scores(folder, model, cube="new"):
    succeed("unmix", folder / model, folder / cube / "cube.tif", "-o", folder / "a.tif", "--bands",
            "abundance,interval")
    said = json.loads(succeed("score", folder / "a.tif", "--truth", folder / cube / "truth.tif", "--json"))
    (folder / "a.tif").unlink()
    return said["rmse_global"], said["coverage"]


def test_near_a_fresh_training_at_a_fraction_of_its_cost(tmp_path):
    """Means over three pairs of scenes. Fresh: trained on the new scene as it was before the distortion."""
    rows, shares = [], []
    for seed in (11, 12, 13):
        folder = tmp_path / str(seed)
        folder.mkdir()
        make_scene(folder, seed, "old", False)
        make_scene(folder, seed, "new", False)
        train(folder, "old", "old.wsn")
        fresh = train(folder, "new", "fresh.wsn")
        row = [*scores(folder, "fresh.wsn")]
        make_scene(folder, seed, "new", True)
        words = ["adapt", folder / "old.wsn", folder / "new" / "cube.tif", "-o", folder / "adapted.wsn"]
        shares.append(cpu_seconds(*words) / fresh)
        rows.append([*row, *scores(folder, "old.wsn"), *scores(folder, "adapted.wsn")])
        print("RMSE/coverage fresh %.4f/%.3f  not adapted %.4f/%.3f  adapted %.4f/%.3f" % tuple(rows[-1]), shares[-1])
    fresh_rmse, fresh_coverage, old_rmse, old_coverage, rmse, coverage = np.mean(rows, axis=0)
    assert rmse <= 1.35 * fresh_rmse and rmse <= old_rmse, rows
    assert abs(coverage - 0.9) < abs(old_coverage - 0.9), rows
    assert abs(coverage - fresh_coverage) < 0.04, rows
    assert np.median(shares) < 0.15, shares


@pytest.mark.skipif(not (DATA / "samson").exists(), reason="the Samson scene is not here")
def test_on_a_real_scene_adapting_undoes_a_distortion_and_nothing_else(tmp_path):
    """The scene through three other calibrations; its endmembers do not explain it without a rest. Its truth is a classical
    solution, which the network hardly corrects there, so intervals hold more of it than they promise."""
    folder = DATA / "samson"
    values = read(folder / "cube.tif")[0]
    write(tmp_path / "own.tif", values)
    succeed("train", tmp_path / "own.tif", "-o", tmp_path / "m.wsn", "--mixing", "scaled", "--library",
            folder / "endmembers_peak.csv")

    def rmse(model, cube):
        succeed("unmix", tmp_path / model, tmp_path / cube, "-o", tmp_path / "a.tif", "--bands", "abundance,interval")
        said = json.loads(succeed("score", tmp_path / "a.tif", "--truth", folder / "abundances_peak.tif", "--json"))
        return np.array([said["rmse_global"], said["coverage"]])

    own, rows = rmse("m.wsn", "own.tif"), []
    for seed in (1, 2, 3):
        write(tmp_path / "other.tif", distort(values, seed)[0])
        succeed("adapt", tmp_path / "m.wsn", tmp_path / "other.tif", "-o", tmp_path / "n.wsn")
        rows.append(np.concatenate([rmse("m.wsn", "other.tif"), rmse("n.wsn", "other.tif")]))
        print("RMSE/coverage own cube %.4f/%.3f  not adapted %.4f/%.3f  adapted %.4f/%.3f" % (*own, *rows[-1]))
    before, _, after, coverage = np.mean(rows, axis=0)
    assert after < 0.4 * before and after < 0.02, rows
    assert coverage > 0.9, rows


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A folder with an old scene, a new one through another calibration, and m.wsn, trained briefly on the old one."""
    folder = tmp_path_factory.mktemp("adapt")
    make_scene(folder, 3, "old", False)
    make_scene(folder, 3, "new", True)
    train(folder, "old", "m.wsn", "--steps", STEPS)
    return folder


def info(path):
    return json.loads(succeed("info", path, "--json"))


def test_same_seed_gives_the_same_bytes_with_any_number_of_threads(scene, tmp_path):
    words = ["adapt", scene / "m.wsn", scene / "new" / "cube.tif"]
    for threads in (1, 2, 3):
        succeed(*words, "-o", tmp_path / f"{threads}.wsn", "--threads", threads)
    succeed(*words, "-o", tmp_path / "other.wsn", "--seed", 2)
    models = [(tmp_path / f"{name}.wsn").read_bytes() for name in (1, 2, 3, "other")]
    assert models[0] == models[1] == models[2] != models[3]


def test_the_network_stays_and_the_model_remembers(scene, tmp_path):
    before = (scene / "m.wsn").read_bytes()
    said = succeed("adapt", scene / "m.wsn", scene / "new" / "cube.tif", "-o", tmp_path / "n.wsn")
    assert (scene / "m.wsn").read_bytes() == before
    assert "Gain of the bands" in said and "limit of detection" in said
    old, new = info(scene / "m.wsn"), info(tmp_path / "n.wsn")
    assert new["spectra"] == old["spectra"] and new["endmembers"] != old["endmembers"]
    assert "gain" not in old and len(new["gain"]) == len(new["offset"]) == 80
    assert new["metadata"]["adapted_from"] == old["sha256"]
    assert new["metadata"]["adapt_options"] == "--seed 1"
    assert new["metadata"]["trained_on"] == new["metadata"]["cube"] == "cube.tif"
    assert new["metadata"]["cube_sha256"] != old["metadata"]["cube_sha256"]
    assert new["metadata"]["steps"] == str(STEPS)
    card = json.loads(succeed("card", tmp_path / "n.wsn", "--json"))
    assert card["data"]["adapted_from"] == old["sha256"] and card["data"]["trained_on"] == "cube.tif"
    assert card["training"]["adapt_options"] == "--seed 1" and card["training"]["n_members"] == 1
    # Weights are the bulk of both files, in the same order: the last bytes are theirs.
    assert (tmp_path / "n.wsn").read_bytes()[-10000:] == before[-10000:]


def test_gains_come_near_those_that_were_applied(scene, tmp_path):
    """Up to the factor that illumination hides."""
    values = read(scene / "new" / "cube.tif")[0]
    _, gain, _ = distort(values, 3)
    succeed("adapt", scene / "m.wsn", scene / "new" / "cube.tif", "-o", tmp_path / "n.wsn")
    found = 1 / np.array(info(tmp_path / "n.wsn")["gain"])
    gain /= np.exp(np.log(gain).mean())
    left, was = np.sqrt(np.mean((found - gain) ** 2)), np.sqrt(np.mean((1 - gain) ** 2))
    print(f"root-mean-square error of the gains {left:.4f}, before {was:.4f}")
    assert left < 0.35 * was, (left, was)


def test_an_adapted_model_goes_every_road_of_a_model(scene, tmp_path):
    cube = scene / "new" / "cube.tif"
    succeed("adapt", scene / "m.wsn", cube, "-o", tmp_path / "n.wsn")
    succeed("adapt", tmp_path / "n.wsn", cube, "-o", tmp_path / "again.wsn")
    gains = [info(tmp_path / name)["gain"] for name in ("n.wsn", "again.wsn")]
    assert gains[0] == gains[1]
    said = fail(tmp_path, "extend", tmp_path / "n.wsn", cube, "-o", tmp_path / "e.wsn", "--library",
                scene / "old" / "endmembers.csv", "--select", "none")
    assert "none" in said
    write(tmp_path / "cube.tif", read(cube)[0], wavelength_nm=wavelengths_of(scene / "new"))
    succeed("unmix", tmp_path / "n.wsn", tmp_path / "cube.tif", "-o", tmp_path / "a.tif", "--bands", "abundance")
    succeed("unmix", tmp_path / "n.wsn", tmp_path / "cube.tif", "-o", tmp_path / "s.wsnet", "--bands", "abundance")
    np.testing.assert_array_equal(read(tmp_path / "a.tif")[0], read(tmp_path / "s.wsnet")[0])


def test_cancelling_leaves_nothing(scene, tmp_path):
    (tmp_path / "here").mkdir()
    words = ["adapt", scene / "m.wsn", scene / "new" / "cube.tif", "-o", tmp_path / "here" / "n.wsn", "--progress", "plain"]
    started = subprocess.Popen([WSNET, *map(str, words)], stderr=subprocess.PIPE, text=True)
    assert started.stderr.readline().startswith("progress")
    started.send_signal(signal.SIGINT)
    said = started.communicate(timeout=60)[1].splitlines()[-1]
    assert (started.returncode, said) == (1, "wsnet adapt: cancelled, nothing was written")
    assert not files(tmp_path / "here")


def test_what_cannot_be_adapted_is_said_in_a_sentence(scene, tmp_path):
    out, model, cube = ["-o", tmp_path / "n.wsn"], scene / "m.wsn", scene / "new" / "cube.tif"
    assert "MODEL.wsn" not in fail(tmp_path, "adapt", scene / "none.wsn", cube, *out)
    assert "CUBE is missing" in fail(tmp_path, "adapt", model, code=2)
    values = read(cube)[0]
    write(tmp_path / "short.tif", values[:-1])
    said = fail(tmp_path, "adapt", model, tmp_path / "short.tif", *out)
    assert said.endswith("has 79 bands; this model was trained on 80")
    write(tmp_path / "other.tif", values, wavelength_nm=np.linspace(1000, 2000, len(values)))
    assert "another sensor" in fail(tmp_path, "adapt", model, tmp_path / "other.tif", *out)
    write(tmp_path / "dark.tif", -np.abs(values))
    assert "explain none of the pixels" in fail(tmp_path, "adapt", model, tmp_path / "dark.tif", *out)
