# SPDX-License-Identifier: GPL-2.0-or-later
"""A run of Unmix: progress and Cancel in the message bar, the result as a group of layers."""
from __future__ import annotations

import time
from typing import Callable

from qgis.core import Qgis, QgsCoordinateReferenceSystem, QgsRasterLayer
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QProgressBar, QPushButton

from .. import results
from ..i18n import tr
from ..scene import Scene
from . import background


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
                                             self._finish)

    def start(self) -> bool:
        """Starts in the background; says so, or why not, in the message bar."""
        if not self.task.prepare():
            self._say(self._failure(self.task.feedback.error), Qgis.MessageLevel.Critical)
            self._at_end()
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

    def _finish(self, outputs: dict | None, feedback: background.KeptFeedback) -> None:
        """Shows the layers, or says in one sentence why there are none."""
        self.is_running = False
        self.task = None  # the task manager deletes it
        self._at_end()
        if self._item is not None:
            self._iface.messageBar().popWidget(self._item)
        if outputs is None:
            if self._cancelled or feedback.isCanceled():
                self._say(tr('Cancelled; nothing was left behind.'), Qgis.MessageLevel.Info)
            else:
                self._say(self._failure(feedback.error), Qgis.MessageLevel.Critical)
            return
        for warning in feedback.warnings[:3]:
            self._say(tr('“{name}” is unmixed, but look at this: {text}').format(name=self._title, text=warning),
                      Qgis.MessageLevel.Warning)
        strongest = [int(number) for number in outputs.get('STRONGEST', '').split(',') if number]
        path = outputs['OUTPUT']
        results.add_group(Scene(path), results.title_of(self._title, outputs['COUNT']), strongest, crs=self._crs)
        text = tr('{n} materials mapped in {seconds:.0f} s. Click a pixel to see its spectrum.')
        if self._counted:
            text += ' ' + tr('They were counted in the image; for more or fewer, set their number and unmix again.')
        self._say(text.format(n=outputs['COUNT'], seconds=time.monotonic() - self._started), Qgis.MessageLevel.Success)
        self.result = path
        self._shown(path)

    def _failure(self, reason: str) -> str:
        """What failed, in the user's language, then the reason, which the command says in English."""
        return tr('“{name}” could not be unmixed.').format(name=self._title) + (f' {reason}' if reason else '')

    def _say(self, text: str, level: object) -> None:
        """One sentence in the message bar; good news leaves by itself."""
        duration = 0 if level in (Qgis.MessageLevel.Critical, Qgis.MessageLevel.Warning) else 8
        self._iface.messageBar().pushMessage('WS-Net', text, level, duration)
