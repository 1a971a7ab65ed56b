# SPDX-License-Identifier: GPL-2.0-or-later
"""A project macro that tells readers who have no WS-Net what to install; only where the user asks for it."""
from __future__ import annotations

from qgis.core import QgsProject

from .i18n import tr

SCOPE, KEY = 'Macros', '/pythonCode'
MARK = '# WS-Net: what to install'


def code() -> str:
    """The macro: harmless where the plugin is, one sentence in the message bar where it is not."""
    text = tr('Layers of this project are computed live by the plugin “WS-Net Unmixing”. Install it from the plugin '
              'manager, restart QGIS and open the project again.')
    return '\n'.join((MARK, 'def openProject():', '    from qgis import utils',
                      '    if utils.iface is not None and "wsnet" not in utils.plugins:',
                      f'        utils.iface.messageBar().pushWarning("WS-Net", {ascii(text)})', '', '',
                      'def saveProject():', '    pass', '', '', 'def closeProject():', '    pass', ''))


def present(project: QgsProject) -> str:
    """The macros of a project."""
    return project.readEntry(SCOPE, KEY, '')[0]


def is_ours(project: QgsProject) -> bool:
    """Whether the project has this macro."""
    return present(project).startswith(MARK)


def toggle(project: QgsProject) -> str:
    """Adds the macro or takes it away; says what was done. Macros that the user wrote are left alone."""
    if is_ours(project):
        project.removeEntry(SCOPE, KEY)
        done = tr('The project no longer tells readers what to install.')
    elif present(project).strip():
        return tr('This project has macros of its own; they were left as they are.')
    else:
        project.writeEntry(SCOPE, KEY, code())
        done = tr('Readers without WS-Net will be told what to install, once they allow the macro of the project.')
    project.setDirty(True)
    return done
