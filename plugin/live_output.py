# SPDX-License-Identifier: GPL-2.0-or-later
"""The destination of a live layer: a small .wsnet file that is computed when it is drawn."""
from __future__ import annotations

from qgis.core import QgsProcessingOutputLayerDefinition, QgsProcessingParameterRasterDestination

from .i18n import tr

EXTENSION = 'wsnet'


class LiveSceneDestination(QgsProcessingParameterRasterDestination):
    """A raster destination that takes .wsnet files."""

    def clone(self) -> 'LiveSceneDestination':
        """An equal parameter, as Processing asks for it."""
        copy = LiveSceneDestination(self.name(), self.description(), self.defaultValue(),
                                    bool(self.flags() & self.Flag.FlagOptional), self.createByDefault())
        copy.setFlags(self.flags())
        copy.setHelp(self.help())
        return copy

    def defaultFileExtension(self) -> str:  # noqa: N802
        """Ending of temporary files."""
        return EXTENSION

    def createFileFilter(self) -> str:  # noqa: N802
        """Filter of the file dialog."""
        return tr('Live scenes') + f' (*.{EXTENSION})'

    def supportedOutputRasterLayerExtensions(self) -> list[str]:  # noqa: N802
        """The only ending that is a live layer."""
        return [EXTENSION]

    def isSupportedOutputValue(self, value: object, context: object) -> tuple[bool, str]:  # noqa: N802
        """Whether a value given by the user names a live scene."""
        text = value.sink.staticValue() if isinstance(value, QgsProcessingOutputLayerDefinition) else value
        if isinstance(text, str) and '.' in text.replace('\\', '/').rsplit('/', 1)[-1] \
                and not text.lower().endswith('.' + EXTENSION):
            return False, tr('A live scene must be saved as a file that ends with .{ending}: {name}').format(
                ending=EXTENSION, name=text)
        return True, ''
