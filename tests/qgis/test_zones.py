# SPDX-License-Identifier: GPL-2.0-or-later
"""Audits, areas, cards, extended models and merged libraries: good parameters, bad ones, and Cancel."""
from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from conftest import run_command
from helpers import QUICK, Failed, Said, run
from osgeo import gdal
from test_refusals import refused
from test_regions import layer_of


@pytest.fixture(scope='module')
def trained(scene_folder: Path, tmp_path_factory) -> dict:
    """A model from the true spectra, named as the truth, and its live scene."""
    folder = tmp_path_factory.mktemp('trained')
    return run('wsnet:unmix', {'INPUT': str(scene_folder / 'cube.tif'), 'LIBRARY': str(scene_folder / 'endmembers.csv'),
                               'OUTPUT': str(folder / 's.wsnet'), 'MODEL': str(folder / 'm.wsn'), **QUICK})


def square(cube: Path, first: int, last: int) -> str:
    """Columns and rows first..last of a cube as a polygon."""
    transform = gdal.Open(str(cube)).GetGeoTransform()
    (left, top), (right, bottom) = (gdal.ApplyGeoTransform(transform, float(at), float(at)) for at in (first, last))
    return f'POLYGON(({left} {top},{right} {top},{right} {bottom},{left} {bottom},{left} {top}))'


@pytest.fixture
def zones(scene_folder: Path):
    """Two zones of 10 x 10 and 18 x 18 pixels."""
    cube = scene_folder / 'cube.tif'
    crs = 'EPSG:' + gdal.Open(str(cube)).GetSpatialRef().GetAuthorityCode(None)
    return layer_of('Polygon', crs, [('small', square(cube, 0, 10)), ('large', square(cube, 20, 38))])


@pytest.fixture
def classes(scene_folder: Path, tmp_path: Path) -> Path:
    """Three classes in stripes, on the cube's grid."""
    path = tmp_path / 'classes.tif'
    source = gdal.Open(str(scene_folder / 'cube.tif'))
    raster = gdal.GetDriverByName('GTiff').Create(str(path), source.RasterXSize, source.RasterYSize, 1, gdal.GDT_Byte)
    raster.SetGeoTransform(source.GetGeoTransform())
    raster.SetProjection(source.GetProjection())
    import numpy as np
    raster.WriteArray(np.tile(np.arange(source.RasterXSize) % 3 + 1, (source.RasterYSize, 1)).astype('uint8'))
    return path


def rows_of(path: str) -> list[dict]:
    """A table."""
    with open(path, newline='', encoding='utf-8') as stream:
        return list(csv.DictReader(stream))


def audit(trained: dict, scene_folder: Path, **more: object) -> dict:
    """Parameters of an audit."""
    return {'INPUT': str(scene_folder / 'cube.tif'), 'MODEL': trained['MODEL'], **more}


def test_audit_by_polygons(trained: dict, scene_folder: Path, zones, tmp_path: Path) -> None:
    from qgis.core import QgsVectorLayer
    results = run('wsnet:audit', audit(trained, scene_folder, ZONES=zones.id(), ZONE_FIELD='material',
                                       TRUTH=str(scene_folder / 'truth.tif'), OUTPUT=str(tmp_path / 'z.gpkg'),
                                       TABLE=str(tmp_path / 't.csv'), GAPS=str(tmp_path / 'g.csv')))
    rows = {row['zone']: row for row in rows_of(results['TABLE'])}
    assert {name: int(float(row['n_pixels'])) for name, row in rows.items()} == {'small': 100, 'large': 324}
    assert results['N_ZONES'] == 2
    assert results['WORST'] == max(rows, key=lambda name: float(rows[name]['rmse']))
    assert all(0 <= float(row['coverage']) <= 1 for row in rows.values())
    assert 'rmse' in {row['score'] for row in rows_of(results['GAPS'])}
    layer = QgsVectorLayer(results['OUTPUT'] + '|layername=audit', 'zones')
    assert layer.featureCount() == 2 and layer.crs().authid() == zones.crs().authid()


def test_audit_by_classes_to_another_format(trained: dict, scene_folder: Path, classes: Path, tmp_path: Path) -> None:
    from qgis.core import QgsVectorLayer
    results = run('wsnet:audit', audit(trained, scene_folder, CLASSES=str(classes), OUTPUT=str(tmp_path / 'z.geojson')))
    assert results['N_ZONES'] == 3
    assert QgsVectorLayer(results['OUTPUT'], 'zones').featureCount() == 3


def test_audit_refusals(trained: dict, scene_folder: Path, zones, classes: Path, tmp_path: Path) -> None:
    out = {'OUTPUT': str(tmp_path / 'z.gpkg'), 'TABLE': str(tmp_path / 't.csv')}
    refused('wsnet:audit', audit(trained, scene_folder, **out), tmp_path, 'zones')
    refused('wsnet:audit', audit(trained, scene_folder, ZONES=zones.id(), CLASSES=str(classes), **out), tmp_path,
            'either')
    refused('wsnet:audit', audit(trained, scene_folder, ZONES=zones.id(), ZONE_FIELD='none_such', **out), tmp_path,
            'none_such')
    refused('wsnet:audit', {**audit(trained, scene_folder, ZONES=zones.id(), **out), 'MODEL': str(tmp_path / 'n.wsn')},
            tmp_path, 'n.wsn')
    away = layer_of('Polygon', zones.crs().authid(), [('away', 'POLYGON((0 0,1 0,1 1,0 1,0 0))')])
    refused('wsnet:audit', audit(trained, scene_folder, ZONES=away.id(), **out), tmp_path, 'zone')


