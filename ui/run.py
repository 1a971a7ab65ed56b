# SPDX-License-Identifier: GPL-2.0-or-later
"""A run of Unmix: progress and Cancel in the message bar, the result as a group of layers."""
from __future__ import annotations

import time
from typing import Callable

from qgis.core import Qgis, QgsCoordinateReferenceSystem, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtWidgets import QProgressBar, QPushButton

from .. import outputs, results
from ..i18n import tr
from ..scene import Scene
from . import background

# QGIS tells the end of a task itself; what we say comes after it, on top.
AFTER_QGIS_MS = 200


class UnmixRun(QObject):
    """One run, from the click to the layers."""

    def __init__(self, iface: object, layer: QgsRasterLayer, parameters: dict,
                 shown: Callable[[str], None], at_end: Callable[[], None] | None = None) -> None:
        super().__init__(iface.mainWindow())
        self._iface, self._shown, self._at_end = iface, shown, at_end or (lambda: None)
        self._title = layer.name()
        self._crs = QgsCoordinateReferenceSystem(layer.crs())
        self._started = time.monotonic()
        self._item: object | None = None
        self._cancelled = False
        self._counted = parameters.get('COUNT') == 0
        self.is_running = False
        self.percent = 0.0
        self.result = ''
        self.task = background.AlgorithmTask(tr('Unmixing {name}').format(name=self._title), 'wsnet:unmix', parameters,
                                             self._finish, self)

    def start(self) -> bool:
        """Starts in the background; says so, or why not, in the message bar."""
        if not self.task.prepare():
            self._say(self._failure(self.task.feedback.error), Qgis.MessageLevel.Critical)
            self._at_end()
            self.deleteLater()
            return False
        self._show_progress()
        self.is_running = True
        self.task.launch()
        return True

    def _show_progress(self) -> None:
        """A bar with what is being done, the remaining time, and Cancel."""
        bar = self._iface.messageBar()
        self._item = bar.createMessage(tr('Unmixing {name}').format(name=self._title), tr('starting'))
        progress = QProgressBar()
        progress.setMaximum(100)
        progress.setMinimumWidth(180)
        progress.setAccessibleName(tr('Progress of unmixing'))
        cancel = QPushButton(tr('Cancel'))
        cancel.setAccessibleName(tr('Cancel unmixing'))
        cancel.clicked.connect(self.cancel)
        self._item.layout().addWidget(progress)
        self._item.layout().addWidget(cancel)
        self._item.destroyed.connect(self._forget_item)
        self.task.progressChanged.connect(self._update)
        self._progress, self._button = progress, cancel
        bar.pushWidget(self._item, Qgis.MessageLevel.Info)

    def _forget_item(self) -> None:
        """The user closed the message; the run goes on and the task manager still shows it."""
        self._item = None

    def _update(self, percent: float) -> None:
        """Moves the bar."""
        self.percent = percent
        if self._item is not None:
            self._progress.setValue(int(percent))
            if not self._cancelled and self.task.feedback.stage:
                self._item.setText(self.task.feedback.stage)

    def cancel(self) -> None:
        """Stops the run, if it still runs."""
        if not self.is_running:
            return
        self._cancelled = True
        if self._item is not None:
            self._button.setEnabled(False)
            self._item.setText(tr('cancelling'))
        self.task.cancel()

    def remove(self) -> None:
        """Takes the run out of the window, after its task was stopped."""
        if self.is_running:
            self.is_running = False
            self._at_end()
        if self._item is not None:
            self._iface.messageBar().popWidget(self._item)
        self.deleteLater()

    def _finish(self, answer: dict | None, feedback: background.KeptFeedback) -> None:
        """Shows the layers, or says in one sentence why there are none."""
        self.is_running = False
        self.task = None  # the task manager deletes it
        self._at_end()
        if self._item is not None:
            self._iface.messageBar().popWidget(self._item)
        QTimer.singleShot(AFTER_QGIS_MS, lambda: self._tell_end(answer, feedback))
        if answer is None:
            return
        strongest = [int(number) for number in answer.get('STRONGEST', '').split(',') if number]
        path = answer['OUTPUT']
        results.add_group(Scene(path), results.title_of(self._title, answer['COUNT']), strongest, crs=self._crs)
        self.result = path
        self._shown(path)

    def _tell_end(self, answer: dict | None, feedback: background.KeptFeedback) -> None:
        """How the run ended: what was asked for on top, warnings below it."""
        if answer is not None:
            self._warn(feedback.warnings)
            self._tell_success(answer['COUNT'], outputs.counts_in(feedback.lines))
        elif self._cancelled or feedback.isCanceled():
            self._say(tr('Cancelled; nothing was left behind.'), Qgis.MessageLevel.Info)
        else:
            self._say(self._failure(feedback.error), Qgis.MessageLevel.Critical)

    def _warn(self, warnings: list[str]) -> None:
        """The first warning; all of them for those who want to know more."""
        if warnings:
            text = tr('Unmixed, but: {text}').format(text=warnings[0])
            self._say(text, Qgis.MessageLevel.Warning, '\n\n'.join(warnings) if len(warnings) > 1 else '')

    def _tell_success(self, n: int, counts: str) -> None:
        """How many materials there are, and what to do next; where their number comes from, for those who ask."""
        text, more = tr('{n} materials mapped in {seconds:.0f} s. Now click a pixel.'), ''
        if self._counted:
            text = tr('{n} materials counted and mapped in {seconds:.0f} s. Now click a pixel.')
            more = tr('The materials were counted in the image ({counts}). For more or fewer, set their number in the '
                      'dialog and unmix again.').format(counts=counts)
        self._say(text.format(n=n, seconds=time.monotonic() - self._started), Qgis.MessageLevel.Success, more)

    def _failure(self, reason: str) -> str:
        """What failed, in the user's language, then the reason, which the command says in English."""
        return tr('“{name}” could not be unmixed.').format(name=self._title) + (f' {reason}' if reason else '')

    def _say(self, text: str, level: object, more: str = '') -> None:
        """One sentence in the message bar, and more at the press of a button; good news leaves by itself."""
        duration = 0 if level in (Qgis.MessageLevel.Critical, Qgis.MessageLevel.Warning) else 12
        if more:
            self._iface.messageBar().pushMessage('WS-Net', text, f'{text}\n\n{more}', level, duration)
        else:
            self._iface.messageBar().pushMessage('WS-Net', text, level, duration)
