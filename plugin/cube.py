# SPDX-License-Identifier: GPL-2.0-or-later
"""What a cube is like: wavelengths, bad bands with the reason, the spectrum of a pixel, a subset of its bands."""
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from osgeo import gdal

from . import commands
from .i18n import tr
from .process import ProcessError
from .scene import SceneError, open_raster

GOOD = 'good'


@dataclass
class CubeInfo:
    """Bands of a cube as `wsnet` sees them; a wavelength is 0 where it is unknown."""

    wavelength_nm: list[float] = field(default_factory=list)
    state: list[str] = field(default_factory=list)
    scale: list[float] = field(default_factory=list)
    offset: list[float] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def has_wavelengths(self) -> bool:
        """Whether every band has one."""
        return bool(self.wavelength_nm) and min(self.wavelength_nm) > 0

    def bad_bands(self) -> list[tuple[int, str]]:
        """Band numbers (from 1) that are not used, each with the reason."""
        return [(number, state) for number, state in enumerate(self.state, 1) if state != GOOD]

    def explain(self) -> list[str]:
        """Sentences about the bands for the log and the dialog, runs of bands joined."""
        bad = self.bad_bands()
        lines = [tr('{used} of {all} bands are used.').format(used=len(self.state) - len(bad), all=len(self.state))]
        runs: list[list] = []
        for number, reason in bad:
            if runs and runs[-1][1] == number - 1 and runs[-1][2] == reason:
                runs[-1][1] = number
            else:
                runs.append([number, number, reason])
        for first, last, reason in runs:
            bands = str(first) if first == last else f'{first}–{last}'
            span = ''
            if self.wavelength_nm[first - 1] > 0:
                span = f' ({self.wavelength_nm[first - 1]:.0f}–{self.wavelength_nm[last - 1]:.0f} nm)'
            lines.append(tr('Not used: band {bands}{span}, {reason}.').format(bands=bands, span=span,
                                                                              reason=reason_text(reason)))
        return lines + self.warnings


def reason_text(reason: str) -> str:
    """Why a band is not used, in the user's language."""
    return {'marked bad (bbl)': tr('marked as bad in the metadata'), 'all nodata': tr('empty (all nodata)'),
            'constant': tr('the same value everywhere')}.get(reason, reason)


def describe(path: str) -> CubeInfo:
    """Asks `wsnet` about a cube; raises one sentence."""
    content = commands.info(path)
    if content.get('type') != 'cube':
        raise ProcessError(tr('{name} is not a cube.').format(name=path))
    n_bands = int(content['n_bands'])
    reasons = {int(bad['band']): str(bad['reason']) for bad in content.get('bad_bands', [])}
    return CubeInfo([float(value or 0) for value in content['wavelength_nm']],
                    [reasons.get(number, GOOD) for number in range(1, n_bands + 1)],
                    [float(value) for value in content['scale']], [float(value) for value in content['offset']],
                    [str(text) for text in content.get('warnings', [])])


def with_bands(path: str, chosen: list[int], target: str) -> str:
    """A virtual copy of the cube in which all bands but the chosen ones are marked bad; band numbers stay the same."""
    try:
        source = open_raster(path)
    except SceneError as error:
        raise ProcessError(str(error)) from error
    outside = [number for number in chosen if not 1 <= number <= source.RasterCount]
    if outside:
        raise ProcessError(tr('The cube has {n} bands; band {band} does not exist.').format(
            n=source.RasterCount, band=outside[0]))
    copy = gdal.GetDriverByName('VRT').CreateCopy(target, source)
    if copy is None:
        raise ProcessError(tr('{name} could not be written.').format(name=target))
    for number in set(range(1, source.RasterCount + 1)) - set(chosen):
        copy.GetRasterBand(number).SetMetadataItem('bbl', '0')
    copy.FlushCache()
    return target


class PixelReader:
    """Reads spectra at places on the map."""

    def __init__(self, path: str) -> None:
        self._dataset = open_raster(path)
        self.width, self.height = self._dataset.RasterXSize, self._dataset.RasterYSize
        self._georeferenced = self._dataset.GetGeoTransform(can_return_null=True) is not None

    @property
    def projection(self) -> str:
        """WKT of the cube's reference system, empty when it has none."""
        return self._dataset.GetProjection()

    def pixel_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Column and row at map coordinates in the cube's own system, None outside."""
        if self._georeferenced:
            inverse = gdal.InvGeoTransform(self._dataset.GetGeoTransform())
            column, row = gdal.ApplyGeoTransform(inverse, x, y) if inverse else (-1.0, -1.0)
        else:
            column, row = x, -y  # QGIS draws such a cube downwards from zero
        if 0 <= column < self.width and 0 <= row < self.height:
            return int(column), int(row)
        return None

    def spectrum(self, column: int, row: int, info: CubeInfo) -> np.ndarray:
        """Values of all bands at a pixel, in the cube's physical units; NaN where there is no value."""
        raw = self._dataset.ReadAsArray(column, row, 1, 1)
        if raw is None:
            raise SceneError(tr('The pixel could not be read.'))
        values = np.asarray(raw, dtype=float).reshape(-1)
        for index in range(len(values)):
            nodata = self._dataset.GetRasterBand(index + 1).GetNoDataValue()
            if nodata is not None and values[index] == nodata:
                values[index] = np.nan
        return values * np.array(info.scale) + np.array(info.offset)
