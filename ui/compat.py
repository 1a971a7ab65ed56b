# SPDX-License-Identifier: GPL-2.0-or-later
"""Classes that moved between the modules of Qt 5 and Qt 6."""
from __future__ import annotations

try:
    from qgis.PyQt.QtGui import QAction
except ImportError:  # Qt 5
    from qgis.PyQt.QtWidgets import QAction

__all__ = ['QAction']
