# SPDX-License-Identifier: GPL-2.0-or-later
"""Abundances of a pixel as bars, with their intervals and limits of detection."""
from __future__ import annotations

import math

from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from ..i18n import tr
from ..pixel import MaterialShare
from ..styling import material_colour
from . import axes
from .theme import Theme, draw_text, theme_of


def share_in_words(share: MaterialShare) -> str:
    """One material's share for a screen reader."""
    text = f'{share.name} {axes.number(share.abundance, 0.01)}'
    if math.isfinite(share.lower) and math.isfinite(share.upper):
        text += ' ' + tr('between {lower} and {upper}').format(lower=axes.number(share.lower, 0.01),
                                                               upper=axes.number(share.upper, 0.01))
    if is_below_limit(share):
        text += ' ' + tr('below the limit of detection')
    return text


def is_below_limit(share: MaterialShare) -> bool:
    """Whether a share is too small to be told from nothing."""
    return math.isfinite(share.detection_limit) and share.abundance < share.detection_limit


class AbundanceBars(QWidget):
    """A bar from 0 to 1 for each material; a whisker shows the interval, a tick the limit of detection."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: list[MaterialShare] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr('Abundances of the pixel'))

    def set_shares(self, shares: list[MaterialShare]) -> None:
        """Shows another pixel."""
        self._shares = shares
        self.setAccessibleDescription('; '.join(share_in_words(share) for share in shares))
        self.setToolTip(tr('Bar: abundance. Whisker: interval. Triangle: limit of detection.') if shares else '')
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def _row_height(self) -> int:
        """Height of a material's row."""
        return int(self.fontMetrics().height() * 1.6)

    def sizeHint(self) -> QSize:  # noqa: N802
        """A row for each material and one for the scale."""
        rows = len(self._shares) + 1 if self._shares else 0
        return QSize(300, rows * self._row_height() + (4 if rows else 0))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draws everything."""
        if not self._shares:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = theme_of(self)
        painter.fillRect(self.rect(), theme.paper)
        metrics, height = self.fontMetrics(), self._row_height()
        widest = max(metrics.horizontalAdvance(share.name) for share in self._shares)
        label = min(widest + 14, int(self.width() * 0.36))
        value = metrics.horizontalAdvance('0.00 (0.00–0.00)') + 12
        area = QRectF(label, 0, max(self.width() - label - value, 20), height)
        self._draw_scale(painter, theme, area, height)
        for index, share in enumerate(self._shares):
            area.moveTop(index * height)
            painter.setPen(theme.ink)
            name = metrics.elidedText(share.name, Qt.TextElideMode.ElideRight, label - 12)
            draw_text(painter, QRectF(6, area.top(), label - 6, height), name, Qt.AlignmentFlag.AlignVCenter)
            self._draw_bar(painter, theme, area, index, share)
            painter.setPen(theme.ink)
            draw_text(painter, QRectF(area.right(), area.top(), value - 6, height), self._value_text(share),
                      Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    @staticmethod
    def _value_text(share: MaterialShare) -> str:
        """The number, with its interval where there is one."""
        text = axes.number(share.abundance, 0.01)
        if math.isfinite(share.lower) and math.isfinite(share.upper):
            text += f' ({axes.number(share.lower, 0.01)}–{axes.number(share.upper, 0.01)})'
        return text

    def _draw_scale(self, painter: QPainter, theme: Theme, area: QRectF, height: int) -> None:
        """0, 0.5 and 1 with thin lines."""
        bottom = len(self._shares) * height
        for place in (0.0, 0.5, 1.0):
            x = area.left() + place * area.width()
            painter.setPen(theme.faint)
            painter.drawLine(QPointF(x, 2), QPointF(x, bottom))
            painter.setPen(theme.ink)
            draw_text(painter, QRectF(x - 30, bottom, 60, height), axes.number(place, 0.1 if place == 0.5 else 1),
                      Qt.AlignmentFlag.AlignCenter)

    def _draw_bar(self, painter: QPainter, theme: Theme, area: QRectF, index: int, share: MaterialShare) -> None:
        """One material."""
        if not math.isfinite(share.abundance):
            return

        def x_of(value: float) -> float:
            """Place of a share."""
            return area.left() + min(max(value, 0.0), 1.0) * area.width()

        middle = area.center().y()
        colour = material_colour(index)
        if is_below_limit(share):
            colour.setAlpha(110)
        bar = QRectF(area.left(), area.top() + area.height() * 0.2, x_of(share.abundance) - area.left(),
                     area.height() * 0.6)
        painter.fillRect(bar, colour)
        if math.isfinite(share.lower) and math.isfinite(share.upper):
            painter.setPen(QPen(theme.ink, 1.6))
            low, high = x_of(share.lower), x_of(share.upper)
            painter.drawLine(QPointF(low, middle), QPointF(high, middle))
            for end in (low, high):
                painter.drawLine(QPointF(end, middle - 4), QPointF(end, middle + 4))
        if math.isfinite(share.detection_limit):
            x = x_of(share.detection_limit)
            painter.setPen(QPen(theme.mark, 1))
            painter.setBrush(theme.mark)
            top = area.top() + 1
            painter.drawPolygon(QPolygonF([QPointF(x - 3.5, top), QPointF(x + 3.5, top), QPointF(x, top + 6)]))
            painter.setBrush(Qt.BrushStyle.NoBrush)
