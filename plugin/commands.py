# SPDX-License-Identifier: GPL-2.0-or-later
"""Command lines of `wsnet`: the one place that knows its options."""
from __future__ import annotations

from dataclasses import dataclass, field

from . import process

PLAIN = ['--progress', 'plain']


@dataclass
class Endmembers:
    """Where the endmembers come from; with none of them given, they are found in the image."""

    count: int = 0
    library: str = ''
    select: list[str] = field(default_factory=list)
    spectra: str = ''
    extract: str = 'auto'
    mixing: str = 'linear'
    seed: int = 1

    def arguments(self) -> list[str]:
        """Options of `wsnet train` and `wsnet endmembers`."""
        options = ['--mixing', self.mixing, '--seed', str(self.seed)]
        if self.library:
            options += ['--library', self.library]
            if self.select:
                options += ['--select', ','.join(f'"{name}"' for name in self.select)]
        elif self.spectra:
            options += ['--spectra', self.spectra]
        else:
            options += ['--extract', self.extract]
            if self.count:
                options += ['--endmembers', str(self.count)]
        return options


@dataclass
class Training:
    """Settings of the network's training."""

    coverage: float = 0.9
    steps: int = 600
    threads: int = 0
    without: list[str] = field(default_factory=list)

    def arguments(self) -> list[str]:
        """Options of `wsnet train`."""
        options = ['--coverage', repr(self.coverage), '--steps', str(self.steps)]
        if self.threads:
            options += ['--threads', str(self.threads)]
        for part in self.without:
            options += ['--without', part]
        return options


def train(cube: str, model: str, endmembers: Endmembers, training: Training) -> list[str]:
    """Trains a model on a cube."""
    return ['train', cube, '-o', model] + endmembers.arguments() + training.arguments() + PLAIN


def unmix(model: str, cube: str, output: str, kinds: list[str], weak_bias: float = 0,
          method: str = 'wsnet') -> list[str]:
    """Writes a live scene, or a GeoTIFF, by the ending of the output."""
    return ['unmix', model, cube, '-o', output, '--bands', ','.join(kinds), '--weak-bias', repr(weak_bias),
            '--method', method] + PLAIN


def classical(cube: str, output: str, endmembers: Endmembers, method: str) -> list[str]:
    """Classical abundances of a cube, and what is suspicious about the endmembers, as JSON."""
    return ['classical', cube, '-o', output, '--method', method, process.JSON] + endmembers.arguments() + PLAIN


def count(cube: str) -> list[str]:
    """Counts the endmembers of a cube, as JSON."""
    return ['info', cube, '--count', process.JSON] + PLAIN


def endmembers(source: str, output: str, options: Endmembers | None = None) -> list[str]:
    """Writes the endmembers of a cube or of a model as CSV."""
    return ['endmembers', source, '-o', output] + (options.arguments() if options else []) + PLAIN


def score(abundances: str, truth: str, spectra: str = '', truth_spectra: str = '') -> list[str]:
    """Compares abundances (and endmembers) with the truth."""
    options = (['--endmembers', spectra] if spectra else []) \
        + (['--truth-endmembers', truth_spectra] if truth_spectra else [])
    return ['score', abundances, '--truth', truth, process.JSON] + options


def info(path: str) -> dict:
    """What `wsnet` knows of a model, a scene or a cube; raises one sentence."""
    return process.parse_json(process.run(['info', path, process.JSON]))
