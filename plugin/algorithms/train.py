# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:train: a model of a cube, for later use."""
from __future__ import annotations

import tempfile

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProcessingOutputString

from .. import commands, library, outputs
from ..i18n import tr
from . import options, parameters as shared
from .base import WsNetAlgorithm


class TrainAlgorithm(WsNetAlgorithm):
    """Learns the materials of a cube."""

    NAME = 'train'
    ICON = 'train.svg'

    def __init__(self) -> None:
        super().__init__()
        self.endmember_options = options.EndmemberOptions(self)
        self.strata_options = options.ZoneOptions(self)

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Train a model')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,unmixing,endmember,abundance,neural network,train,spectral library').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Learns the materials of a cube and saves them as a model, which “Apply a model” uses on this or '
                  'on other cubes of the same sensor.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Learns the materials of a cube and saves a model.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        for parameter in self.inputs() + [shared.model_output()] + shared.endmember_outputs():
            self.addParameter(parameter)
        self.add_numbers({'COUNT': tr('Number of endmembers'), 'MIN_ANGLE': tr('Smallest angle between two (degrees)'),
                          'CONDITION': tr('Condition number')})
        self.addOutput(QgsProcessingOutputString('NAMES', tr('Endmember names')))

    def inputs(self) -> list:
        """Parameters that a training needs."""
        return [shared.cube(), shared.count(), shared.mixing(), *shared.known_spectra(), shared.extraction(),
                shared.band_subset(), *shared.strata(), *shared.training()]

    def prepare_more(self, parameters: dict, context: QgsProcessingContext,
                     feedback: QgsProcessingFeedback) -> bool:
        """Reads polygons or points in the main thread."""
        self.endmember_options.prepare(parameters, context, feedback)
        self.strata_options.prepare(parameters, context, self.sources['INPUT'], needed=False)
        return True

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Trains, and writes the endmembers."""
        model = self.output_file(parameters, 'MODEL', context)
        self.train(parameters, context, feedback, model, 95)
        return {'MODEL': model, **self.write_endmembers(parameters, context, feedback, model, 95, 100)}

    def train(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback, model: str,
              last: float) -> None:
        """Runs the training up to a percentage of this run."""
        with tempfile.TemporaryDirectory(prefix='wsnet') as folder:
            cube = options.cube_to_read(self, parameters, context, feedback, folder)
            endmembers = self.endmember_options.endmembers(parameters, context, folder)
            training = options.training(self, parameters, context, self.strata_options.zones(folder))
            self.run_command(commands.train(cube, model, endmembers, training), feedback, 0, last)

    def write_endmembers(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback,
                         source: str, first: float, last: float,
                         chosen: commands.Endmembers | None = None) -> dict:
        """Writes the CSV and the table of spectra of a model or a cube; returns these outputs and their numbers."""
        results: dict = {}
        with tempfile.TemporaryDirectory(prefix='wsnet') as folder:
            path = self.output_file(parameters, 'ENDMEMBERS', context)
            written = path or f'{folder}/endmembers.csv'
            self.run_command(commands.endmembers(source, written, chosen), feedback, first, last)
            spectra = library.read(written)
        if path:
            results['ENDMEMBERS'] = path
        sink, identifier = self.parameterAsSink(parameters, 'SPECTRA_TABLE', context, library.table_fields(),
                                                library.NO_GEOMETRY, library.NO_CRS)
        if sink is not None:
            library.fill_table(sink, spectra)
            del sink
            results['SPECTRA_TABLE'] = identifier
        return {**results, 'COUNT': len(spectra.names), 'NAMES': ', '.join(spectra.names),
                **outputs.endmember_numbers(spectra)}
