# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws the dock under PyQt6 with stand-ins for QGIS. Arguments: the folder of the staged plugin, a picture."""
import sys
import types
from unittest import mock

import numpy as np
from PyQt6 import QtCore, QtGui, QtTest, QtWidgets


class AnyClass(type):
    """A class that has every attribute."""

    def __getattr__(cls, name: str) -> mock.MagicMock:
        """Whatever is asked for."""
        return mock.MagicMock()


def stand_in(name: str, **known: object) -> types.ModuleType:
    """A module in which every other name is such a class."""
    module = types.ModuleType(name)
    module.__dict__.update(known)
    module.__getattr__ = lambda wanted: AnyClass(wanted, (), {'__init__': lambda self, *_: None})
    sys.modules[name] = module
    return module


stand_in('qgis', __path__=[])
stand_in('qgis.PyQt', __path__=[])
for name, module in (('QtCore', QtCore), ('QtGui', QtGui), ('QtWidgets', QtWidgets), ('QtTest', QtTest)):
    sys.modules[f'qgis.PyQt.{name}'] = module
stand_in('qgis.core', Qgis=mock.MagicMock(QGIS_VERSION_INT=40000))
stand_in('qgis.gui', QgsDockWidget=QtWidgets.QDockWidget)

application = QtWidgets.QApplication([])
sys.path.insert(0, sys.argv[1])
from wsnet.pixel import MaterialShare, PixelReport  # noqa: E402
from wsnet.model import ModelInfo  # noqa: E402
from wsnet.retrain import EndmemberList  # noqa: E402
from wsnet.ui.dock import PixelDock  # noqa: E402

sys.excepthook = lambda *error: (sys.__excepthook__(*error), sys.exit(1))
axis = np.linspace(400, 2400, 60)
used = np.ones(60, dtype=bool)
used[30:34] = False
spectra = np.vstack([0.2 + 0.1 * np.sin(axis / 300), 0.4 + 0.1 * np.cos(axis / 400)])
model = ModelInfo(['soil', 'grass'], spectra[:, used], np.flatnonzero(used), axis[used], [0.05, 0.1], 'linear', 0.9, 60)
report = PixelReport(3, 4, axis, True, spectra.mean(axis=0), np.where(used, spectra.mean(axis=0) * 1.02, np.nan), used,
                     [''] * 60, [MaterialShare('soil', 0.6, 0.5, 0.7, 0.05), MaterialShare('grass', 0.04, 0, 0.1, 0.1)],
                     0.4, 0.01)
dock = PixelDock()
dock.show_report(report, EndmemberList(model))
dock.add_spectrum('clicked')
dock.list.item(0).setCheckState(QtCore.Qt.CheckState.Unchecked)
assert dock.retrain.isEnabled() and dock.copy.isEnabled()
dock.resize(420, 760)
dock.show()
application.processEvents()
QtTest.QTest.keyClick(dock.plot, QtCore.Qt.Key.Key_Right)
QtTest.QTest.mouseMove(dock.plot, QtCore.QPoint(200, 100))
application.processEvents()
assert dock.grab().save(sys.argv[2]), 'the picture is not written'
