# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock and its drawings: numbers that are shown are those of the pixel."""
from __future__ import annotations

import csv
import io
import math

import numpy as np
import pytest
from helpers import QUICK, run


@pytest.fixture
def report(application):
    """A made-up pixel with two bad ranges and a detector overlap."""
    from wsnet.pixel import MaterialShare, PixelReport
    n_bands = 120
    wavelength = np.linspace(400, 2400, n_bands)
    wavelength[60:64] -= 60
    used = np.ones(n_bands, dtype=bool)
    used[80:90] = False
    measured = 0.3 + 0.1 * np.sin(wavelength / 300)
    reconstructed = np.where(used, measured + 0.01, np.nan)
    shares = [MaterialShare('grass', 0.62, 0.55, 0.70, 0.02), MaterialShare('red tarp', 0.01, 0.0, 0.08, 0.06)]
    return PixelReport(12, 40, wavelength, True, measured, reconstructed, used,
                       ['' if is_used else 'marked bad (bbl)' for is_used in used], shares, 0.42, 0.01, 0.9)


@pytest.fixture
def endmembers(report):
    """The list behind the dock."""
    from wsnet.model import ModelInfo
    from wsnet.retrain import EndmemberList
    index = np.flatnonzero(report.used)
    return EndmemberList(ModelInfo(['grass', 'red tarp'], np.ones((2, len(index))), index,
                                   report.wavelength_nm[index], [0.02, 0.06], 'linear', 0.9, 120))


def inks(widget) -> set[str]:
    """Colours that a widget draws with."""
    image = widget.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_dock_shows_a_report(report, endmembers) -> None:
    from wsnet.ui.dock import PixelDock
    dock = PixelDock()
    assert not dock.copy.isEnabled() and not dock.retrain.isEnabled()
    dock.show_report(report, endmembers)
    assert '12' in dock.place.text() and '40' in dock.place.text()
    assert '0.42' in dock.fit.text() and 'well explained' in dock.fit.text()
    assert dock.copy.isEnabled() and dock.add.isEnabled() and not dock.retrain.isEnabled()
    assert 'grass 0.62 between 0.55 and 0.70' in dock.bars.accessibleDescription()
    assert 'red tarp 0.01 between 0.00 and 0.08 below the limit' in dock.bars.accessibleDescription()


def test_adding_a_spectrum_and_leaving_one_out(report, endmembers) -> None:
    from qgis.PyQt.QtCore import Qt
    from wsnet.ui.dock import PixelDock
    dock = PixelDock()
    dock.show_report(report, endmembers)
    wanted = []
    dock.retrain_wanted.connect(wanted.append)
    dock.add_spectrum('grass')
    assert [dock.list.item(i).text() for i in range(3)] == ['grass', 'red tarp', 'grass 2']
    dock.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert dock.retrain.isEnabled()
    dock.retrain.click()
    assert wanted[0].names == ['grass', 'grass 2']
    np.testing.assert_allclose(wanted[0].spectra[1], report.measured[report.used])
    dock.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert not dock.retrain.isEnabled()


def test_copy_as_csv(report, endmembers) -> None:
    from qgis.PyQt.QtWidgets import QApplication
    from wsnet.ui.dock import PixelDock
    dock = PixelDock()
    dock.show_report(report, endmembers)
    dock.copy.click()
    rows = list(csv.reader(io.StringIO(QApplication.clipboard().text())))
    assert rows[1][:2] == ['12', '40']
    assert rows[4] == ['grass', '0.62', '0.55', '0.7', '0.02']
    spectra = rows[8:]
    assert len(spectra) == 120 and spectra[85][2:] == ['', '0'] and float(spectra[0][1]) == pytest.approx(
        report.measured[0], rel=1e-5)


def test_arrow_keys_read_the_spectrum(report) -> None:
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest
    from wsnet.ui.spectrum_plot import SpectrumPlot
    plot = SpectrumPlot()
    plot.set_report(report)
    for _ in range(3):
        QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.cursor_text().startswith('433.6 nm: measured 0.3')
    for _ in range(90):
        QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    for _ in range(6):
        QTest.keyClick(plot, Qt.Key.Key_Left)
    assert 'marked as bad' in plot.cursor_text()


