# SPDX-License-Identifier: GPL-2.0-or-later
"""What the driver says about a scene: bands, metadata, georeferencing, files."""
import hashlib
import json
import math
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import PLUGINS, Debug, make_model, run_tool, same_bits, spectra, write_cube, write_scene
from osgeo import gdal, osr

NAMES = ["soil", "trée", "water & <ice>", "roof"]


def test_plugin_is_registered_once():
    gdal.AllRegister()
    names = [gdal.GetDriver(i).ShortName for i in range(gdal.GetDriverCount())]
    assert names.count("WSNET") == 1
    assert gdal.GetDriverByName("WSNET").GetMetadataItem("DMD_EXTENSION") == "wsnet"


def test_bands(scene, model):
    opened = gdal.Open(scene)
    expected = NAMES + [n + " confidence" for n in NAMES]
    for name in NAMES:
        expected += [name + " lower", name + " upper"]
    expected += [n + " detected" for n in NAMES] + ["fit", "rmse"]
    assert [opened.GetRasterBand(b + 1).GetDescription() for b in range(opened.RasterCount)] == expected
    digest = hashlib.sha256(open(model, "rb").read()).hexdigest()
    kinds = []
    for b in range(opened.RasterCount):
        band = opened.GetRasterBand(b + 1)
        items = band.GetMetadata()
        kinds.append(items["kind"])
        assert band.DataType == gdal.GDT_Float32
        assert math.isnan(band.GetNoDataValue())
        assert items["model_sha256"] == digest
        assert float(items["coverage"]) == 0.9
        if b < 4:
            assert items["endmember"] == NAMES[b]
            assert float(items["lod"]) == pytest.approx(0.01 * (b + 1))
    assert kinds == ["abundance"] * 4 + ["confidence"] * 4 + ["lower", "upper"] * 4 + ["detected"] * 4 + ["fit", "rmse"]
    assert opened.GetMetadataItem("INTERLEAVE", "IMAGE_STRUCTURE") == "PIXEL"
    assert opened.GetMetadataItem("wsnet_model_sha256") == digest


def test_values_make_sense(full, values):
    abundance, confidence = full[:4], full[4:8]
    lower, upper = full[8:16:2], full[9:16:2]
    detected, fit, rmse = full[16:20], full[20], full[21]
    used = [b for b in range(21) if b != 2]
    bad = ~np.isfinite(values[used]).all(axis=0)
    assert bad.sum() == 21
    assert np.isnan(full[:, bad]).all()
    assert np.isfinite(full[:, ~bad]).all()
    good = ~bad
    assert abundance[:, good].min() >= 0
    assert np.allclose(abundance[:, good].sum(axis=0), 1, atol=1e-5)
    assert (lower[:, good] <= upper[:, good]).all()
    assert np.allclose(confidence[:, good], 1 - (upper - lower)[:, good], atol=1e-6)
    assert ((lower[:, good] > 0) == (detected[:, good] == 1)).all()
    assert (fit[good] >= 0).all() and (fit[good] <= 1).all() and (rmse[good] >= 0).all()
    assert abundance[:, good].std() > 0.05


def test_unused_bad_band_does_not_mask(tmp_path, model, values):
    """The model leaves band 3 out: its nodata must not matter."""
    cube = values.copy()
    cube[2] = np.nan
    plain = write_cube(tmp_path / "plain.tif", values)
    holed = write_cube(tmp_path / "holed.tif", cube)
    assert same_bits(gdal.Open(f"WSNET:{model}:{plain}").ReadAsArray(), gdal.Open(f"WSNET:{model}:{holed}").ReadAsArray())


def test_georeferencing(scene, cube):
    opened, source = gdal.Open(scene), gdal.Open(cube)
    assert opened.GetGeoTransform() == source.GetGeoTransform()
    assert opened.GetSpatialRef().IsSame(source.GetSpatialRef())
    assert opened.GetMetadataItem("AREA_OR_POINT") == source.GetMetadataItem("AREA_OR_POINT")


