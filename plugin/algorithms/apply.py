# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:apply: a trained model on another cube."""
from __future__ import annotations

from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from ..i18n import tr
from . import parameters as shared
from .base import WsNetAlgorithm
from .scenes import SceneOutputs


class ApplyAlgorithm(SceneOutputs, WsNetAlgorithm):
    """Maps the materials that a model knows."""

    NAME = 'apply'
    ICON = 'apply.svg'

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Apply a model')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,unmixing,abundance,fraction,confidence,predict,inference').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Maps the materials of a trained model on a cube of the same sensor, without training. The cube '
                  'must have the bands that the model was trained on.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Maps the materials of a trained model on another cube.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        for parameter in (shared.model_file(), shared.cube(), shared.weak_bias(), shared.kinds(), shared.method(),
                          shared.live_scene(), shared.geotiff()):
            self.addParameter(parameter)
        self.add_numbers(self.scene_number_titles())
        self.add_scene_strings()

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Writes the scene."""
        model = self.model(parameters, context)
        method = self.parameterAsEnumString(parameters, 'METHOD', context)
        return self.write_scene(parameters, context, feedback, model, 0, 98, method)