@pytest.mark.parametrize('dark', [False, True])
def test_drawn_on_light_and_dark_paper(report, dark: bool) -> None:
    from qgis.PyQt.QtGui import QColor, QPalette
    from wsnet.ui.abundance_bars import AbundanceBars
    from wsnet.ui.spectrum_plot import SpectrumPlot
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, QColor('#1e1e1e' if dark else '#ffffff'))
    plot, bars = SpectrumPlot(), AbundanceBars()
    for widget in (plot, bars):
        widget.setPalette(palette)
    plot.set_report(report)
    bars.set_shares(report.shares)
    plot.resize(400, 260)
    bars.resize(400, bars.height())
    assert ('#f0f0f0' if dark else '#303030') in inks(plot)
    assert ('#ffb000' if dark else '#d95f02') in inks(plot)
    assert '#4477aa' in inks(bars)


def test_pixel_without_values(report, endmembers) -> None:
    from wsnet.ui.dock import PixelDock
    report.measured[:] = np.nan
    dock = PixelDock()
    dock.show_report(report, endmembers)
    assert not dock.copy.isEnabled() and dock.fit.text() == ''
    dock.grab()


def test_fit_in_words(application) -> None:
    from wsnet.pixel import fit_in_words
    assert 'unknown material' in fit_in_words(0.001)
    assert len({fit_in_words(value) for value in (0.001, 0.05, 0.5, 0.9, math.nan)}) == 5


def test_probe_agrees_with_the_scene(cube, tmp_path) -> None:
    from osgeo import gdal
    from wsnet.pixel import PixelProbe
    run('wsnet:unmix', {'INPUT': str(cube), 'COUNT': 4, 'OUTPUT': str(tmp_path / 's.wsnet'),
                        'MODEL': str(tmp_path / 's.wsn'), **QUICK})
    probe = PixelProbe(str(tmp_path / 's.wsnet'))
    x, y = gdal.ApplyGeoTransform(gdal.Open(str(cube)).GetGeoTransform(), 7.5, 11.5)
    report = probe.report_at(x, y)
    assert (report.column, report.row) == (7, 11)
    np.testing.assert_allclose(report.measured, gdal.Open(str(cube)).ReadAsArray(7, 11, 1, 1).ravel(), rtol=1e-6)
    values = gdal.Open(str(tmp_path / 's.wsnet')).ReadAsArray(7, 11, 1, 1).ravel()
    np.testing.assert_allclose([share.abundance for share in report.shares], values[:4])
    assert all(share.lower <= share.abundance + 1e-6 and share.abundance <= share.upper + 1e-6
               for share in report.shares)
    rmse = np.sqrt(np.mean((report.measured - report.reconstructed) ** 2))
    assert rmse == pytest.approx(report.rmse, rel=0.02)
    assert probe.report_at(x - 1e6, y) is None


def test_spectrum_is_in_physical_units(application, tmp_path) -> None:
    from osgeo import gdal
    from wsnet.cube import CubeInfo, PixelReader
    path = str(tmp_path / 'scaled.tif')
    raster = gdal.GetDriverByName('GTiff').Create(path, 2, 1, 3, gdal.GDT_Int16)
    for number, value in enumerate((1000, -99, 3000), 1):
        band = raster.GetRasterBand(number)
        band.SetNoDataValue(-99)
        band.WriteArray(np.array([[value, 1]], dtype=np.int16))
    raster = band = None
    info = CubeInfo([0] * 3, ['good'] * 3, [1e-4] * 3, [0.5] * 3)
    reader = PixelReader(path)
    np.testing.assert_allclose(reader.spectrum(0, 0, info), [0.6, np.nan, 0.8])
    assert reader.pixel_at(1.5, -0.5) == (1, 0) and reader.pixel_at(1.5, 0.5) is None
