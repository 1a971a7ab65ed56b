# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads clicked pixels in the background, the latest click first."""
from __future__ import annotations

from ..i18n import tr
from ..pixel import PixelProbe
from ..retrain import EndmemberList
from . import background
from .dock import PixelDock


class PixelPicker:
    """Holds the scene that is looked at; one pixel is read at a time, clicks in between are replaced by the last."""

    def __init__(self, dock: PixelDock) -> None:
        self._dock = dock
        self.scene = ''
        self.probe: PixelProbe | None = None
        self._endmembers: EndmemberList | None = None
        self._waiting: tuple[float, float] | None = None
        self._busy = False

    def set_scene(self, path: str) -> None:
        """Looks at another scene from now on."""
        if path != self.scene:
            self.scene, self.probe, self._endmembers, self._waiting = path, None, None, None

    def pick(self, x: float, y: float) -> None:
        """Reads the pixel at a place in the cube's own coordinates."""
        self._waiting = (x, y)
        if not self._busy:
            self._next()

    def _next(self) -> None:
        """Starts reading the waiting place."""
        (x, y), self._waiting = self._waiting, None
        self._busy = True
        self._dock.show_message(tr('reading'))
        path, probe = self.scene, self.probe

        def read() -> tuple:
            """In the background."""
            opened = probe or PixelProbe(path)
            return opened, opened.report_at(x, y)

        background.start(tr('Reading a pixel'), read, lambda answer, error: self._done(path, answer, error),
                         self._dock)

    def _done(self, path: str, answer: tuple | None, error: str) -> None:
        """Shows the report, unless the scene was changed meanwhile."""
        self._busy = False
        if self._waiting is not None:
            self._next()
        elif path != self.scene:
            return
        elif answer is None:
            self._dock.show_message(error)
        else:
            self.probe, report = answer
            if self._endmembers is None:
                self._endmembers = EndmemberList(self.probe.model)
            if report is None:
                self._dock.show_message(tr('This place is outside the cube.'))
            else:
                self._dock.show_report(report, self._endmembers)
