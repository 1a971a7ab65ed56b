# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:adapt: a model for another cube of its sensor, without training."""
from __future__ import annotations

from qgis.core import (QgsProcessingContext, QgsProcessingFeedback, QgsProcessingOutputString,
                       QgsProcessingParameterFileDestination)

from .. import commands, model
from ..i18n import tr
from . import parameters as shared
from .base import WsNetAlgorithm


class AdaptAlgorithm(WsNetAlgorithm):
    """Takes a model to another cube."""

    NAME = 'adapt'
    ICON = 'adapt.svg'

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Adapt a model to another cube')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,unmixing,model,transfer,adapt,gain,offset,calibration,multitemporal').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Estimates the gain and the offset that each band of another cube of the same sensor needs to look '
                  'like the cube that the model was trained on, and calibrates intervals, fit and limits of detection '
                  'for its noise. No training. Materials that the model does not know stay unknown: see “Extend a '
                  'model”.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Takes a model to another cube of its sensor, without training.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        for parameter in [
                shared.model_file(), shared.cube(), shared.seed(),
                shared.described(QgsProcessingParameterFileDestination('ADAPTED', tr('Adapted model'),
                                                                       tr('WS-Net models') + ' (*.wsn)'),
                                 tr('The model for the other cube; the old one stays as it is.'))]:
            self.addParameter(parameter)
        self.add_numbers({'GAIN_LEAST': tr('Smallest gain of a band'), 'GAIN_MOST': tr('Largest gain of a band')})
        self.addOutput(QgsProcessingOutputString('NAMES', tr('Endmember names')))

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Adapts."""
        known = self.model(parameters, context)
        output = self.output_file(parameters, 'ADAPTED', context)
        seed = self.parameterAsInt(parameters, 'SEED', context)
        self.run_command(commands.adapt(known, self.sources['INPUT'], output, seed), feedback)
        adapted = model.read_model(output)
        return {'ADAPTED': output, 'NAMES': ', '.join(adapted.names), 'GAIN_LEAST': float(adapted.gain.min()),
                'GAIN_MOST': float(adapted.gain.max())}
