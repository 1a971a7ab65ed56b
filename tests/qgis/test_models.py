# SPDX-License-Identifier: GPL-2.0-or-later
"""The models that come with the plugin: in the toolbox, and right when run."""
from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from helpers import run
from osgeo import gdal
from test_regions import layer_of

AREA, OUTLINE = 'wsnet:Unmix and area per zone', 'wsnet:Unmix and outline a material'


def vector(result: object):
    """The layer that a model made, loaded or by path."""
    from qgis.core import QgsVectorLayer
    layer = QgsVectorLayer(result, 'result') if isinstance(result, str) else result
    assert layer.isValid()
    return layer


def test_models_are_in_the_toolbox(application) -> None:
    from qgis.core import QgsApplication
    for name in (AREA, OUTLINE):
        model = QgsApplication.processingRegistry().algorithmById(name)
        assert model is not None and model.canExecute()[0], name
        assert model.shortHelpString()


def test_area_per_zone(cube: Path, scene_folder: Path, tmp_path: Path) -> None:
    dataset = gdal.Open(str(cube))
    transform = dataset.GetGeoTransform()
    crs = 'EPSG:' + dataset.GetSpatialRef().GetAuthorityCode(None)

    def square(first: int, last: int) -> str:
        """Columns and rows first..last as a polygon."""
        (left, top), (right, bottom) = (gdal.ApplyGeoTransform(transform, float(at), float(at))
                                        for at in (first, last))
        return f'POLYGON(({left} {top},{right} {top},{right} {bottom},{left} {bottom},{left} {top}))'

    zones = layer_of('Polygon', crs, [('west', square(2, 20)), ('outside', 'POLYGON((0 0,1 0,1 1,0 1,0 0))')])
    results = run(AREA, {'CUBE': str(cube), 'ZONES': zones.id(), 'ZONE_FIELD': 'material', 'COUNT': 0, 'STEPS': 40,
                         'LIBRARY': str(scene_folder / 'endmembers.csv'),
                         'area:Zones with areas': str(tmp_path / 'z.gpkg'),
                         'area:Table of areas': str(tmp_path / 't.csv')})
    layer = vector(next(value for key, value in results.items() if key.endswith('Zones with areas')))
    assert 'west' in {feature['zone'] for feature in layer.getFeatures()}
    with open(tmp_path / 't.csv', newline='', encoding='utf-8') as stream:
        rows = {(row['zone'], row['material']): {name: float(value) for name, value in row.items()
                                                 if name.endswith('_ha')} for row in csv.DictReader(stream)}
    known = gdal.Open(str(scene_folder / 'truth.tif'))
    name = known.GetRasterBand(2).GetDescription()
    cell = abs(transform[1] * transform[5]) / 1e4
    truth = known.ReadAsArray()[1, 2:20, 2:20].sum() * cell
    west = rows['west', name]
    assert west['lower_ha'] <= west['area_ha'] <= west['upper_ha'] <= 18 * 18 * cell * 1.001
    assert west['area_ha'] == pytest.approx(truth, abs=0.2 * 18 * 18 * cell)
    assert rows.get(('outside', name), {'area_ha': 0})['area_ha'] == 0


def test_outline_of_a_material(cube: Path, scene_folder: Path, tmp_path: Path) -> None:
    library = str(scene_folder / 'endmembers.csv')
    results = run(OUTLINE, {'CUBE': str(cube), 'LIBRARY': library, 'COUNT': 0, 'MATERIAL': 1, 'THRESHOLD': 0.5,
                            'STEPS': 40, 'area:Outlines': str(tmp_path / 'o.gpkg')})
    layer = vector(next(value for key, value in results.items() if key.endswith('Outlines')))
    total = sum(feature['area'] for feature in layer.getFeatures())
    run('wsnet:unmix', {'INPUT': str(cube), 'LIBRARY': library, 'STEPS': 40, 'LAYERS': ['abundance'],
                        'OUTPUT': str(tmp_path / 's.wsnet'), 'MODEL': str(tmp_path / 's.wsn')})
    transform = gdal.Open(str(cube)).GetGeoTransform()
    inside = (gdal.Open(str(tmp_path / 's.wsnet')).ReadAsArray()[0] > 0.5).sum()
    assert total == pytest.approx(inside * abs(transform[1] * transform[5]), rel=1e-6)
    assert np.isfinite(total) and layer.featureCount() >= 1
