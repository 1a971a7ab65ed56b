# SPDX-License-Identifier: GPL-2.0-or-later
"""Puts a scene into a project: a group with live abundance and confidence layers and a composite."""
from __future__ import annotations

from pathlib import Path

from qgis.core import (QgsCoordinateReferenceSystem, QgsLayerNotesUtils, QgsLayerTreeGroup, QgsLayerTreeLayer,
                       QgsMapLayerLegendUtils, QgsProject, QgsRasterLayer)

from . import styling
from .i18n import tr
from .scene import Band, Scene, is_scene
from .sources import GDAL, live_source, path_of

MADE_BY = 'wsnet/scene'


def make_layer(path: str, name: str, crs: QgsCoordinateReferenceSystem | None = None) -> QgsRasterLayer:
    """A layer that is opened without looking at its values, which would cost a pass over the cube."""
    options = QgsRasterLayer.LayerOptions()
    options.loadDefaultStyle = False
    layer = QgsRasterLayer(live_source(path), name, GDAL, options)
    if layer.isValid():
        if not layer.crs().isValid() and crs is not None and crs.isValid():
            layer.setCrs(crs)
        layer.setCustomProperty(MADE_BY, True)
    return layer


def needs_note() -> str:
    """Words that stay with the layer, for a reader of the project who has no WS-Net."""
    return tr('This layer is computed live by the QGIS plugin “WS-Net Unmixing” and its GDAL driver. If it is '
              'unavailable or empty, install the plugin from the plugin manager and restart QGIS.')


def add_group(scene: Scene, title: str, strongest: list[int], project: QgsProject | None = None,
              crs: QgsCoordinateReferenceSystem | None = None) -> QgsLayerTreeGroup:
    """Adds the result at the top of the layer tree; the composite is shown, the rest waits for a tick."""
    project = project or QgsProject.instance()
    group = project.layerTreeRoot().insertGroup(0, title)
    composite = make_layer(scene.path, tr('Strongest materials'), crs)
    QgsLayerNotesUtils.setLayerNotes(composite, needs_note())
    if composite.isValid() and strongest:
        styling.style_composite(composite, strongest)
        _insert(project, group, composite, True, [scene.bands[number - 1].material for number in strongest])
    _add_kind(project, group, scene, 'abundance', tr('Abundance'), crs)
    _add_kind(project, group, scene, 'confidence', tr('Confidence'), crs)
    for band in scene.of_kind('fit'):
        layer = make_layer(scene.path, tr('Fit (unknown materials)'), crs)
        styling.style_band(layer, band.number, 'fit')
        _insert(project, group, layer, False)
    group.setExpanded(False)
    group.setExpanded(True)  # the view only follows a change
    return group


def _add_kind(project: QgsProject, group: QgsLayerTreeGroup, scene: Scene, kind: str, title: str,
              crs: QgsCoordinateReferenceSystem | None) -> None:
    """A subgroup with one layer a material; one of them is shown at a time, as they would cover each other."""
    bands: list[Band] = scene.of_kind(kind)
    if not bands:
        return
    subgroup = group.addGroup(title)
    for index, band in enumerate(bands):
        layer = make_layer(scene.path, band.material, crs)
        styling.style_band(layer, band.number, kind, index)
        _insert(project, subgroup, layer, False)
    subgroup.setIsMutuallyExclusive(True, 0)
    subgroup.setItemVisibilityChecked(False)
    subgroup.setExpanded(kind != 'abundance')
    subgroup.setExpanded(kind == 'abundance')  # the view only follows a change


def _insert(project: QgsProject, group: QgsLayerTreeGroup, layer: QgsRasterLayer, visible: bool,
            labels: list[str] | None = None) -> None:
    """Adds a layer at the end of a group, its legend folded unless it is visible: the labels, or a ramp alone."""
    project.addMapLayer(layer, False)
    node = QgsLayerTreeLayer(layer)
    if labels is None:
        QgsMapLayerLegendUtils.setLegendNodeOrder(node, [1])  # 0 repeats the name of the layer
    for place, label in enumerate(labels or []):
        QgsMapLayerLegendUtils.setLegendNodeUserLabel(node, place, label)
    group.addChildNode(node)
    node.setItemVisibilityChecked(visible)
    node.setExpanded(not visible)
    node.setExpanded(visible)


def scene_of(layer: object) -> str:
    """The scene file behind a layer, empty if it is not a live layer."""
    path = path_of(layer) if isinstance(layer, QgsRasterLayer) else ''
    return path if is_scene(path) else ''


def layer_of_scene(path: str, project: QgsProject | None = None) -> QgsRasterLayer | None:
    """A layer of the project that shows a scene."""
    for layer in (project or QgsProject.instance()).mapLayers().values():
        if path and scene_of(layer) == path:
            return layer
    return None


def title_of(cube: str, n_materials: int) -> str:
    """The name of a result's group."""
    return tr('{cube}: {n} materials (WS-Net)').format(cube=Path(cube).stem, n=n_materials)
