# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run tells beyond its maps: numbers about a scene and about endmembers, read from results."""
from __future__ import annotations

import math
import re

import numpy as np

from .library import SpectralLibrary
from .scene import Scene

UNKNOWN_FIT = 0.01
SAMPLE_SIZE = 256
COUNTS = re.compile(r'HySime \d+, NWHFC \d+, growth ratio \d+')


def counts_in(lines: list[str]) -> str:
    """What the methods counted, from the log of a training: “HySime 16, NWHFC 4, growth ratio 5”, or nothing."""
    found = COUNTS.search('\n'.join(lines))
    return found[0] if found else ''


def endmember_numbers(library: SpectralLibrary) -> dict[str, float]:
    """Smallest angle between two endmembers (degrees) and the condition number of their matrix."""
    spectra = np.asarray(library.spectra, dtype=float)
    keep = np.isfinite(spectra).all(axis=0)
    spectra = spectra[:, keep]
    if spectra.size == 0:
        return {}
    numbers = {'CONDITION': float(np.linalg.cond(spectra))}
    norms = np.linalg.norm(spectra, axis=1)
    if len(spectra) > 1 and (norms > 0).all():
        cosines = np.clip((spectra @ spectra.T) / np.outer(norms, norms), -1, 1)
        numbers['MIN_ANGLE'] = math.degrees(math.acos(float(cosines[np.triu_indices(len(spectra), 1)].max())))
    return numbers


def scene_numbers(scene: Scene) -> tuple[dict[str, float], list[int]]:
    """Mean residual, fit and confidence of a scene, and its three strongest abundance bands, from a sample."""
    sample = scene.sample(SAMPLE_SIZE)
    numbers: dict[str, float] = {}

    def mean(values: list[np.ndarray]) -> float | None:
        """Mean over pixels that have a value."""
        finite = np.concatenate([value[np.isfinite(value)] for value in values]) if values else np.empty(0)
        return float(finite.mean()) if finite.size else None

    def of_kind(kind: str) -> list[np.ndarray]:
        """The sample of all bands of a kind."""
        return [sample[band.number] for band in scene.bands if band.kind == kind]

    for name, kind in (('RMSE_MEAN', 'rmse'), ('FIT_MEAN', 'fit'), ('CONFIDENCE_MEAN', 'confidence')):
        value = mean(of_kind(kind))
        if value is not None:
            numbers[name] = value
    fits = [value[np.isfinite(value)] for value in of_kind('fit')]
    if fits and fits[0].size:
        numbers['UNKNOWN_SHARE'] = float((fits[0] < UNKNOWN_FIT).mean())
    abundances = [(mean([sample[band.number]]) or 0.0, band.number) for band in scene.bands
                  if band.kind == 'abundance']
    strongest = [number for _, number in sorted(abundances, key=lambda item: (-item[0], item[1]))[:3]]
    return numbers, strongest
