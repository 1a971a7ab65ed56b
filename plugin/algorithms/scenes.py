# SPDX-License-Identifier: GPL-2.0-or-later
"""Outputs of the algorithms that make a live scene, and how the scene looks when it is loaded."""
from __future__ import annotations

from qgis.core import (QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback, QgsProcessingOutputString)

from .. import commands, native, outputs, styling
from ..i18n import tr
from ..scene import Scene, SceneError


CLASSICAL_KINDS = ('abundance', 'rmse')


class SceneOutputs:
    """Mixed into an algorithm with OUTPUT, GEOTIFF, LAYERS and WEAK_BIAS."""

    def scene_number_titles(self) -> dict[str, str]:
        """Numbers about a scene."""
        return {'RMSE_MEAN': tr('Mean residual'), 'FIT_MEAN': tr('Mean fit'),
                'CONFIDENCE_MEAN': tr('Mean confidence'),
                'UNKNOWN_SHARE': tr('Share of pixels of unknown material')}

    def add_scene_strings(self) -> None:
        """Declares text outputs."""
        self.addOutput(QgsProcessingOutputString('STRONGEST', tr('Bands of the three strongest materials')))

    def write_scene(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback,
                    model: str, first: float, last: float, method: str = 'wsnet') -> dict:
        """Writes the live scene and the GeoTIFF that the user asked for; returns outputs and numbers."""
        kinds = [kind for kind in self.parameterAsEnumStrings(parameters, 'LAYERS', context)
                 if method == 'wsnet' or kind in CLASSICAL_KINDS]
        if not kinds:
            raise QgsProcessingException(tr('Choose at least one kind of band that the method has.'))
        bias = self.parameterAsDouble(parameters, 'WEAK_BIAS', context)
        scene = self.output_layer(parameters, 'OUTPUT', context)
        tif = self.output_layer(parameters, 'GEOTIFF', context) if parameters.get('GEOTIFF') else ''
        cube = self.sources['INPUT']
        middle = first + (last - first) * (0.05 if tif else 1)
        self.run_command(commands.unmix(model, cube, scene, kinds, bias, method), feedback, first, middle)
        results = {'OUTPUT': scene}
        if tif:
            self.run_command(commands.unmix(model, cube, tif, kinds, bias, method), feedback, middle, last)
            results['GEOTIFF'] = tif
        results.update(self.look_at(scene, feedback))
        for path in (scene, tif):
            self.style_when_loaded(path, context, results.get('STRONGEST', ''))
        return results

    def look_at(self, scene: str, feedback: QgsProcessingFeedback) -> dict:
        """Numbers from a sample of the live scene, and the bands of its three strongest materials."""
        if not native.driver_registered():
            feedback.pushWarning(native.missing() or '')
            return {}
        try:
            numbers, strongest = outputs.scene_numbers(Scene(scene))
        except SceneError as error:
            raise QgsProcessingException(str(error)) from error
        return {**numbers, 'STRONGEST': ','.join(str(number) for number in strongest)}

    def style_when_loaded(self, path: str, context: QgsProcessingContext, strongest: str) -> None:
        """Shows the three strongest materials when Processing loads the result."""
        if path and context.willLoadLayerOnCompletion(path):
            bands = [int(number) for number in strongest.split(',') if number]
            context.layerToLoadOnCompletionDetails(path).setPostProcessor(styling.CompositeStyler.make(bands))
