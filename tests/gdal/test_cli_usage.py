# SPDX-License-Identifier: GPL-2.0-or-later
"""Help, version, and wrong command lines."""
import re

import pytest
from cli import ROOT, fail, run, succeed

PAGES = [ROOT / "README.md", *sorted((ROOT / "resources" / "docs").glob("*.md"))]
COMMON = {"--threads", "--progress", "--quiet", "--help"}


def listed():
    """The options of every command, as the table of the page on the command line has them."""
    page = (ROOT / "resources" / "docs" / "command-line.md").read_text()
    rows = page.split("## Every option")[1].split("\n## ")[0].splitlines()
    return {row.split("`")[1]: set(re.findall(r"`(--[\w-]+)`", row)) for row in rows if row.startswith("| `")}


def offered(command):
    """The options of a command, as its help has them."""
    return set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", succeed(command, "--help"), re.MULTILINE))


COMMANDS = sorted(listed())


@pytest.mark.parametrize("command", COMMANDS)
def test_help_and_page_have_the_same_options(command):
    text = succeed(command, "--help")
    assert text.startswith(f"usage: wsnet {command}")
    assert offered(command) == listed()[command] | COMMON
    assert all(len(line) <= 100 for line in text.splitlines())


def test_pages_name_no_option_that_is_not_there():
    known = set().union(*map(offered, COMMANDS)) | {"--version", "--build", "--install", "--preset"}  # the last: of CMake
    for script in (ROOT / "tests" / "bench").glob("*.py"):
        known |= set(re.findall(r"(?<![\w-])--[a-z][\w-]+", script.read_text()))
    for page in PAGES:
        assert set(re.findall(r"(?<![\w-])--[a-z][\w-]+", page.read_text())) <= known, page.name


def test_help_lists_commands_and_version_prints():
    text = succeed("--help")
    assert set(re.findall(r"^  ([a-z-]+)  ", text, re.MULTILINE)) == set(COMMANDS)
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
