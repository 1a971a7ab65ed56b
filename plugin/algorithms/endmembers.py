# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:endmembers: the spectra of the materials of a cube, without training."""
from __future__ import annotations

import tempfile

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProcessingOutputString

from ..i18n import tr
from . import options, parameters as shared
from .base import ENDMEMBERS
from .train import TrainAlgorithm


class EndmembersAlgorithm(TrainAlgorithm):
    """Finds endmembers, or resamples known ones to the bands of a cube."""

    NAME = 'endmembers'
    GROUP = ENDMEMBERS
    ICON = 'endmembers.svg'

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Extract endmembers')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,endmember,spectral library,VCA,N-FINDR,ATGP,archetypal analysis,ROI').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Finds the spectra of the materials that a cube is made of, takes them from polygons or points, or '
                  'resamples a library to the bands of the cube. The table can be used as a library afterwards.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Writes the spectra of the materials of a cube.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        for parameter in [shared.cube(), shared.count(), shared.mixing(), *shared.known_spectra(),
                          shared.extraction(), shared.band_subset(), shared.seed(), *shared.endmember_outputs()]:
            self.addParameter(parameter)
        self.add_numbers({'COUNT': tr('Number of endmembers'),
                          'MIN_ANGLE': tr('Smallest angle between two (degrees)'),
                          'CONDITION': tr('Condition number')})
        self.addOutput(QgsProcessingOutputString('NAMES', tr('Endmember names')))

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Extracts and writes."""
        with tempfile.TemporaryDirectory(prefix='wsnet') as folder:
            cube = options.cube_to_read(self, parameters, context, feedback, folder)
            chosen = self.endmember_options.endmembers(parameters, context, folder)
            return self.write_endmembers(parameters, context, feedback, cube, 0, 100, chosen)
