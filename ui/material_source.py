# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the materials come from: the image, a library, or shapes on the map."""
from __future__ import annotations

from qgis.core import QgsMapLayerProxyModel
from qgis.gui import QgsFieldComboBox, QgsFileWidget, QgsMapLayerComboBox
from qgis.PyQt.QtWidgets import QFormLayout, QLineEdit, QSizePolicy, QSpinBox, QStackedWidget, QWidget

from ..i18n import tr

IMAGE, LIBRARY, LAYER = range(3)


class MaterialSource(QStackedWidget):
    """One page a source; only the chosen one is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count_box = QSpinBox()
        self.count_box.setRange(1, 64)
        self.count_box.setSpecialValueText(tr('automatic'))
        self.count_box.setToolTip(tr('“automatic” counts the materials in the image, 2 to 12'))
        self.library = QgsFileWidget()
        self.library.setFilter(tr('Spectral libraries') + ' (*.csv *.sli *.hdr)')
        self.names = QLineEdit()
        self.names.setPlaceholderText(tr('all'))
        self.layer = QgsMapLayerComboBox()
        self.layer.setFilters(QgsMapLayerProxyModel.Filter.PolygonLayer | QgsMapLayerProxyModel.Filter.PointLayer)
        self.field = QgsFieldComboBox()
        self.field.setAllowEmptyFieldName(True)
        self.field.setLayer(self.layer.currentLayer())
        self.layer.layerChanged.connect(self.field.setLayer)
        for rows in (((tr('&Number of materials'), self.count_box),),
                     ((tr('&File'), self.library), (tr('Na&mes'), self.names)),
                     ((tr('&Layer'), self.layer), (tr('Na&me field'), self.field))):
            page = QWidget()
            form = QFormLayout(page)
            form.setContentsMargins(0, 0, 0, 0)
            for title, widget in rows:
                form.addRow(title, widget)
            self.addWidget(page)
        self.currentChanged.connect(self._shrink)
        self._shrink(0)

    def _shrink(self, current: int) -> None:
        """Only the shown page takes room."""
        for index in range(self.count()):
            policy = QSizePolicy.Policy.Preferred if index == current else QSizePolicy.Policy.Ignored
            self.widget(index).setSizePolicy(QSizePolicy.Policy.Preferred, policy)
        self.adjustSize()

    def parameters(self) -> dict:
        """The choice as parameters of wsnet:unmix; raises ValueError when something is missing."""
        if self.currentIndex() == LIBRARY:
            if not self.library.filePath():
                raise ValueError(tr('Choose a spectral library.'))
            return {'LIBRARY': self.library.filePath(), 'SELECT': self.names.text()}
        if self.currentIndex() == LAYER:
            if self.layer.currentLayer() is None:
                raise ValueError(tr('Choose a layer of polygons or points.'))
            return {'SPECTRA': self.layer.currentLayer().id(), 'NAME_FIELD': self.field.currentField()}
        value = self.count_box.value()
        return {'COUNT': 0 if value == self.count_box.minimum() else value}
