# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:fcls: classical least-squares abundances, with what is suspicious about the endmembers."""
from __future__ import annotations

import tempfile

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProcessingParameterRasterDestination

from .. import commands, outputs, process, styling
from ..i18n import tr
from ..scene import Scene
from . import options, parameters as shared
from .base import WsNetAlgorithm


class FclsAlgorithm(WsNetAlgorithm):
    """Unmixes without training."""

    NAME = 'fcls'
    ICON = 'fcls.svg'

    def __init__(self) -> None:
        super().__init__()
        self.endmember_options = options.EndmemberOptions(self)

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Classical unmixing (FCLS, NNLS, UCLS)')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,unmixing,least squares,FCLS,NNLS,UCLS,abundance,fraction').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Exact least-squares abundances without training. Two numbers warn: a share of negative abundances '
                  '(without constraints) above a few per cent means that a material is missing; a high condition '
                  'number means that endmembers are too alike to be told apart.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Exact least-squares abundances without training.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        output = shared.described(
            QgsProcessingParameterRasterDestination('OUTPUT', tr('Abundances')),
            tr('A GeoTIFF with a band for each material and one for the residual (rmse).'))
        for parameter in [shared.cube(), shared.count(), shared.method('fcls', ['fcls', 'nnls', 'ucls']),
                          shared.mixing(), *shared.known_spectra(), shared.extraction(), shared.band_subset(),
                          shared.seed(), output]:
            self.addParameter(parameter)
        self.add_numbers({'COUNT': tr('Number of endmembers'),
                          'NEGATIVE_SHARE': tr('Share of negative abundances without constraints'),
                          'CONDITION': tr('Condition number'),
                          'MIN_ANGLE': tr('Smallest angle between two (degrees)'), 'RMSE_MEAN': tr('Mean residual')})

    def prepare_more(self, parameters: dict, context: QgsProcessingContext,
                     feedback: QgsProcessingFeedback) -> bool:
        """Reads polygons or points in the main thread."""
        self.endmember_options.prepare(parameters, context, feedback)
        return True

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Unmixes, and passes the warnings on."""
        output = self.output_layer(parameters, 'OUTPUT', context)
        method = self.parameterAsEnumString(parameters, 'METHOD', context)
        with tempfile.TemporaryDirectory(prefix='wsnet') as folder:
            cube = options.cube_to_read(self, parameters, context, feedback, folder)
            chosen = self.endmember_options.endmembers(parameters, context, folder)
            check = process.parse_json(self.run_command(commands.classical(cube, output, chosen, method), feedback))
        numbers, strongest = outputs.scene_numbers(Scene(output))
        if context.willLoadLayerOnCompletion(output):
            context.layerToLoadOnCompletionDetails(output).setPostProcessor(styling.CompositeStyler.make(strongest))
        results = {'OUTPUT': output, 'COUNT': int(check['n_endmembers']), **numbers}
        for name, key in (('NEGATIVE_SHARE', 'negative_share'), ('CONDITION', 'condition'),
                          ('MIN_ANGLE', 'min_angle_deg')):
            if check.get(key) is not None:
                results[name] = float(check[key])
        return results
