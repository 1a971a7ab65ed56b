# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygon layers, class rasters and georeferenced copies for the tests of areas and audits."""
from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from osgeo import gdal, ogr, osr

ogr.UseExceptions()
ORIGIN = (385000.0, 5820000.0)  # of simulated scenes: UTM zone 33 north, 30 m


def system_of(epsg: int) -> osr.SpatialReference:
    """A coordinate system with x before y."""
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return system


def box(left: float, top: float, right: float, bottom: float) -> str:
    """WKT of a rectangle given in pixels of a simulated scene."""
    (x0, y0), (x1, y1) = [(ORIGIN[0] + 30 * x, ORIGIN[1] - 30 * y) for x, y in ((left, top), (right, bottom))]
    return f"POLYGON(({x0} {y0},{x1} {y0},{x1} {y1},{x0} {y1},{x0} {y0}))"


def degrees(left: list[float], right: list[float]) -> str:
    """WKT of the polygons between longitudes, eleven lines of a cube high that begins at 10 degrees north."""
    rings = ",".join(f"(({w} 9.9891,{e} 9.9891,{e} 9.9781,{w} 9.9781,{w} 9.9891))" for w, e in zip(left, right))
    return f"MULTIPOLYGON({rings})"


def write_zones(path: Path, zones: list[tuple[str, str]], epsg: int = 32633, to_epsg: int | None = None) -> Path:
    """A layer of (name, WKT) with the fields `kind` and `name`, in another system where to_epsg is given."""
    driver = "GPKG" if path.suffix == ".gpkg" else "GeoJSON"
    system = system_of(to_epsg or epsg)
    data = ogr.GetDriverByName(driver).CreateDataSource(str(path))
    layer = data.CreateLayer("zones", system, ogr.wkbUnknown)
    for field in ("kind", "name"):
        layer.CreateField(ogr.FieldDefn(field, ogr.OFTString))
    for name, wkt in zones:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("kind", "parcel")
        feature.SetField("name", name)
        shape = ogr.CreateGeometryFromWkt(wkt)
        if to_epsg:
            shape.Segmentize(30)
            shape.Transform(osr.CoordinateTransformation(system_of(epsg), system))
        feature.SetGeometry(shape)
        layer.CreateFeature(feature)
    data = None
    return path


def place(source: Path, path: Path, epsg: int | None, transform: tuple | None) -> Path:
    """A copy of a raster that lies somewhere else, or nowhere."""
    raster = gdal.Translate(str(path), str(source), noData="none")
    raster.SetSpatialRef(system_of(epsg) if epsg else None)
    if transform:
        raster.SetGeoTransform(transform)
    raster = None
    return path


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV table."""
    with open(path, newline="") as opened:
        return list(csv.DictReader(opened))


def classes(path: Path, values: np.ndarray, epsg: int = 32633, transform: tuple | None = None,
            names: list[str] | None = None, nodata: int | None = None) -> Path:
    """A class raster of values [lines, pixels] on the grid of a simulated scene unless told otherwise."""
    height, width = values.shape
    raster = gdal.GetDriverByName("GTiff").Create(str(path), width, height, 1, gdal.GDT_Int16)
    raster.SetSpatialRef(system_of(epsg))
    raster.SetGeoTransform(transform or (ORIGIN[0], 30, 0, ORIGIN[1], 0, -30))
    band = raster.GetRasterBand(1)
    if nodata is not None:
        band.SetNoDataValue(nodata)
    if names:
        band.SetCategoryNames(names)
    band.WriteArray(values)
    raster = None
    return path
