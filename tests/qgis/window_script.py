# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs inside a real QGIS: clicks Unmix on a cube, takes pictures, saves and reopens the project, tells what happened.

Environment: WINDOW_CUBE (a cube), WINDOW_FOLDER (where pictures and report.json go), WINDOW_MIXING;
WINDOW_TIMED: only the time from the click to the map."""
import json
import os
import subprocess
import sys
import time
import traceback
from pathlib import Path

from qgis.core import QgsPointXY, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, QEventLoop, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget, QMenu, QPushButton
from qgis.utils import iface, plugins

FOLDER = Path(os.environ['WINDOW_FOLDER'])
CUBE = os.environ['WINDOW_CUBE']
TIMED = bool(os.environ.get('WINDOW_TIMED'))
report = {'errors': []}


def wait(seconds: float) -> None:
    """Lets QGIS work."""
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def wait_until(condition, seconds: float, what: str) -> None:
    """Lets QGIS work until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        wait(0.05)


def picture(name: str) -> None:
    """The whole screen."""
    if TIMED:
        return
    QCoreApplication.processEvents()
    subprocess.run(['import', '-window', 'root', str(FOLDER / f'{name}.png')], check=True)


def drawn() -> None:
    """Waits until the map is drawn."""
    canvas = iface.mapCanvas()
    state = []
    canvas.mapCanvasRefreshed.connect(lambda: state.append(1))
    canvas.refresh()
    wait_until(lambda: state and not canvas.isDrawing(), 60, 'the map is drawn')


def click_pixel(layer: QgsRasterLayer, column: float, row: float) -> None:
    """A click of the mouse on a pixel of a layer."""
    canvas = iface.mapCanvas()
    extent = layer.extent()
    x = extent.xMinimum() + (column + 0.5) * layer.rasterUnitsPerPixelX()
    y = extent.yMaximum() - (row + 0.5) * layer.rasterUnitsPerPixelY()
    point = canvas.mapSettings().layerToMapCoordinates(layer, QgsPointXY(x, y))
    place = canvas.getCoordinateTransform().transform(point)
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
                     place.toQPointF().toPoint())


def unmix(interface) -> str:
    """From the button to the first map; returns the scene."""
    layer = iface.addRasterLayer(CUBE, 'cube')
    iface.setActiveLayer(layer)
    drawn()
    interface.unmix.trigger()
    dialog = interface.dialog
    index = dialog.mixing.findData(os.environ.get('WINDOW_MIXING', 'linear'))
    dialog.mixing.setCurrentIndex(index)
    if os.environ.get('WINDOW_STEPS'):
        dialog.advanced.steps.setValue(int(os.environ['WINDOW_STEPS']))
    if os.environ.get('WINDOW_LIBRARY'):
        dialog.materials.setCurrentIndex(1)
        dialog.source.library.setFilePath(os.environ['WINDOW_LIBRARY'])
    elif os.environ.get('WINDOW_COUNT'):
        dialog.source.count_box.setValue(int(os.environ['WINDOW_COUNT']))
    wait_until(lambda: 'bands are used' in dialog.about.text(), 30, 'the cube is described')
    wait(0.5)
    report['buttons_visible'] = all(
        any(button.isVisible() for button in action.associatedWidgets() if not isinstance(button, QMenu))
        for action in (interface.unmix, interface.pick))
    picture('dialog')
    started = time.monotonic()
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    run = interface.runs[-1]
    if not TIMED:
        wait_until(lambda: run.percent > 30, 120, 'the training is under way')
        picture('progress')
        report['responsive_s'] = responsiveness()
    wait_until(lambda: run.result, 300, 'the layers are there')
    drawn()
    report['seconds_to_first_map'] = round(time.monotonic() - started, 2)
    wait(0.5)
    report['success'] = iface.messageBar().currentItem().text()
    return run.result


def cancel_another(interface) -> None:
    """A second run, stopped by the button in the message bar: nothing stays."""
    before = sorted(Path(CUBE).parent.iterdir())
    interface.dialog.advanced.steps.setValue(100000)
    parameters = interface.dialog.parameters()
    interface.start(interface.dialog.cube.currentLayer(), parameters)
    run = interface.runs[-1]
    wait_until(lambda: 'training' in (run.task.feedback.stage if run.task else ''), 120, 'the second training')
    cancel = [button for button in iface.messageBar().findChildren(QPushButton) if button.text() == 'Cancel'][-1]
    started = time.monotonic()
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    wait_until(lambda: not run.is_running, 30, 'the cancelled run ends')
    report['cancelled_s'] = round(time.monotonic() - started, 2)
    wait(0.5)
    report['left_behind'] = [path.name for path in sorted(Path(CUBE).parent.iterdir()) if path not in before]
    iface.messageBar().clearWidgets()


