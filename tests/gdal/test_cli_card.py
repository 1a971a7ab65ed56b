# SPDX-License-Identifier: GPL-2.0-or-later
"""`wsnet card`: everything that a model remembers, its cost by the stated formula, scores and seconds where given."""
import json

import pytest
from cli import fail, succeed
from cli_scene import STEPS, model, simulated  # noqa: F401


@pytest.fixture(scope="module")
def info(model):
    return json.loads(succeed("info", model, "--json"))


def test_a_card_says_what_the_model_remembers(model, info):
    card = json.loads(succeed("card", model, "--json"))
    assert card["model"] == model.name and card["sha256"] == info["sha256"]
    assert card["data"]["cube"] == "cube.tif" and card["data"]["cube_sha256"] == info["metadata"]["cube_sha256"]
    assert card["data"]["n_bands_used"] == 50
    assert card["data"]["wavelength_least_nm"] == pytest.approx(min(info["wavelength_nm"]))
    assert [m["name"] for m in card["materials"]] == [e["name"] for e in info["endmembers"]]
    assert [m["limit_of_detection"] for m in card["materials"]] == pytest.approx(
        [e["limit_of_detection"] for e in info["endmembers"]])
    assert card["training"]["steps"] == STEPS and card["training"]["seed"] == 1
    assert card["training"]["interval_coverage"] == pytest.approx(0.9)
    assert card["intended_use"] and card["limits"]
    assert "scores" not in card and "cpu_seconds" not in card["cost"]


def test_operations_follow_the_stated_formula(model, info):
    cost = json.loads(succeed("card", model, "--json"))["cost"]
    step = float(info["metadata"]["batch"]) + float(info["metadata"]["real_batch"])
    assert cost["training_operations"] == pytest.approx(3 * cost["operations_a_pixel"] * step * STEPS)
    B, P, Q, T, D, S, R, K, H, J = 50, 4, 8, 7, 24, 8, 4, 3, 2, 64
    products = (T * Q * D + 2 * T * D * D + T * D * K + T * D * (R + 2 * S) + T * R * D + T * D * D  # encoder, branch
                + 4 * T * D * D + 2 * T * T * D + 2 * T * D * D  # attention, gate
                + T * D * J + B * P + J * (J + 2 * P + 1) + 3 * J * P + B * P)  # head, decoder
    assert 2 * products < cost["operations_a_pixel"] < 2 * 1.25 * products


def test_scores_and_seconds_are_added_where_given(model, tmp_path):
    (tmp_path / "score.json").write_text(json.dumps({"rmse_class_mean": 0.0123, "materials": [
        {"name": "a|b<i>", "rmse": 0.01}, {"name": "c", "rmse": 0.02}]}))
    (tmp_path / "log.json").write_text(json.dumps({"cpu_seconds": 12.5, "n_threads": 2, "other": "x"}))
    words = ["card", model, "--scores", tmp_path / "score.json", "--log", tmp_path / "log.json"]
    card = json.loads(succeed(*words, "--json"))
    assert card["scores"]["rmse_class_mean"] == 0.0123 and card["cost"]["cpu_seconds"] == 12.5
    assert "other" not in card["cost"]
    text = succeed(*words)
    assert "| rmse\\_class\\_mean | 0.0123 |" in text and "| cpu\\_seconds | 12.5 |" in text
    assert "a\\|b\\<i\\>" in text and "<i>" not in text


def test_markdown_has_every_part_and_the_ending_decides(model, info, tmp_path):
    succeed("card", model, "-o", tmp_path / "card.md")
    text = (tmp_path / "card.md").read_text()
    for title in ("Intended use", "Limits", "Materials", "Data", "Training", "Cost"):
        assert f"\n## {title}\n" in text
    assert info["sha256"] in text and info["metadata"]["cube_sha256"] in text
    succeed("card", model, "-o", tmp_path / "card.json")
    assert json.loads((tmp_path / "card.json").read_text())["sha256"] == info["sha256"]


@pytest.mark.parametrize("words, said", [
    (["{model}", "--scores", "missing.json"], "missing.json"),
    (["{model}", "--scores", "text.json"], "not a JSON object"),
    (["{model}", "--log", "list.json"], "not a JSON object"),
    (["{model}", "--log", "other.json"], "another model"),
    (["text.json"], "text.json"),
    (["{model}", "-o", "nowhere/card.md"], "nowhere"),
])
def test_bad_input_is_one_sentence_and_leaves_nothing(model, tmp_path, words, said):
    (tmp_path / "text.json").write_text("{ no json")
    (tmp_path / "list.json").write_text("[1, 2]")
    (tmp_path / "other.json").write_text('{"cpu_seconds": 1, "model_sha256": "00"}')
    assert said in fail(tmp_path, "card", *[word.format(model=model) for word in words])
