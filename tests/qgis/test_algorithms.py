# SPDX-License-Identifier: GPL-2.0-or-later
"""Every algorithm with good parameters: outputs are there and mean what they say."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import DATA
from helpers import QUICK, Said, run
from osgeo import gdal


@pytest.fixture(scope='module')
def unmixed(scene_folder: Path, tmp_path_factory) -> dict:
    """One run of wsnet:unmix with everything that it can write."""
    folder = tmp_path_factory.mktemp('unmixed')
    said = Said()
    results = run('wsnet:unmix', {
        'INPUT': str(scene_folder / 'cube.tif'), 'COUNT': 4, 'OUTPUT': str(folder / 's.wsnet'),
        'GEOTIFF': str(folder / 's.tif'), 'MODEL': str(folder / 's.wsn'), 'ENDMEMBERS': str(folder / 's.csv'),
        'SPECTRA_TABLE': str(folder / 'spectra.gpkg'), 'TRUTH': str(scene_folder / 'truth.tif'), **QUICK}, said)
    return {**results, 'said': said}


def test_unmix_writes_everything(unmixed: dict) -> None:
    for name in ('OUTPUT', 'GEOTIFF', 'MODEL', 'ENDMEMBERS', 'SPECTRA_TABLE'):
        assert Path(unmixed[name]).is_file(), name
    assert unmixed['COUNT'] == 4
    assert 0 < unmixed['RMSE_MEAN'] < 1
    assert 0 <= unmixed['FIT_MEAN'] <= 1 and 0 <= unmixed['CONFIDENCE_MEAN'] <= 1
    assert unmixed['MIN_ANGLE'] > 0 and unmixed['CONDITION'] > 1


def test_unmix_scores_against_truth(unmixed: dict) -> None:
    for name in ('RMSE_CLASS_MEAN', 'RMSE_GLOBAL', 'COVERAGE_ALL'):
        assert 0 <= unmixed[name] <= 1, name


def test_unmix_tells_what_it_does(unmixed: dict) -> None:
    assert any('training' in stage for stage in unmixed['said'].stages)
    assert any('of 50 bands are used' in line for line in unmixed['said'].lines)


def test_live_scene_and_geotiff_hold_the_same(unmixed: dict) -> None:
    live = gdal.Open(unmixed['OUTPUT'])
    stored = gdal.Open(unmixed['GEOTIFF'])
    assert live.GetDriver().ShortName == 'WSNET'
    assert live.RasterCount == stored.RasterCount == 4 * 5 + 2
    assert [live.GetRasterBand(i + 1).GetDescription() for i in range(4)] == \
        [stored.GetRasterBand(i + 1).GetDescription() for i in range(4)]
    np.testing.assert_array_equal(live.ReadAsArray(), stored.ReadAsArray())
    total = sum(live.GetRasterBand(i + 1).ReadAsArray() for i in range(4))
    np.testing.assert_allclose(total, 1, atol=1e-4)


def test_strongest_materials_come_first(unmixed: dict) -> None:
    stored = gdal.Open(unmixed['GEOTIFF'])
    means = [stored.GetRasterBand(i + 1).ReadAsArray().mean() for i in range(4)]
    wanted = ','.join(str(1 + i) for i in np.argsort(means)[::-1][:3])
    assert unmixed['STRONGEST'] == wanted


def test_spectra_table_has_a_row_for_each_band(unmixed: dict) -> None:
    from qgis.core import QgsVectorLayer
    layer = QgsVectorLayer(unmixed['SPECTRA_TABLE'], 'spectra')
    assert layer.featureCount() == 4 * 50
    assert [field.name() for field in layer.fields()][-4:] == ['endmember', 'band', 'wavelength_nm', 'value']


def test_same_seed_same_model(scene_folder: Path, tmp_path: Path) -> None:
    for name in ('a', 'b'):
        run('wsnet:train', {'INPUT': str(scene_folder / 'cube.tif'), 'COUNT': 3,
                            'MODEL': str(tmp_path / f'{name}.wsn'), **QUICK})
    assert (tmp_path / 'a.wsn').read_bytes() == (tmp_path / 'b.wsn').read_bytes()


def test_apply_to_another_cube(unmixed: dict, scene_folder: Path, tmp_path: Path) -> None:
    other = str(tmp_path / 'other.tif')
    gdal.Translate(other, str(scene_folder / 'cube.tif'), srcWin=[5, 5, 20, 16])
    results = run('wsnet:apply', {'MODEL': unmixed['MODEL'], 'INPUT': other, 'LAYERS': ['abundance', 'fit'],
                                  'OUTPUT': str(tmp_path / 'o.wsnet')})
    part = gdal.Open(results['OUTPUT'])
    assert part.RasterCount == 5
    whole = gdal.Open(unmixed['GEOTIFF'])
    np.testing.assert_array_equal(part.GetRasterBand(1).ReadAsArray(),
                                  whole.GetRasterBand(1).ReadAsArray(5, 5, 20, 16))


def test_apply_classical_method_has_no_confidence(unmixed: dict, cube: Path, tmp_path: Path) -> None:
    results = run('wsnet:apply', {'MODEL': unmixed['MODEL'], 'INPUT': str(cube), 'METHOD': 'fcls',
                                  'OUTPUT': str(tmp_path / 'o.wsnet')})
    assert gdal.Open(results['OUTPUT']).RasterCount == 4 + 1
    assert 'CONFIDENCE_MEAN' not in results


def test_default_steps_are_those_of_the_command(application) -> None:
    import re
    from conftest import run_command
    from qgis.core import QgsApplication
    from wsnet import commands
    algorithm = QgsApplication.processingRegistry().algorithmById('wsnet:train')
    told = int(re.search(r'steps of the training \(default (\d+)\)', run_command('train', '--help'))[1])
    assert algorithm.parameterDefinition('STEPS').defaultValue() == commands.Training().steps == told


def test_counts_are_found_in_the_log(scene_folder: Path, tmp_path: Path) -> None:
    from wsnet.outputs import counts_in
    said = Said()
    results = run('wsnet:train', {'INPUT': str(scene_folder / 'cube.tif'), 'MODEL': str(tmp_path / 'm.wsn'),
                                  **QUICK}, said)
    counts = run('wsnet:endmembercount', {'INPUT': str(scene_folder / 'cube.tif')})
    assert results['COUNT'] == counts['COUNT']
    assert counts_in(said.lines) == 'HySime {HYSIME}, NWHFC {NWHFC}, growth ratio {GROWTH_RATIO}'.format(**counts)
    assert counts_in(['nothing counted']) == ''


def test_processing_run(scene_folder: Path) -> None:
    import processing
    results = processing.run('wsnet:endmembercount', {'INPUT': str(scene_folder / 'cube.tif')})
    assert 2 <= results['COUNT'] <= 12


def test_endmember_count(scene_folder: Path) -> None:
    results = run('wsnet:endmembercount', {'INPUT': str(scene_folder / 'cube.tif')})
    assert 2 <= results['HYSIME'] < 50 and 1 <= results['NWHFC'] < 50 and 2 <= results['GROWTH_RATIO'] <= 12
    assert results['COUNT'] == min(max((results['NWHFC'] + results['GROWTH_RATIO'] + 1) // 2, 2), 12)


@pytest.mark.parametrize('method', ['vca', 'nfindr', 'atgp', 'archetypes'])
def test_endmembers(scene_folder: Path, tmp_path: Path, method: str) -> None:
    results = run('wsnet:endmembers', {'INPUT': str(scene_folder / 'cube.tif'), 'COUNT': 3, 'EXTRACT': method,
                                       'ENDMEMBERS': str(tmp_path / 'e.csv')})
    from wsnet.library import read
    library = read(results['ENDMEMBERS'])
    assert len(library.names) == results['COUNT'] == 3 and len(library.wavelength_nm) == 50


def test_endmembers_from_a_library(scene_folder: Path, tmp_path: Path) -> None:
    from wsnet.library import read
    names = read(str(scene_folder / 'endmembers.csv')).names
    results = run('wsnet:endmembers', {'INPUT': str(scene_folder / 'cube.tif'),
                                       'LIBRARY': str(scene_folder / 'endmembers.csv'),
                                       'SELECT': f'{names[2]}, {names[0]}', 'ENDMEMBERS': str(tmp_path / 'e.csv')})
    assert results['NAMES'] == f'{names[2]}, {names[0]}'


def test_fcls_recovers_the_truth(scene_folder: Path, tmp_path: Path) -> None:
    results = run('wsnet:fcls', {'INPUT': str(scene_folder / 'cube.tif'),
                                 'LIBRARY': str(scene_folder / 'endmembers.csv'), 'OUTPUT': str(tmp_path / 'f.tif')})
    found, truth = gdal.Open(results['OUTPUT']), gdal.Open(str(scene_folder / 'truth.tif'))
    assert found.RasterCount == 5 and found.GetRasterBand(5).GetDescription() == 'rmse'
    assert found.GetGeoTransform() == truth.GetGeoTransform()
    error = found.ReadAsArray()[:4] - truth.ReadAsArray()
    assert np.sqrt((error ** 2).mean()) < 0.2
    np.testing.assert_allclose(found.ReadAsArray()[:4].sum(axis=0), 1, atol=1e-4)
    assert 0 <= results['NEGATIVE_SHARE'] < 0.5 and results['CONDITION'] > 1 and results['MIN_ANGLE'] > 0


def test_fcls_negative_share_warns_of_a_missing_material(scene_folder: Path, tmp_path: Path) -> None:
    from wsnet.library import read
    names = read(str(scene_folder / 'endmembers.csv')).names
    shares = [run('wsnet:fcls', {'INPUT': str(scene_folder / 'cube.tif'), 'SELECT': select, 'OUTPUT': str(
        tmp_path / f'{len(select)}.tif'), 'LIBRARY': str(scene_folder / 'endmembers.csv')})['NEGATIVE_SHARE']
        for select in ('', ','.join(names[1:]))]
    assert shares[1] != shares[0]


def test_score(unmixed: dict, scene_folder: Path, tmp_path: Path) -> None:
    results = run('wsnet:score', {'ABUNDANCES': unmixed['GEOTIFF'], 'TRUTH': str(scene_folder / 'truth.tif'),
                                  'SPECTRA': unmixed['ENDMEMBERS'], 'TABLE': str(tmp_path / 't.csv'),
                                  'TRUTH_SPECTRA': str(scene_folder / 'endmembers.csv')})
    assert 0 < results['SAD_MEAN_RAD'] < 1.6 and 0 < results['RMSE_CLASS_MEAN'] < 1
    rows = (tmp_path / 't.csv').read_text().splitlines()
    assert len(rows) == 1 + 1 + 4 and rows[1].startswith('all,')


def test_score_of_the_truth_itself_is_zero(scene_folder: Path) -> None:
    truth = str(scene_folder / 'truth.tif')
    assert run('wsnet:score', {'ABUNDANCES': truth, 'TRUTH': truth})['RMSE_GLOBAL'] == pytest.approx(0, abs=1e-9)


def test_quicklook(unmixed: dict, tmp_path: Path) -> None:
    from qgis.PyQt.QtGui import QImage
    results = run('wsnet:quicklook', {'INPUT': unmixed['OUTPUT'], 'OUTPUT': str(tmp_path / 'q.png')})
    image = QImage(results['OUTPUT'])
    assert image.width() > 700 and image.height() > 900
    colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    assert len(colours) > 200


def test_band_subset_and_bad_bands(tmp_path: Path, native) -> None:
    cube = DATA / 'enmap_potsdam' / 'cube.tif'
    if not cube.is_file():
        pytest.skip('the EnMAP scene is not there')
    said = Said()
    results = run('wsnet:endmembers', {'INPUT': str(cube), 'COUNT': 3, 'EXTRACT': 'vca',
                                       'BANDS': list(range(1, 141)), 'ENDMEMBERS': str(tmp_path / 'e.csv')}, said)
    from wsnet.library import read
    assert len(read(results['ENDMEMBERS']).wavelength_nm) == 134
    assert any('130–135' in line and 'nm' in line for line in said.lines), said.lines


def test_samson_from_a_library_beats_the_known_bound(tmp_path: Path, native) -> None:
    folder = DATA / 'samson'
    if not folder.is_dir():
        pytest.skip('the Samson scene is not there')
    results = run('wsnet:unmix', {'INPUT': str(folder / 'cube.tif'), 'MIXING': 'scaled', 'STEPS': 60,
                                  'LIBRARY': str(folder / 'endmembers_peak.csv'),
                                  'TRUTH': str(folder / 'abundances_peak.tif'), 'OUTPUT': str(tmp_path / 's.wsnet'),
                                  'MODEL': str(tmp_path / 's.wsn')})
    assert results['RMSE_CLASS_MEAN'] < 0.05
