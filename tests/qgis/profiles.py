# SPDX-License-Identifier: GPL-2.0-or-later
"""Fresh QGIS profiles with nothing but the plugin."""
from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

SETTINGS = """[PythonPlugins]
wsnet=true

[qgis]
checkVersion=false
showTips322=false
askToSaveMemoryLayers=false
newsFeed\\http\\feedqgisorg\\disabled=true

[core]
NewsFeed\\httpfeedqgisorg\\disabled=true
"""


def make(folder: Path, package: Path) -> Path:
    """A profiles folder whose default profile runs the package (unzipped) or the staged plugin (copied)."""
    home = folder / 'profiles' / 'default'
    plugins = home / 'python' / 'plugins'
    plugins.mkdir(parents=True)
    if package.is_dir():
        shutil.copytree(package, plugins / 'wsnet')
    else:
        with zipfile.ZipFile(package) as content:
            content.extractall(plugins)
    settings = home / 'QGIS' / 'QGIS3.ini'
    settings.parent.mkdir()
    settings.write_text(SETTINGS)
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Environment of a QGIS that knows only its profile: nothing of the build tree leaks in, nothing stays outside."""
    runtime, passing = folder / 'runtime', folder / 'tmp'
    for place in (runtime, passing):
        place.mkdir(mode=0o700, exist_ok=True)
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(('WSNET_', 'GDAL_', 'QGIS_', 'PYTHON', 'QT_'))}
    return {**kept, 'HOME': str(folder), 'XDG_RUNTIME_DIR': str(runtime), 'TMPDIR': str(passing),
            'LC_ALL': 'C.UTF-8', 'LANG': 'C.UTF-8', 'PATH': '/usr/bin:/bin', **more}
