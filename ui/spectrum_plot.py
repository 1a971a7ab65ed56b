# SPDX-License-Identifier: GPL-2.0-or-later
"""The plot of a pixel's measured and reconstructed spectrum."""
from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from ..cube import reason_text
from ..i18n import tr
from ..pixel import PixelReport
from . import axes
from .theme import Theme, draw_text, theme_of


class SpectrumPlot(QWidget):
    """Draws two lines over wavelength, with bands that are not used shaded; arrow keys read values."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: PixelReport | None = None
        self._cursor: int | None = None
        self._x_range, self._y_range = (0.0, 1.0), (0.0, 1.0)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr('Spectrum of the pixel'))
        self.setAccessibleDescription(tr('Click a pixel on the map first.'))

    def sizeHint(self) -> QSize:  # noqa: N802
        """A plot that can be read."""
        return QSize(360, 220)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Still legible."""
        return QSize(240, 150)

    def set_report(self, report: PixelReport | None) -> None:
        """Shows another pixel."""
        self._report, self._cursor = report, None
        if report is not None and not report.is_empty():
            self._x_range = (float(report.wavelength_nm.min()), float(report.wavelength_nm.max()))
            shown = np.concatenate([report.measured[report.used], report.reconstructed[report.used]])
            shown = shown[np.isfinite(shown)]
            least, most = min(float(shown.min()), 0.0), float(shown.max())
            self._y_range = (least, most + 0.06 * ((most - least) or 1.0))
            self.setAccessibleDescription(tr('Measured and reconstructed spectrum of {n} bands. Left and right '
                                             'arrow keys read the values.').format(n=int(report.used.sum())))
        self.update()

    # --- reading values ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrow keys move the cursor from band to band."""
        step = (event.key() == Qt.Key.Key_Right) - (event.key() == Qt.Key.Key_Left)
        if self._report is None or self._report.is_empty() or not step:
            super().keyPressEvent(event)
            return
        n_bands = len(self._report.measured)
        start = -1 if self._cursor is None else self._cursor
        self._set_cursor(min(max(start + step, 0), n_bands - 1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The cursor follows the mouse to the nearest band."""
        if self._report is None or self._report.is_empty():
            return
        place = event.position() if hasattr(event, 'position') else event.localPos()
        frame = self._frame()
        least, most = self._x_range
        wavelength = least + (place.x() - frame.left()) / max(frame.width(), 1) * (most - least)
        self._set_cursor(int(np.abs(self._report.wavelength_nm - wavelength).argmin()))

    def leaveEvent(self, event: object) -> None:  # noqa: N802
        """No cursor without a mouse."""
        self._cursor = None
        self.update()

    def _set_cursor(self, band: int) -> None:
        """Reads a band's values out."""
        self._cursor = band
        self.setAccessibleDescription(self.cursor_text())
        self.update()

    def cursor_text(self) -> str:
        """The values under the cursor in words."""
        report, band = self._report, self._cursor
        if report is None or band is None:
            return ''
        step = axes.nice_step(self._y_range[1] - self._y_range[0], 200)
        place = f'{axes.number(report.wavelength_nm[band], 0.1)} nm' if report.has_wavelengths \
            else tr('band {n}').format(n=band + 1)
        text = tr('{place}: measured {measured}, reconstructed {reconstructed}').format(
            place=place, measured=axes.number(report.measured[band], step),
            reconstructed=axes.number(report.reconstructed[band], step))
        return text if report.used[band] else f'{place}: {reason_text(report.reasons[band])}'

    # --- drawing -----------------------------------------------------------------------------------------------

    def _frame(self) -> QRectF:
        """The plot without its labels."""
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance('0000.00') + 10
        return QRectF(left, metrics.height() * 1.7, self.width() - left - 12, self.height() - metrics.height() * 4.4)

    def _point(self, frame: QRectF, x: float, y: float) -> QPointF:
        """Place of a value."""
        (x0, x1), (y0, y1) = self._x_range, self._y_range
        return QPointF(frame.left() + (x - x0) / ((x1 - x0) or 1) * frame.width(),
                       frame.bottom() - (y - y0) / ((y1 - y0) or 1) * frame.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draws everything."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = theme_of(self)
        painter.fillRect(self.rect(), theme.paper)
        painter.setPen(theme.ink)
        report = self._report
        if report is None or report.is_empty():
            text = tr('This pixel has no value.') if report is not None else \
                tr('Click a pixel of the map to see its spectrum.')
            draw_text(painter, QRectF(self.rect().adjusted(12, 12, -12, -12)), text, Qt.AlignmentFlag.AlignCenter,
                      wrap=True)
        else:
            frame = self._frame()
            self._draw_shades(painter, frame, theme, report)
            self._draw_axes(painter, frame, theme, report)
            painter.save()
            painter.setClipRect(frame.adjusted(-1, -1, 1, 1))
            self._draw_line(painter, frame, report, report.measured, QPen(theme.measured, 1.8))
            dashed = QPen(theme.reconstructed, 1.8)
            dashed.setStyle(Qt.PenStyle.DashLine)
            self._draw_line(painter, frame, report, report.reconstructed, dashed)
            self._draw_cursor(painter, frame, theme, report)
            painter.restore()
            self._draw_legend(painter, frame, theme)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _draw_axes(self, painter: QPainter, frame: QRectF, theme: Theme, report: PixelReport) -> None:
        """Grid, numbers and the name of the horizontal axis."""
        metrics = self.fontMetrics()
        n_x = max(3, int(frame.width() // (metrics.horizontalAdvance('0000') * 1.6)))
        n_y = max(3, int(frame.height() // (metrics.height() * 2)))
        step = axes.nice_step(self._y_range[1] - self._y_range[0], n_y)
        for value in axes.ticks(*self._y_range, n_y):
            point = self._point(frame, self._x_range[0], value)
            painter.setPen(theme.faint)
            painter.drawLine(QPointF(frame.left(), point.y()), QPointF(frame.right(), point.y()))
            painter.setPen(theme.ink)
            draw_text(painter, QRectF(0, point.y() - metrics.height() / 2, frame.left() - 6, metrics.height()),
                      axes.number(value, step), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for value in axes.ticks(*self._x_range, n_x):
            point = self._point(frame, value, self._y_range[0])
            painter.drawLine(QPointF(point.x(), frame.bottom()), QPointF(point.x(), frame.bottom() + 4))
            draw_text(painter, QRectF(point.x() - 40, frame.bottom() + 5, 80, metrics.height()),
                      axes.number(value, 1), Qt.AlignmentFlag.AlignCenter)
        painter.drawLine(frame.bottomLeft(), frame.bottomRight())
        draw_text(painter, QRectF(frame.left(), frame.bottom() + 6 + metrics.height(), frame.width(),
                                  metrics.height() + 2),
                  tr('wavelength (nm)') if report.has_wavelengths else tr('band number'),
                  Qt.AlignmentFlag.AlignCenter)

    def _draw_shades(self, painter: QPainter, frame: QRectF, theme: Theme, report: PixelReport) -> None:
        """Bands that are not used, hatched."""
        axis, last = report.wavelength_nm, len(report.wavelength_nm) - 1
        for band in np.flatnonzero(~report.used):
            before, after = axis[max(band - 1, 0)], axis[min(band + 1, last)]
            left = self._point(frame, (axis[band] + before) / 2, 0).x()
            right = self._point(frame, (axis[band] + after) / 2, 0).x()
            area = QRectF(min(left, right), frame.top(), max(abs(right - left), 1), frame.height())
            painter.fillRect(area, theme.shade)
            painter.fillRect(area, QBrush(theme.shade, Qt.BrushStyle.BDiagPattern))

    def _draw_line(self, painter: QPainter, frame: QRectF, report: PixelReport, values: np.ndarray,
                   pen: QPen) -> None:
        """A line that is interrupted where a band is not used, and where wavelengths step back."""
        painter.setPen(pen)
        line: list[QPointF] = []
        for band, (wavelength, value) in enumerate(zip(report.wavelength_nm, values)):
            steps_back = band > 0 and wavelength < report.wavelength_nm[band - 1]
            if line and (steps_back or not report.used[band] or not np.isfinite(value)):
                painter.drawPolyline(QPolygonF(line))
                line = []
            if report.used[band] and np.isfinite(value):
                line.append(self._point(frame, wavelength, value))
        if line:
            painter.drawPolyline(QPolygonF(line))

    def _draw_cursor(self, painter: QPainter, frame: QRectF, theme: Theme, report: PixelReport) -> None:
        """A line at the cursor."""
        if self._cursor is not None:
            x = self._point(frame, report.wavelength_nm[self._cursor], 0).x()
            painter.setPen(QPen(QColor(theme.mark), 1))
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))

    def _draw_legend(self, painter: QPainter, frame: QRectF, theme: Theme) -> None:
        """Names of the two lines, or the values under the cursor."""
        metrics = self.fontMetrics()
        middle = metrics.height() * 0.9
        if self._cursor is not None:
            painter.setPen(theme.ink)
            text = metrics.elidedText(self.cursor_text(), Qt.TextElideMode.ElideRight, self.width() - 16)
            painter.drawText(QPointF(8, middle + metrics.height() * 0.3), text)
            return
        x = frame.left()
        for name, colour, style in ((tr('measured'), theme.measured, Qt.PenStyle.SolidLine),
                                    (tr('reconstructed'), theme.reconstructed, Qt.PenStyle.DashLine)):
            pen = QPen(colour, 1.8)
            pen.setStyle(style)
            painter.setPen(pen)
            painter.drawLine(QPointF(x, middle), QPointF(x + 24, middle))
            painter.setPen(theme.ink)
            painter.drawText(QPointF(x + 30, middle + metrics.height() * 0.3), name)
            x += 30 + metrics.horizontalAdvance(name) + 18
