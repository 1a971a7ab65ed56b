# SPDX-License-Identifier: GPL-2.0-or-later
"""Toolbar button, menu, dock and messages, wired together."""
from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Callable

from qgis.core import (Qgis, QgsCoordinateTransform, QgsCsException, QgsPointXY, QgsProject, QgsRasterLayer)
from qgis.gui import QgsMapToolPan
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QIcon

from .. import native, outputs, paths, project_macro, results
from ..i18n import tr
from ..library import SpectralLibrary
from ..scene import Scene, SceneError, sources
from . import background
from .compat import QAction
from .dock import PixelDock
from .map_tool import PixelTool
from .pixel_picker import PixelPicker
from .project_watch import ProjectWatch
from .run import UnmixRun
from .unmix_dialog import SUFFIXES, UnmixDialog


class Interface:
    """Everything of the plugin that is visible in the main window."""

    def __init__(self, iface: object) -> None:
        self._iface = iface
        self.dialog: UnmixDialog | None = None
        self.runs: list[UnmixRun] = []
        self._menu = tr('&WS-Net unmixing')
        self.unmix = self._action('wsnet.svg', tr('Unmix…'), self.open_dialog, toolbar=True)
        self.pick = self._action('pick.svg', tr('Pixel spectra and abundances'), self._toggle_pick, toolbar=True)
        self.pick.setCheckable(True)
        self.show = self._action('layers.svg', tr('Show all layers of the active live scene'), self.show_layers)
        self.tell = self._action('card.svg', tr('Tell readers of this project what to install'), self.toggle_macro)
        self.dock = PixelDock(iface.mainWindow())
        iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.dock.hide()
        self.tool = PixelTool(iface.mapCanvas())
        self.tool.setAction(self.pick)
        self.picker = PixelPicker(self.dock)
        self.tool.picked.connect(self._picked)
        self.dock.pick_wanted.connect(self._set_pick)
        self.dock.retrain_wanted.connect(self._retrain)
        self.tool.deactivated.connect(self._tool_left)
        QgsProject.instance().cleared.connect(self._project_cleared)
        self.watch = ProjectWatch(iface.messageBar())
        self.watch.say_what_is_missing()

    def _action(self, icon: str, text: str, slot: object, toolbar: bool = False) -> QAction:
        """An entry of the Raster menu, and a button if asked."""
        action = QAction(QIcon(paths.icon_path(icon)), text, self._iface.mainWindow())
        action.triggered.connect(slot)
        self._iface.addPluginToRasterMenu(self._menu, action)
        if toolbar:
            self._iface.addToolBarIcon(action)  # the raster toolbar is hidden in a fresh profile
        return action

    def remove(self) -> None:
        """Takes everything out of the main window."""
        for action in (self.unmix, self.pick, self.show, self.tell):
            self._iface.removePluginRasterMenu(self._menu, action)
            self._iface.removeToolBarIcon(action)
            action.deleteLater()
        background.stop()
        for run in self.runs:
            run.remove()
        QgsProject.instance().cleared.disconnect(self._project_cleared)
        self.watch.remove()
        self.picker.set_scene('')  # closes its files, which must not outlive GDAL
        self.tool.clear()
        self._iface.mapCanvas().unsetMapTool(self.tool)
        self.tool.deleteLater()
        self._iface.removeDockWidget(self.dock)
        self.dock.deleteLater()
        if self.dialog is not None:
            self.dialog.deleteLater()

    # --- unmix -------------------------------------------------------------------------------------------------

    def open_dialog(self) -> None:
        """Shows the dialog for the active layer."""
        problem = native.missing()
        if native.command() is None:
            self._iface.messageBar().pushMessage('WS-Net', problem, Qgis.MessageLevel.Warning, 0)
            return
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = UnmixDialog(self._iface.mainWindow())
        self.dialog.set_layer(self._iface.activeLayer())
        self.dialog.unmix_wanted.connect(self.start)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self.dialog.show()

    def start(self, layer: QgsRasterLayer, parameters: dict, at_end: Callable[[], None] | None = None) -> None:
        """Runs wsnet:unmix in the background; at_end follows in any case."""
        run = UnmixRun(self._iface, layer, parameters, self._shown, at_end)
        if run.start():
            self.runs.append(run)

    def _shown(self, path: str) -> None:
        """A result is on the map: pixels of it can be picked at once."""
        self.picker.set_scene(path)
        self.dock.show()
        if isinstance(self._iface.mapCanvas().mapTool(), QgsMapToolPan):
            self._set_pick(True)  # but never out of an edit or a measurement

    def _retrain(self, spectra: SpectralLibrary) -> None:
        """Unmixes the dock's cube again with these spectra, otherwise as before."""
        scene, probe = self.picker.scene, self.picker.probe
        passing = tempfile.TemporaryDirectory(prefix='wsnet')
        try:
            cube = sources(scene)['cube']
            folder = Path(scene).parent if paths.is_writable(Path(scene).parent) else paths.result_folder(cube)
            folder.mkdir(parents=True, exist_ok=True)
            spectra.write(f'{passing.name}/spectra.csv')
        except (OSError, SceneError) as error:
            self._iface.messageBar().pushMessage('WS-Net', str(error), Qgis.MessageLevel.Critical, 0)
            passing.cleanup()
            return
        stem = folder / paths.unused_stem(folder, Path(cube).stem + '_unmixed', SUFFIXES)
        parameters = {'INPUT': cube, 'LIBRARY': f'{passing.name}/spectra.csv', **probe.model.settings(),
                      'OUTPUT': f'{stem}.wsnet', 'MODEL': f'{stem}.wsn', 'ENDMEMBERS': f'{stem}.csv'}
        self.start(QgsRasterLayer(cube, Path(cube).stem), parameters, passing.cleanup)

    # --- pixels ------------------------------------------------------------------------------------------------

    def _toggle_pick(self) -> None:
        """Shows or hides dock and tool."""
        self._set_pick(self.pick.isChecked())

    def _set_pick(self, wanted: bool) -> None:
        """Turns picking on or off."""
        canvas = self._iface.mapCanvas()
        is_picking = canvas.mapTool() is self.tool
        if wanted:
            self.dock.show()
        if wanted and not is_picking:
            canvas.setMapTool(self.tool)
        elif is_picking and not wanted:
            canvas.unsetMapTool(self.tool)
            self.tool.clear()
        self._show_picking(wanted)

    def _show_picking(self, picking: bool) -> None:
        """Both buttons say whether clicks pick pixels; setting them is not a click."""
        self.pick.setChecked(picking)
        self.dock.pick.blockSignals(True)
        self.dock.pick.setChecked(picking)
        self.dock.pick.blockSignals(False)

    def _tool_left(self) -> None:
        """Another map tool was chosen."""
        self._show_picking(False)

    def _project_cleared(self) -> None:
        """Nothing of the old project stays."""
        self.tool.clear()
        self.picker.set_scene('')
        self.dock.clear()

    def _picked(self, point: QgsPointXY) -> None:
        """Reads the pixel of the active live layer, or of the scene used last."""
        active = results.scene_of(self._iface.activeLayer())
        if active:
            self.picker.set_scene(active)
        if not self.picker.scene:
            self.picker.set_scene(self._topmost_scene())
        layer = results.layer_of_scene(self.picker.scene)
        if layer is None:
            self.dock.show_message(tr('There is no live layer in this project: unmix a cube first.'))
            return
        settings = self._iface.mapCanvas().mapSettings()
        transform = QgsCoordinateTransform(settings.destinationCrs(), layer.crs(), QgsProject.instance())
        try:
            place = transform.transform(point) if layer.crs().isValid() else point
        except QgsCsException:
            self.dock.show_message(tr('This place is outside the cube.'))
            return
        self.picker.pick(place.x(), place.y())

    @staticmethod
    def _topmost_scene() -> str:
        """The first live layer of the project."""
        for node in QgsProject.instance().layerTreeRoot().findLayers():
            path = results.scene_of(node.layer())
            if path:
                return path
        return ''

    def toggle_macro(self) -> None:
        """A project macro tells those who have no WS-Net what to install, or no longer."""
        self._iface.messageBar().pushMessage('WS-Net', project_macro.toggle(QgsProject.instance()),
                                             Qgis.MessageLevel.Info, 8)

    def show_layers(self) -> None:
        """Adds the group of layers of a scene that was loaded as one layer."""
        layer = self._iface.activeLayer()
        path = results.scene_of(layer)
        if not path:
            self._iface.messageBar().pushMessage('WS-Net', tr('The active layer is not a live scene.'),
                                                 Qgis.MessageLevel.Info, 6)
            return
        crs, layer_name = layer.crs(), layer.name()

        def done(answer: object, error: str) -> None:
            """The strongest materials are known."""
            if error:
                text = tr('“{name}” could not be read.').format(name=layer_name) + ' ' + error
                self._iface.messageBar().pushMessage('WS-Net', text, Qgis.MessageLevel.Critical, 0)
                return
            scene = Scene(path)
            results.add_group(scene, results.title_of(sources(path)['cube'], len(scene.materials)), answer[1], crs=crs)

        background.start(tr('Reading {name}').format(name=layer_name),
                         lambda: outputs.scene_numbers(Scene(path)), done, self.dock)
