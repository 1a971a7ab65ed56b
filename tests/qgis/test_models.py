# SPDX-License-Identifier: GPL-2.0-or-later
"""The models that come with the plugin: in the toolbox, and right when run."""
from __future__ import annotations

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
    results = run(AREA, {'CUBE': str(cube), 'ZONES': zones.id(), 'LIBRARY': str(scene_folder / 'endmembers.csv'),
                         'COUNT': 0, 'MATERIAL': 2, 'STEPS': 40,
                         'tidy:Zones with areas': str(tmp_path / 'z.gpkg')})
    layer = vector(next(value for key, value in results.items() if key.endswith('Zones with areas')))
    rows = {feature['material']: feature for feature in layer.getFeatures()}
    cell = abs(transform[1] * transform[5])
    truth = gdal.Open(str(scene_folder / 'truth.tif')).ReadAsArray()[1, 2:20, 2:20].sum() * cell
    west = rows['west']
    assert west['area_lower'] <= west['area'] <= west['area_upper'] <= 18 * 18 * cell * 1.001
    assert west['area'] == pytest.approx(truth, abs=0.2 * 18 * 18 * cell)
    assert rows['outside']['area'] == 0
    assert not [field.name() for field in layer.fields() if field.name().endswith('_sum')]


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
