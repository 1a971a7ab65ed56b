# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:endmembercount: how many materials a cube is made of."""
from __future__ import annotations

import tempfile

from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from .. import commands, process
from ..i18n import tr
from . import options, parameters as shared
from .base import ENDMEMBERS, WsNetAlgorithm


class EndmemberCountAlgorithm(WsNetAlgorithm):
    """Counts materials in three ways."""

    NAME = 'endmembercount'
    GROUP = ENDMEMBERS
    ICON = 'count.svg'

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Count endmembers')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,endmember,virtual dimensionality,HySime,NWHFC,HFC').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Estimates how many materials a cube is made of: by HySime, which weighs signal against noise, '
                  'by NWHFC, a test of eigenvalues at a false-alarm rate of 0.0001, and by the growth ratio of '
                  'eigenvalues. “Unmix” uses the mean of the last two, 2 to 12, unless a number is given: HySime '
                  'counts too many where neighbouring bands share noise, as most sensors’ do.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Estimates how many materials a cube is made of.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        self.addParameter(shared.cube())
        self.addParameter(shared.band_subset())
        self.add_numbers({'HYSIME': tr('Count by HySime'), 'NWHFC': tr('Count by NWHFC'),
                          'GROWTH_RATIO': tr('Count by the growth ratio'), 'COUNT': tr('Number that Unmix uses')})

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Counts."""
        with tempfile.TemporaryDirectory(prefix='wsnet') as folder:
            cube = options.cube_to_read(self, parameters, context, feedback, folder)
            content = process.parse_json(self.run_command(commands.count(cube), feedback))
        counts = {name: int(number) for name, number in content['count'].items()}
        text = tr('HySime: {hysime}, NWHFC: {nwhfc}, growth ratio: {growth_ratio}; Unmix uses {used}.')
        feedback.pushInfo(text.format(**counts))
        return {'HYSIME': counts['hysime'], 'NWHFC': counts['nwhfc'], 'GROWTH_RATIO': counts['growth_ratio'],
                'COUNT': counts['used']}
