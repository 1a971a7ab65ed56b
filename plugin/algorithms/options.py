# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the values of the shared parameters, and prepares spectra and band subsets for the command."""
from __future__ import annotations

import os
from pathlib import Path

from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback

from .. import commands, cube, regions
from ..i18n import tr
from ..process import ProcessError
from .base import WsNetAlgorithm


class EndmemberOptions:
    """Where the endmembers of a run come from, as the user chose it."""

    def __init__(self, algorithm: WsNetAlgorithm) -> None:
        self._algorithm = algorithm
        self._regions: regions.Regions | None = None

    def prepare(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> None:
        """Reads polygons or points, in the main thread."""
        algorithm = self._algorithm
        library = algorithm.parameterAsString(parameters, 'LIBRARY', context)
        source = algorithm.parameterAsSource(parameters, 'SPECTRA', context)
        if library and source is not None:
            raise QgsProcessingException(tr('Endmembers come either from a library or from a layer, not from both.'))
        if library and not os.path.isfile(library):
            raise QgsProcessingException(tr('The library {name} does not exist.').format(name=library))
        if parameters.get('SPECTRA') and source is None:
            raise QgsProcessingException(algorithm.invalidSourceError(parameters, 'SPECTRA'))
        if source is not None:
            field = algorithm.parameterAsString(parameters, 'NAME_FIELD', context)
            try:
                self._regions = regions.collect(source, field, algorithm.sources['INPUT'], context)
            except regions.RegionError as error:
                raise QgsProcessingException(str(error)) from error

    def endmembers(self, parameters: dict, context: QgsProcessingContext, folder: str) -> commands.Endmembers:
        """Options for the command; the regions are written to the folder."""
        algorithm = self._algorithm
        select = algorithm.parameterAsString(parameters, 'SELECT', context)
        vector = ''
        if self._regions is not None:
            vector = os.path.join(folder, 'spectra.gpkg')
            self._regions.write(vector)
        return commands.Endmembers(
            count=algorithm.parameterAsInt(parameters, 'COUNT', context),
            library=algorithm.parameterAsString(parameters, 'LIBRARY', context),
            select=[name.strip() for name in select.split(',') if name.strip()], spectra=vector,
            extract=algorithm.parameterAsEnumString(parameters, 'EXTRACT', context) or 'auto',
            mixing=algorithm.parameterAsEnumString(parameters, 'MIXING', context) or 'linear',
            seed=algorithm.parameterAsInt(parameters, 'SEED', context))


class ZoneOptions:
    """Zones of a run: polygons, or a raster of classes."""

    def __init__(self, algorithm: WsNetAlgorithm) -> None:
        self._algorithm = algorithm
        self._regions: regions.Regions | None = None

    def prepare(self, parameters: dict, context: QgsProcessingContext, cube_path: str, needed: bool) -> None:
        """Reads polygons, in the main thread."""
        algorithm = self._algorithm
        source = algorithm.parameterAsSource(parameters, 'ZONES', context)
        if parameters.get('ZONES') and source is None:
            raise QgsProcessingException(algorithm.invalidSourceError(parameters, 'ZONES'))
        n_given = (source is not None) + ('CLASSES' in algorithm.sources)
        if n_given > 1 or (needed and not n_given):
            raise QgsProcessingException(tr('Choose zones either as polygons or as a raster of classes.'))
        if source is not None:
            field = algorithm.parameterAsString(parameters, 'ZONE_FIELD', context)
            try:
                self._regions = regions.collect(source, field, cube_path, context, tr('zone {n}'))
            except regions.RegionError as error:
                raise QgsProcessingException(str(error)) from error

    def zones(self, folder: str) -> commands.Zones:
        """Options for the command; polygons are written to the folder."""
        if self._regions is None:
            return commands.Zones(self._algorithm.sources.get('CLASSES', ''))
        path = os.path.join(folder, 'zones.gpkg')
        self._regions.write(path)
        return commands.Zones(path, regions.NAME_COLUMN)


def training(algorithm: WsNetAlgorithm, parameters: dict, context: QgsProcessingContext,
             strata: commands.Zones) -> commands.Training:
    """Settings of the training."""
    return commands.Training(
        coverage=algorithm.parameterAsDouble(parameters, 'COVERAGE', context),
        steps=algorithm.parameterAsInt(parameters, 'STEPS', context),
        threads=algorithm.parameterAsInt(parameters, 'THREADS', context), strata=strata,
        ensemble=algorithm.parameterAsInt(parameters, 'ENSEMBLE', context),
        illumination=algorithm.parameterAsString(parameters, 'ILLUMINATION', context).strip(),
        without=[part for part in algorithm.parameterAsEnumStrings(parameters, 'WITHOUT', context) if part])


def cube_to_read(algorithm: WsNetAlgorithm, parameters: dict, context: QgsProcessingContext,
                 feedback: QgsProcessingFeedback, folder: str) -> str:
    """The cube for the command, reduced to the chosen bands; says which bands are not used and why."""
    source = algorithm.sources['INPUT']
    chosen = algorithm.parameterAsInts(parameters, 'BANDS', context) if parameters.get('BANDS') else []
    try:
        for line in cube.describe(source).explain():
            feedback.pushInfo(line)
        if not chosen:
            return source
        feedback.pushInfo(tr('{n} bands were chosen; the others are left out.').format(n=len(chosen)))
        return cube.with_bands(source, chosen, os.path.join(folder, Path(source).stem + '.vrt'))
    except ProcessError as error:
        raise QgsProcessingException(str(error)) from error
