# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:card: what a model was made of and what it is for."""
from __future__ import annotations

from pathlib import Path

from qgis.core import (QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback, QgsProcessingParameterFile,
                       QgsProcessingParameterFileDestination)

from .. import commands
from ..i18n import tr
from . import parameters as shared
from .base import QUALITY, WsNetAlgorithm


class CardAlgorithm(WsNetAlgorithm):
    """Writes a model card."""

    NAME = 'card'
    GROUP = QUALITY
    ICON = 'card.svg'

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Model card')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,unmixing,model card,documentation,provenance,accountability').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Writes what a model was made of and what it is for, as Markdown for people or JSON for programs: '
                  'data, options, seeds, materials with their limits of detection, scores, cost, intended use and '
                  'limits.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Writes what a model was made of and what it is for.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        tables = tr('JSON files') + ' (*.json)'
        for parameter in (
                shared.model_file(),
                shared.described(QgsProcessingParameterFile('SCORES', tr('Scores'), optional=True, fileFilter=tables),
                                 tr('A table of scores that “Score abundances against the truth” saved as JSON.')),
                shared.described(QgsProcessingParameterFile('LOG', tr('Log of the training'), optional=True,
                                                            fileFilter=tables),
                                 tr('What the command “wsnet train --log” wrote: the seconds of the training.'),
                                 advanced=True),
                shared.described(QgsProcessingParameterFileDestination(
                    'OUTPUT', tr('Card'), tr('Markdown files') + ' (*.md);;' + tables),
                    tr('Markdown, or JSON where the name ends with .json.'))):
            self.addParameter(parameter)

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Writes the card, and shows it in the log."""
        model = self.model(parameters, context)
        extra = [self.parameterAsFile(parameters, name, context) for name in ('SCORES', 'LOG')]
        for path in extra:
            if path and not Path(path).is_file():
                raise QgsProcessingException(tr('The file {name} does not exist.').format(name=path))
        output = self.output_file(parameters, 'OUTPUT', context)
        self.run_command(commands.card(model, output, *extra), feedback)
        feedback.pushInfo(Path(output).read_text(encoding='utf-8'))
        return {'OUTPUT': output}
