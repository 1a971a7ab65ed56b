# SPDX-License-Identifier: GPL-2.0-or-later
"""The Processing provider `wsnet`: everything that the plugin computes, for toolbox, modeler, batch and scripts."""
from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication, QgsProcessingModelAlgorithm, QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from . import native
from .algorithms import ALGORITHMS
from .i18n import tr
from .live_output import EXTENSION
from .paths import icon_path, models_folder


class WsNetProvider(QgsProcessingProvider):
    """Offers the WS-Net algorithms to QGIS."""

    def id(self) -> str:
        """The prefix of every algorithm's id."""
        return 'wsnet'

    def name(self) -> str:
        """The name in the toolbox."""
        return tr('WS-Net unmixing')

    def longName(self) -> str:  # noqa: N802
        """The name with a word on what it is for."""
        return tr('WS-Net unmixing of imaging-spectrometer cubes')

    def icon(self) -> QIcon:
        """The provider's icon."""
        return QIcon(icon_path('wsnet.svg'))

    def svgIconPath(self) -> str:  # noqa: N802
        """The provider's icon as a file."""
        return icon_path('wsnet.svg')

    def loadAlgorithms(self) -> None:  # noqa: N802
        """Fills the toolbox."""
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())
        if QgsApplication.processingRegistry().providerById(self.id()) is not None:
            self._load_models()

    def _load_models(self) -> None:
        """Adds the models that come with the plugin; the algorithms in them must be known already."""
        for path in sorted(Path(models_folder()).glob('*.model3')):
            model = QgsProcessingModelAlgorithm()
            if model.fromFile(str(path)):
                self.addAlgorithm(model)

    def warningMessage(self) -> str:  # noqa: N802
        """What to install, shown in the toolbox, when the native part is missing."""
        return native.missing() or ''

    def supportedOutputRasterLayerExtensions(self) -> list[str]:  # noqa: N802
        """Files that outputs may be written to."""
        return ['tif', 'tiff', EXTENSION]

    def defaultRasterFileExtension(self) -> str:  # noqa: N802
        """GeoTIFF, unless an output is a live layer."""
        return 'tif'
