# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters that several algorithms share, each with its help."""
from __future__ import annotations

from qgis.core import (QgsProcessing, QgsProcessingParameterBand, QgsProcessingParameterDefinition,
                       QgsProcessingParameterEnum, QgsProcessingParameterFeatureSink,
                       QgsProcessingParameterFeatureSource, QgsProcessingParameterField, QgsProcessingParameterFile,
                       QgsProcessingParameterFileDestination, QgsProcessingParameterNumber,
                       QgsProcessingParameterRasterDestination, QgsProcessingParameterRasterLayer,
                       QgsProcessingParameterString)

from ..i18n import tr
from ..live_output import LiveSceneDestination

MIXINGS = ['linear', 'scaled']
EXTRACTIONS = ['auto', 'archetypes', 'vca', 'nfindr', 'atgp']
PARTS = ['wavelet', 'ssm', 'wsa', 'gate', 'kl', 'simulation', 'classical']
KINDS = ['abundance', 'confidence', 'interval', 'detected', 'fit', 'rmse']
METHODS = ['wsnet', 'fcls', 'nnls', 'ucls']
MAX_ENDMEMBERS = 64
MAX_ENSEMBLE = 16
INTEGER = QgsProcessingParameterNumber.Type.Integer
DOUBLE = QgsProcessingParameterNumber.Type.Double


def described(parameter: QgsProcessingParameterDefinition, help_text: str,
              advanced: bool = False) -> QgsProcessingParameterDefinition:
    """The parameter with its help, folded under Advanced if asked."""
    parameter.setHelp(help_text)
    if advanced:
        parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
    return parameter


def choice(name: str, title: str, options: list[str], default: object, multiple: bool = False,
           optional: bool = False) -> QgsProcessingParameterEnum:
    """A choice among words that scripts use as they are."""
    return QgsProcessingParameterEnum(name, title, options=options, allowMultiple=multiple, defaultValue=default,
                                      optional=optional, usesStaticStrings=True)


def cube() -> QgsProcessingParameterDefinition:
    """The cube to unmix."""
    return described(
        QgsProcessingParameterRasterLayer('INPUT', tr('Cube')),
        tr('An imaging-spectrometer cube in any format that GDAL reads. Scale, offset, nodata, bad bands and '
           'wavelengths are taken from its metadata.'))


def count() -> QgsProcessingParameterDefinition:
    """How many materials."""
    return described(
        QgsProcessingParameterNumber('COUNT', tr('Number of endmembers (0: counted)'), type=INTEGER,
                                     defaultValue=0, minValue=0, maxValue=MAX_ENDMEMBERS),
        tr('How many materials the scene is made of. 0 counts them in the image, 2 to 12; “Count endmembers” says '
           'how. Ignored when the endmembers come from a library or a layer.'))


def mixing() -> QgsProcessingParameterDefinition:
    """What an abundance means."""
    return described(
        choice('MIXING', tr('Mixing model'), MIXINGS, 'linear'),
        tr('linear: an abundance is a share of the area; for calibrated cubes. scaled: the brightness of each '
           'material is free; for uncalibrated or strongly shaded cubes.'))


def known_spectra() -> list[QgsProcessingParameterDefinition]:
    """Endmembers that the user brings: a library file, or polygons and points on the cube."""
    return [
        described(QgsProcessingParameterFile('LIBRARY', tr('Spectral library'), optional=True,
                                             fileFilter=tr('Spectral libraries') + ' (*.csv *.sli *.hdr)'),
                  tr('Endmembers from a file: a CSV table (wavelength_nm and a column for each spectrum) or an ENVI '
                     'library (.sli). They are resampled to the bands of the cube.')),
        described(QgsProcessingParameterString('SELECT', tr('Names from the library (all if empty)'), optional=True),
                  tr('Names of the spectra to use, separated by commas.'), advanced=True),
        described(QgsProcessingParameterFeatureSource('SPECTRA', tr('Polygons or points of known materials'),
                                                      [QgsProcessing.SourceType.TypeVectorPolygon,
                                                       QgsProcessing.SourceType.TypeVectorPoint], optional=True),
                  tr('Endmembers from the cube itself: the mean spectrum of the pixels of each material. Features '
                     'of equal name are one material. Selected features only, if asked.')),
        described(QgsProcessingParameterField('NAME_FIELD', tr('Field with the material names'), optional=True,
                                              parentLayerParameterName='SPECTRA'),
                  tr('Without it, the features are numbered.')),
    ]


