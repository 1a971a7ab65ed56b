# SPDX-License-Identifier: GPL-2.0-or-later
"""How results look: one colour ramp a material, a ramp for confidence that colour-blind readers can read."""
from __future__ import annotations

from qgis.core import (QgsColorRampLegendNodeSettings, QgsColorRampShader, QgsContrastEnhancement,
                       QgsGradientColorRamp, QgsGradientStop, QgsMultiBandColorRenderer,
                       QgsProcessingLayerPostProcessorInterface, QgsRasterLayer, QgsRasterShader,
                       QgsSingleBandPseudoColorRenderer)
from qgis.PyQt.QtGui import QColor

from .i18n import tr

# Paul Tol's "bright" scheme and neighbours: distinct for colour-blind readers, on white and on black.
MATERIAL_COLOURS = ('#4477aa', '#ee6677', '#228833', '#ccbb44', '#66ccee', '#aa3377', '#ee8866', '#44aa99',
                    '#997700', '#8877cc', '#bbbbbb', '#bb5566')
# Lightness rises from blue to yellow (after "cividis", Nunez et al. 2018), fastest where most pixels are.
CONFIDENCE_STOPS = ((0.0, '#00224e'), (0.5, '#414d6b'), (0.75, '#7b7b78'), (0.9, '#bcae6c'), (1.0, '#fee838'))
FIT_STOPS = ((0.0, '#7a0177'), (0.01, '#c51b8a'), (0.1, '#fbb4b9'), (0.5, '#f1eef6'), (1.0, '#ffffff'))
RESIDUAL_STOPS = ((0.0, '#fff5eb'), (0.5, '#fd8d3c'), (1.0, '#7f2704'))


def material_colour(index: int) -> QColor:
    """The colour of a material, by its place in the list."""
    return QColor(MATERIAL_COLOURS[index % len(MATERIAL_COLOURS)])


def abundance_stops(colour: QColor) -> tuple[tuple[float, QColor], ...]:
    """From nothing to all of a material: white, its colour, and a darker one."""
    return ((0.0, QColor('white')), (0.6, colour), (1.0, colour.darker(190)))


def ramp_of(stops: tuple) -> QgsGradientColorRamp:
    """A ramp through the stops."""
    inner = [QgsGradientStop(place, QColor(colour)) for place, colour in stops[1:-1]]
    return QgsGradientColorRamp(QColor(stops[0][1]), QColor(stops[-1][1]), False, inner)


def ramp_renderer(layer: QgsRasterLayer, band: int, stops: tuple, least: float, most: float,
                  legend: tuple[str, str] | None = None) -> QgsSingleBandPseudoColorRenderer:
    """A continuous ramp over a range, with words at the ends of the legend."""
    items = [QgsColorRampShader.ColorRampItem(least + place * (most - least), QColor(colour),
                                              f'{least + place * (most - least):.2g}') for place, colour in stops]
    function = QgsColorRampShader(least, most, ramp_of(stops), QgsColorRampShader.Type.Interpolated)
    function.setColorRampItemList(items)
    if legend is not None:
        settings = QgsColorRampLegendNodeSettings()
        settings.setMinimumLabel(legend[0])
        settings.setMaximumLabel(legend[1])
        function.setLegendSettings(settings)
    shader = QgsRasterShader(least, most)
    shader.setRasterShaderFunction(function)
    renderer = QgsSingleBandPseudoColorRenderer(layer.dataProvider(), band, shader)
    renderer.setClassificationMin(least)
    renderer.setClassificationMax(most)
    return renderer


def style_band(layer: QgsRasterLayer, band: int, kind: str, material_index: int = 0) -> None:
    """Gives a layer the look of one band of a scene."""
    if kind == 'abundance':
        renderer = ramp_renderer(layer, band, abundance_stops(material_colour(material_index)), 0, 1,
                                 (tr('0 none'), tr('1 all')))
    elif kind == 'confidence':
        renderer = ramp_renderer(layer, band, CONFIDENCE_STOPS, 0, 1, (tr('0 unsure'), tr('1 certain')))
    elif kind == 'fit':
        renderer = ramp_renderer(layer, band, FIT_STOPS, 0, 1, (tr('0 unknown material'), tr('1 well explained')))
    else:
        renderer = ramp_renderer(layer, band, RESIDUAL_STOPS, 0, 1)
    layer.setRenderer(renderer)


def style_composite(layer: QgsRasterLayer, bands: list[int]) -> None:
    """Shows up to three abundance bands as red, green and blue, from 0 to 1."""
    numbers = (bands + [-1, -1])[:3]
    renderer = QgsMultiBandColorRenderer(layer.dataProvider(), *numbers)
    setters = (renderer.setRedContrastEnhancement, renderer.setGreenContrastEnhancement,
               renderer.setBlueContrastEnhancement)
    stretch = QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum
    for number, setter in zip(numbers, setters):
        if number > 0:
            contrast = QgsContrastEnhancement(layer.dataProvider().dataType(number))
            contrast.setMinimumValue(0)
            contrast.setMaximumValue(1)
            contrast.setContrastEnhancementAlgorithm(stretch)
            setter(contrast)
    layer.setRenderer(renderer)


class CompositeStyler(QgsProcessingLayerPostProcessorInterface):
    """Styles a scene that Processing loads."""

    kept: list['CompositeStyler'] = []

    def __init__(self, bands: list[int]) -> None:
        super().__init__()
        self._bands = bands

    @classmethod
    def make(cls, bands: list[int]) -> 'CompositeStyler':
        """A styler that lives until the layer is loaded: QGIS does not keep it alive."""
        styler = cls(bands)
        cls.kept.append(styler)
        return styler

    def postProcessLayer(self, layer: object, context: object, feedback: object) -> None:  # noqa: N802
        """Called by Processing in the main thread."""
        if isinstance(layer, QgsRasterLayer) and layer.isValid() and self._bands:
            style_composite(layer, self._bands)
            layer.triggerRepaint()
