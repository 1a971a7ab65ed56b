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
        found = ['--extract', self.extract] + (['--endmembers', str(self.count)] if self.count else [])
        return ['--mixing', self.mixing, '--seed', str(self.seed)] + (self.known() or found)

    def known(self) -> list[str]:
        """Options that name a library or places on the map; none where the endmembers are found in the image."""
        if self.library:
            select = ['--select', ','.join(f'"{name}"' for name in self.select)] if self.select else []
            return ['--library', self.library] + select
        return ['--spectra', self.spectra] if self.spectra else []


@dataclass
class Zones:
    """Parts of the map: polygons in a vector file with a column of names, or a raster of classes; empty: all of it."""

    path: str = ''
    name_field: str = ''

    def arguments(self, zones: str = '--zones', field_name: str = '--zone-field') -> list[str]:
        """Options of `wsnet audit` and `wsnet area`, or those of the given names."""
        options = [zones, self.path] if self.path else []
        return options + ([field_name, self.name_field] if self.name_field else [])


@dataclass
class Training:
    """Settings of the network's training."""

    coverage: float = 0.9
    steps: int = 1000
    threads: int = 0
    without: list[str] = field(default_factory=list)
    strata: Zones = field(default_factory=Zones)
    ensemble: int = 1
    illumination: str = ''

    def arguments(self) -> list[str]:
        """Options of `wsnet train`."""
        options = ['--coverage', repr(self.coverage), '--steps', str(self.steps)]
        if self.threads:
            options += ['--threads', str(self.threads)]
        for part in self.without:
            options += ['--without', part]
        if self.ensemble > 1:
            options += ['--ensemble', str(self.ensemble)]
        if self.illumination:
            options += ['--illumination', self.illumination]
        return options + self.strata.arguments('--strata', '--strata-field')


def train(cube: str, model: str, endmembers: Endmembers, training: Training) -> list[str]:
    """Trains a model on a cube."""
    return ['train', cube, '-o', model] + endmembers.arguments() + training.arguments() + PLAIN


def extend(model: str, cube: str, output: str, added: Endmembers, steps: int) -> list[str]:
    """Adds endmembers to a model."""
    return ['extend', model, cube, '-o', output, '--steps', str(steps), '--seed', str(added.seed)] \
        + added.known() + PLAIN


def adapt(model: str, cube: str, output: str, seed: int) -> list[str]:
    """Takes a model to another cube of its sensor."""
    return ['adapt', model, cube, '-o', output, '--seed', str(seed)] + PLAIN


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


def audit(cube: str, model: str, prefix: str, zones: Zones, truth: str, confidence: float, fit: float) -> list[str]:
    """Scores a model zone by zone; writes PREFIX.csv, PREFIX_gaps.csv and PREFIX.gpkg."""
    return ['audit', cube, model, '-o', prefix, '--confidence', repr(confidence), '--fit', repr(fit)] \
        + zones.arguments() + (['--truth', truth] if truth else []) + PLAIN


def area(scene: str, output: str, zones: Zones, coverage: float = 0, pixel_area: float = 0,
         sums: bool = False) -> list[str]:
    """Area of every material by zone, as JSON and, if an output is named, as a GeoPackage."""
    return ['area', scene, process.JSON] + (['-o', output] if output else []) + zones.arguments() \
        + (['--coverage', repr(coverage)] if coverage else []) \
        + (['--pixel-area', repr(pixel_area)] if pixel_area else []) + (['--sums'] if sums else []) + PLAIN


def card(model: str, output: str, scores: str, log: str) -> list[str]:
    """Writes what a model is made of and what it is for."""
    return ['card', model, '-o', output] + (['--scores', scores] if scores else []) + (['--log', log] if log else [])


def merge_library(first: str, second: str, output: str) -> list[str]:
    """Puts the spectra of two libraries into one table."""
    return ['merge-library', first, second, '-o', output]


def info(path: str) -> dict:
    """What `wsnet` knows of a model, a scene or a cube; raises one sentence."""
    return process.parse_json(process.run(['info', path, process.JSON]))
