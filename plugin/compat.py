# SPDX-License-Identifier: GPL-2.0-or-later
"""Names that differ between QGIS 3.22 with Qt 5 and QGIS 4 with Qt 6."""
from __future__ import annotations

from qgis.core import Qgis

if Qgis.QGIS_VERSION_INT >= 33800:
    from qgis.PyQt.QtCore import QMetaType
    TEXT_FIELD, INTEGER_FIELD, DOUBLE_FIELD = (QMetaType.Type.QString, QMetaType.Type.Int, QMetaType.Type.Double)
else:
    from qgis.PyQt.QtCore import QVariant
    TEXT_FIELD, INTEGER_FIELD, DOUBLE_FIELD = QVariant.String, QVariant.Int, QVariant.Double