def test_training_by_strata(cube: Path, classes: Path, zones, tmp_path: Path) -> None:
    known = {'INPUT': str(cube), 'COUNT': 3, **QUICK}
    models = []
    for number, strata in enumerate(({}, {'CLASSES': str(classes)}, {'ZONES': zones.id(), 'ZONE_FIELD': 'material'})):
        models.append(tmp_path / f'{number}.wsn')
        run('wsnet:train', {**known, **strata, 'MODEL': str(models[-1])})
    assert len({model.read_bytes() for model in models}) == 3
    refused('wsnet:train', {**known, 'CLASSES': str(classes), 'ZONES': zones.id(), 'MODEL': str(tmp_path / 'x.wsn')},
            tmp_path, 'either')


def test_area_of_the_whole_scene(trained: dict, scene_folder: Path, tmp_path: Path) -> None:
    results = run('wsnet:area', {'INPUT': trained['OUTPUT'], 'TABLE': str(tmp_path / 't.csv')})
    transform = gdal.Open(str(scene_folder / 'cube.tif')).GetGeoTransform()
    whole = 48 * 40 * abs(transform[1] * transform[5]) / 1e4
    assert results['N_ZONES'] == 1 and results['ZONES_HA'] == pytest.approx(whole, rel=0.002)
    rows = rows_of(results['TABLE'])
    assert sum(float(row['area_ha']) for row in rows) == pytest.approx(results['ZONES_HA'], rel=1e-4)
    assert all(float(row['lower_ha']) <= float(row['area_ha']) <= float(row['upper_ha']) for row in rows)


def test_area_by_polygons(trained: dict, zones, tmp_path: Path) -> None:
    from qgis.core import QgsVectorLayer
    results = run('wsnet:area', {'INPUT': trained['OUTPUT'], 'ZONES': zones.id(), 'ZONE_FIELD': 'material',
                                 'COVERAGE': 0.8, 'PIXEL_AREA': 100, 'OUTPUT': str(tmp_path / 'a.gpkg')})
    layer = QgsVectorLayer(results['OUTPUT'], 'areas')
    found = {feature['zone']: feature['zone_ha'] for feature in layer.getFeatures()}
    assert found == pytest.approx({'small': 1, 'large': 3.24})


def test_area_refusals(trained: dict, scene_folder: Path, tmp_path: Path) -> None:
    refused('wsnet:area', {'INPUT': str(scene_folder / 'cube.tif'), 'TABLE': str(tmp_path / 't.csv')}, tmp_path,
            'cube.tif', 'live scene')
    empty = layer_of('Polygon', 'EPSG:4326', [])
    refused('wsnet:area', {'INPUT': trained['OUTPUT'], 'ZONES': empty.id(), 'TABLE': str(tmp_path / 't.csv')}, tmp_path,
            'no shapes')


def test_extend_and_its_refusals(cube: Path, scene_folder: Path, tmp_path: Path) -> None:
    library = str(scene_folder / 'endmembers.csv')
    from wsnet.library import read
    names = read(library).names
    folder = tmp_path / 'out'
    folder.mkdir()
    model = str(tmp_path / 'three.wsn')
    run('wsnet:train', {'INPUT': str(cube), 'LIBRARY': library, 'SELECT': ','.join(names[:3]), 'MODEL': model, **QUICK})
    known = {'INPUT': str(cube), 'MODEL': model, 'EXTENDED': str(folder / 'four.wsn'), 'STEPS': 10}
    refused('wsnet:extend', known, tmp_path, 'learn')
    refused('wsnet:extend', {**known, 'LIBRARY': library, 'SELECT': names[0]}, tmp_path, names[0], 'already')
    results = run('wsnet:extend', {**known, 'LIBRARY': library, 'SELECT': names[3],
                                   'ENDMEMBERS': str(folder / 'e.csv')})
    assert results['COUNT'] == 4 and results['NAMES'] == ', '.join(names)
    assert 'extended_from' in json.loads(run_command('info', results['EXTENDED'], '--json'))['metadata']


def distorted(cube: Path, target: Path) -> str:
    """The cube with other gains: 0.9 times its values."""
    source = gdal.Open(str(cube))
    copy = gdal.GetDriverByName('GTiff').CreateCopy(str(target), source)
    copy.WriteArray(source.ReadAsArray() * 0.9)
    return str(target)


