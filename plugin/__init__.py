# SPDX-License-Identifier: GPL-2.0-or-later
"""WS-Net Unmixing: abundance and confidence maps of imaging-spectrometer cubes in QGIS."""
from __future__ import annotations

from . import native

# Before any project is read: a project given on the command line opens its live layers too.
native.register_driver()


def classFactory(iface: object) -> object:  # noqa: N802 (the name is QGIS's)
    """The plugin, as QGIS asks for it."""
    from .main import WsNetPlugin
    return WsNetPlugin(iface)
