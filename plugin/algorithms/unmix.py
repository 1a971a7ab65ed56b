# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:unmix: from a cube to live abundance and confidence layers in one step."""
from __future__ import annotations

from qgis.core import (QgsProcessingContext, QgsProcessingFeedback, QgsProcessingOutputString,
                       QgsProcessingParameterRasterLayer)

from .. import scores
from ..i18n import tr
from . import parameters as shared
from .scenes import SceneOutputs
from .train import TrainAlgorithm


class UnmixAlgorithm(SceneOutputs, TrainAlgorithm):
    """Everything on defaults: find the materials, learn them, map them."""

    NAME = 'unmix'
    ICON = 'wsnet.svg'

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Unmix')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,unmixing,endmember,abundance,fraction,confidence,uncertainty,weak signal').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Finds the materials of a cube, or takes them from a library or a layer, and maps the abundance of '
                  'each, with a calibrated interval and a confidence. The result is a live layer: abundances are '
                  'computed when the map is drawn.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Maps the abundance of each material of a cube, with confidence.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        truth = shared.described(
            QgsProcessingParameterRasterLayer('TRUTH', tr('Known abundances'), optional=True),
            tr('A raster with a band for each material, to compute scores against.'), advanced=True)
        for parameter in [*self.inputs(), shared.weak_bias(), shared.kinds(), truth, shared.live_scene(),
                          shared.geotiff(), shared.model_output(), *shared.endmember_outputs()]:
            self.addParameter(parameter)
        self.add_numbers({'COUNT': tr('Number of endmembers'),
                          'MIN_ANGLE': tr('Smallest angle between two (degrees)'),
                          'CONDITION': tr('Condition number'), **self.scene_number_titles(), **scores.titles()})
        self.addOutput(QgsProcessingOutputString('NAMES', tr('Endmember names')))
        self.add_scene_strings()

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Trains, then writes the scene and what else is asked for."""
        model = self.output_file(parameters, 'MODEL', context)
        wants_file = bool(parameters.get('GEOTIFF'))
        trained = 80 if wants_file else 92
        self.train(parameters, context, feedback, model, trained)
        results = {'MODEL': model,
                   **self.write_endmembers(parameters, context, feedback, model, trained, trained + 2)}
        results.update(self.write_scene(parameters, context, feedback, model, trained + 2, 98))
        truth = self.sources.get('TRUTH')
        if truth:
            results.update(scores.of_scene(self, feedback, results['OUTPUT'], truth))
        return results