def fail(interface) -> None:
    """A run that cannot succeed: one sentence stays in the message bar, in the user's language first."""
    interface.start(interface.dialog.cube.currentLayer(), {**interface.dialog.parameters(), 'BANDS': [1], 'STEPS': 5})
    run = interface.runs[-1]
    wait_until(lambda: not run.is_running, 60, 'the failing run ends')
    wait(1)
    report['failure'] = [item.text() for item in iface.messageBar().items()]
    iface.messageBar().clearWidgets()


def retrain(interface) -> None:
    """The clicked spectrum becomes a material of its own, without the last one."""
    dock = interface.dock
    dock.add_spectrum('clicked')
    dock.list.item(dock.list.count() - 2).setCheckState(Qt.CheckState.Unchecked)
    QTest.mouseClick(dock.retrain, Qt.MouseButton.LeftButton)
    run = interface.runs[-1]
    wait_until(lambda: run.result or not run.is_running, 300, 'the second training')
    wait(0.5)
    if not run.result:
        raise RuntimeError(f'no retrained result: {[item.text() for item in iface.messageBar().items()]}')
    group = QgsProject.instance().layerTreeRoot().children()[0]
    report['retrained'] = [child.name() for child in group.findGroup('Abundance').children()]
    drawn()
    QgsProject.instance().removeMapLayers(group.findLayerIds())
    QgsProject.instance().layerTreeRoot().removeChildNode(group)
    iface.messageBar().clearWidgets()


def responsiveness() -> float:
    """The longest time that the main thread did not answer within a second of work."""
    worst, end = 0.0, time.monotonic() + 1
    while time.monotonic() < end:
        before = time.monotonic()
        wait(0.01)
        worst = max(worst, time.monotonic() - before)
    return round(worst, 3)


def look(interface, scene: str) -> None:
    """Layers, legend, dock."""
    iface.messageBar().clearWidgets()
    wait(0.5)
    picture('result')
    root = QgsProject.instance().layerTreeRoot()
    group = root.children()[0]
    report['tree'] = {child.name(): [leaf.name() for leaf in child.children()] for child in group.children()
                      if hasattr(child, 'findGroups')}
    report['layers'] = len(QgsProject.instance().mapLayers())
    report['valid'] = all(layer.isValid() for layer in QgsProject.instance().mapLayers().values())
    report['picking'] = interface.pick.isChecked()
    composite = group.children()[0].layer()
    column, row = (int(part) for part in os.environ.get('WINDOW_PIXEL', '').split(',')) \
        if os.environ.get('WINDOW_PIXEL') else (composite.width() // 2, composite.height() // 2)
    click_pixel(composite, column, row)
    wait_until(lambda: interface.dock.copy.isEnabled(), 30, 'the pixel is read')
    report['place'], report['fit'] = interface.dock.place.text(), interface.dock.fit.text()
    report['bars'] = interface.dock.bars.accessibleDescription()
    subgroup = group.findGroup('Abundance')
    group.children()[0].setItemVisibilityChecked(False)
    subgroup.setItemVisibilityChecked(True)
    subgroup.children()[0].setExpanded(True)
    drawn()
    wait(0.5)
    picture('dock')
    subgroup.setItemVisibilityChecked(False)
    confidence = group.findGroup('Confidence')
    if confidence is not None:
        confidence.setItemVisibilityChecked(True)
        confidence.setExpanded(True)
        confidence.children()[0].setExpanded(True)
        drawn()
        wait(0.5)
        picture('confidence')


def reopen() -> None:
    """Saves, starts over, opens again."""
    project = QgsProject.instance()
    path = str(FOLDER / 'project.qgz')
    report['saved'] = project.write(path)
    iface.newProject(False)
    wait(0.3)
    iface.addProject(path)
    report['reopened_layers'] = len(project.mapLayers())
    report['reopened_valid'] = all(layer.isValid() for layer in project.mapLayers().values())
    drawn()
    report['messages'] = [item.text() for item in iface.messageBar().items()]
    picture('reopened')


def main() -> None:
    """Everything, in order."""
    try:
        iface.mainWindow().setGeometry(0, 0, 1400, 900)
        for name in ('Browser', 'Browser2'):
            panel = iface.mainWindow().findChild(QDockWidget, name)
            if panel is not None:
                panel.hide()
        wait(1)
        if 'wsnet' not in plugins:
            raise RuntimeError('the plugin is not loaded')
        interface = plugins['wsnet'].interface
        scene = unmix(interface)
        for step in () if TIMED else (lambda: look(interface, scene), lambda: cancel_another(interface),
                                      lambda: fail(interface), lambda: retrain(interface), reopen):
            step()
    except Exception:
        report['errors'].append(traceback.format_exc())
        picture('error')
    (FOLDER / 'report.json').write_text(json.dumps(report, indent=1))
    QgsProject.instance().setDirty(False)
    iface.actionExit().trigger()


def note(kind: type, value: BaseException, trace: object) -> None:
    """An exception that nobody caught is a failure too."""
    sys.setrecursionlimit(5000)
    lines = traceback.format_exception(kind, value, trace)
    report['errors'].append(''.join(lines[:6] + lines[-3:]))


sys.excepthook = note
QTimer.singleShot(1500, main)
