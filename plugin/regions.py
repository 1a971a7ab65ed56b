# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons and points on a cube: places of known materials, or zones to report on."""
from __future__ import annotations

from dataclasses import dataclass, field

from osgeo import ogr, osr
from qgis.core import (QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsCsException, QgsProcessingContext,
                       QgsProcessingFeatureSource)

from .i18n import tr
from .scene import SceneError, open_raster

MAX_REGIONS = 10000
NAME_COLUMN = 'name'


class RegionError(Exception):
    """The layer cannot give spectra; the text is one sentence for the user."""


@dataclass
class Regions:
    """Named shapes in the cube's own coordinates (those that QGIS draws it in, where it has no georeference)."""

    wkt: str
    shapes: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Materials, in the order of the features."""
        return list(dict.fromkeys(name for name, _ in self.shapes))

    def write(self, path: str) -> None:
        """Saves the shapes as a GeoPackage with a column `name`."""
        reference = None
        if self.wkt:
            reference = osr.SpatialReference()
            reference.ImportFromWkt(self.wkt)
        source = ogr.GetDriverByName('GPKG').CreateDataSource(path)
        if source is None:
            raise RegionError(tr('{name} could not be written.').format(name=path))
        layer = source.CreateLayer('regions', reference, ogr.wkbUnknown)
        layer.CreateField(ogr.FieldDefn(NAME_COLUMN, ogr.OFTString))
        layer.StartTransaction()
        for name, shape in self.shapes:
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetField(NAME_COLUMN, name)
            feature.SetGeometry(ogr.CreateGeometryFromWkb(shape))
            layer.CreateFeature(feature)
        layer.CommitTransaction()
        del layer, source


def collect(source: QgsProcessingFeatureSource, name_field: str, cube: str, context: QgsProcessingContext,
            unnamed: str = '') -> Regions:
    """Shapes and names from a layer, moved to the cube's coordinates; unnamed, with {n} in it, is for the rest."""
    try:
        dataset = open_raster(cube)
    except SceneError as error:
        raise RegionError(str(error)) from error
    regions = Regions(dataset.GetProjection())
    column = source.fields().lookupField(name_field) if name_field else -1
    if name_field and column < 0:
        raise RegionError(tr('The layer has no field {name}.').format(name=name_field))
    transform = None
    target = QgsCoordinateReferenceSystem.fromWkt(regions.wkt) if regions.wkt else QgsCoordinateReferenceSystem()
    if target.isValid() and source.sourceCrs().isValid() and target != source.sourceCrs():
        transform = QgsCoordinateTransform(source.sourceCrs(), target, context.transformContext())
    for number, feature in enumerate(source.getFeatures(), 1):
        if number > MAX_REGIONS:
            raise RegionError(tr('More than {n} features: choose fewer.').format(n=MAX_REGIONS))
        geometry = feature.geometry()
        if geometry.isNull() or geometry.isEmpty():
            continue
        if transform is not None:
            try:
                geometry.transform(transform)
            except QgsCsException as error:
                raise RegionError(tr('Feature {n} cannot be moved to the cube’s coordinates.').format(
                    n=number)) from error
        value = feature.attribute(column) if column >= 0 else None
        name = str(value).strip() if value not in (None, '') and str(value) != 'NULL' else ''
        regions.shapes.append((name or (unnamed or tr('endmember {n}')).format(n=number), bytes(geometry.asWkb())))
    if not regions.shapes:
        raise RegionError(tr('The layer has no shapes.'))
    return regions
