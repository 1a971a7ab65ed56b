# SPDX-License-Identifier: GPL-2.0-or-later
"""Readiness for Qt 6: every enum by its full name, Qt through qgis.PyQt alone, nothing that PyQt6 has dropped."""
from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SOURCE, STAGE

FILES = sorted([*SOURCE.glob('plugin/**/*.py'), *SOURCE.glob('ui/*.py')])
# Taken only where QGIS is too old for QMetaType.
OLD = {'plugin/compat.py': {'QVariant.String', 'QVariant.Int', 'QVariant.Double'}}
DROPPED = {'exec_', 'setMargin', 'QRegExp', 'QDesktopWidget', 'MidButton', 'toPyObject', 'globalPos', 'posF', 'globalX'}


def imported(tree: ast.AST) -> dict[str, object]:
    """Classes of Qt and QGIS by the names that a file gives them."""
    names: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or '').startswith('qgis.') and node.level == 0:
            module = importlib.import_module(node.module)
            names.update({alias.asname or alias.name: getattr(module, alias.name, None) for alias in node.names})
    return names


def unscoped(tree: ast.AST) -> list[str]:
    """Members of enums that are reached through the class instead of the enum."""
    names, found = imported(tree), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            value = getattr(names[node.value.id], node.attr, None)
            if isinstance(value, int) and type(value) not in (int, bool):
                found.append(f'{node.value.id}.{node.attr}')
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == 'self' \
                and node.attr.startswith('Flag') and node.attr != 'Flag':
            found.append(f'self.{node.attr}')
    return found


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_enums_are_scoped(application, path: Path) -> None:
    tree = ast.parse(path.read_text(encoding='utf-8'))
    assert set(unscoped(tree)) <= OLD.get(str(path.relative_to(SOURCE)), set())


def test_the_check_sees_unscoped_enums(application) -> None:
    text = 'from qgis.PyQt.QtCore import Qt\nfrom qgis.core import QgsProcessing\n' \
        'a = Qt.AlignLeft, Qt.AlignmentFlag.AlignLeft, QgsProcessing.TypeRaster, QgsProcessing.SourceType.TypeRaster\n'
    assert sorted(unscoped(ast.parse(text))) == ['QgsProcessing.TypeRaster', 'Qt.AlignLeft']


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_nothing_that_pyqt6_lacks(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            module = getattr(node, 'module', None) or ''
            names = [module] + [alias.name for alias in node.names]
            assert not [name for name in names if name.split('.')[0] in ('PyQt5', 'PyQt6', 'sip', 'resources_rc')]
            if module == 'qgis.PyQt.QtWidgets' and path.name != 'compat.py':
                assert not {'QAction', 'QShortcut', 'QActionGroup'} & set(names), 'in QtGui since Qt 6'
        elif isinstance(node, ast.Attribute):
            assert node.attr not in DROPPED, node.attr


def test_dock_is_drawn_under_pyqt6(application, tmp_path: Path) -> None:
    if subprocess.run([sys.executable, '-c', 'import PyQt6.QtWidgets'], capture_output=True).returncode:
        pytest.skip('PyQt6 is not installed')
    picture = tmp_path / 'dock.png'
    script = Path(__file__).with_name('pyqt6_script.py')
    answer = subprocess.run([sys.executable, str(script), str(STAGE), str(picture)], capture_output=True, text=True,
                            env={**os.environ, 'QT_QPA_PLATFORM': 'offscreen'}, timeout=120)
    assert answer.returncode == 0, answer.stderr
    assert picture.stat().st_size > 5000
