# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs an algorithm and keeps what it said."""
from __future__ import annotations

from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback, QgsProject

QUICK = {'STEPS': 25, 'SEED': 1}


class Said(QgsProcessingFeedback):
    """Everything that an algorithm tells the user."""

    def __init__(self) -> None:
        super().__init__(False)
        self.errors: list[str] = []
        self.lines: list[str] = []
        self.warnings: list[str] = []
        self.stages: list[str] = []
        self.when_stage = None

    def reportError(self, error: str, fatalError: bool = False) -> None:  # noqa: N802, N803
        """An error."""
        self.errors.append(error)

    def pushInfo(self, info: str) -> None:  # noqa: N802
        """A line of the log."""
        self.lines.append(info)

    def pushWarning(self, warning: str) -> None:  # noqa: N802
        """A warning."""
        self.lines.append(warning)
        self.warnings.append(warning)

    def setProgressText(self, text: str) -> None:  # noqa: N802
        """What is being done."""
        self.stages.append(text)
        if self.when_stage is not None:
            self.when_stage(text)


class Failed(Exception):
    """An algorithm refused or failed; the text is what the user reads."""


def run(name: str, parameters: dict, said: Said | None = None, context: QgsProcessingContext | None = None) -> dict:
    """Results of an algorithm, as Processing would run it."""
    said = said or Said()
    context = context or QgsProcessingContext()
    context.setProject(QgsProject.instance())
    context.setFeedback(said)
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(name)
    assert algorithm is not None, name
    fine, problem = algorithm.checkParameterValues(parameters, context)
    if not fine:
        raise Failed(problem)
    results, done = algorithm.run(parameters, context, said)
    if not done:
        raise Failed(' '.join(said.errors))
    return results
