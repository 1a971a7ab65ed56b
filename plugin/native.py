# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the native part (the command `wsnet` and the GDAL driver) and makes it known to this process."""
from __future__ import annotations

import os
import platform
import shutil
import sysconfig
from pathlib import Path

from osgeo import gdal

from .i18n import tr

DRIVER = 'WSNET'
DRIVER_FILE = 'gdal_WSNET.dll' if os.name == 'nt' else 'gdal_WSNET.dylib' if platform.system() == 'Darwin' \
    else 'gdal_WSNET.so'
COMMAND = 'wsnet.exe' if os.name == 'nt' else 'wsnet'
PLUGIN_FOLDER = Path(__file__).resolve().parent


def homes() -> list[Path]:
    """Folders that may hold bin/, lib/ and gdalplugins/, best first."""
    chosen = os.environ.get('WSNET_HOME')
    # The parent serves a build tree, where the plugin is staged beside bin/ and gdalplugins/.
    return ([Path(chosen)] if chosen else []) + [PLUGIN_FOLDER, PLUGIN_FOLDER.parent]


def command() -> str | None:
    """Full path of the command `wsnet`, or None when it is not installed."""
    for home in homes():
        candidate = home / 'bin' / COMMAND
        if candidate.is_file():
            return str(_made_executable(candidate))
    return shutil.which(COMMAND)


def _made_executable(path: Path) -> Path:
    """The command with its executable bit, which unzipping a plugin package drops."""
    if not os.access(path, os.X_OK):
        try:
            path.chmod(path.stat().st_mode | 0o111)
        except OSError:
            pass  # starting it will say what is wrong
    return path


def default_driver_folders() -> list[str]:
    """GDAL's own plugin folders on this system: setting GDAL_DRIVER_PATH would hide them otherwise."""
    libraries = [Path('/usr/lib'), Path('/usr/local/lib'), Path(sysconfig.get_config_var('LIBDIR') or '/usr/lib')]
    architecture = sysconfig.get_config_var('MULTIARCH')
    if architecture:
        libraries.insert(0, Path('/usr/lib') / architecture)
    folders = [str(library / 'gdalplugins') for library in libraries]
    return [folder for folder in dict.fromkeys(folders) if os.path.isdir(folder)]


def driver_folder() -> Path | None:
    """The folder that holds the GDAL driver, or None when no such folder comes with the plugin."""
    for home in homes():
        folder = home / 'gdalplugins'
        if (folder / DRIVER_FILE).is_file():
            return folder
    return None


def driver_registered() -> bool:
    """Whether live layers can be drawn in this process."""
    return gdal.GetDriverByName(DRIVER) is not None


def register_driver() -> bool:
    """Makes live layers readable here and in child processes; never raises, so that the plugin always loads."""
    folder = driver_folder()
    if folder is not None:
        known = [part for part in os.environ.get('GDAL_DRIVER_PATH', '').split(os.pathsep) if part]
        wanted = [str(folder)] + (known or default_driver_folders())
        os.environ['GDAL_DRIVER_PATH'] = os.pathsep.join(dict.fromkeys(wanted))
    if not driver_registered():
        gdal.PushErrorHandler('CPLQuietErrorHandler')
        try:
            gdal.AllRegister()
        finally:
            gdal.PopErrorHandler()
    return driver_registered()


def child_environment() -> dict[str, str]:
    """The environment of child processes: English numbers, the driver, and the staged libraries."""
    environment = dict(os.environ)
    environment['LC_NUMERIC'] = 'C'
    return environment


def missing() -> str | None:
    """One sentence that says what to install, or None when everything is there."""
    if command() is None:
        return tr('The native part of WS-Net is not installed. Install the plugin package for your platform '
                  '(wsnet-{platform}.zip) with “Install from ZIP”, or build and install WS-Net, '
                  'and restart QGIS.').format(platform=f'{platform.system().lower()}-{platform.machine()}')
    if not driver_registered():
        return tr('The GDAL driver of WS-Net ({file}) is missing or was built for another GDAL than {version}: '
                  'live layers stay empty. Install the package for this GDAL version and restart QGIS.'
                  ).format(file=DRIVER_FILE, version=gdal.__version__)
    return None
