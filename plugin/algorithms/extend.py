# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:extend: a model that knows more materials, for a fraction of a training."""
from __future__ import annotations

import tempfile

from qgis.core import (QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback, QgsProcessingOutputString,
                       QgsProcessingParameterFileDestination, QgsProcessingParameterNumber)

from .. import commands
from ..i18n import tr
from . import parameters as shared
from .train import TrainAlgorithm


class ExtendAlgorithm(TrainAlgorithm):
    """Adds materials to a model."""

    NAME = 'extend'
    ICON = 'extend.svg'

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Extend a model')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,unmixing,endmember,add,model,transfer,incremental').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Adds endmembers to a trained model and trains it a little on simulated mixtures of the old and the '
                  'new ones, which keeps what it knew. The intervals are calibrated anew for all of them. Costs less '
                  'than a quarter of a training; the old model stays as it is.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Adds materials to a model without training it anew.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        for parameter in [
                shared.model_file(), shared.cube(), *shared.known_spectra(), shared.seed(),
                shared.described(QgsProcessingParameterNumber('STEPS', tr('Training steps'), type=shared.INTEGER,
                                                              defaultValue=100, minValue=1, maxValue=100000),
                                 tr('More steps take longer; beyond 100, little changes.'), advanced=True),
                shared.described(QgsProcessingParameterFileDestination('EXTENDED', tr('Extended model'),
                                                                       tr('WS-Net models') + ' (*.wsn)'),
                                 tr('The model with the endmembers of the old one and the added ones.')),
                *shared.endmember_outputs()]:
            self.addParameter(parameter)
        self.add_numbers({'COUNT': tr('Number of endmembers'),
                          'MIN_ANGLE': tr('Smallest angle between two (degrees)'),
                          'CONDITION': tr('Condition number')})
        self.addOutput(QgsProcessingOutputString('NAMES', tr('Endmember names')))

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Extends, and writes the endmembers."""
        model = self.model(parameters, context)
        output = self.output_file(parameters, 'EXTENDED', context)
        with tempfile.TemporaryDirectory(prefix='wsnet') as folder:
            added = self.endmember_options.endmembers(parameters, context, folder)
            if not added.known():
                raise QgsProcessingException(tr('Choose a library or a layer: what shall the model learn?'))
            steps = self.parameterAsInt(parameters, 'STEPS', context)
            self.run_command(commands.extend(model, self.sources['INPUT'], output, added, steps), feedback, 0, 95)
        return {'EXTENDED': output, **self.write_endmembers(parameters, context, feedback, output, 95, 100)}
