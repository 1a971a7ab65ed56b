# SPDX-License-Identifier: GPL-2.0-or-later
"""Translated texts: every text that a user reads goes through tr()."""
from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

CONTEXT = 'WsNet'
_installed: list[QTranslator] = []


def tr(text: str) -> str:
    """The text in the user's language."""
    return QCoreApplication.translate(CONTEXT, text)


def user_locale() -> str:
    """The language that QGIS is set to, such as de_DE."""
    if QgsSettings().value('locale/overrideFlag', False, type=bool):
        return str(QgsSettings().value('locale/userLocale', '') or QLocale.system().name())
    return QLocale.system().name()


def install(locale: str | None = None) -> bool:
    """Switches the plugin to the user's language, where a translation of it exists."""
    path = Path(__file__).resolve().parent / 'resources' / 'translations' / f'wsnet_{(locale or user_locale())[:2]}.qm'
    translator = QTranslator()
    if not path.is_file() or not translator.load(str(path)):
        return False
    QgsApplication.installTranslator(translator)
    _installed.append(translator)
    return True


def remove() -> None:
    """Back to English."""
    while _installed:
        QgsApplication.removeTranslator(_installed.pop())
