# SPDX-License-Identifier: GPL-2.0-or-later
"""Stages the plugin before GDAL is imported; makes cubes and models for the tests."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("WSNET_BUILD", ROOT / "build")).resolve()
DATA = pathlib.Path(os.environ.get("WSNET_DATA", ROOT.parent / "shared" / "data"))
PLUGINS = BUILD / "stage" / "gdalplugins"
os.environ["GDAL_DRIVER_PATH"] = str(PLUGINS)
os.environ.setdefault("GDAL_PAM_ENABLED", "YES")

import numpy as np  # noqa: E402
import pytest  # noqa: E402
from osgeo import gdal, osr  # noqa: E402

gdal.UseExceptions()
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

TYPES = {"uint8": gdal.GDT_Byte, "int16": gdal.GDT_Int16, "uint16": gdal.GDT_UInt16, "int32": gdal.GDT_Int32,
         "float32": gdal.GDT_Float32, "float64": gdal.GDT_Float64}


def spectra(width, height, bands, seed=3):
    """Reflectance of smooth mixtures with noise [bands, height, width]."""
    random = np.random.default_rng(seed)
    band = np.linspace(0, 1, bands)
    ends = np.array([0.3 + 0.25 * np.sin((p + 1) * (0.3 + 2.5 * band)) for p in range(4)])
    share = random.dirichlet([0.4] * 4, size=height * width)
    cube = share @ ends + random.normal(0, 0.01, (height * width, bands))
    return np.ascontiguousarray(cube.T.reshape(bands, height, width)).astype(np.float32)


def write_cube(path, values, kind="float32", driver="GTiff", options=(), scale=None, nodata=None, wavelengths=True,
               georeference=True):
    """Writes [bands, height, width] reflectance as a raster; values are stored as value / scale."""
    bands, height, width = values.shape
    stored = values.astype(np.float64) / (scale or 1)
    if kind.startswith(("int", "uint")):
        stored = np.rint(np.where(np.isfinite(stored), stored, nodata if nodata is not None else 0))
    memory = gdal.GetDriverByName("MEM").Create("", width, height, bands, TYPES[kind])
    if georeference:
        memory.SetGeoTransform((400000, 30, 0, 5800000, 0, -30))
        system = osr.SpatialReference()
        system.ImportFromEPSG(32633)
        memory.SetSpatialRef(system)
    for b in range(bands):
        band = memory.GetRasterBand(b + 1)
        band.WriteArray(stored[b].astype(kind))
        if scale:
            band.SetScale(scale)
            band.SetOffset(0)
        if nodata is not None:
            band.SetNoDataValue(nodata)
        if wavelengths:
            band.SetMetadataItem("wavelength", str(400 + 10 * b))
            band.SetMetadataItem("wavelength_units", "Nanometers")
    gdal.GetDriverByName(driver).CreateCopy(str(path), memory, options=list(options))
    return str(path)


def make_model(path, used=20, source=21, endmembers=4):
    """Writes a model with made-up weights."""
    subprocess.run([str(BUILD / "tests" / "make_model"), str(path), str(used), str(source), str(endmembers)],
                   check=True)
    return str(path)


def write_scene(model, cube, out, bands="abundance,confidence,fit", method="wsnet", weak_bias=0.0,
                detection_level=0.0, least_confidence=0.0):
    """Writes a .wsnet or .vrt through the library's own functions."""
    subprocess.run([str(BUILD / "tests" / "write_scene"), str(model), str(cube), str(out), bands, method,
                    str(weak_bias), str(detection_level), str(least_confidence)], check=True)
    return str(out)


def same_bits(first, second):
    """Whether two arrays agree to the last bit, NaN included."""
    return first.shape == second.shape and first.dtype == second.dtype and first.tobytes() == second.tobytes()


class Debug:
    """Collects GDAL's messages of one category while it is entered."""

    def __init__(self, start):
        self.start = start
        self.messages = []

    def __enter__(self):
        def handler(kind, number, message):
            if message.startswith("WSNET: " + self.start):
                self.messages.append(message)
        self.old = gdal.GetConfigOption("CPL_DEBUG")
        gdal.SetConfigOption("CPL_DEBUG", "WSNET")
        gdal.PushErrorHandler(handler)
        return self

    def __exit__(self, *_):
        gdal.PopErrorHandler()
        gdal.SetConfigOption("CPL_DEBUG", self.old)


def run_tool(*arguments, environment=None):
    """Runs a GDAL tool with the plugin. @return completed process with text"""
    return subprocess.run([str(a) for a in arguments], capture_output=True, text=True,
                          env={**os.environ, **(environment or {})})


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """A model that uses 20 of a cube's 21 bands."""
    return make_model(tmp_path_factory.mktemp("model") / "m.wsn")


@pytest.fixture(scope="session")
def values():
    """Reflectance [21, 83, 151] with a few pixels that are not finite."""
    cube = spectra(151, 83, 21)
    cube[:, 10, 20] = np.nan
    cube[5, 40:44, 70:75] = np.nan
    return cube


@pytest.fixture(scope="session")
def cube(tmp_path_factory, values):
    """A tiled, compressed, pixel-interleaved int16 cube with scale and nodata."""
    return write_cube(tmp_path_factory.mktemp("cube") / "cube.tif", values, kind="int16", scale=1e-4, nodata=-9999,
                      options=["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=32", "INTERLEAVE=PIXEL", "COMPRESS=DEFLATE"])


@pytest.fixture(scope="session")
def scene(tmp_path_factory, model, cube):
    """A sidecar of model and cube."""
    return write_scene(model, cube, tmp_path_factory.mktemp("scene") / "s.wsnet",
                       bands="abundance,confidence,interval,detected,fit,rmse")


@pytest.fixture(scope="session")
def full(scene):
    """Every output band of the scene at full resolution, one thread."""
    return gdal.OpenEx(scene, open_options=["NUM_THREADS=1"]).ReadAsArray()
