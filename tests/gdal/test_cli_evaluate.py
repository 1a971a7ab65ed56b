# SPDX-License-Identifier: GPL-2.0-or-later
"""`wsnet evaluate`: its files agree with each other, its knobs move the right way, bad folders are refused."""
import csv
import json
import statistics

import numpy as np
import pytest

import cli
from rasters import read

PARTS = ("wavelet", "ssm", "wsa", "gate", "kl", "simulation", "classical")
CLASSICAL = ("FCLS", "NNLS/sum", "UCLS")


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory):
    """A folder with a small evaluation of two seeds."""
    folder = tmp_path_factory.mktemp("evaluation")
    cli.succeed("evaluate", "-o", folder, "--quick", "--seeds", 2, "--steps", 40)
    return folder


def test_json_is_the_median_of_csv(evaluated):
    made = json.loads((evaluated / "evaluation.json").read_text())
    rows = list(csv.DictReader((evaluated / "evaluation.csv").open()))
    for method in ("WS-Net", "FCLS", "without ssm"):
        same = [row for row in rows if row["group"] == "ablation" and row["method"] == method]
        single = [float(row["rmse_class_mean"]) for row in same]
        assert len(single) == 2
        summary = made["groups"]["ablation"]["standard scene"][method]["rmse_class_mean"]
        assert summary["median"] == pytest.approx(statistics.median(single), rel=1e-4)
        assert summary["least"] == pytest.approx(min(single), rel=1e-4)


def test_every_part_has_a_verdict_and_every_picture_exists(evaluated):
    page = (evaluated / "evaluation.md").read_text()
    for part in PARTS:
        assert any(line.startswith(f"| {part} |") and "earn" in line for line in page.splitlines()), part
    pictures = [line.split("(")[-1].rstrip(")") for line in page.splitlines() if line.startswith("![")]
    assert {"snr.png", "weak_bias.png", "detection_level.png", "minimum_confidence.png"} <= set(pictures)
    for picture in pictures:
        assert (evaluated / picture).read_bytes().startswith(b"\x89PNG")


def test_a_network_without_simulation_is_worse(evaluated):
    """Its truth is all that the other trainings learn abundances from."""
    methods = json.loads((evaluated / "evaluation.json").read_text())["groups"]["ablation"]["standard scene"]
    without, whole = (methods[name]["rmse_class_mean"]["median"] for name in ("without simulation", "WS-Net"))
    assert without > 1.1 * whole


def test_scores_that_compare_agree_with_what_they_compare(evaluated):
    for row in csv.DictReader((evaluated / "evaluation.csv").open()):
        same = [other for other in csv.DictReader((evaluated / "evaluation.csv").open())
                if all(other[key] == row[key] for key in ("group", "setting", "seed"))]
        rmse = {other["method"]: float(other["rmse_class_mean"]) for other in same}
        ratio = float(row["rmse_class_mean"]) / min(rmse["FCLS"], rmse["NNLS/sum"])
        assert float(row["rmse_over_better_classical"]) == pytest.approx(ratio, rel=1e-4)
        assert 0 < float(row["zone_gap_rmse"]) < 2 * float(row["rmse_class_mean"])
        assert bool(row["mean_width"]) == bool(row["mean_width_constant"]) == (row["method"] not in CLASSICAL)
        assert bool(row["fit_auc"]) == (row["method"] == "WS-Net")
        assert row["setting"] == "10" or not row["fit_auc"] or 0.53 < float(row["fit_auc"]) < 1


def test_goals_name_what_was_measured(evaluated):
    page = (evaluated / "evaluation.md").read_text().splitlines()
    made = json.loads((evaluated / "evaluation.json").read_text())["groups"]["snr"]["20"]["WS-Net"]
    row = next(line for line in page if line.startswith("| standard scene | class-mean RMSE over"))
    assert f"{made['rmse_over_better_classical']['median']:.3g}" in row and "at most 0.6" in row
    assert ("reached" in row) == (made["rmse_over_better_classical"]["median"] <= 0.6)


