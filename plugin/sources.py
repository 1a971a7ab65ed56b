# SPDX-License-Identifier: GPL-2.0-or-later
"""Layer sources: what GDAL opens behind a raster layer, and how live layers are opened."""
from __future__ import annotations

from qgis.core import QgsProviderRegistry, QgsRasterLayer

GDAL = 'gdal'
# Live layers are drawn with all processors; stored copies and other software are not touched by it.
LIVE_OPTION = '|option:NUM_THREADS=ALL_CPUS'


def path_of(layer: QgsRasterLayer) -> str:
    """What GDAL opens: the source without the options that QGIS adds."""
    parts = QgsProviderRegistry.instance().decodeUri(GDAL, layer.source())
    path = parts.get('path')
    return path if path and not parts.get('layerName') else layer.source().split('|option:')[0]


def live_source(path: str) -> str:
    """The source of a live layer."""
    return path + LIVE_OPTION
