# SPDX-License-Identifier: GPL-2.0-or-later
"""Tells the user of a project with live layers what is missing to draw them."""
from __future__ import annotations

from qgis.core import Qgis, QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.gui import QgsMessageBar

from .. import native
from ..i18n import tr
from ..scene import is_live_vrt, is_scene
from ..sources import path_of


class ProjectWatch:
    """Looks at every project that is opened."""

    def __init__(self, bar: QgsMessageBar) -> None:
        self._bar = bar
        self._project = QgsProject.instance()
        self._project.readProject.connect(self._read)

    def remove(self) -> None:
        """Stops looking."""
        self._project.readProject.disconnect(self._read)

    def _read(self, *_: object) -> None:
        """A project was opened."""
        self.say_what_is_missing()

    def live_layers(self) -> list[QgsMapLayer]:
        """Layers that need WS-Net: scenes, and VRTs that call it."""
        return [layer for layer in self._project.mapLayers().values() if isinstance(layer, QgsRasterLayer)
                and (is_scene(path_of(layer)) or is_live_vrt(path_of(layer)))]

    def say_what_is_missing(self) -> None:
        """One message, if there is something to say."""
        layers = self.live_layers()
        problem = native.missing()
        if not layers:
            return
        if problem is not None:
            self._say(tr('{n} live layers cannot be drawn. {problem}').format(n=len(layers), problem=problem))
            return
        broken = [layer.name() for layer in layers if not layer.isValid()]
        if broken:
            self._say(tr('Live layers whose model or cube was moved or deleted: {names}').format(
                names=', '.join(broken[:4]) + ('…' if len(broken) > 4 else '')))

    def _say(self, text: str) -> None:
        """A warning that stays until it is read."""
        self._bar.pushMessage('WS-Net', text, Qgis.MessageLevel.Warning, 0)
