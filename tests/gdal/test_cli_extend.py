# SPDX-License-Identifier: GPL-2.0-or-later
"""`wsnet extend`: cheap, forgets nothing, reproducible, and clear about what it cannot add."""
import json
import resource

import numpy as np
import pytest
from cli import fail, succeed
from cli_scene import STEPS
from rasters import read, write

WHOLE_TRAINING = 1000  # default steps of `wsnet train`


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A folder with a scene of five materials, and small.wsn, which knows the first four."""
    folder = tmp_path_factory.mktemp("extend")
    succeed("simulate", "-o", folder, "--width", 50, "--height", 50, "--bands", 80, "--endmembers", 5, "--seed", 3)
    train(folder, names(folder)[:4], "small.wsn", "--steps", STEPS)
    return folder


def names(folder):
    return (folder / "endmembers.csv").read_text().splitlines()[0].split(",")[1:]


def chosen(folder, wanted):
    return ["--library", folder / "endmembers.csv", "--select", ",".join(f'"{name}"' for name in wanted)]


def train(folder, wanted, model, *more):
    return cpu_seconds("train", folder / "cube.tif", "-o", folder / model, *chosen(folder, wanted), *more)


def cpu_seconds(*words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    succeed(*words, "--threads", 1)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def extend(folder, model, added, output, *more):
    return cpu_seconds("extend", folder / model, folder / "cube.tif", "-o", output, *chosen(folder, added), *more)


def info(path):
    return json.loads(succeed("info", path, "--json"))


def rmse_of(folder, model, wanted, where=slice(None)):
    """RMSE of these materials, all of the model's order being that of the library."""
    succeed("unmix", folder / model, folder / "cube.tif", "-o", folder / "a.tif", "--bands", "abundance")
    found, truth = read(folder / "a.tif")[0], read(folder / "truth.tif")[0]
    index = [names(folder).index(name) for name in wanted]
    return float(np.sqrt(np.mean((found[index] - truth[index])[:, where] ** 2)))


def test_costs_a_quarter_and_forgets_nothing(scene):
    old, every = names(scene)[:4], names(scene)
    train(scene, old, "old.wsn")
    fresh = train(scene, every, "fresh.wsn")
    # The machine may be busy with something else: the least of three.
    cost = min(extend(scene, "old.wsn", every[4:], scene / "new.wsn") for _ in range(3))
    assert cost < 0.25 * fresh, (cost, fresh)
    assert int(info(scene / "new.wsn")["metadata"]["steps"]) < 0.25 * WHOLE_TRAINING
    before, after = rmse_of(scene, "old.wsn", old), rmse_of(scene, "new.wsn", old)
    anew = rmse_of(scene, "fresh.wsn", old)
    print(f"CPU seconds {cost:.2f} of {fresh:.2f}; RMSE of the old ones {before:.4f}, {after:.4f}, fresh {anew:.4f}")
    assert after <= 1.05 * before, (after, before)
    # Pixels that the old model could not explain make that easy: a model trained on all of them is the harder judge.
    assert after <= 1.1 * anew, (after, anew)
    assert rmse_of(scene, "new.wsn", every[4:]) <= 1.2 * rmse_of(scene, "fresh.wsn", every[4:])
    for name in ("old.wsn", "fresh.wsn", "new.wsn", "a.tif"):
        (scene / name).unlink()


def test_same_seed_gives_the_same_bytes_with_any_number_of_threads(scene, tmp_path):
    words = ["extend", scene / "small.wsn", scene / "cube.tif", *chosen(scene, names(scene)[4:]), "--steps", 5]
    for threads in (1, 2, 3):
        succeed(*words, "-o", tmp_path / f"{threads}.wsn", "--threads", threads)
    succeed(*words, "-o", tmp_path / "other.wsn", "--seed", 2)
    models = [(tmp_path / f"{name}.wsn").read_bytes() for name in (1, 2, 3, "other")]
    assert models[0] == models[1] == models[2] != models[3]


def test_a_model_remembers_what_it_was_extended_from(scene, tmp_path):
    before = (scene / "small.wsn").read_bytes()
    extend(scene, "small.wsn", names(scene)[4:], tmp_path / "m.wsn", "--steps", 5)
    assert (scene / "small.wsn").read_bytes() == before
    said, known = info(tmp_path / "m.wsn"), info(scene / "small.wsn")
    assert [e["name"] for e in said["endmembers"]] == names(scene)
    assert said["metadata"]["extended_from"] == known["sha256"]
    assert said["metadata"]["options"] == "--seed 1 --steps 5"
    assert said["metadata"]["cube_sha256"] == known["metadata"]["cube_sha256"]
    assert str(scene).encode() not in (tmp_path / "m.wsn").read_bytes()


def test_what_cannot_be_added_is_said_in_a_sentence(scene, tmp_path):
    new, cube, model = chosen(scene, names(scene)[4:]), scene / "cube.tif", scene / "small.wsn"
    out = ["-o", tmp_path / "m.wsn"]
    said = fail(tmp_path, "extend", model, cube, *out, *chosen(scene, names(scene)[3:]))
    assert said.endswith(f"the model has an endmember '{names(scene)[3]}' already")
    assert "--library or --spectra" in fail(tmp_path, "extend", model, cube, *out, code=2)
    assert "--select needs --library" in fail(tmp_path, "extend", model, cube, *out, "--select", "a", code=2)
    assert "MODEL.wsn" not in fail(tmp_path, "extend", scene / "none.wsn", cube, *out, *new)
    assert "not" in fail(tmp_path, "extend", cube, cube, *out, *new)
    values, _ = read(cube)
    write(tmp_path / "short.tif", values[:-1])
    said = fail(tmp_path, "extend", model, tmp_path / "short.tif", *out, *new)
    assert said.endswith("has 79 bands; this model was trained on 80")
    write(tmp_path / "other.tif", values, wavelength_nm=np.linspace(1000, 2000, len(values)))
    assert "another sensor" in fail(tmp_path, "extend", model, tmp_path / "other.tif", *out, *new)
    values[7] = np.nan
    write(tmp_path / "empty.tif", values)
    assert "no pixel with a value in every band" in fail(tmp_path, "extend", model, tmp_path / "empty.tif", *out, *new)