@pytest.mark.parametrize("ending", ["wsnet", "vrt"])
def test_gcps_rpc_geolocation(tmp_path, model, ending):
    path = write_cube(tmp_path / "cube.tif", spectra(20, 10, 21), georeference=False)
    system = osr.SpatialReference()
    system.ImportFromEPSG(4326)
    corners = [gdal.GCP(10 + x / 100, 50 - y / 100, 0, x, y, "", str(i)) for i, (x, y) in
               enumerate([(0, 0), (20, 0), (0, 10), (20, 10)])]
    coefficients = " ".join(["1"] + ["0"] * 19)
    rpc = {"LINE_OFF": "5", "SAMP_OFF": "10", "LAT_OFF": "50", "LONG_OFF": "10", "HEIGHT_OFF": "0", "LINE_SCALE": "5",
           "SAMP_SCALE": "10", "LAT_SCALE": "1", "LONG_SCALE": "1", "HEIGHT_SCALE": "100",
           "LINE_NUM_COEFF": coefficients, "LINE_DEN_COEFF": coefficients, "SAMP_NUM_COEFF": coefficients,
           "SAMP_DEN_COEFF": coefficients}
    source = gdal.Open(path, gdal.GA_Update)
    source.SetGCPs(corners, system)
    source.SetMetadata(rpc, "RPC")
    source.SetMetadata({"X_DATASET": "x.tif", "Y_DATASET": "y.tif", "PIXEL_STEP": "1"}, "GEOLOCATION")
    source = None
    opened = gdal.Open(write_scene(model, path, tmp_path / f"s.{ending}"))
    assert opened.GetGCPCount() == 4
    assert [(g.GCPX, g.GCPPixel) for g in opened.GetGCPs()] == [(g.GCPX, g.GCPPixel) for g in corners]
    assert opened.GetGCPSpatialRef().GetAuthorityCode(None) == "4326"
    assert opened.GetMetadata("RPC")["LAT_OFF"] == gdal.Open(path).GetMetadata("RPC")["LAT_OFF"]
    assert opened.GetMetadata("GEOLOCATION")["X_DATASET"] == "x.tif"


def test_prefix_equals_sidecar(scene, model, cube, full):
    opened = gdal.OpenEx(f"WSNET:{model}:{cube}",
                         open_options=["BANDS=abundance,confidence,interval,detected,fit,rmse"])
    assert same_bits(opened.ReadAsArray(), full)


def test_prefix_with_colons(tmp_path, model, cube, full):
    """Colons in the model's folder, in its name and in the cube's name; the longest model that exists wins."""
    folder = tmp_path / "a:b"
    folder.mkdir()
    shutil.copy(model, folder / "m:n.wsn")
    shutil.copy(cube, folder / "c:d.tif")
    opened = gdal.Open(f"WSNET:{folder}/m:n.wsn:{folder}/c:d.tif")
    assert same_bits(opened.GetRasterBand(1).ReadAsArray(), full[0])


def test_prefix_leaves_no_files(tmp_path, model, cube):
    """Relative names make a prefix that could be a file's name."""
    here = os.getcwd()
    shutil.copy(model, tmp_path / "m.wsn")
    shutil.copy(cube, tmp_path / "c.tif")
    os.chdir(tmp_path)
    try:
        opened = gdal.Open("WSNET:m.wsn:c.tif")
        opened.GetRasterBand(1).ComputeStatistics(False)
        opened = None
        assert sorted(os.listdir(".")) == ["c.tif", "m.wsn"]
    finally:
        os.chdir(here)


def test_reading_a_sidecar_leaves_no_files(tmp_path, model, cube):
    path = write_scene(model, cube, tmp_path / "s.wsnet")
    opened = gdal.Open(path)
    opened.ReadAsArray()
    opened = None
    assert os.listdir(tmp_path) == ["s.wsnet"]


def test_sidecar_keeps_statistics_and_overviews(tmp_path, model, cube):
    path = write_scene(model, cube, tmp_path / "s.wsnet")
    opened = gdal.Open(path)
    opened.GetRasterBand(1).ComputeStatistics(False)
    opened.BuildOverviews("AVERAGE", [2])
    opened = None
    assert sorted(os.listdir(tmp_path)) == ["s.wsnet", "s.wsnet.aux.xml", "s.wsnet.ovr"]
    opened = gdal.Open(path)
    assert opened.GetRasterBand(1).GetOverviewCount() == 1
    assert opened.GetRasterBand(1).GetMetadataItem("STATISTICS_MEAN")
    small = opened.GetRasterBand(1).ReadAsArray(buf_xsize=75, buf_ysize=41)
    assert small.shape == (41, 75)


def test_sidecar_moves_with_its_files(tmp_path, model, cube, full):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    shutil.copy(model, first / "m.wsn")
    shutil.copy(cube, first / "c.tif")
    write_scene(first / "m.wsn", first / "c.tif", first / "s.wsnet")
    assert json.load(open(first / "s.wsnet"))["cube"] == "c.tif"
    first.rename(second)
    assert same_bits(gdal.Open(str(second / "s.wsnet")).GetRasterBand(1).ReadAsArray(), full[0])


def test_memory_files(model, values, full):
    gdal.FileFromMemBuffer("/vsimem/m.wsn", open(model, "rb").read())
    write_cube("/vsimem/cube.tif", values, kind="int16", scale=1e-4, nodata=-9999)
    text = json.dumps({"type": "wsnet-scene", "version": 1, "model": "m.wsn", "cube": "cube.tif"})
    gdal.FileFromMemBuffer("/vsimem/s.wsnet", text.encode())
    assert same_bits(gdal.Open("/vsimem/s.wsnet").GetRasterBand(1).ReadAsArray(), full[0])
    for name in ("m.wsn", "cube.tif", "s.wsnet"):
        gdal.Unlink("/vsimem/" + name)


