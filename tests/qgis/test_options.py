# SPDX-License-Identifier: GPL-2.0-or-later
"""Ensembles, illumination and plain sums are in the command line when asked for, and only then; warnings are told."""
from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import run_command
from helpers import QUICK, Said, run
from osgeo import gdal
from test_refusals import refused

ENSEMBLE = ['--ensemble', '2', '--illumination', 'auto']


@pytest.fixture
def called(native, monkeypatch) -> list[list[str]]:
    """The command lines that algorithms run."""
    from wsnet import process
    lines: list[list[str]] = []
    really = process.run

    def keep(arguments: list[str], *more: object) -> str:
        """Notes the command line, and runs it."""
        lines.append(arguments)
        return really(arguments, *more)

    monkeypatch.setattr(process, 'run', keep)
    return lines


def line_of(called: list[list[str]], command: str) -> list[str]:
    """The last command line of a command."""
    return [line for line in called if line[0] == command][-1]


def holds(line: list[str], words: list[str]) -> bool:
    """Whether a command line has these words in this order, together."""
    return any(line[at:at + len(words)] == words for at in range(len(line)))


def parameters_of(folder: Path, **more: object) -> dict:
    """A quick training with the true spectra."""
    return {'INPUT': str(folder / 'cube.tif'), 'LIBRARY': str(folder / 'endmembers.csv'), **QUICK, **more}


def test_nothing_unless_asked(called, scene_folder: Path, tmp_path: Path) -> None:
    for more in ({}, {'ENSEMBLE': 1, 'ILLUMINATION': ''}, {'ILLUMINATION': ' '}, {'ILLUMINATION': None}):
        run('wsnet:train', parameters_of(scene_folder, MODEL=str(tmp_path / 'm.wsn'), **more))
        assert not {'--ensemble', '--illumination'} & set(line_of(called, 'train')), more


@pytest.mark.parametrize('name', ['wsnet:train', 'wsnet:unmix'])
def test_an_ensemble_that_estimates_illumination(called, scene_folder: Path, tmp_path: Path, name: str) -> None:
    results = run(name, parameters_of(scene_folder, ENSEMBLE=2, ILLUMINATION=' auto ', MODEL=str(tmp_path / 'm.wsn'),
                                      **({'OUTPUT': str(tmp_path / 's.wsnet')} if name == 'wsnet:unmix' else {})))
    assert holds(line_of(called, 'train'), ENSEMBLE)
    told = json.loads(run_command('info', results['MODEL'], '--json'))
    assert told['n_members'] == 2 and '--illumination auto' in told['metadata']['options']
    if name == 'wsnet:unmix':
        assert np.isfinite(gdal.Open(results['OUTPUT']).ReadAsArray()).all() and 0 <= results['CONFIDENCE_MEAN'] <= 1


def test_training_again_keeps_ensemble_and_illumination(called, scene_folder: Path, tmp_path: Path) -> None:
    from wsnet.model import read_model
    model = str(tmp_path / 'm.wsn')
    for settings in ({'ENSEMBLE': 1, 'ILLUMINATION': ''}, {'ENSEMBLE': 2, 'ILLUMINATION': 'auto'},
                     {'ENSEMBLE': 1, 'ILLUMINATION': '0.4'}):
        run('wsnet:train', parameters_of(scene_folder, MODEL=model, **settings))
        kept = read_model(model).settings()
        assert {name: kept[name] for name in settings} == settings
    assert holds(line_of(called, 'train'), ['--illumination', '0.4'])


@pytest.mark.parametrize('illumination', ['much', '-1', '2', '0.1x'])
def test_illumination_that_is_none(cube: Path, scene_folder: Path, tmp_path: Path, illumination: str) -> None:
    refused('wsnet:train', {**parameters_of(scene_folder, MODEL=str(tmp_path / 'm.wsn')), 'INPUT': str(cube),
                            'ILLUMINATION': illumination}, tmp_path, 'illumination', 'auto', f"'{illumination}'")


@pytest.mark.parametrize('size', [0, 17])
def test_ensembles_have_1_to_16_networks(scene_folder: Path, tmp_path: Path, size: int) -> None:
    refused('wsnet:train', parameters_of(scene_folder, ENSEMBLE=size, MODEL=str(tmp_path / 'm.wsn')), tmp_path,
            'ensemble')


def areas(table: str) -> dict[str, float]:
    """Hectares of each material, over all zones."""
    found: dict[str, float] = {}
    with open(table, newline='', encoding='utf-8') as stream:
        for row in csv.DictReader(stream):
            found[row['material']] = found.get(row['material'], 0) + float(row['area_ha'])
    return found


def test_sums_of_parts_are_that_of_the_whole(called, scene_folder: Path, tmp_path: Path) -> None:
    scene = run('wsnet:unmix', parameters_of(scene_folder, OUTPUT=str(tmp_path / 's.wsnet'),
                                             MODEL=str(tmp_path / 'm.wsn')))['OUTPUT']
    halves = gdal.GetDriverByName('GTiff').Create(str(tmp_path / 'halves.tif'), 48, 40, 1, gdal.GDT_Byte)
    cube = gdal.Open(str(scene_folder / 'cube.tif'))
    halves.SetGeoTransform(cube.GetGeoTransform())
    halves.SetProjection(cube.GetProjection())
    halves.WriteArray(np.repeat([[1], [2]], 20, axis=0).repeat(48, axis=1).astype('uint8'))
    halves = None
    apart = {}
    for sums in (True, False):
        whole, parts = (areas(run('wsnet:area', {'INPUT': scene, 'SUMS': sums, **zones,
                                                 'TABLE': str(tmp_path / 't.csv')})['TABLE'])
                        for zones in ({}, {'CLASSES': str(tmp_path / 'halves.tif')}))
        assert ('--sums' in line_of(called, 'area')) == sums
        apart[sums] = max(abs(whole[name] - parts[name]) for name in whole) / sum(whole.values())
    assert apart[True] < 1e-5 < apart[False]


def test_warnings_of_a_training_reach_the_log(native, tmp_path: Path) -> None:
    run_command('simulate', '-o', tmp_path, '--width', 48, '--height', 40, '--bands', 50, '--endmembers', 4,
                '--snr', 40, '--illumination', 0.5)
    names = (tmp_path / 'endmembers.csv').read_text().splitlines()[0].split(',')[1:]
    for more, brightness, missing in (({}, False, False), ({'ILLUMINATION': '0.15'}, True, False),
                                      ({'SELECT': ','.join(names[1:])}, False, True)):
        said = Said()
        run('wsnet:train', {**parameters_of(tmp_path, MODEL=str(tmp_path / 'm.wsn')), **more}, said)
        assert any('brightness varies more' in text for text in said.warnings) == brightness, (more, said.warnings)
        assert any('probably missing' in text for text in said.warnings) == missing, (more, said.warnings)
        assert not any('wsnet train' in text for text in said.warnings)
