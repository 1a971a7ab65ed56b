# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the plugin's own files are, and where results go by default."""
from __future__ import annotations

import os
import tempfile
from pathlib import Path

from qgis.PyQt.QtCore import QStandardPaths, QUrl

RESOURCES = Path(__file__).resolve().parent / 'resources'


def help_url(anchor: str = '') -> str:
    """The page for users, which comes with the plugin."""
    url = QUrl.fromLocalFile(str(RESOURCES / 'docs' / 'qgis.html'))
    url.setFragment(anchor)
    return url.toString()


def icon_path(name: str) -> str:
    """Full path of an icon."""
    return str(RESOURCES / 'icons' / name)


def models_folder() -> str:
    """The folder of the models that come with the plugin."""
    return str(RESOURCES / 'models')


def is_writable(folder: Path) -> bool:
    """Whether results can be saved there; tried, because permissions alone do not tell on every disk."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def result_folder(cube: str) -> Path:
    """Beside the cube where that can be written to, else the user's documents."""
    beside = Path(cube).parent
    if os.path.isfile(cube) and is_writable(beside):
        return beside
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(documents or Path.home()) / 'WS-Net'


def unused_stem(folder: Path, stem: str, suffixes: tuple[str, ...]) -> str:
    """A file name without ending, such that no file of an earlier result is overwritten."""
    candidate, number = stem, 2
    while any((folder / (candidate + suffix)).exists() for suffix in suffixes):
        candidate = f'{stem}_{number}'
        number += 1
    return candidate
