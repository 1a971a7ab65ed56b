# SPDX-License-Identifier: GPL-2.0-or-later
"""Colours for drawing that follow the desktop's light or dark theme."""
from __future__ import annotations

from dataclasses import dataclass

from qgis.PyQt.QtCore import QRectF, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPalette, QTextOption
from qgis.PyQt.QtWidgets import QWidget


@dataclass(frozen=True)
class Theme:
    """Colours of a plot."""

    paper: QColor
    ink: QColor
    faint: QColor
    shade: QColor
    measured: QColor
    reconstructed: QColor
    mark: QColor


def theme_of(widget: QWidget) -> Theme:
    """Dark ink on light paper, or the other way round."""
    paper = widget.palette().color(QPalette.ColorRole.Base)
    if paper.lightness() < 128:
        return Theme(paper, QColor('#e8e8e8'), QColor(255, 255, 255, 40), QColor(255, 255, 255, 28),
                     QColor('#f0f0f0'), QColor('#ffb000'), QColor('#ff8a80'))
    return Theme(paper, QColor('#202020'), QColor(0, 0, 0, 30), QColor(0, 0, 0, 24), QColor('#303030'),
                 QColor('#d95f02'), QColor('#c62828'))


def draw_text(painter: QPainter, area: QRectF, text: str, alignment: Qt.AlignmentFlag, wrap: bool = False) -> None:
    """Text in a box, the same way under Qt 5 and Qt 6."""
    option = QTextOption(alignment)
    option.setWrapMode(QTextOption.WrapMode.WordWrap if wrap else QTextOption.WrapMode.NoWrap)
    painter.drawText(QRectF(area), text, option)
