# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings that most users never touch, folded away."""
from __future__ import annotations

from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtWidgets import (QComboBox, QDoubleSpinBox, QFormLayout, QLineEdit, QSpinBox, QWidget)

from ..i18n import tr

EXTRACTION_TITLES = ('auto', 'archetypes', 'vca', 'nfindr', 'atgp')


class AdvancedBox(QgsCollapsibleGroupBox):
    """Extraction, training and bands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr('Advanced'), parent)
        form = QFormLayout(self)
        self.extract = QComboBox()
        for name, title in zip(EXTRACTION_TITLES, (tr('Best of several'), tr('Archetypal analysis'),
                                                   tr('Vertex component analysis (VCA)'), 'N-FINDR', 'ATGP')):
            self.extract.addItem(title, name)
        self.bands = QLineEdit()
        self.bands.setPlaceholderText(tr('all good bands, or for example 1-90, 100-130'))
        self.bands.setToolTip(self.bands.placeholderText())
        self.coverage = QDoubleSpinBox()
        self.coverage.setRange(51, 99.9)
        self.coverage.setValue(90)
        self.coverage.setDecimals(1)
        self.coverage.setSuffix(' %')
        self.weak_bias = QDoubleSpinBox()
        self.weak_bias.setRange(-20, 20)
        self.weak_bias.setSingleStep(0.5)
        self.weak_bias.setToolTip(tr('Positive values trust the branch for weak signals more'))
        self.steps = QSpinBox()
        self.steps.setRange(1, 100000)
        self.steps.setValue(1000)
        self.seed = QSpinBox()
        self.seed.setRange(0, 2 ** 31 - 1)
        self.seed.setValue(1)
        self.threads = QSpinBox()
        self.threads.setRange(0, 256)
        self.threads.setSpecialValueText(tr('all processors'))
        for title, widget in ((tr('&Extraction'), self.extract), (tr('&Bands to use'), self.bands),
                              (tr('Co&verage of intervals'), self.coverage),
                              (tr('&Lean on weak signals'), self.weak_bias),
                              (tr('Training &steps'), self.steps), (tr('See&d'), self.seed),
                              (tr('&Threads'), self.threads)):
            form.addRow(title, widget)
        self.setCollapsed(True)

    def parameters(self) -> dict:
        """The chosen values, as parameters of wsnet:unmix; raises ValueError when the bands cannot be read."""
        chosen = {'EXTRACT': self.extract.currentData(), 'COVERAGE': self.coverage.value() / 100,
                  'WEAK_BIAS': self.weak_bias.value(), 'STEPS': self.steps.value(), 'SEED': self.seed.value(),
                  'THREADS': self.threads.value()}
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
