# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad parameters: one sentence, nothing written."""
from __future__ import annotations

from pathlib import Path

import pytest
from helpers import QUICK, Failed, run
from osgeo import gdal


def refused(name: str, parameters: dict, folder: Path, *words: str) -> None:
    """The algorithm fails, its message holds the words, the folder is as it was."""
    before = sorted(folder.rglob('*'))
    with pytest.raises(Failed) as failure:
        run(name, parameters)
    text = str(failure.value)
    for word in words:
        assert word.lower() in text.lower(), text
    assert 'Traceback' not in text
    assert sorted(folder.rglob('*')) == before


def outputs(folder: Path) -> dict:
    """Outputs of wsnet:unmix in a folder."""
    return {'OUTPUT': str(folder / 'o.wsnet'), 'MODEL': str(folder / 'o.wsn'), 'ENDMEMBERS': str(folder / 'o.csv'),
            **QUICK}


def test_no_such_cube(native, tmp_path: Path) -> None:
    refused('wsnet:unmix', {'INPUT': str(tmp_path / 'none.tif'), **outputs(tmp_path)}, tmp_path, 'input')


def test_text_as_cube(native, tmp_path: Path) -> None:
    (tmp_path / 'text.tif').write_text('not a raster')
    refused('wsnet:train', {'INPUT': str(tmp_path / 'text.tif'), 'MODEL': str(tmp_path / 'm.wsn')}, tmp_path, 'input')


def test_one_band(cube: Path, tmp_path: Path) -> None:
    gdal.Translate(str(tmp_path / 'one.tif'), str(cube), bandList=[1])
    refused('wsnet:unmix', {'INPUT': str(tmp_path / 'one.tif'), **outputs(tmp_path)}, tmp_path, 'band')


def test_more_endmembers_than_bands(cube: Path, tmp_path: Path) -> None:
    refused('wsnet:unmix', {'INPUT': str(cube), 'COUNT': 60, **outputs(tmp_path)}, tmp_path, '60', '50')


def test_library_that_does_not_exist(cube: Path, tmp_path: Path) -> None:
    refused('wsnet:unmix', {'INPUT': str(cube), 'LIBRARY': str(tmp_path / 'none.csv'), **outputs(tmp_path)}, tmp_path,
            'none.csv')


def test_library_that_is_not_one(cube: Path, tmp_path: Path) -> None:
    (tmp_path / 'words.csv').write_text('these are\njust words\n')
    refused('wsnet:fcls', {'INPUT': str(cube), 'LIBRARY': str(tmp_path / 'words.csv'),
                           'OUTPUT': str(tmp_path / 'f.tif')}, tmp_path, 'words.csv')


def test_unknown_name_in_library(cube: Path, scene_folder: Path, tmp_path: Path) -> None:
    refused('wsnet:endmembers', {'INPUT': str(cube), 'LIBRARY': str(scene_folder / 'endmembers.csv'),
                                 'SELECT': 'kryptonite', 'ENDMEMBERS': str(tmp_path / 'e.csv')}, tmp_path, 'kryptonite')


def test_band_outside_the_cube(cube: Path, tmp_path: Path) -> None:
    refused('wsnet:endmembercount', {'INPUT': str(cube), 'BANDS': [1, 2, 99]}, tmp_path, '99')


def test_model_that_is_not_one(cube: Path, tmp_path: Path) -> None:
    (tmp_path / 'bad.wsn').write_text('not a model')
    refused('wsnet:apply', {'MODEL': str(tmp_path / 'bad.wsn'), 'INPUT': str(cube),
                            'OUTPUT': str(tmp_path / 'o.wsnet')}, tmp_path, 'bad.wsn')


def test_model_of_another_sensor(cube: Path, tmp_path: Path) -> None:
    run('wsnet:train', {'INPUT': str(cube), 'COUNT': 3, 'MODEL': str(tmp_path / 'm.wsn'), **QUICK})
    gdal.Translate(str(tmp_path / 'other.tif'), str(cube), bandList=list(range(1, 41)))
    refused('wsnet:apply', {'MODEL': str(tmp_path / 'm.wsn'), 'INPUT': str(tmp_path / 'other.tif'),
                            'OUTPUT': str(tmp_path / 'o.wsnet')}, tmp_path, '40', '50')


def test_scene_with_another_ending(cube: Path, tmp_path: Path) -> None:
    refused('wsnet:unmix', {'INPUT': str(cube), **outputs(tmp_path), 'OUTPUT': str(tmp_path / 'o.png')}, tmp_path,
            'wsnet')


def test_wrong_choice(cube: Path, tmp_path: Path) -> None:
    refused('wsnet:unmix', {'INPUT': str(cube), 'MIXING': 'shaken', **outputs(tmp_path)}, tmp_path, 'mixing')


def test_truth_of_another_size(cube: Path, scene_folder: Path, tmp_path: Path) -> None:
    gdal.Translate(str(tmp_path / 'small.tif'), str(scene_folder / 'truth.tif'), srcWin=[0, 0, 10, 10])
    refused('wsnet:unmix', {'INPUT': str(cube), 'TRUTH': str(tmp_path / 'small.tif'), **outputs(tmp_path)}, tmp_path,
            '10')


def test_angles_need_both_spectra(scene_folder: Path, tmp_path: Path) -> None:
    truth = str(scene_folder / 'truth.tif')
    refused('wsnet:score', {'ABUNDANCES': truth, 'TRUTH': truth,
                            'TRUTH_SPECTRA': str(scene_folder / 'endmembers.csv')}, tmp_path, 'endmembers')


def test_web_layer_is_refused(native, tmp_path: Path) -> None:
    from qgis.core import QgsProject, QgsRasterLayer
    layer = QgsRasterLayer('type=xyz&url=file:///none/{z}/{x}/{y}.png&zmax=1&zmin=0', 'tiles', 'wms')
    QgsProject.instance().addMapLayer(layer)
    try:
        refused('wsnet:unmix', {'INPUT': layer.id(), **outputs(tmp_path)}, tmp_path, 'tiles')
    finally:
        QgsProject.instance().removeMapLayer(layer.id())


def test_without_native_part_says_what_to_install(cube: Path, tmp_path: Path, monkeypatch) -> None:
    from wsnet import native as parts
    monkeypatch.setattr(parts, 'command', lambda: None)
    refused('wsnet:unmix', {'INPUT': str(cube), **outputs(tmp_path)}, tmp_path, 'install')


def test_crash_of_native_code_is_one_sentence(cube: Path, tmp_path: Path, monkeypatch) -> None:
    from wsnet import native as parts
    crashing = tmp_path / 'crash'
    crashing.write_text('#!/bin/sh\nkill -SEGV $$\n')
    crashing.chmod(0o755)
    monkeypatch.setattr(parts, 'command', lambda: str(crashing))
    refused('wsnet:unmix', {'INPUT': str(cube), **outputs(tmp_path)}, tmp_path, 'signal 11')
