# SPDX-License-Identifier: GPL-2.0-or-later
"""Work off the main thread: QGIS stays usable."""
from __future__ import annotations

from typing import Callable

from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback, QgsProject, QgsTask

_running: set[QgsTask] = set()


class FunctionTask(QgsTask):
    """Runs a function in the background and hands its result to the main thread."""

    def __init__(self, title: str, function: Callable[[], object], done: Callable[[object, str], None]) -> None:
        super().__init__(title, QgsTask.Flag.CanCancel)
        self._function, self._done = function, done
        self._result: object = None
        self._error = ''

    def run(self) -> bool:
        """In the background."""
        try:
            self._result = self._function()
        except Exception as error:  # whatever a file or a driver does must not end QGIS
            self._error = str(error) or type(error).__name__
        return not self._error

    def finished(self, result: bool) -> None:
        """In the main thread."""
        _running.discard(self)
        self._done(self._result, self._error)


def start(title: str, function: Callable[[], object], done: Callable[[object, str], None]) -> FunctionTask:
    """Calls done(result, error) in the main thread when the function has ended; error is one sentence or empty."""
    task = FunctionTask(title, function, done)
    _running.add(task)
    QgsApplication.taskManager().addTask(task)
    return task


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


class AlgorithmTask(QgsTask):
    """Runs a Processing algorithm in the background; done(results or None, feedback) follows in the main thread."""

    def __init__(self, title: str, algorithm_id: str, parameters: dict,
                 done: Callable[[dict | None, KeptFeedback], None]) -> None:
        super().__init__(title, QgsTask.Flag.CanCancel)
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

    def run(self) -> bool:
        """In the background."""
        try:
            self._results = self._algorithm.runPrepared(self._parameters, self._context, self.feedback)
        except Exception as error:  # an algorithm's sentence, or whatever else went wrong: never QGIS's end
            self.feedback.reportError(str(error))
        return self._results is not None

    def cancel(self) -> None:
        """Stops the algorithm within a second."""
        self.feedback.cancel()
        super().cancel()

    def finished(self, result: bool) -> None:
        """In the main thread."""
        _running.discard(self)
        if result:
            self._algorithm.postProcess(self._context, self.feedback)
        self._done(self._results if result else None, self.feedback)

    def launch(self) -> None:
        """Queues the task."""
        _running.add(self)
        QgsApplication.taskManager().addTask(self)
