# SPDX-License-Identifier: GPL-2.0-or-later
"""The endmembers of a scene, to which spectra of pixels are added before it is trained again."""
from __future__ import annotations

import numpy as np

from .library import SpectralLibrary
from .model import ModelInfo


class EndmemberList:
    """A model's endmembers, and what the user added; each can be left out."""

    def __init__(self, model: ModelInfo) -> None:
        self._band_index = model.band_index
        self._library = model.library()
        self._n_known = len(model.names)
        self.ticked = [True] * self._n_known

    @property
    def names(self) -> list[str]:
        """Names, the added ones last."""
        return self._library.names

    def n_ticked(self) -> int:
        """How many are used."""
        return sum(self.ticked)

    def is_changed(self) -> bool:
        """Whether training again would use other endmembers than the model has."""
        return len(self.ticked) > self._n_known or not all(self.ticked)

    def add(self, name: str, spectrum: np.ndarray) -> None:
        """Adds a spectrum over all bands of the cube; an equal name gets a number."""
        free, number = name, 2
        while free in self.names:
            free = f'{name} {number}'
            number += 1
        self._library.names.append(free)
        self._library.spectra.append([float(value) for value in np.asarray(spectrum)[self._band_index]])
        self.ticked.append(True)

    def library(self) -> SpectralLibrary:
        """The ticked endmembers."""
        kept = [index for index, ticked in enumerate(self.ticked) if ticked]
        return SpectralLibrary([self.names[index] for index in kept], self._library.wavelength_nm,
                               [self._library.spectra[index] for index in kept])
