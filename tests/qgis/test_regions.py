# SPDX-License-Identifier: GPL-2.0-or-later
"""Endmembers from polygons and points, whatever their coordinates."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers import Failed, run
from osgeo import gdal


def layer_of(kind: str, crs: str, shapes: list[tuple[str, str]]):
    """A memory layer with a field `material`."""
    from qgis.core import QgsFeature, QgsGeometry, QgsProject, QgsVectorLayer
    layer = QgsVectorLayer(f'{kind}?crs={crs}&field=material:string(40)', 'places', 'memory')
    for name, text in shapes:
        feature = QgsFeature(layer.fields())
        feature.setAttributes([name])
        feature.setGeometry(QgsGeometry.fromWkt(text))
        assert layer.dataProvider().addFeatures([feature])[0]
    QgsProject.instance().addMapLayer(layer)
    return layer


@pytest.fixture
def corners(cube: Path):
    """Map coordinates of a pixel's centre."""
    transform = gdal.Open(str(cube)).GetGeoTransform()
    return lambda column, row: gdal.ApplyGeoTransform(transform, column + 0.5, row + 0.5)


def spectra(cube: Path, layer, tmp_path: Path, field: str = 'material'):
    """Endmembers from a layer."""
    from wsnet.library import read
    results = run('wsnet:endmembers', {'INPUT': str(cube), 'SPECTRA': layer.id(), 'NAME_FIELD': field,
                                       'ENDMEMBERS': str(tmp_path / 'e.csv')})
    return read(results['ENDMEMBERS'])


def test_points_of_equal_name_are_averaged(cube: Path, corners, tmp_path: Path) -> None:
    crs = 'EPSG:' + gdal.Open(str(cube)).GetSpatialRef().GetAuthorityCode(None)
    places = [('a', (3, 4)), ('a', (20, 30)), ('b', (40, 10))]
    layer = layer_of('Point', crs, [(name, 'POINT(%f %f)' % tuple(corners(*place))) for name, place in places])
    library = spectra(cube, layer, tmp_path)
    values = gdal.Open(str(cube)).ReadAsArray()
    assert library.names == ['a', 'b']
    np.testing.assert_allclose(library.spectra[0], (values[:, 4, 3] + values[:, 30, 20]) / 2, rtol=1e-4)
    np.testing.assert_allclose(library.spectra[1], values[:, 10, 40], rtol=1e-4)


def test_polygon_in_other_coordinates(cube: Path, corners, tmp_path: Path) -> None:
    from qgis.core import (QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry, QgsProject, QgsRectangle)
    (left, top), (right, bottom) = corners(9.5, 9.5), corners(13.5, 13.5)
    square = QgsGeometry.fromRect(QgsRectangle(left, bottom, right, top))
    other = QgsGeometry(square)
    other.transform(QgsCoordinateTransform(
        QgsCoordinateReferenceSystem.fromWkt(gdal.Open(str(cube)).GetProjection()),
        QgsCoordinateReferenceSystem('EPSG:4326'), QgsProject.instance()))
    layer = layer_of('Polygon', 'EPSG:4326', [('square', other.asWkt(12)), ('', other.asWkt(12))])
    library = spectra(cube, layer, tmp_path)
    values = gdal.Open(str(cube)).ReadAsArray()[:, 10:14, 10:14].mean(axis=(1, 2))
    assert library.names == ['square', 'endmember 2']
    np.testing.assert_allclose(library.spectra[0], values, rtol=0.02)


def test_cube_without_coordinates(cube: Path, tmp_path: Path) -> None:
    bare = tmp_path / 'bare.tif'
    source = gdal.Open(str(cube))
    copy = gdal.GetDriverByName('GTiff').Create(str(bare), source.RasterXSize, source.RasterYSize,
                                                source.RasterCount, gdal.GDT_Float32)
    copy.WriteArray(source.ReadAsArray())
    copy = None
    # QGIS draws such a cube from y = 0 downwards.
    layer = layer_of('Point', '', [('here', 'POINT(7.5 -12.5)'), ('there', 'POINT(30.5 -2.5)')])
    library = spectra(bare, layer, tmp_path)
    values = source.ReadAsArray()
    np.testing.assert_allclose(library.spectra[0], values[:, 12, 7], rtol=1e-4)
    np.testing.assert_allclose(library.spectra[1], values[:, 2, 30], rtol=1e-4)


def test_empty_layer_and_wrong_field(cube: Path, scene_folder: Path, tmp_path: Path) -> None:
    empty = layer_of('Point', 'EPSG:4326', [])
    with pytest.raises(Failed, match='no shapes'):
        spectra(cube, empty, tmp_path)
    with pytest.raises(Failed, match='not from both'):
        run('wsnet:unmix', {'INPUT': str(cube), 'SPECTRA': empty.id(), 'LIBRARY': str(scene_folder / 'endmembers.csv'),
                            'OUTPUT': str(tmp_path / 'o.wsnet'), 'MODEL': str(tmp_path / 'o.wsn')})
    with pytest.raises(Failed, match='nothing_like_it'):
        spectra(cube, empty, tmp_path, 'nothing_like_it')
