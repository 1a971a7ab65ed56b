# SPDX-License-Identifier: GPL-2.0-or-later
"""Small rasters for the tests."""
from __future__ import annotations

from pathlib import Path

import numpy as np
from osgeo import gdal, osr

gdal.UseExceptions()


def write(path: Path, values: np.ndarray, names: list[str] | None = None, wavelength_nm: np.ndarray | None = None,
          nodata: float | None = None, epsg: int | None = None, transform: tuple | None = None) -> Path:
    """A float GeoTIFF of values [bands, lines, pixels]."""
    n_bands, height, width = values.shape
    raster = gdal.GetDriverByName("GTiff").Create(str(path), width, height, n_bands, gdal.GDT_Float32)
    if epsg:
        system = osr.SpatialReference()
        system.ImportFromEPSG(epsg)
        raster.SetSpatialRef(system)
        raster.SetGeoTransform(transform or (500000, 10, 0, 5400000, 0, -10))
    for i in range(n_bands):
        band = raster.GetRasterBand(i + 1)
        if names:
            band.SetDescription(names[i])
        if wavelength_nm is not None:
            band.SetMetadata({"wavelength": f"{wavelength_nm[i]:.2f}", "wavelength_units": "Nanometers"})
        if nodata is not None:
            band.SetNoDataValue(nodata)
        band.WriteArray(values[i])
    raster.FlushCache()
    return path


def read(path: Path) -> tuple[np.ndarray, list[str]]:
    """All values [bands, lines, pixels] and band names of a raster."""
    raster = gdal.Open(str(path))
    values = raster.ReadAsArray()
    values = values[None] if values.ndim == 2 else values
    return values, [raster.GetRasterBand(i + 1).GetDescription() for i in range(raster.RasterCount)]


def write_csv(path: Path, wavelength_nm: np.ndarray, spectra: dict[str, np.ndarray]) -> Path:
    """A table of spectra as `wsnet` reads it."""
    rows = [",".join(["wavelength_nm", *spectra])]
    for i, wavelength in enumerate(wavelength_nm):
        rows.append(",".join([f"{wavelength:.2f}", *(f"{values[i]:.6f}" for values in spectra.values())]))
    path.write_text("\n".join(rows) + "\n")
    return path


def distort(values, seed):
    """Another calibration: smooth gains within 10 % and offsets within 2 % of the mean brightness, which come back, too.
    Bands are the first axis."""
    random, along = np.random.default_rng(seed), np.linspace(0, 1, len(values))
    waves = [np.cos(np.pi * j * along) for j in range(1, 6)]
    gain = sum(random.normal() * wave / (1 + j) for j, wave in enumerate(waves))
    offset = sum(random.normal() * wave for wave in waves[:3])
    gain = 1 + 0.1 * gain / np.abs(gain).max()
    offset *= 0.02 * values.mean() / np.abs(offset).max()
    bands = (-1, *[1] * (values.ndim - 1))
    return values * gain.reshape(bands) + offset.reshape(bands), gain, offset