def extraction() -> QgsProcessingParameterDefinition:
    """How materials are found in the image."""
    return described(
        choice('EXTRACT', tr('Endmember extraction'), EXTRACTIONS, 'auto'),
        tr('How materials are found in the image. auto tries several and chooses without knowing the truth; the '
           'choice is logged. archetypes: archetypal analysis; vca: vertex component analysis; nfindr: largest '
           'simplex; atgp: orthogonal projections.'), advanced=True)


def band_subset() -> QgsProcessingParameterDefinition:
    """Bands to use."""
    return described(
        QgsProcessingParameterBand('BANDS', tr('Bands to use (all good ones if empty)'), None, 'INPUT',
                                   optional=True, allowMultiple=True),
        tr('Other bands are left out. Bands that the metadata mark as bad, that are empty or constant are always '
           'left out; the log says which and why.'), advanced=True)


def seed() -> QgsProcessingParameterDefinition:
    """Start of the random numbers."""
    return described(QgsProcessingParameterNumber('SEED', tr('Seed'), type=INTEGER, defaultValue=1, minValue=0),
                     tr('The same seed gives the same result, to the last bit.'), advanced=True)


def training() -> list[QgsProcessingParameterDefinition]:
    """Settings of the network's training; the defaults are good."""
    return [
        described(QgsProcessingParameterNumber('COVERAGE', tr('Coverage of the intervals'), type=DOUBLE,
                                               defaultValue=0.9, minValue=0.51, maxValue=0.999),
                  tr('The share of true abundances that the intervals should contain.'), advanced=True),
        seed(),
        described(QgsProcessingParameterNumber('STEPS', tr('Training steps'), type=INTEGER, defaultValue=1000,
                                               minValue=1, maxValue=100000),
                  tr('More steps take longer; beyond 1000, little changes.'), advanced=True),
        described(QgsProcessingParameterNumber('ENSEMBLE', tr('Networks in the model (ensemble)'), type=INTEGER,
                                               defaultValue=1, minValue=1, maxValue=MAX_ENSEMBLE),
                  tr('Several networks, each of another seed, answer with their mean: a little more accurate, with '
                     'sharper intervals, but training and unmixing take as many times longer. “Extend a model” needs '
                     'a single network.'), advanced=True),
        described(QgsProcessingParameterString('ILLUMINATION', tr('Illumination (a number, or auto)'), optional=True),
                  tr('With the mixing model linear: how much brightness varies over the scene, as the standard '
                     'deviation of its logarithm, 0 to 1. auto, or empty: 0.15, or as the cube shows it where that is '
                     'less, or clearly more, as with slopes and shadows.'), advanced=True),
        described(QgsProcessingParameterNumber('THREADS', tr('Threads (0: all processors)'), type=INTEGER,
                                               defaultValue=0, minValue=0, maxValue=256),
                  tr('The result does not depend on it.'), advanced=True),
        described(choice('WITHOUT', tr('Leave out parts of the network'), PARTS, None, multiple=True,
                         optional=True),
                  tr('For measuring what each part is worth; leave empty otherwise.'), advanced=True),
    ]


def weak_bias() -> QgsProcessingParameterDefinition:
    """Knob of the gate."""
    return described(
        QgsProcessingParameterNumber('WEAK_BIAS', tr('Lean on weak signals'), type=DOUBLE, defaultValue=0,
                                     minValue=-20, maxValue=20),
        tr('Positive values trust the branch for weak signals more, negative ones less; no retraining is needed.'),
        advanced=True)


def kinds() -> QgsProcessingParameterDefinition:
    """Which bands a result holds."""
    return described(
        choice('LAYERS', tr('Bands of the result'), KINDS, list(KINDS), multiple=True),
        tr('abundance and confidence: a band for each material. interval: lower and upper bound. detected: 1 where '
           'the lower bound is above zero. fit: how well the materials explain the pixel (below 0.01: an unknown '
           'material). rmse: the residual.'), advanced=True)


