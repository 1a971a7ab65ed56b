# SPDX-License-Identifier: GPL-2.0-or-later
"""A simulated scene and a model of it, made once for all tests of the command line."""
from __future__ import annotations

import pytest
from cli import succeed

# Few steps: these tests are about the command line, not about accuracy.
STEPS = 40


@pytest.fixture(scope="session")
def simulated(tmp_path_factory):
    """A folder with cube.tif, truth.tif and endmembers.csv."""
    folder = tmp_path_factory.mktemp("simulated")
    succeed("simulate", "-o", folder, "--width", 48, "--height", 40, "--bands", 50, "--endmembers", 4, "--seed", 3)
    return folder


@pytest.fixture(scope="session")
def model(simulated, tmp_path_factory):
    """A model of the simulated scene."""
    path = tmp_path_factory.mktemp("model") / "m.wsn"
    succeed("train", simulated / "cube.tif", "-o", path, "--library", simulated / "endmembers.csv", "--steps", STEPS)
    return path
