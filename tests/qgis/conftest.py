# SPDX-License-Identifier: GPL-2.0-or-later
"""A headless QGIS with the staged plugin, and a small cube to unmix."""
from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterator

import pytest

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get('WSNET_BUILD', SOURCE / 'build')).resolve()
STAGE = BUILD / 'stage'
DATA = Path(os.environ.get('WSNET_DATA', SOURCE.parent / 'shared' / 'data'))

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
os.environ['WSNET_HOME'] = str(STAGE)
sys.path[:0] = [str(STAGE), '/usr/share/qgis/python/plugins', '/usr/share/qgis/python']


@pytest.fixture(autouse=True)
def garbage_in_the_main_thread() -> None:
    """Windows without a parent must not be collected by a thread of a background task, which crashes Qt."""
    gc.disable()
    yield
    gc.collect()


@pytest.fixture(scope='session')
def private_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A writable home for QGIS and its child processes, with a place for what they leave in the temporary folder."""
    home = tmp_path_factory.mktemp('home')
    runtime, passing = home / 'runtime', home / 'tmp'
    for folder in (runtime, passing):
        folder.mkdir(mode=0o700)
    os.environ.update(HOME=str(home), XDG_RUNTIME_DIR=str(runtime), QGIS_CUSTOM_CONFIG_PATH=str(home / 'config'),
                      LC_ALL='C.UTF-8', LANG='C.UTF-8', TMPDIR=str(passing))
    tempfile.tempdir = None
    yield home
    shutil.rmtree(passing, ignore_errors=True)


@pytest.fixture(scope='session')
def application(private_home: Path):
    """QGIS without a window, with Processing and our provider."""
    if not (STAGE / 'wsnet' / 'metadata.txt').is_file():
        pytest.skip('the plugin is not staged: build the target plugin-stage')
    from qgis.core import QgsApplication
    QgsApplication.setPrefixPath('/usr', True)
    app = QgsApplication([], True)
    app.initQgis()
    from processing.core.Processing import Processing
    Processing.initialize()
    import wsnet
    from wsnet.main import WsNetPlugin
    plugin = WsNetPlugin(None)
    plugin.initProcessing()
    yield app
    plugin.unload()
    app.exitQgis()
    assert wsnet is not None


@pytest.fixture(scope='session')
def native(application) -> None:
    """Skips where the native part is not built."""
    from wsnet import native as parts
    if parts.missing():
        pytest.skip(f'the native part is not built: {parts.missing()}')


def run_command(*arguments: object) -> str:
    """Standard output of the built `wsnet`."""
    answer = subprocess.run([str(STAGE / 'bin' / 'wsnet'), *map(str, arguments)], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.fixture(scope='session')
def scene_folder(native, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulated scene: cube.tif, abundances.tif, endmembers.csv."""
    folder = tmp_path_factory.mktemp('simulated')
    run_command('simulate', '-o', folder, '--width', 48, '--height', 40, '--bands', 50, '--endmembers', 4)
    return folder


@pytest.fixture
def cube(scene_folder: Path, tmp_path: Path) -> Path:
    """A cube that a test may put things beside."""
    return Path(shutil.copy(scene_folder / 'cube.tif', tmp_path / 'cube.tif'))
