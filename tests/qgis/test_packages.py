# SPDX-License-Identifier: GPL-2.0-or-later
"""Both packages: the rules of plugins.qgis.org, and that they run from an empty profile."""
from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import profiles
import pytest
from conftest import SOURCE, STAGE

SCRIPT = SOURCE / 'resources' / 'cmake' / 'package_plugin.py'


def package(folder: Path, *options: str) -> Path:
    """A package made as the CMake targets make it."""
    path = folder / 'wsnet.zip'
    subprocess.run([sys.executable, str(SCRIPT), '--plugin', str(STAGE / 'wsnet'), '--zip', str(path), *options],
                   check=True, capture_output=True)
    return path


@pytest.fixture(scope='module')
def pure(application, tmp_path_factory) -> Path:
    """The package without binaries."""
    return package(tmp_path_factory.mktemp('pure'))


@pytest.fixture(scope='module')
def platform(native, tmp_path_factory) -> Path:
    """The package with the native part."""
    return package(tmp_path_factory.mktemp('platform'), '--native', str(STAGE))


def qgis_process(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """qgis_process in a profile of its own."""
    return subprocess.run(['qgis_process.bin', *arguments], capture_output=True, text=True, timeout=240,
                          env=profiles.environment(folder, QT_QPA_PLATFORM='offscreen',
                                                   QGIS_CUSTOM_CONFIG_PATH=str(folder / 'config'),
                                                   QGIS_PLUGINPATH=str(folder / 'profiles' / 'default' / 'python'
                                                                       / 'plugins')))


def test_pure_package_keeps_the_rules(pure: Path) -> None:
    with zipfile.ZipFile(pure) as content:
        names = content.namelist()
        metadata = configparser.ConfigParser()
        metadata.read_string(content.read('wsnet/metadata.txt').decode('utf-8'))
    assert pure.stat().st_size < 25e6
    assert all(name.startswith('wsnet/') for name in names) and {'wsnet/LICENSE', 'wsnet/__init__.py'} <= set(names)
    assert {Path(name).suffix for name in names} <= {'.py', '.svg', '.html', '.png', '.model3', '.qm', '.txt', ''}
    assert not [name for name in names if '__pycache__' in name or '/.' in name or '__MACOSX' in name]
    general = metadata['general']
    for key in ('name', 'qgisMinimumVersion', 'description', 'about', 'version', 'author', 'email', 'repository',
                'tracker', 'homepage', 'icon', 'tags'):
        assert general.get(key), key
    for key in ('repository', 'tracker', 'homepage'):
        assert re.fullmatch(r'https://[a-z0-9.-]+\.[a-z]+(/[\w./-]*)?', general[key]), key
    assert re.fullmatch(r'[\w.+-]+@[\w-]+\.[\w.-]+', general['email'])
    assert general['qgisMinimumVersion'] == '3.22' and general['hasProcessingProvider'] == 'yes'
    assert 'wsnet/' + general['icon'] in names


@pytest.mark.parametrize('tool', [['flake8', '--max-line-length', '120'], ['bandit', '-q', '-r']])
def test_pure_package_is_clean(pure: Path, tmp_path: Path, tool: list[str]) -> None:
    if not shutil.which(tool[0]):
        pytest.skip(f'{tool[0]} is not installed')
    with zipfile.ZipFile(pure) as content:
        content.extractall(tmp_path)
    answer = subprocess.run([*tool, str(tmp_path / 'wsnet')], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_equal_sources_give_equal_packages(pure: Path, tmp_path: Path) -> None:
    assert package(tmp_path).read_bytes() == pure.read_bytes()


def test_pure_package_says_what_to_install(pure: Path, scene_folder: Path, tmp_path: Path) -> None:
    if shutil.which('wsnet', path='/usr/bin:/bin'):
        pytest.skip('WS-Net is installed on this system')
    folder = profiles.make(tmp_path / 'home', pure)
    assert qgis_process(folder, 'plugins', 'enable', 'wsnet').returncode == 0
    answer = qgis_process(folder, 'run', 'wsnet:endmembercount', f'--INPUT={scene_folder / "cube.tif"}')
    assert answer.returncode != 0
    assert 'The native part of WS-Net is not installed' in answer.stdout + answer.stderr


def test_platform_package_brings_what_qgis_does_not(platform: Path) -> None:
    with zipfile.ZipFile(platform) as content:
        names = set(content.namelist())
    assert {'wsnet/bin/wsnet', 'wsnet/gdalplugins/gdal_WSNET.so', 'wsnet/lib/libwsnet.so.0'} <= names
    libraries = [Path(name).name for name in names if name.startswith('wsnet/lib/')]
    assert any(name.startswith('libopenblas') for name in libraries)
    for name in libraries:
        assert not name.startswith(('libgdal', 'libstdc++', 'libc.', 'libX', 'libQt')), name


def test_relative_folders_and_missing_libraries(platform: Path, tmp_path: Path) -> None:
    stage = os.path.relpath(STAGE)
    assert package(tmp_path, '--native', stage).read_bytes() == platform.read_bytes()
    for name in ('bin/wsnet', 'gdalplugins/gdal_WSNET.so'):
        (tmp_path / name).parent.mkdir()
        shutil.copy(STAGE / name, tmp_path / name)
    with pytest.raises(subprocess.CalledProcessError) as failure:
        package(tmp_path, '--native', str(tmp_path))
    assert b'libwsnet.so.0, not found' in failure.value.stderr


def test_platform_package_runs_from_an_empty_profile(platform: Path, scene_folder: Path, tmp_path: Path) -> None:
    folder = profiles.make(tmp_path / 'home', platform)
    plugin = folder / 'profiles' / 'default' / 'python' / 'plugins' / 'wsnet'
    assert not os.access(plugin / 'bin' / 'wsnet', os.X_OK), 'unzipping drops the executable bit'
    assert qgis_process(folder, 'plugins', 'enable', 'wsnet').returncode == 0
    answer = qgis_process(folder, 'run', 'wsnet:unmix', '--json', f'--INPUT={scene_folder / "cube.tif"}',
                          '--COUNT=3', '--STEPS=20', f'--OUTPUT={tmp_path / "o.wsnet"}',
                          f'--MODEL={tmp_path / "o.wsn"}', f'--GEOTIFF={tmp_path / "o.tif"}')
    assert answer.returncode == 0, answer.stderr
    results = json.loads(answer.stdout)['results']
    assert results['COUNT'] == 3 and 'STRONGEST' in results
    assert all((tmp_path / name).is_file() for name in ('o.wsnet', 'o.wsn', 'o.tif'))
    answer = qgis_process(folder, 'run', 'wsnet:area', '--json', f'--INPUT={tmp_path / "o.wsnet"}',
                          f'--TABLE={tmp_path / "areas.csv"}')
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)['results']['ZONES_HA'] > 0 and (tmp_path / 'areas.csv').is_file()


def test_platform_package_runs_a_model_and_reports_errors(platform: Path, scene_folder: Path, tmp_path: Path) -> None:
    folder = profiles.make(tmp_path / 'home', platform)
    qgis_process(folder, 'plugins', 'enable', 'wsnet')
    model = SOURCE / 'resources' / 'models' / 'unmix_outline_material.model3'
    answer = qgis_process(folder, 'run', str(model), f'--CUBE={scene_folder / "cube.tif"}', '--COUNT=3', '--STEPS=20',
                          '--MATERIAL=1', '--THRESHOLD=0.5', f'--area:Outlines={tmp_path / "o.gpkg"}')
    assert answer.returncode == 0 and (tmp_path / 'o.gpkg').is_file(), answer.stderr
    answer = qgis_process(folder, 'run', 'wsnet:unmix', f'--INPUT={scene_folder / "cube.tif"}', '--COUNT=60',
                          f'--OUTPUT={tmp_path / "x.wsnet"}', f'--MODEL={tmp_path / "x.wsn"}')
    assert answer.returncode != 0 and '60 endmembers' in answer.stdout + answer.stderr
    assert not (tmp_path / 'x.wsn').exists() and not (tmp_path / 'x.wsnet').exists()
