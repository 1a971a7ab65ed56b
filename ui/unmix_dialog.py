# SPDX-License-Identifier: GPL-2.0-or-later
"""The dialog behind the Unmix button."""
from __future__ import annotations

from pathlib import Path

from qgis.core import QgsMapLayerProxyModel, QgsRasterLayer
from qgis.gui import QgsFileWidget, QgsMapLayerComboBox
from qgis.PyQt.QtCore import QTimer, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (QCheckBox, QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QMessageBox,
                                 QVBoxLayout, QWidget)

from .. import cube, paths
from ..i18n import tr
from ..sources import path_of
from . import background
from .advanced_box import AdvancedBox
from .material_source import MaterialSource

SUFFIXES = ('.wsnet', '.wsn', '.csv', '.tif')


class UnmixDialog(QDialog):
    """Collects what wsnet:unmix needs; every value has a default."""

    unmix_wanted = pyqtSignal(QgsRasterLayer, dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr('Unmix'))
        self.setMinimumWidth(560)
        self.cube = QgsMapLayerComboBox()
        self.cube.setFilters(QgsMapLayerProxyModel.Filter.RasterLayer)
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setAccessibleName(tr('About the cube'))
        self.materials = QComboBox()
        self.materials.addItems([tr('found in the image'), tr('from a spectral library'),
                                 tr('from polygons or points on the map')])
        self.source = MaterialSource()
        self.mixing = QComboBox()
        self.mixing.addItem(tr('share of the area (calibrated cube)'), 'linear')
        self.mixing.addItem(tr('share of the shape, brightness free (uncalibrated or shaded cube)'), 'scaled')
        for box in (self.cube, self.materials, self.mixing):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(24)
        self.folder = QgsFileWidget()
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.store = QCheckBox(tr('Also store the result as &GeoTIFF'))
        self.advanced = AdvancedBox()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel | QDialogButtonBox.StandardButton.Help)
        self.go = self.buttons.addButton(tr('&Unmix'), QDialogButtonBox.ButtonRole.AcceptRole)
        for button in self.buttons.buttons():
            button.setAutoDefault(button is self.go)
        self.go.setDefault(True)
        self._lay_out()
        self.cube.layerChanged.connect(self._cube_changed)
        self.materials.currentIndexChanged.connect(self.source.setCurrentIndex)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self.buttons.helpRequested.connect(lambda: QDesktopServices.openUrl(QUrl(paths.help_url('unmix'))))
        self._cube_changed()

    def _lay_out(self) -> None:
        """A form, the folded settings, the buttons."""
        form = QFormLayout()
        form.addRow(tr('&Cube'), self.cube)
        form.addRow('', self.about)
        form.addRow(tr('M&aterials'), self.materials)
        form.addRow('', self.source)
        form.addRow(tr('Abundance &is'), self.mixing)
        form.addRow(tr('&Save in'), self.folder)
        form.addRow('', self.store)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.advanced)
        column.addStretch(1)
        self.advanced.collapsedStateChanged.connect(lambda: QTimer.singleShot(0, self._fit_height))
        self.materials.currentIndexChanged.connect(lambda: QTimer.singleShot(0, self._fit_height))
        column.addWidget(self.buttons)

    def _fit_height(self) -> None:
        """No empty space when something is folded away."""
        self.about.setMinimumHeight(self.about.heightForWidth(self.about.width()))
        self.layout().activate()
        self.resize(self.width(), self.minimumSizeHint().height())

    def showEvent(self, event: object) -> None:  # noqa: N802
        """Opens as high as it needs to be."""
        super().showEvent(event)
        QTimer.singleShot(0, self._fit_height)

    def set_layer(self, layer: object) -> None:
        """Chooses the active layer, if it is a raster."""
        if isinstance(layer, QgsRasterLayer):
            self.cube.setLayer(layer)

    def _cube_changed(self) -> None:
        """Looks at the cube in the background and proposes a folder."""
        layer = self.cube.currentLayer()
        self.go.setEnabled(layer is not None)
        if layer is None:
            self.about.setText(tr('Add a cube to the project first.'))
            return
        path = path_of(layer)
        self.folder.setFilePath(str(paths.result_folder(path)))
        self.about.setText(tr('looking at the cube'))
        background.start(tr('Looking at {name}').format(name=layer.name()), lambda: cube.describe(path),
                         lambda info, error: self._show_info(path, info, error), self)

    def _show_info(self, path: str, info: cube.CubeInfo | None, error: str) -> None:
        """Says what the cube is like, unless another was chosen meanwhile."""
        layer = self.cube.currentLayer()
        if layer is None or path_of(layer) != path:
            return
        self.about.setText(error if info is None else ' '.join(info.explain()[:6]))
        self._fit_height()

    def parameters(self) -> dict:
        """Parameters of wsnet:unmix; raises ValueError with one sentence."""
        layer = self.cube.currentLayer()
        folder = Path(self.folder.filePath() or paths.result_folder(path_of(layer)))
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ValueError(tr('The folder {name} cannot be made: {reason}').format(
                name=folder, reason=error.strerror)) from error
        if not paths.is_writable(folder):
            raise ValueError(tr('The folder {name} cannot be written to.').format(name=folder))
        stem = folder / paths.unused_stem(folder, Path(path_of(layer)).stem + '_unmixed', SUFFIXES)
        return {'INPUT': layer.id(), 'MIXING': self.mixing.currentData(), **self.source.parameters(),
                **self.advanced.parameters(), 'OUTPUT': f'{stem}.wsnet', 'MODEL': f'{stem}.wsn',
                'ENDMEMBERS': f'{stem}.csv', **({'GEOTIFF': f'{stem}.tif'} if self.store.isChecked() else {})}

    def _accept(self) -> None:
        """Hands the choice on, or says what is wrong and stays open."""
        try:
            parameters = self.parameters()
        except ValueError as error:
            QMessageBox.warning(self, self.windowTitle(), str(error))
            return
        self.accept()
        self.unmix_wanted.emit(self.cube.currentLayer(), parameters)
