# SPDX-License-Identifier: GPL-2.0-or-later
"""Help, version, and wrong command lines."""
import pytest
from cli import fail, run, succeed

COMMANDS = {
    "train": ["--endmembers", "--library", "--select", "--spectra", "--name-field", "--extract", "--mixing", "--coverage",
              "--seed", "--steps", "--threads", "--without", "--ensemble", "--checkpoint", "--strata", "--strata-field", "--log",
              "--output"],
    "unmix": ["--bands", "--weak-bias", "--detection-level", "--least-confidence", "--method", "--threads", "--co", "--of", "--output"],
    "endmembers": ["--output", "--extract", "--library"],
    "score": ["--truth", "--endmembers", "--truth-endmembers", "--model", "--json"],
    "info": ["--json"],
    "simulate": ["--width", "--height", "--bands", "--endmembers", "--snr", "--illumination", "--variability",
                 "--bilinear", "--no-dark", "--no-rare", "--max-fraction", "--seed", "--output"],
    "quicklook": ["--truth", "--output"],
    "adapt": ["--seed", "--threads", "--output", "MODEL.wsn", "CUBE"],
    "extend": ["--library", "--select", "--spectra", "--name-field", "--steps", "--seed", "--threads", "--output"],
    "area": ["--zones", "--zone-field", "--coverage", "--pixel-area", "--output", "--json"],
    "audit": ["--zones", "--zone-field", "--truth", "--confidence", "--fit", "--output"],
    "card": ["--scores", "--log", "--output", "--json"],
    "merge-library": ["--output"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_every_option(command):
    text = succeed(command, "--help")
    assert text.startswith(f"usage: wsnet {command}")
    for option in [*COMMANDS[command], "--progress", "--help"]:
        assert option in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_help_lists_commands_and_version_prints():
    text = succeed("--help")
    assert all(f"\n  {command} " in text for command in COMMANDS)
    assert succeed("--version").startswith("wsnet 0.")


@pytest.mark.parametrize("words, said", [
    (["train", "--sed", "1"], "did you mean --seed?"),
    (["train", "a.tif"], "--output MODEL.wsn is missing"),
    (["train", "-o", "m.wsn"], "CUBE is missing"),
    (["train", "a.tif", "-o", "m.wsn", "--steps", "many"], "'many'"),
    (["train", "a.tif", "-o", "m.wsn", "--coverage", "1.5"], "'1.5'"),
    (["train", "a.tif", "-o", "m.wsn", "--mixing", "cubic"], "linear|scaled"),
    (["train", "a.tif", "-o", "m.wsn", "--seed", "-1"], "'-1'"),
    (["train", "a.tif", "-o", "m.wsn", "--seed"], "--seed needs a value"),
    (["train", "a.tif", "b.tif", "-o", "m.wsn"], "one argument too many"),
    (["train", "a.tif", "-o", "m.wsn", "-p", "3", "--library", "l.csv"], "exclude each other"),
    (["train", "a.tif", "-o", "m.wsn", "--select", "soil"], "needs --library"),
    (["unmix", "m.wsn", "a.tif", "-o", "a.tif", "--method", "sgd"], "wsnet|fcls|nnls|ucls"),
    (["unmix", "m.wsn", "a.tif", "-o", "a.tif", "--weak-bias", "nan"], "'nan'"),
    (["simulate", "-o", "d", "--no-dark=1"], "takes no value"),
])
def test_wrong_command_lines_exit_with_2_and_a_hint(tmp_path, words, said):
    sentence = fail(tmp_path, *words, code=2)
    assert said in sentence
    assert f"wsnet {words[0]} --help" in sentence


@pytest.mark.parametrize("words", [[], ["trian"], ["--frobnicate"]])
def test_unknown_commands_exit_with_2(words):
    done = run(*words)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert ("did you mean train?" in done.stderr) == (words == ["trian"])
