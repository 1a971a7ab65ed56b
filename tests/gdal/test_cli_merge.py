# SPDX-License-Identifier: GPL-2.0-or-later
"""`wsnet merge-library`: one table out of two, whatever the formats."""
import numpy as np
import pytest
from cli import fail, files, succeed
from cli_scene import model, simulated  # noqa: F401
from rasters import write_csv

NM = np.linspace(400, 900, 26)


@pytest.fixture
def folder(tmp_path):
    write_csv(tmp_path / "a.csv", NM, {"soil": 0.1 + NM / 3000, "tree": np.where(NM > 700, 0.5, 0.05)})
    fine = np.linspace(380, 950, 200)
    write_csv(tmp_path / "b.csv", fine, {"tree": 0.3 + 0 * fine, "roof": fine / 2000})
    return tmp_path


def parse(text):
    rows = [row.split(",") for row in text.splitlines()]
    return rows[0], np.array(rows[1:], float)


def test_the_second_is_brought_to_the_first_ones_wavelengths(folder):
    names, values = parse(succeed("merge-library", "a.csv", "b.csv", cwd=folder))
    assert names[:3] == ["wavelength_nm", "soil", "tree"] and names[4] == "roof"
    assert names[3] != "tree" and names[3].startswith("tree")
    np.testing.assert_allclose(values[:, 0], NM, atol=0.01)
    np.testing.assert_allclose(values[:, 1], 0.1 + NM / 3000, atol=1e-5)
    np.testing.assert_allclose(values[:, 3], 0.3, atol=1e-5)
    np.testing.assert_allclose(values[:, 4], NM / 2000, atol=1e-4)


def test_a_file_holds_what_would_be_printed(folder):
    printed = succeed("merge-library", "a.csv", "b.csv", cwd=folder)
    succeed("merge-library", "a.csv", "b.csv", "-o", "c.csv", cwd=folder)
    assert (folder / "c.csv").read_text() == printed
    assert files(folder) == {"a.csv", "b.csv", "c.csv"}


def test_models_and_their_own_spectra_merge(model, simulated, tmp_path):
    names, values = parse(succeed("merge-library", simulated / "endmembers.csv", model))
    assert len(names) == len(set(names)) == 9 and values.shape == (50, 9)


def test_bad_input_is_one_sentence_and_leaves_nothing(folder):
    thermal = np.linspace(8000, 12000, 26)
    write_csv(folder / "thermal.csv", thermal, {"quartz": 0 * thermal + 0.5})
    assert "8000" in fail(folder, "merge-library", "a.csv", "thermal.csv", "-o", "c.csv")
    assert "missing.csv" in fail(folder, "merge-library", "a.csv", "missing.csv")
    assert "nowhere" in fail(folder, "merge-library", "a.csv", "b.csv", "-o", "nowhere/c.csv")
    assert "SECOND" in fail(folder, "merge-library", "a.csv", code=2)
