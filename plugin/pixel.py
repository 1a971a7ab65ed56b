# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything about one pixel: measured and reconstructed spectrum, abundances with intervals, fit in words."""
from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass, field

import numpy as np

from .cube import CubeInfo, PixelReader, describe
from .i18n import tr
from .model import ModelInfo, read_model
from .scene import Scene, sources


@dataclass
class MaterialShare:
    """The share of one material in a pixel; NaN where it is not known."""

    name: str
    abundance: float
    lower: float = math.nan
    upper: float = math.nan
    detection_limit: float = math.nan


@dataclass
class PixelReport:
    """What the dock shows."""

    column: int
    row: int
    wavelength_nm: np.ndarray
    has_wavelengths: bool
    measured: np.ndarray
    reconstructed: np.ndarray
    used: np.ndarray
    reasons: list[str]
    shares: list[MaterialShare] = field(default_factory=list)
    fit: float = math.nan
    rmse: float = math.nan
    coverage: float = 0.9

    def is_empty(self) -> bool:
        """Whether the pixel has no value."""
        return not np.isfinite(self.measured[self.used]).any()

    def csv(self) -> str:
        """The report as a table for a spreadsheet."""
        stream = io.StringIO()
        table = csv.writer(stream, lineterminator='\n')
        table.writerow(['column', 'row', 'fit', 'rmse'])
        table.writerow([self.column, self.row, _number(self.fit), _number(self.rmse)])
        table.writerow([])
        table.writerow(['material', 'abundance', 'lower', 'upper', 'limit_of_detection'])
        for share in self.shares:
            table.writerow([share.name] + [_number(value) for value in
                                           (share.abundance, share.lower, share.upper, share.detection_limit)])
        table.writerow([])
        table.writerow(['wavelength_nm', 'measured', 'reconstructed', 'used'])
        for values in zip(self.wavelength_nm, self.measured, self.reconstructed, self.used):
            table.writerow([_number(value) for value in values[:3]] + [int(values[3])])
        return stream.getvalue()


def _number(value: float) -> str:
    """A number for a table; empty where there is none."""
    return f'{value:.7g}' if math.isfinite(value) else ''


def fit_in_words(fit: float) -> str:
    """What a fit value means."""
    if not math.isfinite(fit):
        return tr('no fit value')
    if fit < 0.01:
        return tr('unknown material: the endmembers cannot explain this pixel')
    if fit < 0.1:
        return tr('poorly explained by the endmembers')
    return tr('well explained by the endmembers') if fit < 0.6 else tr('very well explained by the endmembers')


class PixelProbe:
    """Reads pixels of one scene; opened once, used for every click. Not for use from two threads at once."""

    def __init__(self, path: str) -> None:
        """Opens the scene, its cube and its model; raises one sentence."""
        parts = sources(path)
        self.path, self.cube_path, self.model_path = path, parts['cube'], parts['model']
        self.cube = PixelReader(self.cube_path)
        self.info: CubeInfo = describe(self.cube_path)
        self.model: ModelInfo = read_model(self.model_path)
        self.scene = Scene(path)

    def report_at(self, x: float, y: float) -> PixelReport | None:
        """The report for a place in the cube's own coordinates, None outside the cube."""
        place = self.cube.pixel_at(x, y)
        return None if place is None else self.report(*place)

    def report(self, column: int, row: int) -> PixelReport:
        """The report for a pixel."""
        measured = self.cube.spectrum(column, row, self.info)
        used = np.zeros(len(measured), dtype=bool)
        used[self.model.band_index] = True
        values = self.scene.pixel(column, row)
        by_kind: dict[tuple[str, str], float] = {(band.kind, band.material): values[band.number]
                                                 for band in self.scene.bands}
        shares = [MaterialShare(name, by_kind.get(('abundance', name), math.nan),
                                by_kind.get(('lower', name), math.nan), by_kind.get(('upper', name), math.nan),
                                limit) for name, limit in zip(self.model.names, self.model.detection_limit)]
        reconstructed = np.full(len(measured), np.nan)
        abundance = np.array([share.abundance for share in shares])
        reconstructed[self.model.band_index] = self.model.reconstruct(measured[self.model.band_index], abundance)
        return PixelReport(column, row, self._axis(len(measured)), self.info.has_wavelengths, measured,
                           reconstructed, used, self._reasons(used), shares,
                           by_kind.get(('fit', ''), math.nan), by_kind.get(('rmse', ''), math.nan),
                           self.model.coverage)

    def _axis(self, n_bands: int) -> np.ndarray:
        """Wavelengths, or band numbers where there are none."""
        if self.info.has_wavelengths and len(self.info.wavelength_nm) == n_bands:
            return np.array(self.info.wavelength_nm)
        return np.arange(1, n_bands + 1, dtype=float)

    def _reasons(self, used: np.ndarray) -> list[str]:
        """Why each band is not used; empty for used ones."""
        states = self.info.state if len(self.info.state) == len(used) else ['good'] * len(used)
        return ['' if is_used else (state if state != 'good' else tr('left out by the user'))
                for is_used, state in zip(used, states)]