def method(default: str = 'wsnet', options: list[str] | None = None) -> QgsProcessingParameterDefinition:
    """Network or classical."""
    return described(
        choice('METHOD', tr('Method'), options or METHODS, default),
        tr('wsnet: the network. fcls: least squares, not negative, sum one. nnls: not negative. ucls: '
           'unconstrained. Classical methods have no confidence.'), advanced=options is None)


def model_file() -> QgsProcessingParameterDefinition:
    """A trained model."""
    return described(
        QgsProcessingParameterFile('MODEL', tr('Model'), fileFilter=tr('WS-Net models') + ' (*.wsn)'),
        tr('A model made by “Train a model” or “Unmix”.'))


def zones(needed: bool) -> list[QgsProcessingParameterDefinition]:
    """Parts of the map to report on: polygons, or a raster of classes."""
    whole = '' if needed else ' ' + tr('Without zones, the whole scene is one.')
    return [
        described(QgsProcessingParameterFeatureSource('ZONES', tr('Zones: polygons'),
                                                      [QgsProcessing.SourceType.TypeVectorPolygon], optional=True),
                  tr('Pixels belong to the polygons that hold their centres; polygons of equal name are one zone.')
                  + whole),
        described(QgsProcessingParameterField('ZONE_FIELD', tr('Field with the zone names'), optional=True,
                                              parentLayerParameterName='ZONES'),
                  tr('Without it, the polygons are numbered.')),
        described(QgsProcessingParameterRasterLayer('CLASSES', tr('Zones: raster of classes'), optional=True),
                  tr('Instead of polygons: a raster, on any grid, whose values are the zones.')),
    ]


def strata() -> list[QgsProcessingParameterDefinition]:
    """Parts of the map that count equally in a training, under the names that zones have."""
    return [
        described(QgsProcessingParameterFeatureSource('ZONES', tr('Strata: polygons'),
                                                      [QgsProcessing.SourceType.TypeVectorPolygon], optional=True),
                  tr('Every stratum fills the same share of the training, however small it is; pixels outside all of '
                     'them are left out. For a model that an audit finds worse in some zones.'), advanced=True),
        described(QgsProcessingParameterField('ZONE_FIELD', tr('Field with the names of the strata'), optional=True,
                                              parentLayerParameterName='ZONES'),
                  tr('Polygons of equal name are one stratum; without it, the polygons are numbered.'), advanced=True),
        described(QgsProcessingParameterRasterLayer('CLASSES', tr('Strata: raster of classes'), optional=True),
                  tr('Instead of polygons: a raster, on any grid, whose values are the strata.'), advanced=True),
    ]


def table_output(name: str, title: str, help_text: str) -> QgsProcessingParameterDefinition:
    """A CSV table that the user may skip."""
    return described(QgsProcessingParameterFileDestination(name, title, tr('CSV tables') + ' (*.csv)', optional=True),
                     help_text)


def live_scene() -> QgsProcessingParameterDefinition:
    """The live layer."""
    return described(
        LiveSceneDestination('OUTPUT', tr('Live scene')),
        tr('A small file that names the model and the cube; every band is computed when it is drawn or read. Keep '
           'it together with both.'))


def geotiff() -> QgsProcessingParameterDefinition:
    """A copy on disk."""
    return described(
        QgsProcessingParameterRasterDestination('GEOTIFF', tr('GeoTIFF'), optional=True, createByDefault=False),
        tr('The same bands computed once and stored, for software without WS-Net.'))


def model_output() -> QgsProcessingParameterDefinition:
    """Where the model goes."""
    return described(
        QgsProcessingParameterFileDestination('MODEL', tr('Model'), tr('WS-Net models') + ' (*.wsn)'),
        tr('The trained network with its endmembers; it can be applied to other cubes of the same sensor.'))


def endmember_outputs() -> list[QgsProcessingParameterDefinition]:
    """Endmembers as a file and as a table."""
    return [
        described(QgsProcessingParameterFileDestination('ENDMEMBERS', tr('Endmember table'),
                                                        tr('CSV tables') + ' (*.csv)', optional=True),
                  tr('wavelength_nm and a column for each endmember; a spectral library that can be used again.')),
        described(QgsProcessingParameterFeatureSink('SPECTRA_TABLE', tr('Endmember spectra'),
                                                    QgsProcessing.SourceType.TypeVector, optional=True,
                                                    createByDefault=False),
                  tr('A table without geometry: a row for each endmember and band, ready for charts and joins.')),
    ]
