# SPDX-License-Identifier: GPL-2.0-or-later
"""Live scenes: the .wsnet file (model + cube) and the bands that GDAL computes from it."""
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from osgeo import gdal

from .i18n import tr

MAX_SIDECAR_BYTES = 1 << 20
SUFFIXES = {' confidence': 'confidence', ' lower': 'lower', ' upper': 'upper', ' detected': 'detected'}
WHOLE = ('fit', 'rmse')


class SceneError(Exception):
    """The scene cannot be used; the text is one sentence for the user."""


@dataclass(frozen=True)
class Band:
    """One band of a scene: what it shows, and of which material (empty for the whole pixel)."""

    number: int
    kind: str
    material: str


def open_raster(path: str) -> gdal.Dataset:
    """A raster opened for reading; raises one sentence."""
    gdal.PushErrorHandler('CPLQuietErrorHandler')
    try:
        gdal.ErrorReset()
        dataset = gdal.OpenEx(path, gdal.OF_RASTER)
        reason = gdal.GetLastErrorMsg()
    except RuntimeError as error:
        dataset, reason = None, str(error)
    finally:
        gdal.PopErrorHandler()
    if dataset is None:
        raise SceneError(reason or tr('{name} is not a raster that GDAL can open.').format(name=path))
    return dataset


def describe_bands(dataset: gdal.Dataset) -> list[Band]:
    """What each band shows, by its description."""
    bands = []
    for number in range(1, dataset.RasterCount + 1):
        text = dataset.GetRasterBand(number).GetDescription()
        kind, material = 'abundance', text
        if text in WHOLE:
            kind, material = text, ''
        else:
            for suffix, name in SUFFIXES.items():
                if text.endswith(suffix):
                    kind, material = name, text[:-len(suffix)]
        bands.append(Band(number, kind, material))
    return bands


class Scene:
    """An opened scene."""

    def __init__(self, path: str) -> None:
        """Opens a .wsnet file, a VRT or a GeoTIFF with the same bands."""
        self.path = path
        self.dataset = open_raster(path)
        self.bands = describe_bands(self.dataset)

    @property
    def materials(self) -> list[str]:
        """Names of the materials, in band order."""
        return [band.material for band in self.bands if band.kind == 'abundance']

    def of_kind(self, kind: str) -> list[Band]:
        """Bands of a kind, in material order."""
        return [band for band in self.bands if band.kind == kind]

    def sample(self, size: int) -> dict[int, np.ndarray]:
        """All bands at no more than size x size pixels, nearest neighbour; NaN where there is no value."""
        width, height = self.dataset.RasterXSize, self.dataset.RasterYSize
        shrink = max(width / size, height / size, 1)
        columns, rows = max(int(width / shrink), 1), max(int(height / shrink), 1)
        return self._read(0, 0, width, height, columns, rows)

    def pixel(self, column: int, row: int) -> dict[int, float]:
        """The value of every band at a pixel."""
        return {number: float(values[0, 0]) for number, values in self._read(column, row, 1, 1, 1, 1).items()}

    def _read(self, x: int, y: int, width: int, height: int, columns: int, rows: int) -> dict[int, np.ndarray]:
        """Values by band number."""
        gdal.PushErrorHandler('CPLQuietErrorHandler')
        try:
            gdal.ErrorReset()
            values = self.dataset.ReadAsArray(x, y, width, height, buf_xsize=columns, buf_ysize=rows,
                                              buf_type=gdal.GDT_Float32, interleave='band')
            reason = gdal.GetLastErrorMsg()
        except RuntimeError as error:
            values, reason = None, str(error)
        finally:
            gdal.PopErrorHandler()
        if values is None:
            raise SceneError(reason or tr('{name} could not be read.').format(name=self.path))
        values = values.reshape(len(self.bands), rows, columns)
        return {band.number: values[index] for index, band in enumerate(self.bands)}


def sources(path: str) -> dict[str, str]:
    """The model and the cube that a .wsnet file names, as full paths; raises one sentence."""
    name = Path(path).name
    try:
        with open(path, 'rb') as stream:
            text = stream.read(MAX_SIDECAR_BYTES + 1)
        content = json.loads(text.decode('utf-8')) if len(text) <= MAX_SIDECAR_BYTES else None
    except (OSError, ValueError) as error:
        raise SceneError(tr('{name} could not be read: {reason}').format(name=name, reason=error)) from error
    if not isinstance(content, dict) or not all(isinstance(content.get(key), str) for key in ('model', 'cube')):
        raise SceneError(tr('{name} is not a live scene.').format(name=name))
    folder = Path(path).resolve().parent
    return {key: str(folder / content[key]) for key in ('model', 'cube')}


def is_scene(path: str) -> bool:
    """Whether a layer's source is a live scene file."""
    return path.lower().endswith('.wsnet')


def is_live_vrt(path: str) -> bool:
    """Whether a layer's source is a VRT that WS-Net computes."""
    if not path.lower().endswith('.vrt'):
        return False
    try:
        with open(path, 'rb') as stream:
            return b'wsnet_unmix' in stream.read(MAX_SIDECAR_BYTES)
    except OSError:
        return False