def test_adapt_and_its_refusals(trained: dict, cube: Path, tmp_path: Path) -> None:
    from wsnet.pixel import PixelProbe
    other = distorted(cube, tmp_path / 'other.tif')
    refused('wsnet:adapt', {'MODEL': str(tmp_path / 'none.wsn'), 'INPUT': other, 'ADAPTED': str(tmp_path / 'a.wsn')},
            tmp_path, 'none.wsn')
    gdal.Translate(str(tmp_path / 'few.tif'), other, bandList=list(range(1, 41)))
    refused('wsnet:adapt', {'MODEL': trained['MODEL'], 'INPUT': str(tmp_path / 'few.tif'),
                            'ADAPTED': str(tmp_path / 'a.wsn')}, tmp_path, '40', '50')
    results = run('wsnet:adapt', {'MODEL': trained['MODEL'], 'INPUT': other, 'ADAPTED': str(tmp_path / 'a.wsn')})
    assert 0.7 < results['GAIN_LEAST'] <= results['GAIN_MOST'] < 1.4 and results['NAMES'] == trained['NAMES']
    run('wsnet:apply', {'MODEL': results['ADAPTED'], 'INPUT': other, 'OUTPUT': str(tmp_path / 'o.wsnet')})
    report = PixelProbe(str(tmp_path / 'o.wsnet')).report(20, 20)
    error = report.reconstructed[report.used] - report.measured[report.used]
    assert (error ** 2).mean() ** 0.5 < 0.1 * report.measured[report.used].mean() + 0.03


@pytest.mark.parametrize('name', ['wsnet:adapt', 'wsnet:extend', 'wsnet:audit', 'wsnet:area'])
def test_cancel_leaves_nothing(trained: dict, cube: Path, scene_folder: Path, classes: Path, tmp_path: Path,
                               name: str) -> None:
    said = Said()
    said.when_stage = lambda text: said.cancel()
    library = tmp_path / 'one.csv'
    spectra = [line.split(',')[:2] for line in (scene_folder / 'endmembers.csv').read_text().splitlines()]
    library.write_text('\n'.join(','.join(row) for row in [['wavelength_nm', 'another']] + spectra[1:]) + '\n')
    before = sorted(tmp_path.rglob('*'))
    wanted = {'wsnet:extend': {'INPUT': str(cube), 'LIBRARY': str(library), 'STEPS': 100000,
                               'EXTENDED': str(tmp_path / 'e.wsn')},
              'wsnet:adapt': {'INPUT': str(cube), 'ADAPTED': str(tmp_path / 'a.wsn')},
              'wsnet:audit': {'INPUT': str(cube), 'CLASSES': str(classes), 'OUTPUT': str(tmp_path / 'z.gpkg'),
                              'TABLE': str(tmp_path / 't.csv')},
              'wsnet:area': {'INPUT': trained['OUTPUT'], 'OUTPUT': str(tmp_path / 'z.gpkg')}}[name]
    with pytest.raises(Failed, match='[Cc]ancel'):
        run(name, {'MODEL': trained['MODEL'], **wanted}, said)
    assert sorted(tmp_path.rglob('*')) == before


def test_card_with_scores(trained: dict, scene_folder: Path, tmp_path: Path) -> None:
    run('wsnet:score', {'ABUNDANCES': trained['OUTPUT'], 'TRUTH': str(scene_folder / 'truth.tif'),
                        'TABLE': str(tmp_path / 's.json')})
    said = Said()
    run('wsnet:card', {'MODEL': trained['MODEL'], 'SCORES': str(tmp_path / 's.json'),
                       'OUTPUT': str(tmp_path / 'c.md')}, said)
    text = (tmp_path / 'c.md').read_text()
    assert '# Model card' in text and 'Intended use' in text and 'rmse' in text.replace('\\', '')
    assert any('Model card' in line for line in said.lines)
    run('wsnet:card', {'MODEL': trained['MODEL'], 'OUTPUT': str(tmp_path / 'c.json')})
    assert isinstance(json.loads((tmp_path / 'c.json').read_text()), dict)
    refused('wsnet:card', {'MODEL': trained['MODEL'], 'SCORES': str(tmp_path / 'none.json'),
                           'OUTPUT': str(tmp_path / 'd.md')}, tmp_path, 'none.json')


def test_merge_libraries(trained: dict, scene_folder: Path, tmp_path: Path) -> None:
    first = str(scene_folder / 'endmembers.csv')
    results = run('wsnet:mergelibrary', {'FIRST': first, 'SECOND': trained['MODEL'], 'OUTPUT': str(tmp_path / 'm.csv')})
    assert results['COUNT'] == 8 and len(set(results['NAMES'].split(', '))) == 8
    (tmp_path / 'words.csv').write_text('these are\njust words\n')
    refused('wsnet:mergelibrary', {'FIRST': first, 'SECOND': str(tmp_path / 'words.csv'),
                                   'OUTPUT': str(tmp_path / 'n.csv')}, tmp_path, 'words.csv')
    refused('wsnet:mergelibrary', {'FIRST': first, 'SECOND': str(tmp_path / 'none.csv'),
                                   'OUTPUT': str(tmp_path / 'n.csv')}, tmp_path, 'none.csv')
