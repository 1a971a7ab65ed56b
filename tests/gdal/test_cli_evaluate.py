# SPDX-License-Identifier: GPL-2.0-or-later
"""`wsnet evaluate`: its files agree with each other, its knobs move the right way, bad folders are refused."""
import csv
import json
import statistics

import pytest

import cli

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
