# SPDX-License-Identifier: GPL-2.0-or-later
"""What all algorithms share: names and help, running the command, and leaving nothing behind on failure."""
from __future__ import annotations

import os
from pathlib import Path

from qgis.core import (QgsProcessingAlgorithm, QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback,
                       QgsProcessingOutputNumber, QgsProcessingParameterDefinition, QgsRasterLayer)
from qgis.PyQt.QtGui import QIcon

from .. import native, process
from ..i18n import tr
from ..library import LibraryError
from ..live_output import LiveSceneDestination
from ..paths import help_url, icon_path
from ..regions import RegionError
from ..scene import SceneError
from ..sources import GDAL, path_of

UNMIXING, ENDMEMBERS, QUALITY = 'unmixing', 'endmembers', 'quality'


def group_title(group: str) -> str:
    """A group's name in the toolbox."""
    return {UNMIXING: tr('Unmixing'), ENDMEMBERS: tr('Endmembers'), QUALITY: tr('Scores and reports')}[group]


def stage_title(stage: str) -> str:
    """What `wsnet` is doing, in the user's language."""
    titles = {'reading': tr('reading the cube'), 'counting endmembers': tr('counting endmembers'),
              'looking for endmembers': tr('looking for endmembers'),
              'looking for extreme pixels': tr('looking for endmembers'), 'reading spectra': tr('reading spectra'),
              'training': tr('training'), 'calibrating': tr('calibrating the intervals'), 'unmixing': tr('unmixing'),
              'fitting gain and offset': tr('fitting gains and offsets'), 'reading strata': tr('reading the zones'),
              'drawing': tr('drawing'), 'writing': tr('writing'), 'done': tr('finishing')}
    return titles.get(stage, stage) or tr('working')


class OutputGuard:
    """Removes the files that a failed or cancelled run has created; files that were there before stay."""

    SIDECARS = ('', '.aux.xml', '.ovr', '.msk', '-journal', '-wal', '-shm')

    def __init__(self) -> None:
        self._new: list[str] = []

    def watch(self, path: str) -> str:
        """Notes an output before it is written; makes its folder."""
        if path:
            os.makedirs(Path(path).resolve().parent, exist_ok=True)
            self._new += [path + sidecar for sidecar in self.SIDECARS if not os.path.exists(path + sidecar)]
        return path

    def remove(self) -> None:
        """Deletes what this run wrote."""
        for path in self._new:
            if os.path.isfile(path):
                os.remove(path)


class Stage:
    """One part of a run: turns the command's own percentage into the run's, with the remaining time in words."""

    def __init__(self, feedback: QgsProcessingFeedback, clock: process.RemainingTime, first: float, last: float):
        self._feedback, self._clock, self._first, self._last = feedback, clock, first, last

    def __call__(self, percent: float, what: str) -> None:
        """Shows how far the run is."""
        done = self._first + (self._last - self._first) * percent / 100
        self._feedback.setProgress(done)
        left = self._clock.text(done, what)
        title = stage_title(what)
        self._feedback.setProgressText(f'{title}, {left}' if left else title)


