# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings that most users never touch, folded away."""
from __future__ import annotations

from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtWidgets import (QComboBox, QDoubleSpinBox, QFormLayout, QLineEdit, QSpinBox, QWidget)

from ..algorithms import parameters as processing
from ..i18n import tr

EXTRACTION_TITLES = ('auto', 'archetypes', 'vca', 'nfindr', 'atgp')
ILLUMINATION = ('auto', '0.15')  # the first is what the training does unless told otherwise


class AdvancedBox(QgsCollapsibleGroupBox):
    """Extraction, training and bands; what each is for is said as in the toolbox."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr('Advanced'), parent)
        self.extract = QComboBox()
        for name, title in zip(EXTRACTION_TITLES, (tr('Best of several'), tr('Archetypal analysis'),
                                                   tr('Vertex component analysis (VCA)'), 'N-FINDR', 'ATGP')):
            self.extract.addItem(title, name)
        self.bands = QLineEdit()
        self.bands.setPlaceholderText(tr('all good bands, or for example 1-90, 100-130'))
        self.coverage = QDoubleSpinBox()
        self.coverage.setRange(51, 99.9)
        self.coverage.setValue(90)
        self.coverage.setDecimals(1)
        self.coverage.setSuffix(' %')
        self.weak_bias = QDoubleSpinBox()
        self.weak_bias.setRange(-20, 20)
        self.weak_bias.setSingleStep(0.5)
        self.steps = self._whole_number(1, 100000, 1000)
        self.ensemble = self._whole_number(1, processing.MAX_ENSEMBLE, 1)
        self.illumination = QComboBox()
        self.illumination.setEditable(True)
        self.illumination.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.illumination.addItems(ILLUMINATION)
        self.seed = self._whole_number(0, 2 ** 31 - 1, 1)
        self.threads = self._whole_number(0, 256, 0)
        self.threads.setSpecialValueText(tr('all processors'))
        self._lay_out()
        self.setCollapsed(True)

    @staticmethod
    def _whole_number(least: int, most: int, value: int) -> QSpinBox:
        """A box for a number."""
        box = QSpinBox()
        box.setRange(least, most)
        box.setValue(value)
        return box

    def _lay_out(self) -> None:
        """A row for each, with the help of the parameter that it sets."""
        form = QFormLayout(self)
        helps = {definition.name(): definition.help() for definition in
                 (processing.extraction(), processing.band_subset(), processing.weak_bias(), *processing.training())}
        for title, widget, name in ((tr('&Extraction'), self.extract, 'EXTRACT'),
                                    (tr('&Bands to use'), self.bands, 'BANDS'),
                                    (tr('Co&verage of intervals'), self.coverage, 'COVERAGE'),
                                    (tr('&Lean on weak signals'), self.weak_bias, 'WEAK_BIAS'),
                                    (tr('Illumination varies b&y'), self.illumination, 'ILLUMINATION'),
                                    (tr('Training &steps'), self.steps, 'STEPS'),
                                    (tr('Netw&orks (ensemble)'), self.ensemble, 'ENSEMBLE'),
                                    (tr('See&d'), self.seed, 'SEED'), (tr('&Threads'), self.threads, 'THREADS')):
            widget.setToolTip(f'<p>{helps[name]}</p>')  # as rich text, which wraps
            widget.setAccessibleDescription(helps[name])
            form.addRow(title, widget)
        self.bands.setToolTip(f'<p>{self.bands.placeholderText()}</p>' + self.bands.toolTip())

    def parameters(self) -> dict:
        """The chosen values, as parameters of wsnet:unmix; raises ValueError when text cannot be read."""
        chosen = {'EXTRACT': self.extract.currentData(), 'COVERAGE': self.coverage.value() / 100,
                  'WEAK_BIAS': self.weak_bias.value(), 'STEPS': self.steps.value(), 'SEED': self.seed.value(),
                  'THREADS': self.threads.value(), 'ENSEMBLE': self.ensemble.value(),
                  'ILLUMINATION': illumination_of(self.illumination.currentText())}
        bands = band_list(self.bands.text())
        if bands:
            chosen['BANDS'] = bands
        return chosen


def band_list(text: str) -> list[int]:
    """Band numbers from words such as “1-90, 100-130”."""
    bands: list[int] = []
    for part in text.replace(';', ',').replace('–', '-').split(','):
        if not part.strip():
            continue
        ends = [end.strip() for end in part.split('-')]
        if len(ends) > 2 or not all(end.isdigit() for end in ends) or int(ends[0]) < 1 \
                or int(ends[-1]) < int(ends[0]):
            raise ValueError(tr('“{text}” is not a band or a range of bands.').format(text=part.strip()))
        bands += range(int(ends[0]), min(int(ends[-1]), 100000) + 1)
    return sorted(set(bands))


def illumination_of(text: str) -> str:
    """The parameter ILLUMINATION from what was chosen or typed; empty for the usual value."""
    word = text.strip().replace(',', '.')
    if word in ('', *ILLUMINATION):
        return '' if word in ('', ILLUMINATION[0]) else word
    try:
        fine = 0 <= float(word) <= 1
    except ValueError:
        fine = False
    if not fine:
        raise ValueError(tr('Illumination is a number from 0 to 1, or auto, not “{text}”.').format(text=text.strip()))
    return word