def test_model_in_zip(tmp_path, model, cube, full):
    import zipfile
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        archive.write(model, "m.wsn")
    assert same_bits(gdal.Open(f"WSNET:/vsizip/{tmp_path}/m.zip/m.wsn:{cube}").GetRasterBand(1).ReadAsArray(), full[0])


def test_changed_model_is_read_again(tmp_path, values):
    """The same path, size and second: the content decides."""
    cube = write_cube(tmp_path / "c.tif", values)
    path = tmp_path / "m.wsn"
    make_model(path, endmembers=4)
    before = gdal.Open(f"WSNET:{path}:{cube}").ReadAsArray()
    changed = bytearray(path.read_bytes())
    middle = len(changed) - 4000
    changed[middle:middle + 400] = changed[middle + 400:middle + 800]
    path.write_bytes(bytes(changed))
    after = gdal.Open(f"WSNET:{path}:{cube}").ReadAsArray()
    assert not same_bits(before, after)


def test_open_options(scene, full):
    opened = gdal.OpenEx(scene, open_options=["BANDS=rmse,abundance", "METHOD=fcls"])
    assert [opened.GetRasterBand(b + 1).GetDescription() for b in range(5)] == NAMES + ["rmse"]
    fcls = opened.ReadAsArray()
    assert not same_bits(fcls[:4], full[:4])
    biased = gdal.OpenEx(scene, open_options=["WEAK_BIAS=3"]).ReadAsArray()
    assert not same_bits(biased[:4], full[:4])
    assert same_bits(gdal.OpenEx(scene, open_options=["WEAK_BIAS=0"]).ReadAsArray(), full)


def test_classical_method_leaves_out_what_it_has_not(tmp_path, model, cube):
    opened = gdal.Open(write_scene(model, cube, tmp_path / "s.wsnet", method="nnls"))
    assert [opened.GetRasterBand(b + 1).GetDescription() for b in range(opened.RasterCount)] == NAMES
    assert opened.GetRasterBand(1).GetMetadataItem("coverage") is None


def test_siblings_come_from_the_cache(scene):
    """Reading every band alone unmixes every block once."""
    opened = gdal.Open(scene)
    width, height = opened.GetRasterBand(1).GetBlockSize()
    blocks = math.ceil(opened.RasterXSize / width) * math.ceil(opened.RasterYSize / height)
    assert blocks > 1
    with Debug("unmixing window") as log:
        for b in range(opened.RasterCount):
            opened.GetRasterBand(b + 1).ReadAsArray()
    assert len(log.messages) == blocks


def test_zoomed_out_bands_share_one_pass(scene):
    opened = gdal.Open(scene)
    with Debug("unmixing") as log:
        for b in range(opened.RasterCount):
            opened.GetRasterBand(b + 1).ReadAsArray(buf_xsize=15, buf_ysize=8)
    assert len(log.messages) == 1


def test_tools_find_the_plugin(scene, tmp_path):
    info = run_tool("gdalinfo", "-json", scene)
    assert info.returncode == 0 and info.stderr == ""
    assert json.loads(info.stdout)["driverShortName"] == "WSNET"
    copied = run_tool("gdal_translate", "-q", scene, tmp_path / "out.tif")
    assert copied.returncode == 0 and copied.stderr == ""


def test_plugin_needs_nothing_but_its_tree(scene):
    """Found by its own run path, without LD_LIBRARY_PATH."""
    info = run_tool("gdalinfo", scene, environment={"LD_LIBRARY_PATH": "", "GDAL_DRIVER_PATH": str(PLUGINS)})
    assert info.returncode == 0


def test_layers_share_answers(scene, full):
    """A viewer opens a scene once a layer: each window is unmixed once while any of them is open."""
    layers = [gdal.Open(scene) for _ in range(4)]
    with Debug("unmixing") as log:
        for b, layer in enumerate(layers):
            assert same_bits(layer.GetRasterBand(b + 1).ReadAsArray(0, 0, 60, 30),
                             np.ascontiguousarray(full[b, :30, :60]))
            layer.GetRasterBand(b + 1).ReadAsArray(buf_xsize=30, buf_ysize=20)
    assert len(log.messages) == 2
    del layer, layers
    with Debug("unmixing") as log:
        opened = gdal.Open(scene)
        opened.GetRasterBand(1).ReadAsArray(buf_xsize=30, buf_ysize=20)
    assert len(log.messages) == 1


END = """
import os, sys
from osgeo import gdal
kept = [gdal.Open(path) for path in sys.argv[1:]]
assert all(opened.ReadAsArray(0, 0, 2, 2) is not None for opened in kept)
gdal.GDALDestroyDriverManager()
os._exit(0)
"""


def test_gdal_ends_while_scenes_are_open(scene, model, cube):
    """QGIS does so when it is closed. Freed memory is overwritten, so that nobody lives on it by luck."""
    done = subprocess.run([sys.executable, "-c", END, scene, f"WSNET:{model}:{cube}", scene], capture_output=True, text=True,
                          env={**os.environ, "MALLOC_PERTURB_": "165"})
    assert (done.returncode, done.stderr) == (0, "")
