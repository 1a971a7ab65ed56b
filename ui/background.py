# SPDX-License-Identifier: GPL-2.0-or-later
"""Work off the main thread: QGIS stays usable."""
from __future__ import annotations

import threading
import time
from typing import Callable

from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback, QgsProject, QgsTask
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.sip import isdeleted

STOP_SECONDS = 5.0

_running: set[BackgroundTask] = set()


class BackgroundTask(QgsTask):
    """Work in a thread; its owner, such as a window, is told of the end in the main thread, if it is still there."""

    def __init__(self, title: str, owner: QObject) -> None:
        super().__init__(title, QgsTask.Flag.CanCancel)
        self._owner: QObject | None = owner
        self._rest = threading.Event()
        self._rest.set()

    def work(self) -> bool:
        """What is to be done; whether it went well."""
        raise NotImplementedError

    def tell(self, result: bool) -> None:
        """Hands the result to the owner."""
        raise NotImplementedError

    def launch(self) -> None:
        """Queues the task."""
        _running.add(self)
        QgsApplication.taskManager().addTask(self)

    def run(self) -> bool:
        """In the background."""
        self._rest.clear()
        try:
            return not self.isCanceled() and self.work()
        finally:
            self._rest.set()

    def finished(self, result: bool) -> None:
        """In the main thread."""
        _running.discard(self)
        if self._owner is not None and not isdeleted(self._owner):
            self.tell(result)

    def disown(self) -> None:
        """Nobody is told of the end."""
        self._owner = None

    def is_at_rest(self, seconds: float = 0) -> bool:
        """Whether no thread works for the task, now or after a wait."""
        return self._rest.wait(seconds)


def stop() -> None:
    """Ends what runs, before the plugin is taken away: nobody is told, and no thread stays in its code."""
    tasks, end = list(_running), time.monotonic() + STOP_SECONDS
    for task in tasks:
        task.disown()
        task.cancel()
    for task in tasks:
        task.is_at_rest(max(0.0, end - time.monotonic()))


class FunctionTask(BackgroundTask):
    """Runs a function in the background and hands its result to the main thread."""

    def __init__(self, title: str, function: Callable[[], object], done: Callable[[object, str], None],
                 owner: QObject) -> None:
        super().__init__(title, owner)
        self._function, self._done = function, done
        self._result: object = None
        self._error = ''

    def work(self) -> bool:
        """Calls the function."""
        try:
            self._result = self._function()
        except Exception as error:  # whatever a file or a driver does must not end QGIS
            self._error = str(error) or type(error).__name__
        return not self._error

    def tell(self, result: bool) -> None:
        """Result or error."""
        self._done(self._result, self._error)


def start(title: str, function: Callable[[], object], done: Callable[[object, str], None], owner: QObject) -> None:
    """Calls done(result, error) in the main thread when the function has ended, unless the owner was deleted
    meanwhile; error is one sentence or empty."""
    FunctionTask(title, function, done, owner).launch()


class KeptFeedback(QgsProcessingFeedback):
    """Remembers the last error, for the message bar."""

    def __init__(self) -> None:
        super().__init__(False)
        self.error = ''
        self.warnings: list[str] = []
        self.lines: list[str] = []
        self.stage = ''

    def reportError(self, error: str, fatalError: bool = False) -> None:  # noqa: N802, N803
        """One sentence from an algorithm."""
        self.error = error
        super().reportError(error, fatalError)

    def pushWarning(self, warning: str) -> None:  # noqa: N802
        """One sentence that the user should see even if all went well."""
        self.warnings.append(warning)
        super().pushWarning(warning)

    def pushInfo(self, info: str) -> None:  # noqa: N802
        """A line of the log."""
        self.lines.append(info)
        super().pushInfo(info)

    def setProgressText(self, text: str) -> None:  # noqa: N802
        """What is being done, with the remaining time."""
        self.stage = text
        super().setProgressText(text)


class AlgorithmTask(BackgroundTask):
    """Runs a Processing algorithm in the background; done(results or None, feedback) follows in the main thread."""

    def __init__(self, title: str, algorithm_id: str, parameters: dict,
                 done: Callable[[dict | None, KeptFeedback], None], owner: QObject) -> None:
        super().__init__(title, owner)
        self._parameters, self._done = parameters, done
        self.feedback = KeptFeedback()
        self._context = QgsProcessingContext()
        self._context.setProject(QgsProject.instance())
        self._context.setFeedback(self.feedback)
        self._algorithm = QgsApplication.processingRegistry().createAlgorithmById(algorithm_id)
        self._results: dict | None = None
        self.feedback.progressChanged.connect(self.setProgress)

    def prepare(self) -> bool:
        """Checks the parameters in the main thread; the reason for a refusal is in the feedback."""
        fine, problem = self._algorithm.checkParameterValues(self._parameters, self._context)
        if not fine:
            self.feedback.reportError(problem)
            return False
        return self._algorithm.prepare(self._parameters, self._context, self.feedback)

    def work(self) -> bool:
        """Runs the algorithm."""
        try:
            self._results = self._algorithm.runPrepared(self._parameters, self._context, self.feedback)
        except Exception as error:  # an algorithm's sentence, or whatever else went wrong: never QGIS's end
            self.feedback.reportError(str(error))
        return self._results is not None

    def cancel(self) -> None:
        """Stops the algorithm within a second."""
        self.feedback.cancel()
        super().cancel()

    def tell(self, result: bool) -> None:
        """Results, or what was said of the failure."""
        if result:
            self._algorithm.postProcess(self._context, self.feedback)
        self._done(self._results if result else None, self.feedback)
