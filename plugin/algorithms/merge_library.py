# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:mergelibrary: two spectral libraries as one."""
from __future__ import annotations

import os

from qgis.core import (QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback, QgsProcessingOutputString,
                       QgsProcessingParameterFile, QgsProcessingParameterFileDestination)

from .. import commands, library
from ..i18n import tr
from . import parameters as shared
from .base import ENDMEMBERS, WsNetAlgorithm


class MergeLibraryAlgorithm(WsNetAlgorithm):
    """Puts spectra of two libraries into one table."""

    NAME = 'mergelibrary'
    GROUP = ENDMEMBERS
    ICON = 'merge.svg'

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Merge spectral libraries')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,spectral library,endmember,merge,resample,ENVI,sli').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Puts the spectra of two libraries into one table on the wavelengths of the first; the second is '
                  'resampled where they differ, and a name that occurs in both gets a suffix.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Two spectral libraries as one.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        tables = tr('Spectral libraries') + ' (*.csv *.sli *.hdr *.wsn)'
        for parameter in (
                shared.described(QgsProcessingParameterFile('FIRST', tr('First library'), fileFilter=tables),
                                 tr('A CSV table, an ENVI library or a model. Its wavelengths are kept.')),
                shared.described(QgsProcessingParameterFile('SECOND', tr('Second library'), fileFilter=tables),
                                 tr('The library that is added.')),
                shared.described(QgsProcessingParameterFileDestination('OUTPUT', tr('Merged library'),
                                                                       tr('CSV tables') + ' (*.csv)'),
                                 tr('wavelength_nm and a column for each spectrum.'))):
            self.addParameter(parameter)
        self.add_numbers({'COUNT': tr('Number of spectra')})
        self.addOutput(QgsProcessingOutputString('NAMES', tr('Names of the spectra')))

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Merges."""
        given = [self.parameterAsFile(parameters, name, context) for name in ('FIRST', 'SECOND')]
        for path in given:
            if not os.path.isfile(path):
                raise QgsProcessingException(tr('The library {name} does not exist.').format(name=path))
        output = self.output_file(parameters, 'OUTPUT', context)
        self.run_command(commands.merge_library(*given, output), feedback)
        names = library.read(output).names
        return {'OUTPUT': output, 'COUNT': len(names), 'NAMES': ', '.join(names)}
