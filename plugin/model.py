# SPDX-License-Identifier: GPL-2.0-or-later
"""What a model knows: its endmembers, bands, limits of detection and mixing model."""
from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from . import commands
from .i18n import tr
from .library import SpectralLibrary
from .process import ProcessError


@dataclass
class ModelInfo:
    """A model as `wsnet info` describes it; band_index counts from zero. Values of an adapted model's cube times gain
    plus offset are in the units of its endmembers."""

    names: list[str]
    endmembers: np.ndarray
    band_index: np.ndarray
    wavelength_nm: np.ndarray
    detection_limit: list[float]
    mixing: str
    coverage: float
    n_source_bands: int
    steps: int = 1000
    seed: int = 1
    n_members: int = 1
    illumination: str = ''
    gain: np.ndarray | float = 1.0
    offset: np.ndarray | float = 0.0

    def reconstruct(self, pixel: np.ndarray, abundance: np.ndarray) -> np.ndarray:
        """The spectrum that the abundances stand for, at the brightness that fits the pixel best."""
        if not np.isfinite(abundance).all():
            return np.full(len(pixel), np.nan)
        shape = abundance @ self.endmembers
        known, levelled = np.isfinite(pixel), pixel * self.gain + self.offset
        power = float(shape[known] @ shape[known])
        if power > 0:
            shape = shape * (float(shape[known] @ levelled[known]) / power)
        return self.in_cube_units(shape)

    def in_cube_units(self, spectra: np.ndarray) -> np.ndarray:
        """Spectra as the cube would show them."""
        return (spectra - self.offset) / self.gain

    def settings(self) -> dict:
        """Parameters of wsnet:unmix that train such a model again."""
        bands = [int(index) + 1 for index in self.band_index]
        return {'MIXING': self.mixing, 'COVERAGE': self.coverage, 'STEPS': self.steps, 'SEED': self.seed,
                'ENSEMBLE': self.n_members, 'ILLUMINATION': self.illumination,
                **({'BANDS': bands} if len(bands) < self.n_source_bands else {})}

    def library(self) -> SpectralLibrary:
        """The endmembers as a spectral library in the units of the cube."""
        return SpectralLibrary(list(self.names), [float(value) for value in self.wavelength_nm],
                               self.in_cube_units(self.endmembers).tolist())


def read_model(path: str) -> ModelInfo:
    """Asks `wsnet` about a model; raises one sentence."""
    content = commands.info(path)
    try:
        materials = content['endmembers']
        names = [str(material['name']) for material in materials]
        model = ModelInfo(
            names, np.array([spectrum for spectrum in content['spectra']], dtype=float),
            np.array(content['band_index'], dtype=int),
            np.array([value or 0 for value in content['wavelength_nm']], dtype=float),
            [_number(material.get('limit_of_detection')) for material in materials],
            str(content['mixing']), float(content['coverage']), int(content['n_source_bands']),
            int(content['metadata'].get('steps', 1000)), int(content['metadata'].get('seed', 1)),
            int(content.get('n_members', 1)), _illumination(content['metadata']),
            *(np.array(content.get(key, [neutral] * len(content['band_index'])), dtype=float)
              for key, neutral in (('gain', 1), ('offset', 0))))
    except (KeyError, TypeError, ValueError) as error:
        raise ProcessError(tr('{name} is not a model.').format(name=path)) from error
    if model.endmembers.shape != (len(names), len(model.band_index)):
        raise ProcessError(tr('{name} is not a model.').format(name=path))
    return model


def _illumination(metadata: dict) -> str:
    """What the training was told of the illumination; empty where it was told nothing."""
    found = re.search(r'--illumination (\S+)', str(metadata.get('options', '')))
    return found[1] if found else ''


def _number(value: float | None) -> float:
    """A number, NaN where `wsnet` knows none."""
    return math.nan if value is None else float(value)
