# SPDX-License-Identifier: GPL-2.0-or-later
"""A picture report of a scene: maps, spectra and intervals, one row a material."""
from __future__ import annotations

import math
from typing import Callable

import numpy as np
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from . import styling
from .i18n import tr
from .model import ModelInfo, read_model
from .process import Cancelled
from .scene import Band, Scene, is_scene, sources

MARGIN, GAP, TEXT = 24, 16, 20
INK, FAINT = QColor('#202020'), QColor('#d0d0d0')


def painted(values: np.ndarray, stops: tuple) -> QImage:
    """A map as an image: values from 0 to 1 through a ramp, grey where there is no value."""
    places = np.array([place for place, _ in stops])
    colours = [QColor(colour) for _, colour in stops]
    shown = np.nan_to_num(np.clip(values, 0, 1))
    channels = []
    for channel in ('red', 'green', 'blue'):
        levels = [getattr(colour, channel)() for colour in colours]
        channels.append(np.where(np.isfinite(values), np.interp(shown, places, levels), 200))
    return image_of(np.stack(channels, axis=-1))


def image_of(pixels: np.ndarray) -> QImage:
    """An image from [rows, columns, 3] values from 0 to 255."""
    rows, columns = pixels.shape[:2]
    data = np.ascontiguousarray(pixels.round().astype(np.uint8))
    return QImage(data.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()


class Report:
    """Collects what is drawn, then draws it."""

    def __init__(self, scene: Scene, size: int, cancelled: Callable[[], bool]) -> None:
        """Reads a sample of the scene; raises SceneError, or Cancelled."""
        self._scene, self._size = scene, size
        self._sample = scene.sample(size)
        if cancelled():
            raise Cancelled(tr('Cancelled; nothing was left behind.'))
        self._model: ModelInfo | None = read_model(sources(scene.path)['model']) if is_scene(scene.path) else None
        shape = next(iter(self._sample.values())).shape
        zoom = size / max(shape)
        self._map = (shape[1] * zoom, shape[0] * zoom)

    def draw(self, title: str) -> QImage:
        """The picture."""
        materials = self._scene.of_kind('abundance')
        map_width, map_height = self._map
        row_height = map_height + TEXT + GAP
        wide = 1.5 * self._size
        width = 2 * MARGIN + 2 * (map_width + GAP) + wide
        height = 2 * MARGIN + 2.2 * TEXT + row_height * (len(materials) + 1)
        image = QImage(int(math.ceil(width)), int(math.ceil(height)), QImage.Format.Format_RGB32)
        image.fill(QColor('white'))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._write(painter, MARGIN, MARGIN + TEXT * 0.8, title, 15, bold=True)
        top = MARGIN + 2.2 * TEXT
        self._draw_overview(painter, top, materials, wide)
        for index, band in enumerate(materials):
            self._draw_material(painter, top + row_height * (index + 1), index, band, wide)
        painter.end()
        return image

    def _draw_overview(self, painter: QPainter, top: float, materials: list[Band], wide: float) -> None:
        """Composite, fit, and the intervals of all materials."""
        strongest = sorted(materials, key=lambda band: -self._mean(band))[:3]
        planes = [np.nan_to_num(np.clip(self._sample[band.number], 0, 1)) * 255 for band in strongest]
        planes += [np.zeros_like(planes[0])] * (3 - len(planes))
        names = ', '.join(f'{colour} {band.material}' for colour, band in
                          zip((tr('red'), tr('green'), tr('blue')), strongest))
        left = self._draw_map(painter, MARGIN, top, image_of(np.stack(planes, axis=-1)), names)
        fits = self._scene.of_kind('fit')
        if fits:
            self._draw_map(painter, left, top, painted(self._sample[fits[0].number], styling.FIT_STOPS),
                           tr('fit (dark: unknown material)'))
        self._draw_intervals(painter, QRectF(left + self._map[0] + GAP, top + TEXT, wide, self._map[1]), materials)

    def _draw_material(self, painter: QPainter, top: float, index: int, band: Band, wide: float) -> None:
        """Abundance, confidence and spectrum of a material."""
        stops = styling.abundance_stops(styling.material_colour(index))
        left = self._draw_map(painter, MARGIN, top, painted(self._sample[band.number], stops),
                              tr('{material}: abundance').format(material=band.material))
        for other in self._scene.of_kind('confidence'):
            if other.material == band.material:
                self._draw_map(painter, left, top, painted(self._sample[other.number], styling.CONFIDENCE_STOPS),
                               tr('confidence (yellow: certain)'))
        if self._model is not None:
            self._draw_spectrum(painter, QRectF(left + self._map[0] + GAP, top + TEXT, wide, self._map[1]), index)

    def _draw_map(self, painter: QPainter, left: float, top: float, image: QImage, title: str) -> float:
        """A map under its title; returns where the next one goes."""
        width, height = self._map
        self._write(painter, left, top + TEXT * 0.7, title, 11, room=width)
        frame = QRectF(left, top + TEXT, width, height)
        painter.drawImage(frame, image)
        painter.setPen(FAINT)
        painter.drawRect(frame)
        return left + width + GAP

    def _draw_intervals(self, painter: QPainter, frame: QRectF, materials: list[Band]) -> None:
        """Mean abundance of each material with its mean interval."""
        self._write(painter, frame.left(), frame.top() - TEXT * 0.3, tr('mean abundance and mean interval'), 11)
        bounds = {kind: {band.material: self._mean(band) for band in self._scene.of_kind(kind)}
                  for kind in ('lower', 'upper')}
        label, value = frame.width() * 0.3, 110
        step = min(frame.height() / max(len(materials), 1), 34)
        for index, band in enumerate(materials):
            middle = frame.top() + (index + 0.5) * step
            start, room = frame.left() + label, frame.width() - label - value
            mean = self._mean(band)
            self._write(painter, frame.left(), middle + 4, band.material, 11, room=label - 8)
            painter.fillRect(QRectF(start, middle - step * 0.3, mean * room, step * 0.6),
                             styling.material_colour(index))
            text = f'{mean:.2f}'
            if band.material in bounds['lower'] and band.material in bounds['upper']:
                low, high = bounds['lower'][band.material], bounds['upper'][band.material]
                painter.setPen(QPen(INK, 1.5))
                painter.drawLine(QPointF(start + low * room, middle), QPointF(start + high * room, middle))
                for end in (low, high):
                    painter.drawLine(QPointF(start + end * room, middle - 4), QPointF(start + end * room, middle + 4))
                text += f' ({low:.2f}–{high:.2f})'
            self._write(painter, frame.right() - value + 8, middle + 4, text, 11)

    def _draw_spectrum(self, painter: QPainter, frame: QRectF, index: int) -> None:
        """The spectrum of a material over wavelength, interrupted where wavelengths step back."""
        spectrum, axis = self._model.endmembers[index], self._model.wavelength_nm
        has_axis = bool((axis > 0).all())
        axis = axis if has_axis else np.arange(1, len(spectrum) + 1, dtype=float)
        most, least = float(max(self._model.endmembers.max(), 1e-12)), min(float(spectrum.min()), 0.0)
        plot = frame.adjusted(46, 0, -8, -TEXT * 1.6)
        painter.setPen(QPen(INK, 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.drawLine(plot.bottomLeft(), plot.topLeft())
        self._write(painter, frame.left(), plot.top() + 8, f'{most:.3g}', 10)
        self._write(painter, frame.left(), plot.bottom(), f'{least:.3g}', 10)
        for end, place in ((axis.min(), plot.left()), (axis.max(), plot.right() - 34)):
            self._write(painter, place, plot.bottom() + 14, f'{end:.0f}', 10)
        self._write(painter, plot.center().x() - 40, plot.bottom() + 14,
                    tr('wavelength (nm)') if has_axis else tr('band number'), 10)
        painter.setPen(QPen(styling.material_colour(index), 2))
        span = (axis.max() - axis.min()) or 1
        line: list[QPointF] = []
        for place, value in zip(axis, spectrum):
            x = plot.left() + (place - axis.min()) / span * plot.width()
            if line and x < line[-1].x():
                painter.drawPolyline(QPolygonF(line))
                line = []
            line.append(QPointF(x, plot.bottom() - (value - least) / ((most - least) or 1) * plot.height()))
        painter.drawPolyline(QPolygonF(line))

    def _mean(self, band: Band) -> float:
        """Mean of a band over the pixels that have a value."""
        values = self._sample[band.number]
        finite = values[np.isfinite(values)]
        return float(finite.mean()) if finite.size else 0.0

    @staticmethod
    def _write(painter: QPainter, x: float, y: float, text: str, size: int, bold: bool = False,
               room: float = 0) -> None:
        """Text, shortened to the room there is."""
        font = QFont()
        font.setPixelSize(size)
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(INK)
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room) if room else text
        painter.drawText(QPointF(x, y), shown)
