# SPDX-License-Identifier: GPL-2.0-or-later
"""wsnet:area: hectares of every material, by zone, with intervals."""
from __future__ import annotations

import csv
import os
import tempfile

from qgis.core import (QgsProcessing, QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback,
                       QgsProcessingParameterBoolean, QgsProcessingParameterNumber,
                       QgsProcessingParameterRasterLayer, QgsProcessingParameterVectorDestination)

from .. import commands, process, vectors
from ..i18n import tr
from ..scene import SceneError, is_scene, sources
from . import options, parameters as shared
from .base import QUALITY, WsNetAlgorithm

COLUMNS = ('zone', 'material', 'area_ha', 'lower_ha', 'upper_ha', 'zone_ha', 'without_data_ha', 'n_pixels')


class AreaAlgorithm(WsNetAlgorithm):
    """Adds abundances up."""

    NAME = 'area'
    GROUP = QUALITY
    ICON = 'area.svg'

    def __init__(self) -> None:
        super().__init__()
        self.zone_options = options.ZoneOptions(self)

    def displayName(self) -> str:  # noqa: N802
        """The title in the toolbox."""
        return tr('Area of materials')

    def tags(self) -> list[str]:
        """Words to search for."""
        return tr('hyperspectral,unmixing,area,hectares,zones,zonal,geodesic,interval').split(',')

    def help_text(self) -> str:
        """A paragraph for the user."""
        return tr('Adds up the abundances of a live scene, pixel by pixel, with the area of each pixel on the '
                  'ellipsoid, unmixes the mean spectrum of each zone beside, takes the mean of both, or for zones of '
                  '2 to 49 pixels that touch no other what sets them off from the two pixels around, and gives an '
                  'interval for it. Pixels share errors; the interval allows for it. Abundances of “scaled” models '
                  'are no shares of area.')

    def shortDescription(self) -> str:  # noqa: N802
        """One line for tooltips."""
        return tr('Hectares of every material by zone, with intervals.')

    def initAlgorithm(self, configuration: dict | None = None) -> None:  # noqa: N802
        """Declares parameters and outputs."""
        for parameter in [
                shared.described(QgsProcessingParameterRasterLayer('INPUT', tr('Live scene')),
                                 tr('A live scene made by “Unmix” or “Apply a model”.')),
                *shared.zones(False),
                shared.described(QgsProcessingParameterNumber('COVERAGE', tr('Coverage of the intervals'),
                                                              type=shared.DOUBLE, optional=True, minValue=0.5,
                                                              maxValue=0.999),
                                 tr('How often the intervals shall hold the truth; if empty, as often as the model '
                                    'was trained for.'), advanced=True),
                shared.described(QgsProcessingParameterNumber('PIXEL_AREA', tr('Area of a pixel (m²)'),
                                                              type=shared.DOUBLE, optional=True, minValue=1e-12),
                                 tr('Needed only where the cube is not georeferenced, or wrongly.'), advanced=True),
                shared.described(QgsProcessingParameterBoolean('SUMS', tr('Only add up the pixels'),
                                                               defaultValue=False),
                                 tr('Sums of the abundances alone, without the zones’ mean spectra: areas of parts '
                                    'then add up to that of the whole, but are mostly further from the truth.'),
                                 advanced=True),
                shared.described(QgsProcessingParameterVectorDestination('OUTPUT', tr('Zones with areas'),
                                                                         QgsProcessing.SourceType.TypeVectorPolygon,
                                                                         optional=True),
                                 tr('A polygon for each zone with columns for each material.')),
                shared.table_output('TABLE', tr('Table of areas'), tr('A row for each zone and material.'))]:
            self.addParameter(parameter)
        self.add_numbers({'N_ZONES': tr('Number of zones'), 'ZONES_HA': tr('Area of all zones (ha)')})

    def prepare_more(self, parameters: dict, context: QgsProcessingContext,
                     feedback: QgsProcessingFeedback) -> bool:
        """Reads the zones in the main thread."""
        scene = self.sources['INPUT']
        if not is_scene(scene):
            raise QgsProcessingException(tr('{name} is not a live scene.').format(name=scene))
        try:
            cube = sources(scene)['cube']
        except SceneError as error:
            raise QgsProcessingException(str(error)) from error
        self.zone_options.prepare(parameters, context, cube, needed=False)
        return True

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """Measures, and writes the table and the zones."""
        output = self.output_layer(parameters, 'OUTPUT', context)
        table = self.output_file(parameters, 'TABLE', context)
        with tempfile.TemporaryDirectory(prefix='wsnet') as folder:
            package = os.path.join(folder, 'area.gpkg') if output else ''
            answer = self.run_command(commands.area(
                self.sources['INPUT'], package, self.zone_options.zones(folder),
                self.parameterAsDouble(parameters, 'COVERAGE', context),
                self.parameterAsDouble(parameters, 'PIXEL_AREA', context),
                self.parameterAsBoolean(parameters, 'SUMS', context)), feedback)
            zones = process.parse_json(answer)['zones']
            if output:
                vectors.move(package, 'area', output)
        if table:
            write_table(zones, table)
        self.tell(zones, feedback)
        return {**({'OUTPUT': output} if output else {}), **({'TABLE': table} if table else {}),
                'N_ZONES': len(zones), 'ZONES_HA': sum(zone['area_ha'] for zone in zones)}

    @staticmethod
    def tell(zones: list[dict], feedback: QgsProcessingFeedback) -> None:
        """The areas in the log, where they are few enough to be read."""
        for zone in zones[:20]:
            for material in zone['materials']:
                feedback.pushInfo(tr('{zone}, {material}: {area:.6g} ha ({lower:.6g} to {upper:.6g})').format(
                    zone=zone['zone'], material=material['name'], area=material['area_ha'],
                    lower=material.get('lower_ha', float('nan')), upper=material.get('upper_ha', float('nan'))))


def write_table(zones: list[dict], path: str) -> None:
    """Saves a row for each zone and material."""
    with open(path, 'w', newline='', encoding='utf-8') as stream:
        table = csv.writer(stream, lineterminator='\n')
        table.writerow(COLUMNS)
        for zone in zones:
            whole = {'zone': zone['zone'], 'zone_ha': zone['area_ha'], 'without_data_ha': zone['without_data_ha'],
                     'n_pixels': zone['n_pixels']}
            for material in zone['materials']:
                row = {**material, 'material': material['name'], **whole}
                table.writerow([row.get(column, '') for column in COLUMNS])
