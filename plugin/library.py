# SPDX-License-Identifier: GPL-2.0-or-later
"""Endmember tables: CSV with a column for wavelengths and one for each material."""
from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field
from pathlib import Path

from qgis.core import (QgsCoordinateReferenceSystem, QgsFeature, QgsFeatureSink, QgsField, QgsFields, QgsWkbTypes)

from .compat import DOUBLE_FIELD, INTEGER_FIELD, TEXT_FIELD
from .i18n import tr


# A column of band widths, not a spectrum.
WIDTHS = 'fwhm_nm'


class LibraryError(ValueError):
    """The table cannot be used; the text is one sentence for the user."""


@dataclass
class SpectralLibrary:
    """Named spectra on common wavelengths; a wavelength is 0 where it is unknown."""

    names: list[str] = field(default_factory=list)
    wavelength_nm: list[float] = field(default_factory=list)
    spectra: list[list[float]] = field(default_factory=list)

    def write(self, path: str) -> None:
        """Saves the table as CSV, for use as a spectral library."""
        with open(path, 'w', newline='', encoding='utf-8') as stream:
            table = csv.writer(stream, lineterminator='\n')
            table.writerow(['wavelength_nm'] + self.names)
            for band, wavelength in enumerate(self.wavelength_nm):
                table.writerow([f'{wavelength:.10g}'] + [f'{spectrum[band]:.9g}' for spectrum in self.spectra])


def read(path: str) -> SpectralLibrary:
    """Reads an endmember table; raises one sentence when it is not one."""
    name = Path(path).name
    try:
        with open(path, newline='', encoding='utf-8') as stream:
            rows = [row for row in csv.reader(stream) if row and not row[0].startswith('#')]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LibraryError(tr('{name} could not be read: {reason}').format(name=name, reason=error)) from error
    if len(rows) < 2 or len(rows[0]) < 2 or any(len(row) != len(rows[0]) for row in rows):
        raise LibraryError(tr('{name} is not an endmember table: it needs a wavelength column and one column for '
                              'each material.').format(name=name))
    try:
        values = [[float(cell) if cell else math.nan for cell in row] for row in rows[1:]]
    except ValueError as error:
        raise LibraryError(tr('{name} is not an endmember table: {reason}').format(
            name=name, reason=error)) from error
    columns = list(zip(*values))
    spectra = [(name, list(column)) for name, column in zip(rows[0][1:], columns[1:]) if name != WIDTHS]
    return SpectralLibrary([name for name, _ in spectra], list(columns[0]), [column for _, column in spectra])


def table_fields() -> QgsFields:
    """Columns of the table of spectra."""
    fields = QgsFields()
    fields.append(QgsField('endmember', TEXT_FIELD))
    fields.append(QgsField('band', INTEGER_FIELD))
    fields.append(QgsField('wavelength_nm', DOUBLE_FIELD))
    fields.append(QgsField('value', DOUBLE_FIELD))
    return fields


def fill_table(sink: QgsFeatureSink, library: SpectralLibrary) -> None:
    """Adds a row for each endmember and band."""
    fields = table_fields()
    for name, spectrum in zip(library.names, library.spectra):
        for band, (wavelength, value) in enumerate(zip(library.wavelength_nm, spectrum)):
            feature = QgsFeature(fields)
            feature.setAttributes([name, band + 1, wavelength if wavelength > 0 else None,
                                   value if math.isfinite(value) else None])
            sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert)


NO_GEOMETRY = QgsWkbTypes.Type.NoGeometry
NO_CRS = QgsCoordinateReferenceSystem()