def test_a_higher_detection_level_finds_less(evaluated):
    curve = json.loads((evaluated / "evaluation.json").read_text())["curves"]["detection_level"]
    recalls = [point["recall_weak"] for point in curve]
    false_positives = [point["false_positive_rate"] for point in curve]
    assert recalls == sorted(recalls, reverse=True) and recalls[0] > recalls[-1]
    assert false_positives == sorted(false_positives, reverse=True)


def test_less_noise_is_easier(evaluated):
    groups = json.loads((evaluated / "evaluation.json").read_text())["groups"]["snr"]
    assert groups["20"]["FCLS"]["rmse_class_mean"]["median"] < groups["10"]["FCLS"]["rmse_class_mean"]["median"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    assert "is not a folder" in cli.fail(tmp_path, "evaluate", "-o", tmp_path / "file", "--quick")


def test_data_must_hold_the_scenes(tmp_path):
    assert "does not hold samson/cube.tif" in cli.fail(tmp_path, "evaluate", "-o", tmp_path, "--data", tmp_path)


def class_mean_rmse(found, truth):
    return np.mean([np.sqrt(np.mean((a - t) ** 2)) for a, t in zip(found, truth)])


def recall_at_5_per_cent(values, truth):
    threshold = np.sort(values[truth <= 0.001])[::-1][int(0.05 * np.sum(truth <= 0.001))]
    return np.mean(values[(truth > 0.05) & (truth <= 0.15)] > threshold)


def constant_width(a, lower, upper, truth):
    widths = []
    for k, present in enumerate(truth > 0.001):
        reach = np.sort(np.abs(truth[k] - a[k])[present])
        n_covered = np.sum(((truth[k] >= lower[k]) & (truth[k] <= upper[k]))[present])
        half = reach[min(n_covered, len(reach) - 1)]
        widths.append(np.mean(np.minimum(a[k] + half, 1) - np.maximum(a[k] - half, 0)))
    return np.mean(widths)


def test_scores_are_those_of_the_commands(evaluated, tmp_path):
    """The same scene and training by hand; spectra go through CSV, so their last digits differ."""
    cli.succeed("simulate", "-o", tmp_path, "--width", 40, "--height", 40, "--bands", 60, "--seed", 1001)
    cli.succeed("train", tmp_path / "cube.tif", "-o", tmp_path / "m.wsn", "--library", tmp_path / "endmembers.csv", "--steps", 40,
                "--seed", 1001)
    cli.succeed("unmix", tmp_path / "m.wsn", tmp_path / "cube.tif", "-o", tmp_path / "a.tif", "--bands", "abundance,interval")
    answer, truth = read(tmp_path / "a.tif")[0], read(tmp_path / "truth.tif")[0]
    a, lower, upper = answer[:5], answer[5::2], answer[6::2]
    quarters = [class_mean_rmse(a[:, y:y + 20, x:x + 20], truth[:, y:y + 20, x:x + 20]) for y in (0, 20) for x in (0, 20)]
    row = next(row for row in csv.DictReader((evaluated / "evaluation.csv").open())
               if row["group"] == "ablation" and row["method"] == "WS-Net" and row["seed"] == "1001")
    expected = {
        "rmse_class_mean": class_mean_rmse(a, truth),
        "weak_recall_at_5pct_fpr": recall_at_5_per_cent(a, truth),
        "weak_recall_by_lower_bound": recall_at_5_per_cent(lower, truth),
        "recall": np.mean(a[truth > 0.001] > 0.01),
        "precision": np.mean(truth[a > 0.01] > 0.001),
        "false_positive_rate": np.mean(a[truth <= 0.001] > 0.01),
        "zone_gap_rmse": max(quarters) - min(quarters),
        "coverage": np.mean((truth >= lower) & (truth <= upper)),
        "mean_width": np.mean(upper - lower),
        "mean_width_constant": constant_width(a.reshape(5, -1), lower.reshape(5, -1), upper.reshape(5, -1), truth.reshape(5, -1)),
    }
    for key, value in expected.items():
        assert float(row[key]) == pytest.approx(value, rel=0.02, abs=2e-3), key
