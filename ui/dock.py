# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock: what a clicked pixel is made of, and how sure that is."""
from __future__ import annotations

import math

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (QApplication, QFrame, QGroupBox, QHBoxLayout, QInputDialog, QLabel, QListWidget,
                                 QListWidgetItem, QPushButton, QScrollArea, QSizePolicy, QSplitter, QVBoxLayout,
                                 QWidget)

from ..i18n import tr
from ..library import SpectralLibrary
from ..pixel import PixelReport, fit_in_words
from ..retrain import EndmemberList
from . import axes
from .abundance_bars import AbundanceBars
from .spectrum_plot import SpectrumPlot


class PixelDock(QgsDockWidget):
    """Shows pixel reports; asks for a tool to pick with, and for a training with changed endmembers."""

    pick_wanted = pyqtSignal(bool)
    retrain_wanted = pyqtSignal(SpectralLibrary)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr('WS-Net pixel'), parent)
        self.setObjectName('WsNetPixelDock')
        self._report: PixelReport | None = None
        self._endmembers: EndmemberList | None = None
        self.place = QLabel(tr('No pixel picked yet.'))
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.plot, self.bars = SpectrumPlot(), AbundanceBars()
        self.fit = QLabel()
        self.fit.setWordWrap(True)
        self.fit.setAccessibleName(tr('Fit of the pixel'))
        self.key = QLabel()
        self.key.setWordWrap(True)
        font = self.key.font()
        font.setPointSizeF(font.pointSizeF() * 0.88)
        self.key.setFont(font)
        self.scroll = QScrollArea()
        self.pick = self._button(tr('&Pick pixels'), tr('Click pixels on the map to see their spectra'))
        self.pick.setCheckable(True)
        self.copy = self._button(tr('&Copy as CSV'), tr('Copy spectra and abundances for a spreadsheet'))
        self.add = self._button(tr('&Add spectrum…'), tr('Add the measured spectrum to the endmembers'))
        self.retrain = self._button(tr('&Retrain'), tr('Unmix again with the ticked endmembers'))
        self.list = QListWidget()
        self.list.setAccessibleName(tr('Endmembers for retraining'))
        self._lay_out()
        self.pick.toggled.connect(self.pick_wanted)
        self.copy.clicked.connect(self._copy)
        self.add.clicked.connect(self._add)
        self.retrain.clicked.connect(self._retrain)
        self.list.itemChanged.connect(self._tick)
        self._enable()

    @staticmethod
    def _button(text: str, tip: str) -> QPushButton:
        """A button with a tooltip that screen readers read too."""
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        return button

    def _lay_out(self) -> None:
        """Plot above, bars and endmembers below, buttons where they belong."""
        top = QHBoxLayout()
        top.addWidget(self.place, 1)
        top.addWidget(self.pick)
        top.addWidget(self.copy)
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setWidget(self.bars)
        self.scroll.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._fit_bars()
        box = QGroupBox(tr('Endmembers for retraining'))
        self.list.setMinimumHeight(60)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QVBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.retrain)
        buttons.addStretch()
        row = QHBoxLayout(box)
        row.addWidget(self.list, 1)
        row.addLayout(buttons)
        lower = QWidget()
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.fit)
        column.addWidget(self.scroll, 100)
        column.addWidget(self.key)
        column.addStretch(1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        for widget, stretch in ((self.plot, 3), (lower, 2), (box, 1)):
            splitter.addWidget(widget)
            splitter.setStretchFactor(splitter.count() - 1, stretch)
            splitter.setCollapsible(splitter.count() - 1, widget is box)
        splitter.setSizes([240, 260, 100])
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.addLayout(top)
        layout.addWidget(splitter, 1)
        content.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setWidget(content)

    # --- what is shown -----------------------------------------------------------------------------------------

    def show_report(self, report: PixelReport, endmembers: EndmemberList) -> None:
        """A pixel was read."""
        self._report = report
        self.place.setText(tr('Column {column}, row {row}').format(column=report.column, row=report.row))
        self.plot.set_report(report)
        self.bars.set_shares([] if report.is_empty() else report.shares)
        self._fit_bars()
        self.fit.setText(self._fit_text(report))
        self.key.setText(self._key_text(report))
        self.scroll.verticalScrollBar().setValue(0)
        if endmembers is not self._endmembers:
            self._endmembers = endmembers
            self._fill_list()
        self._enable()

    def clear(self) -> None:
        """No pixel, no scene."""
        self._report = self._endmembers = None
        self.place.setText(tr('No pixel picked yet.'))
        self.plot.set_report(None)
        self.bars.set_shares([])
        self._fit_bars()
        self.fit.clear()
        self.key.clear()
        self.list.clear()
        self._enable()

    def show_message(self, text: str) -> None:
        """Something else than a report: why there is none, or that it is being read."""
        self.place.setText(text)

    def _fit_bars(self) -> None:
        """The bars take no more room than they fill, and scroll where there is less."""
        height = self.bars.sizeHint().height()
        self.scroll.setMaximumHeight(height + 8 if height else 0)  # some styles draw a margin
        self.scroll.setMinimumHeight(min(height, 90))

    @staticmethod
    def _fit_text(report: PixelReport) -> str:
        """The fit value in words."""
        if report.is_empty() or not math.isfinite(report.fit):
            return ''
        return tr('Fit {value}: {words}.').format(value=axes.number(report.fit, 0.01), words=fit_in_words(report.fit))

    @staticmethod
    def _key_text(report: PixelReport) -> str:
        """The meaning of whiskers and triangles."""
        if report.is_empty() or not any(math.isfinite(share.lower) for share in report.shares):
            return ''
        return tr('Whiskers: {coverage} % intervals. Triangles: limits of detection.').format(
            coverage=axes.number(100 * report.coverage, 1))

    def _enable(self) -> None:
        """Only what can be done now."""
        has_pixel = self._report is not None and not self._report.is_empty()
        self.copy.setEnabled(has_pixel)
        self.add.setEnabled(has_pixel)
        changed = self._endmembers is not None and self._endmembers.is_changed()
        self.retrain.setEnabled(changed and self._endmembers.n_ticked() >= 2)

    def _fill_list(self) -> None:
        """The endmembers of the scene, and the added ones."""
        self.list.blockSignals(True)
        self.list.clear()
        for name, ticked in zip(self._endmembers.names, self._endmembers.ticked):
            item = QListWidgetItem(name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.blockSignals(False)

    # --- what the user does ------------------------------------------------------------------------------------

    def _copy(self) -> None:
        """The report to the clipboard."""
        QApplication.clipboard().setText(self._report.csv())

    def _add(self) -> None:
        """The measured spectrum becomes an endmember, under a name that the user gives."""
        suggestion = tr('pixel {column}/{row}').format(column=self._report.column, row=self._report.row)
        name, fine = QInputDialog.getText(self, tr('Add spectrum'), tr('Name of the material:'), text=suggestion)
        if fine and name.strip():
            self.add_spectrum(name.strip())

    def add_spectrum(self, name: str) -> None:
        """Adds the spectrum of the shown pixel."""
        self._endmembers.add(name, self._report.measured)
        self._fill_list()
        self._enable()

    def _tick(self, item: QListWidgetItem) -> None:
        """An endmember is taken in or left out."""
        self._endmembers.ticked[self.list.row(item)] = item.checkState() == Qt.CheckState.Checked
        self._enable()

    def _retrain(self) -> None:
        """Asks for a training with the ticked endmembers."""
        self.retrain_wanted.emit(self._endmembers.library())
