# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:audit: where on the map a model is good, and where it is not."""
from __future__ import annotations

import csv
import os
import shutil
import tempfile

from qgis.core import (QgsProcessing, QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback,
                       QgsProcessingOutputString, QgsProcessingParameterNumber, QgsProcessingParameterRasterLayer,
                       QgsProcessingParameterVectorDestination)

from .. import commands, vectors
from ..i18n import tr
from . import options, parameters as shared
from .base import QUALITY, WsNetAlgorithm


class AuditAlgorithm(WsNetAlgorithm):
    """Scores a model zone by zone."""

    NAME = 'audit'
    GROUP = QUALITY
    ICON = 'audit.svg'

    def __init__(self) -> None:
        super().__init__()
        self.zone_options = options.ZoneOptions(self)

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Audit a model by zones')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,unmixing,audit,fairness,zones,zonal,quality,coverage,limit of detection').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Unmixes a cube and tells for every zone how well the spectra are explained, what can be detected '
                  'there, how often the model is unsure, and, where there is a truth, how often its intervals hold '
                  'and how many weak fractions it finds; then the largest gap between zones for each of these.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Tells in which zones a model is good and in which it is not.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        truth = shared.described(
            QgsProcessingParameterRasterLayer('TRUTH', tr('Known abundances'), optional=True),
            tr('A raster on the grid of the cube with a band for each material, named like it.'), advanced=True)
        zones = shared.described(
            QgsProcessingParameterVectorDestination('OUTPUT', tr('Audited zones'),
                                                    QgsProcessing.SourceType.TypeVectorPolygon, optional=True),
            tr('The zones with their scores as columns.'))
        for parameter in [shared.cube(), shared.model_file(), *shared.zones(True), truth,
                          self.share('CONFIDENCE', tr('Confidence below which an entry is unsure'), 0.5),
                          self.share('FIT', tr('Fit below which a pixel is poorly explained'), 0.01), zones,
                          shared.table_output('TABLE', tr('Table of zones'), tr('A row for each zone.')),
                          shared.table_output('GAPS', tr('Table of gaps'),
                                              tr('For each score, the largest gap and the two zones.'))]:
            self.addParameter(parameter)
        self.add_numbers({'N_ZONES': tr('Number of zones')})
        self.addOutput(QgsProcessingOutputString('WORST', tr('Zone with the largest residual')))

    @staticmethod
    def share(name: str, title: str, default: float) -> QgsProcessingParameterNumber:
        """A threshold between 0 and 1."""
        parameter = QgsProcessingParameterNumber(name, title, type=shared.DOUBLE, defaultValue=default, minValue=0,
                                                 maxValue=1)
        return shared.described(parameter, tr('A share between 0 and 1.'), advanced=True)

    def prepare_more(self, parameters: dict, context: QgsProcessingContext,
                     feedback: QgsProcessingFeedback) -> bool:
        """Reads the zones in the main thread."""
        self.zone_options.prepare(parameters, context, self.sources['INPUT'], needed=True)
        return True

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Audits in a folder of its own, then moves what is wanted."""
        model = self.model(parameters, context)
        wanted = {'OUTPUT': self.output_layer(parameters, 'OUTPUT', context),
                  'TABLE': self.output_file(parameters, 'TABLE', context),
                  'GAPS': self.output_file(parameters, 'GAPS', context)}
        with tempfile.TemporaryDirectory(prefix='wsnet') as folder:
            prefix = os.path.join(folder, 'audit')
            self.run_command(commands.audit(
                self.sources['INPUT'], model, prefix, self.zone_options.zones(folder), self.sources.get('TRUTH', ''),
                self.parameterAsDouble(parameters, 'CONFIDENCE', context),
                self.parameterAsDouble(parameters, 'FIT', context)), feedback)
            numbers = self.read_table(f'{prefix}.csv')
            for name, ending in (('TABLE', '.csv'), ('GAPS', '_gaps.csv')):
                if wanted[name]:
                    shutil.move(prefix + ending, wanted[name])
            if wanted['OUTPUT']:
                vectors.move(f'{prefix}.gpkg', 'audit', wanted['OUTPUT'])
        return {**{name: path for name, path in wanted.items() if path}, **numbers}

    @staticmethod
    def read_table(path: str) -> dict:
        """How many zones there are, and which has the largest residual."""
        with open(path, newline='', encoding='utf-8') as stream:
            rows = list(csv.DictReader(stream))
        seen = [row for row in rows if row.get('rmse')]
        if not seen:
            raise QgsProcessingException(tr('No zone has a pixel with data.'))
        return {'N_ZONES': len(rows), 'WORST': max(seen, key=lambda row: float(row['rmse']))['zone']}
