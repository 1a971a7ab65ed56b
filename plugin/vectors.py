# SPDX-License-Identifier: GPL-2.0-or-later
"""Vector files that the command wrote, brought to the place and format that the user chose."""
from __future__ import annotations

import shutil

from osgeo import gdal

from .i18n import tr
from .process import ProcessError


def move(source: str, layer: str, target: str) -> None:
    """Moves a GeoPackage; a target of another format gets the one layer, by its ending."""
    if target.lower().endswith('.gpkg'):
        shutil.move(source, target)
        return
    gdal.PushErrorHandler('CPLQuietErrorHandler')
    try:
        gdal.ErrorReset()
        written = gdal.VectorTranslate(target, source, layers=[layer])
        reason = gdal.GetLastErrorMsg()
    except RuntimeError as error:
        written, reason = None, str(error)
    finally:
        gdal.PopErrorHandler()
    if written is None:
        raise ProcessError(reason or tr('{name} could not be written.').format(name=target))
    del written