class WsNetAlgorithm(QgsProcessingAlgorithm):
    """Base of the provider's algorithms; subclasses say what they are and compute()."""

    NAME = ''
    GROUP = UNMIXING
    ICON = 'wsnet.svg'

    def __init__(self) -> None:
        super().__init__()
        self.guard = OutputGuard()
        self.clock = process.RemainingTime()
        self.sources: dict[str, str] = {}

    # --- what QGIS shows -------------------------------------------------------------------------------------

    def createInstance(self) -> 'WsNetAlgorithm':  # noqa: N802
        """A fresh one for each run."""
        return type(self)()

    def name(self) -> str:
        """The id after `wsnet:`."""
        return self.NAME

    def group(self) -> str:
        """The toolbox group."""
        return group_title(self.GROUP)

    def groupId(self) -> str:  # noqa: N802
        """The toolbox group's id."""
        return self.GROUP

    def icon(self) -> QIcon:
        """The toolbox icon."""
        return QIcon(self.svgIconPath())

    def svgIconPath(self) -> str:  # noqa: N802
        """The toolbox icon as a file."""
        return icon_path(self.ICON)

    def helpUrl(self) -> str:  # noqa: N802
        """The page for users."""
        return help_url(self.NAME)

    def shortHelpString(self) -> str:  # noqa: N802
        """What the algorithm does and a line for each parameter and output."""
        lines = [self.help_text()]
        described = [item for item in self.parameterDefinitions() if item.help()]
        if described:
            lines.append('<h3>' + tr('Parameters') + '</h3>')
            lines += [f'<p><b>{item.description()}</b>: {item.help()}</p>' for item in described]
        return '\n'.join(lines)

    def canExecute(self) -> tuple[bool, str]:  # noqa: N802
        """Whether the native part is there, else what to install."""
        problem = None if native.command() else native.missing()
        return problem is None, problem or ''

    def help_text(self) -> str:
        """A paragraph for the user."""
        raise NotImplementedError

    def checkParameterValues(self, parameters: dict,  # noqa: N802
                             context: QgsProcessingContext) -> tuple[bool, str]:
        """Whether the values can be used, else one sentence; also looks at the ending of live scenes."""
        for definition in self.parameterDefinitions():
            if isinstance(definition, LiveSceneDestination) and definition.name() in parameters:
                fine, problem = definition.isSupportedOutputValue(parameters[definition.name()], context)
                if not fine:
                    return fine, problem
        return super().checkParameterValues(parameters, context)

    # --- running -----------------------------------------------------------------------------------------------

    def prepareAlgorithm(self, parameters: dict, context: QgsProcessingContext,  # noqa: N802
                         feedback: QgsProcessingFeedback) -> bool:
        """Looks at layers, which belong to the main thread."""
        if native.command() is None:
            raise QgsProcessingException(native.missing())
        for definition in self.parameterDefinitions():
            if definition.type() == 'raster':
                layer = self.parameterAsRasterLayer(parameters, definition.name(), context)
                if layer is not None:
                    self.sources[definition.name()] = self.raster_source(layer)
                elif not definition.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional:
                    raise QgsProcessingException(self.invalidRasterError(parameters, definition.name()))
        return self.prepare_more(parameters, context, feedback)

    def prepare_more(self, parameters: dict, context: QgsProcessingContext,
                     feedback: QgsProcessingFeedback) -> bool:
        """Room for a subclass to read further layers in the main thread."""
        return True

    def processAlgorithm(self, parameters: dict, context: QgsProcessingContext,  # noqa: N802
                         feedback: QgsProcessingFeedback) -> dict:
        """Runs in the background; on failure or cancel no output stays."""
        self.clock = process.RemainingTime()
        try:
            return self.compute(parameters, context, feedback)
        except (process.ProcessError, RegionError, LibraryError, SceneError, OSError) as error:
            self.guard.remove()
            raise QgsProcessingException(str(error)) from error
        except BaseException:
            self.guard.remove()
            raise

    def compute(self, parameters: dict, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict:
        """The work; returns the outputs."""
        raise NotImplementedError

    @staticmethod
    def raster_source(layer: QgsRasterLayer) -> str:
        """What GDAL opens for a raster layer."""
        if layer.dataProvider() is None or layer.dataProvider().name() != GDAL:
            raise QgsProcessingException(tr('“{name}” is not a raster file; unmixing reads files that GDAL opens.')
                                         .format(name=layer.name()))
        return path_of(layer)

    def run_command(self, arguments: list[str], feedback: QgsProcessingFeedback,
                    first: float = 0, last: float = 100) -> str:
        """Runs `wsnet` with progress between two percentages of this run; messages go to the log."""
        def log(line: str) -> None:
            """Warnings stand out."""
            text = process.PREFIX.sub('', line)
            if 'warning' in line.lower():
                feedback.pushWarning(text)
            else:
                feedback.pushInfo(text)

        return process.run(arguments, Stage(feedback, self.clock, first, last), log, feedback.isCanceled)

    def model(self, parameters: dict, context: QgsProcessingContext) -> str:
        """The path of the model that the user chose."""
        path = self.parameterAsFile(parameters, 'MODEL', context)
        if not os.path.isfile(path):
            raise QgsProcessingException(tr('The model {name} does not exist.').format(name=path))
        return path

    def output_file(self, parameters: dict, name: str, context: QgsProcessingContext) -> str:
        """The path of a file output, watched; empty when the user skips it."""
        return self.guard.watch(self.parameterAsFileOutput(parameters, name, context))

    def output_layer(self, parameters: dict, name: str, context: QgsProcessingContext) -> str:
        """The path of a raster or vector output, watched; empty when the user skips it."""
        return self.guard.watch(self.parameterAsOutputLayer(parameters, name, context))

    def add_numbers(self, names: dict[str, str]) -> None:
        """Declares number outputs."""
        for name, title in names.items():
            self.addOutput(QgsProcessingOutputNumber(name, title))
