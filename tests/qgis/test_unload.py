# SPDX-License-Identifier: GPL-2.0-or-later
"""Windows that go while something runs for them: nothing is told to the dead, and unloading ends what runs."""
from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from helpers import QUICK, run
from test_dialog import wait_for


class Iface:
    """As much of QGIS's main window as the plugin asks for."""

    def __init__(self) -> None:
        from qgis.gui import QgsMapCanvas, QgsMessageBar
        from qgis.PyQt.QtWidgets import QMainWindow
        self.window = QMainWindow()
        self.canvas, self.bar = QgsMapCanvas(self.window), QgsMessageBar(self.window)
        self.actions: list = []

    def mainWindow(self) -> object:  # noqa: N802
        """The parent of everything."""
        return self.window

    def mapCanvas(self) -> object:  # noqa: N802
        """The map."""
        return self.canvas

    def messageBar(self) -> object:  # noqa: N802
        """Where sentences are told."""
        return self.bar

    def activeLayer(self) -> None:  # noqa: N802
        """None is chosen."""

    def addPluginToRasterMenu(self, menu: str, action: object) -> None:  # noqa: N802
        """An entry of the menu."""
        self.actions.append(action)

    def removePluginRasterMenu(self, menu: str, action: object) -> None:  # noqa: N802
        """The entry leaves."""
        self.actions.remove(action)

    def addToolBarIcon(self, action: object) -> int:  # noqa: N802
        """A button."""
        return 0

    removeToolBarIcon = removeDockWidget = addToolBarIcon  # noqa: N815

    def addDockWidget(self, area: object, dock: object) -> None:  # noqa: N802
        """The dock."""
        self.window.addDockWidget(area, dock)


@pytest.fixture
def wrong(monkeypatch) -> list[str]:
    """Exceptions that nobody caught: QGIS shows each in a window, and PyQt without QGIS aborts."""
    found: list[str] = []
    monkeypatch.setattr(sys, 'excepthook', lambda kind, value, trace: found.append(f'{kind.__name__}: {value}'))
    return found


@pytest.fixture
def interface(application, wrong):
    """The plugin in a window; taken out at the end, if a test has not done so."""
    from qgis.core import QgsProject
    from wsnet.ui.interface import Interface
    QgsProject.instance().clear()
    iface = Iface()
    shown = Interface(iface)
    shown.iface = iface
    yield shown
    if iface.actions:
        shown.remove()
    QgsProject.instance().clear()
    settle(application)
    iface.window.deleteLater()
    settle(application)


def settle(application) -> None:
    """Deletes what waits to be deleted."""
    from qgis.PyQt.QtCore import QEvent
    application.processEvents()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    application.processEvents()


@pytest.fixture
def slow(monkeypatch) -> threading.Event:
    """Looking at a cube takes until the event is set."""
    from wsnet import cube, pixel
    gate, really = threading.Event(), cube.describe

    def describe(path: str) -> object:
        """As always, but late."""
        assert gate.wait(20)
        return really(path)

    for module in (cube, pixel):
        monkeypatch.setattr(module, 'describe', describe)
    yield gate
    gate.set()


def all_ended(application) -> None:
    """Waits until nothing runs."""
    from wsnet.ui import background
    wait_for(application, lambda: not background._running)
    settle(application)


def add_cube(cube: Path) -> object:
    """The cube as a layer of the project."""
    from qgis.core import QgsProject, QgsRasterLayer
    layer = QgsRasterLayer(str(cube), 'my cube')
    QgsProject.instance().addMapLayer(layer)
    return layer


@pytest.fixture
def unmixed(cube: Path, tmp_path: Path) -> str:
    """A scene beside its cube and model."""
    return run('wsnet:unmix', {'INPUT': str(cube), 'COUNT': 3, 'OUTPUT': str(tmp_path / 's.wsnet'),
                               'MODEL': str(tmp_path / 's.wsn'), **QUICK})['OUTPUT']


def pick(interface, scene: str) -> None:
    """A click into the middle of a scene."""
    from osgeo import gdal
    interface.picker.set_scene(scene)
    interface.picker.pick(*gdal.ApplyGeoTransform(gdal.Open(scene).GetGeoTransform(), 20.5, 20.5))


def test_a_dialog_that_is_gone_when_its_cube_is_known(interface, application, cube: Path, slow, wrong) -> None:
    add_cube(cube)
    interface.open_dialog()
    interface.open_dialog()  # the first one goes
    settle(application)
    slow.set()
    all_ended(application)
    wait_for(application, lambda: '50 of 50 bands' in interface.dialog.about.text())
    assert wrong == []


def test_unloading_while_a_cube_is_looked_at(interface, application, cube: Path, slow, wrong) -> None:
    add_cube(cube)
    interface.open_dialog()
    threading.Timer(0.3, slow.set).start()
    interface.remove()
    settle(application)
    all_ended(application)
    assert wrong == [] and interface.iface.actions == []


def test_unloading_ends_a_training(interface, application, cube: Path, tmp_path: Path, wrong) -> None:
    ended: list[int] = []
    before = sorted(tmp_path.iterdir())
    interface.start(add_cube(cube), {'INPUT': str(cube), 'COUNT': 3, 'STEPS': 100000,
                                     'OUTPUT': str(tmp_path / 'o.wsnet'), 'MODEL': str(tmp_path / 'o.wsn')},
                    lambda: ended.append(1))
    run = interface.runs[-1]
    wait_for(application, lambda: 'training' in run.task.feedback.stage)
    interface.remove()
    from wsnet.ui import background
    assert all(task.is_at_rest() for task in background._running), 'a thread outlives the plugin'
    settle(application)
    all_ended(application)
    assert wrong == [] and ended == [1] and sorted(tmp_path.iterdir()) == before


def test_nothing_of_the_plugin_stays_in_the_window(interface, application, wrong) -> None:
    from qgis.PyQt import sip
    ours = [*interface.iface.actions, interface.dock, interface.tool]
    interface.open_dialog()
    ours.append(interface.dialog)
    interface.remove()
    settle(application)
    assert [type(thing).__name__ for thing in ours if not sip.isdeleted(thing)] == [] and wrong == []


def test_a_pixel_that_is_known_after_the_project_was_closed(interface, application, unmixed: str, slow, wrong) -> None:
    from qgis.core import QgsProject
    before = interface.dock.place.text()
    pick(interface, unmixed)
    pick(interface, unmixed)
    QgsProject.instance().clear()
    slow.set()
    all_ended(application)
    assert wrong == [] and interface.dock.place.text() == before


def test_unloading_while_a_pixel_is_read(interface, application, unmixed: str, slow, wrong) -> None:
    pick(interface, unmixed)
    threading.Timer(0.3, slow.set).start()
    interface.remove()
    settle(application)
    all_ended(application)
    assert wrong == []


def test_training_again_without_the_scene(interface, application, unmixed: str, wrong) -> None:
    pick(interface, unmixed)
    wait_for(application, lambda: interface.dock.add.isEnabled())
    interface.dock.add_spectrum('clicked')
    Path(unmixed).unlink()
    interface.dock.retrain.click()
    assert wrong == [] and interface.runs == []
    assert [unmixed in item.text() for item in interface.iface.bar.items()] == [True]
