# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin as QGIS sees it: the provider always, the user interface where there is a window."""
from __future__ import annotations

from qgis.core import QgsApplication

from . import i18n
from .provider import WsNetProvider


class WsNetPlugin:
    """Adds WS-Net to QGIS."""

    def __init__(self, iface: object) -> None:
        self._iface = iface
        self._provider: WsNetProvider | None = None
        self.interface: object | None = None

    def initProcessing(self) -> None:  # noqa: N802
        """Adds the algorithms; this alone is called by qgis_process."""
        i18n.install()
        self._provider = WsNetProvider()
        QgsApplication.processingRegistry().addProvider(self._provider)
        self._provider.refreshAlgorithms()  # again, now that the models find the algorithms that they are made of

    def initGui(self) -> None:  # noqa: N802
        """Adds algorithms, toolbar button, menu and dock."""
        self.initProcessing()
        from .ui.interface import Interface
        self.interface = Interface(self._iface)

    def unload(self) -> None:
        """Takes everything away again."""
        if self.interface is not None:
            self.interface.remove()
            self.interface = None
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
        i18n.remove()
