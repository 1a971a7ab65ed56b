# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:score: abundances against the truth."""
from __future__ import annotations

from qgis.core import (QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback, QgsProcessingParameterFile,
                       QgsProcessingParameterFileDestination, QgsProcessingParameterRasterLayer)

from .. import commands, process, scores
from ..i18n import tr
from . import parameters as shared
from .base import QUALITY, WsNetAlgorithm


class ScoreAlgorithm(WsNetAlgorithm):
    """Measures how right abundances are."""

    NAME = 'score'
    GROUP = QUALITY
    ICON = 'score.svg'

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Score abundances against the truth')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,unmixing,accuracy,RMSE,SAD,validation,coverage,recall').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Compares abundances with known ones: RMSE overall, for each material and for weak fractions, '
                  'recall of weak fractions, coverage of the intervals, and spectral angles where spectra are given.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Compares abundances with known ones.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        tables = tr('Spectral libraries') + ' (*.csv *.sli *.hdr *.wsn)'
        for parameter in (
                shared.described(QgsProcessingParameterRasterLayer('ABUNDANCES', tr('Abundances')),
                                 tr('A live scene or a raster with a band for each material.')),
                shared.described(QgsProcessingParameterRasterLayer('TRUTH', tr('Known abundances')),
                                 tr('A raster of the same size with a band for each material. Bands are matched by '
                                    'name, else by spectrum.')),
                shared.described(QgsProcessingParameterFile('SPECTRA', tr('Endmembers'), optional=True,
                                                            fileFilter=tables),
                                 tr('Spectra behind the abundances: a table or a model.')),
                shared.described(QgsProcessingParameterFile('TRUTH_SPECTRA', tr('True endmembers'), optional=True,
                                                            fileFilter=tables),
                                 tr('For spectral angles, and to match materials without names.')),
                shared.described(QgsProcessingParameterFileDestination('TABLE', tr('Table of scores'),
                                                                       tr('CSV tables') + ' (*.csv);;'
                                                                       + tr('JSON files') + ' (*.json)',
                                                                       optional=True),
                                 tr('The scores of every material. JSON can go into a model card.'))):
            self.addParameter(parameter)
        self.add_numbers(scores.titles())

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Scores, and writes the table."""
        spectra = self.parameterAsFile(parameters, 'SPECTRA', context)
        truth_spectra = self.parameterAsFile(parameters, 'TRUTH_SPECTRA', context)
        if truth_spectra and not spectra and not self.sources['ABUNDANCES'].endswith('.wsnet'):
            raise QgsProcessingException(tr('Spectral angles need both the endmembers and the true endmembers.'))
        answer = self.run_command(commands.score(self.sources['ABUNDANCES'], self.sources['TRUTH'], spectra,
                                                 truth_spectra), feedback)
        content = process.parse_json(answer)
        results: dict = scores.numbers(content)
        table = self.output_file(parameters, 'TABLE', context)
        if table:
            scores.write(content, table)
            results['TABLE'] = table
        return results
