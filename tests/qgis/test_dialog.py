# SPDX-License-Identifier: GPL-2.0-or-later
"""The Unmix dialog: few controls, good defaults, one sentence when something is wrong."""
from __future__ import annotations

import time
from pathlib import Path

import pytest


@pytest.fixture
def dialog(cube: Path, application):
    """The dialog on a cube of the project."""
    from qgis.core import QgsProject, QgsRasterLayer
    from wsnet.ui.unmix_dialog import UnmixDialog
    QgsProject.instance().clear()
    layer = QgsRasterLayer(str(cube), 'my cube')
    QgsProject.instance().addMapLayer(layer)
    shown = UnmixDialog()
    shown.set_layer(layer)
    shown.show()
    yield shown
    shown.close()
    from wsnet.ui import background
    wait_for(application, lambda: not background._running)
    QgsProject.instance().removeMapLayer(layer.id())


def wait_for(application, condition, seconds: float = 20) -> None:
    """Lets QGIS work until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, 'waited too long'
        application.processEvents()
        time.sleep(0.01)


def test_at_most_a_dozen_visible_controls(dialog, application) -> None:
    from qgis.PyQt.QtWidgets import QAbstractSpinBox, QCheckBox, QComboBox, QLineEdit, QPushButton, QWidget
    application.processEvents()
    kinds = (QAbstractSpinBox, QCheckBox, QComboBox, QPushButton, QLineEdit)
    visible = [child for child in dialog.findChildren(QWidget) if isinstance(child, kinds) and child.isVisible()
               and not isinstance(child.parent(), (QAbstractSpinBox, QComboBox))]
    assert len(visible) <= 12, [type(child).__name__ for child in visible]
    assert all(dialog.rect().contains(child.mapTo(dialog, child.rect().center())) for child in visible)


def test_every_control_has_a_name_for_screen_readers(dialog) -> None:
    from qgis.PyQt.QtWidgets import QFormLayout, QLabel
    for form in dialog.findChildren(QFormLayout):
        for row in range(form.rowCount()):
            label = form.itemAt(row, QFormLayout.ItemRole.LabelRole)
            if label is not None and isinstance(label.widget(), QLabel) and label.widget().text():
                assert label.widget().buddy() is not None, label.widget().text()


def test_defaults_need_no_typing(dialog, cube: Path) -> None:
    from qgis.core import QgsProject
    parameters = dialog.parameters()
    assert QgsProject.instance().mapLayer(parameters['INPUT']).source() == str(cube)
    assert parameters['COUNT'] == 0 and parameters['MIXING'] == 'linear'
    assert parameters['OUTPUT'] == str(cube.parent / 'cube_unmixed.wsnet')
    (cube.parent / 'cube_unmixed.wsn').write_text('an earlier result')
    assert dialog.parameters()['OUTPUT'] == str(cube.parent / 'cube_unmixed_2.wsnet')


def test_cube_is_described(dialog, application) -> None:
    wait_for(application, lambda: '50 of 50 bands are used' in dialog.about.text())


def test_what_is_missing_is_said(dialog) -> None:
    dialog.materials.setCurrentIndex(1)
    with pytest.raises(ValueError, match='library'):
        dialog.parameters()
    dialog.materials.setCurrentIndex(2)
    with pytest.raises(ValueError, match='layer'):
        dialog.parameters()
    dialog.materials.setCurrentIndex(0)
    dialog.advanced.bands.setText('3-x')
    with pytest.raises(ValueError, match='3-x'):
        dialog.parameters()
    dialog.advanced.bands.setText('')
    for wrong in ('much', '-0.1', '1.5', 'nan', '0.1x'):
        dialog.advanced.illumination.setEditText(wrong)
        with pytest.raises(ValueError, match=f'“{wrong}”'):
            dialog.parameters()
    dialog.advanced.illumination.setEditText('')
    dialog.folder.setFilePath('/proc/nothing/here')
    with pytest.raises(ValueError, match='/proc/nothing/here'):
        dialog.parameters()


def test_band_ranges(application) -> None:
    from wsnet.ui.advanced_box import band_list
    assert band_list(' 1-3, 7;9 ') == [1, 2, 3, 7, 9]
    assert band_list('') == []
    for wrong in ('0', '5-2', '1-2-3', 'a'):
        with pytest.raises(ValueError):
            band_list(wrong)


def test_accepting_hands_the_parameters_on(dialog, application) -> None:
    wanted = []
    dialog.unmix_wanted.connect(lambda layer, parameters: wanted.append((layer.name(), parameters)))
    dialog.source.count_box.setValue(5)
    dialog.store.setChecked(True)
    dialog.go.click()
    assert wanted[0][0] == 'my cube' and wanted[0][1]['COUNT'] == 5 and wanted[0][1]['GEOTIFF'].endswith('.tif')
    assert not dialog.isVisible()


def test_advanced_settings_are_parameters_of_unmix(dialog, application) -> None:
    from qgis.core import QgsApplication
    algorithm = QgsApplication.processingRegistry().createAlgorithmById('wsnet:unmix')
    chosen = dialog.advanced.parameters()
    for name, value in chosen.items():
        assert value == (algorithm.parameterDefinition(name).defaultValue() or type(value)()), name
    dialog.advanced.ensemble.setValue(3)
    for text, value in (('0.15', '0.15'), (' 0,4 ', '0.4'), ('0', '0'), ('', ''), ('auto', '')):
        dialog.advanced.illumination.setEditText(text)
        assert dialog.parameters()['ILLUMINATION'] == value
    assert dialog.parameters()['ENSEMBLE'] == 3
    assert dialog.advanced.ensemble.maximum() == algorithm.parameterDefinition('ENSEMBLE').maximum()


def test_advanced_settings_tell_what_they_are_for(dialog, application, tmp_path: Path) -> None:
    from qgis.PyQt.QtWidgets import QFormLayout
    box = dialog.advanced
    form = box.layout()
    widgets = [form.itemAt(row, QFormLayout.ItemRole.FieldRole).widget() for row in range(form.rowCount())]
    assert len(widgets) == len(box.parameters()) + 1  # the bands are a parameter only where some are named
    assert all(len(widget.toolTip()) > 20 and widget.accessibleDescription() in widget.toolTip() for widget in widgets)
    box.setCollapsed(False)
    wait_for(application, lambda: '50 of 50 bands are used' in dialog.about.text())
    wait_for(application, lambda: all(widget.visibleRegion().boundingRect() == widget.rect() for widget in widgets))
    assert dialog.grab().save(str(tmp_path / 'advanced.png'))
