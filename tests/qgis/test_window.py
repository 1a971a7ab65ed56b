# SPDX-License-Identifier: GPL-2.0-or-later
"""A real QGIS window with nothing but the platform package: click Unmix, look, click a pixel, save, reopen."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import profiles
import pytest
from conftest import DATA, SOURCE
from test_packages import platform  # noqa: F401 (a fixture)

SCRIPT = Path(__file__).with_name('window_script.py')


def test_from_the_button_to_a_reopened_project(platform: Path, scene_folder: Path,  # noqa: F811
                                               tmp_path: Path) -> None:
    for tool in ('xvfb-run', 'import', 'qgis.bin'):
        if not shutil.which(tool):
            pytest.skip(f'{tool} is not installed')
    folder = profiles.make(tmp_path / 'home', platform)
    pictures = Path(os.environ.get('WSNET_PICTURES', tmp_path / 'pictures'))
    pictures.mkdir(parents=True, exist_ok=True)
    real = DATA / 'dlr_hysu' / 'cube.tif'
    cube = shutil.copy(real if real.is_file() else scene_folder / 'cube.tif', tmp_path / 'cube.tif')
    answer = subprocess.run(
        ['xvfb-run', '-a', '-s', '-screen 0 1400x900x24', 'qgis.bin', '--nologo', '--noversioncheck', '--profiles-path',
         str(folder), '--profile', 'default', '--code', str(SCRIPT)], timeout=600, capture_output=True, text=True,
        cwd=SOURCE, env=profiles.environment(folder, WINDOW_CUBE=str(cube), WINDOW_FOLDER=str(pictures),
                                             WINDOW_COUNT='5', WINDOW_STEPS='150'))
    assert (pictures / 'report.json').is_file() and answer.returncode == 0, answer.stderr[-2000:]
    report = json.loads((pictures / 'report.json').read_text())
    assert report['errors'] == [], report['errors']
    assert report['valid'] and report['layers'] == 1 + 1 + 5 + 5 + 1
    assert len(report['tree']['Abundance']) == len(report['tree']['Confidence']) == 5
    assert report['picking'] and 'Column' in report['place'] and 'Fit' in report['fit']
    assert report['bars'].count('between') == 5
    assert report['retrained'] == ['endmember 1', 'endmember 2', 'endmember 3', 'endmember 4', 'clicked']
    assert report['saved'] and report['reopened_layers'] == report['layers'] and report['reopened_valid']
    assert report['success'].startswith('5 materials mapped in')
    assert report['buttons_visible'] and report['messages'] == []
    assert len(report['failure']) == 1 and report['failure'][0].startswith('“cube” could not be unmixed.')
    assert 'band' in report['failure'][0]
    assert report['cancelled_s'] < 10 and report['left_behind'] == []
    for name in ('dialog', 'progress', 'result', 'dock', 'confidence', 'reopened'):
        assert (pictures / f'{name}.png').stat().st_size > 10000
    print(f"seconds from click to first map: {report['seconds_to_first_map']}")
