# SPDX-License-Identifier: GPL-2.0-or-later
"""The tool that picks pixels on the map."""
from __future__ import annotations

from qgis.core import QgsPointXY
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapToolEmitPoint, QgsVertexMarker
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor


class PixelTool(QgsMapToolEmitPoint):
    """Tells where the user clicked, and marks the place."""

    picked = pyqtSignal(QgsPointXY)

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._marker: QgsVertexMarker | None = None
        self.setCursor(Qt.CursorShape.CrossCursor)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        """A click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pick(event.mapPoint())

    def pick(self, point: QgsPointXY) -> None:
        """Marks a place in map coordinates and tells it."""
        if self._marker is None:
            self._marker = QgsVertexMarker(self.canvas())
            self._marker.setIconType(QgsVertexMarker.IconType.ICON_CROSS)
            self._marker.setColor(QColor('#c62828'))
            self._marker.setFillColor(QColor(255, 255, 255, 0))
            self._marker.setIconSize(14)
            self._marker.setPenWidth(2)
        self._marker.setCenter(point)
        self._marker.show()
        self.picked.emit(point)

    def clear(self) -> None:
        """Takes the mark away."""
        if self._marker is not None:
            self.canvas().scene().removeItem(self._marker)
            self._marker = None
