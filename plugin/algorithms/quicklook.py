# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:quicklook: a picture that tells a result at a glance."""
from __future__ import annotations

from pathlib import Path

from qgis.core import (QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback,
                       QgsProcessingParameterFileDestination, QgsProcessingParameterNumber,
                       QgsProcessingParameterRasterLayer)

from .. import picture
from ..i18n import tr
from ..scene import Scene, SceneError
from . import parameters as shared
from .base import QUALITY, WsNetAlgorithm


class QuicklookAlgorithm(WsNetAlgorithm):
    """Draws a report."""

    NAME = 'quicklook'
    GROUP = QUALITY
    ICON = 'quicklook.svg'

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Picture report')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,unmixing,report,PNG,picture,quicklook,abundance,confidence').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Draws a PNG report of a live scene: for each material the abundance and the confidence map, its '
                  'spectrum, and its mean abundance with the mean interval.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Draws a PNG report of maps, spectra and intervals.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        for parameter in (
                shared.described(QgsProcessingParameterRasterLayer('INPUT', tr('Live scene')),
                                 tr('A live scene, or a GeoTIFF made from one.')),
                shared.described(QgsProcessingParameterNumber('SIZE', tr('Size of a map (pixels)'), defaultValue=260,
                                                              minValue=80, maxValue=2000),
                                 tr('Larger maps make a larger picture.'), advanced=True),
                shared.described(QgsProcessingParameterFileDestination('OUTPUT', tr('Picture'),
                                                                       tr('PNG pictures') + ' (*.png)'),
                                 tr('The report.'))):
            self.addParameter(parameter)

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Reads a sample of the scene and draws."""
        output = self.output_file(parameters, 'OUTPUT', context)
        size = self.parameterAsInt(parameters, 'SIZE', context)
        try:
            report = picture.Report(Scene(self.sources['INPUT']), size, feedback.isCanceled)
        except SceneError as error:
            raise QgsProcessingException(str(error)) from error
        feedback.setProgress(60)
        image = report.draw(Path(self.sources['INPUT']).stem)
        if feedback.isCanceled():
            raise QgsProcessingException(tr('Cancelled; nothing was left behind.'))
        if not image.save(output, 'PNG'):
            raise QgsProcessingException(tr('{name} could not be written.').format(name=output))
        return {'OUTPUT': output}
