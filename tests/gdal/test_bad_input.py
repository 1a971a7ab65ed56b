# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad input: one sentence, no crash, nothing left behind."""
import json
import os
import random

import numpy as np
import pytest
from conftest import make_model, run_tool, spectra, write_cube, write_scene
from osgeo import gdal


def failure(name, **options):
    with pytest.raises(RuntimeError) as caught:
        gdal.OpenEx(str(name), gdal.OF_RASTER | gdal.OF_VERBOSE_ERROR, **options)
    message = str(caught.value)
    assert "\n" not in message and len(message) < 1100
    return message


def sidecar(path, **members):
    path.write_text(json.dumps({"type": "wsnet-scene", "version": 1, **members}))
    return path


def test_other_bands(tmp_path, model):
    cube = write_cube(tmp_path / "c.tif", spectra(9, 9, 30))
    assert failure(f"WSNET:{model}:{cube}") == "the image has 30 bands; this model was trained on 21"
    one = write_cube(tmp_path / "one.tif", spectra(9, 9, 1))
    assert failure(f"WSNET:{model}:{one}") == "the image has 1 band; this model was trained on 21"


def test_truncated_model(tmp_path, model, cube):
    whole = open(model, "rb").read()
    for size in (0, 1, 7, 8, 9, 100, 1000, len(whole) // 2, len(whole) - 1):
        path = tmp_path / f"m{size}.wsn"
        path.write_bytes(whole[:size])
        assert f"the model '{path}' cannot be used: " in failure(f"WSNET:{path}:{cube}")


def test_damaged_models(tmp_path, model, cube):
    """Any bytes: an error or an answer, never a crash."""
    whole = bytearray(open(model, "rb").read())
    chance = random.Random(4)
    path = tmp_path / "m.wsn"
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(min(4000, len(damaged)))] = chance.randrange(256)
        path.write_bytes(bytes(damaged))
        try:
            gdal.Open(f"WSNET:{path}:{cube}").ReadAsArray(0, 0, 9, 9)
        except RuntimeError as error:
            assert str(error)


def test_text_as_model(tmp_path, cube):
    path = tmp_path / "m.wsn"
    path.write_text("a secret that is in no message\n" * 50)
    message = failure(f"WSNET:{path}:{cube}")
    assert "cannot be used" in message and "secret" not in message


def test_missing_files(tmp_path, model, cube):
    assert failure(f"WSNET:{tmp_path}/no.wsn:{cube}") == f"the model '{tmp_path}/no.wsn' does not exist or is not a file"
    assert f"the cube '{tmp_path}/no.tif' cannot be opened" in failure(f"WSNET:{model}:{tmp_path}/no.tif")
    assert "write WSNET:model.wsn:cube" in failure("WSNET:")
    assert "write WSNET:model.wsn:cube" in failure("WSNET:nothing")
    assert "does not exist or is not a file" in failure(f"WSNET:{tmp_path}.wsn:{cube}")
    assert "the model" in failure(sidecar(tmp_path / "s.wsnet", model="gone.wsn", cube=cube))


def test_folder_as_model(tmp_path, cube):
    folder = tmp_path / "m.wsn"
    folder.mkdir()
    assert "does not exist or is not a file" in failure(f"WSNET:{folder}:{cube}")


@pytest.mark.parametrize("members,message", [
    (dict(cube="c.tif"), "names no model"),
    (dict(model="m.wsn"), "names no cube"),
    (dict(model="../m.wsn", cube="c.tif"), "names a path with '..'"),
    (dict(model="m.wsn", cube="/a/../c.tif"), "names a path with '..'"),
    (dict(model="m.wsn", cube="c.tif", method="magic"), "method is not wsnet"),
    (dict(model="m.wsn", cube="c.tif", weak_bias=1e9), "weak_bias"),
    (dict(model="m.wsn", cube="c.tif", bands="everything"), "is not a kind of band"),
    (dict(model="/vsicurl/http://localhost:1/m.wsn", cube="c.tif"), "is not a local file"),
    (dict(model="m.wsn", cube="c.tif", version=7), "newer version"),
])
def test_sidecars(tmp_path, members, message):
    assert message in failure(sidecar(tmp_path / "s.wsnet", **members))


def test_open_options(scene):
    assert "METHOD is not" in failure(scene, open_options=["METHOD=x"])
    assert "weak_bias is not a number within [-20, 20]" in failure(scene, open_options=["WEAK_BIAS=x"])
    assert "detection_level is not" in failure(scene, open_options=["DETECTION_LEVEL=2"])
    assert "least_confidence is not" in failure(scene, open_options=["LEAST_CONFIDENCE=nan"])
    assert "is not a kind of band" in failure(scene, open_options=["BANDS=x"])
    assert "abundance and rmse only" in failure(scene, open_options=["BANDS=fit", "METHOD=fcls"])


def test_not_ours(tmp_path):
    """Other JSON is left to other drivers."""
    for text in ("{}", '{"type": "FeatureCollection", "features": []}', "[1, 2]", "wsnet-scene", ""):
        path = tmp_path / "other.json"
        path.write_text(text)
        driver = gdal.IdentifyDriverEx(str(path), gdal.OF_RASTER)
        assert driver is None or driver.ShortName != "WSNET"
    path = tmp_path / "anything"
    sidecar(path, model="m", cube="c")
    assert gdal.IdentifyDriver(str(path)).ShortName == "WSNET"
    path.write_text(" " * 2000 + path.read_text())
    assert gdal.IdentifyDriver(str(path)) is None


def test_update_is_refused(scene):
    with pytest.raises(RuntimeError, match="cannot be opened for update"):
        gdal.OpenEx(scene, gdal.OF_UPDATE)


def test_scene_of_itself(tmp_path, model):
    path = sidecar(tmp_path / "s.wsnet", model=model, cube="s.wsnet")
    assert "a scene cannot be the cube of a scene" in failure(path)


def test_scene_of_itself_in_a_vrt(tmp_path, model):
    """The VRT opens lazily: reading it must fail, in one thread and with reading ahead in another."""
    bands = "".join(
        f"""<VRTRasterBand dataType="Float32" band="{b}"><SimpleSource>
        <SourceFilename relativeToVRT="1">s.wsnet</SourceFilename><SourceBand>1</SourceBand>
        <SourceProperties RasterXSize="200" RasterYSize="400" DataType="Float32" BlockXSize="64" BlockYSize="64"/>
        </SimpleSource></VRTRasterBand>""" for b in range(1, 22))
    (tmp_path / "loop.vrt").write_text(f'<VRTDataset rasterXSize="200" rasterYSize="400">{bands}</VRTDataset>')
    path = sidecar(tmp_path / "s.wsnet", model=model, cube="loop.vrt")
    for threads in ("1", "2"):
        told = run_tool("gdal_translate", "-q", path, tmp_path / "o.tif", environment={"GDAL_NUM_THREADS": threads})
        assert told.returncode == 1
        assert "a scene cannot be the cube of a scene" in told.stderr


def test_cube_that_breaks_off(tmp_path, model):
    """A truncated strip fails the read, with a sentence and exit code 1."""
    path = tmp_path / "c.tif"
    write_cube(path, spectra(100, 200, 21), options=["COMPRESS=DEFLATE", "INTERLEAVE=PIXEL"])
    path.write_bytes(path.read_bytes()[:-200000])
    described = write_scene_if_it_opens(model, path, tmp_path / "s.wsnet")
    if described is None:
        pytest.skip("this GDAL does not open the truncated file at all")
    told = run_tool("gdal_translate", "-q", described, tmp_path / "o.tif")
    assert told.returncode == 1
    assert "the cube cannot be read at column" in told.stderr


def write_scene_if_it_opens(model, cube, out):
    try:
        gdal.Open(str(cube))
    except RuntimeError:
        return None
    return write_scene(model, cube, out)


def test_all_nodata_gives_nodata(tmp_path, model):
    cube = write_cube(tmp_path / "c.tif", np.full((21, 40, 40), -1.0), kind="int16", nodata=-1)
    assert np.isnan(gdal.Open(f"WSNET:{model}:{cube}").ReadAsArray()).all()


def test_unwritable_folder(tmp_path, model, cube):
    folder = tmp_path / "closed"
    for out in (folder / "s.wsnet", folder / "s.vrt"):
        told = run_tool(os.environ.get("WSNET_WRITE_SCENE") or build_tool("write_scene"), model, cube, out)
        assert told.returncode == 1
        assert told.stderr == f"'{out}' cannot be written: the folder is missing, not writable, or the disk is full\n"
        assert not folder.exists()


def build_tool(name):
    from conftest import BUILD
    return BUILD / "tests" / name


def test_full_disk(tmp_path, model, cube):
    """On a file system of 64 kB the VRT does not fit: nothing stays, an older file stays whole."""
    small = tmp_path / "small"
    small.mkdir()
    if os.geteuid() != 0 or run_tool("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small).returncode != 0:
        pytest.skip("a small file system cannot be mounted here")
    try:
        (small / "s.vrt").write_text("older")
        told = run_tool(build_tool("write_scene"), model, cube, small / "s.vrt",
                        "abundance,confidence,interval,detected,fit,rmse")
        assert told.returncode == 1 and "the disk is full" in told.stderr
        assert os.listdir(small) == ["s.vrt"]
        assert (small / "s.vrt").read_text() == "older"
    finally:
        run_tool("umount", small)


def test_other_sensor_is_warned_about(tmp_path, model, values):
    cube = write_cube(tmp_path / "c.tif", values, wavelengths=False)
    source = gdal.Open(cube, gdal.GA_Update)
    for b in range(21):
        source.GetRasterBand(b + 1).SetMetadataItem("wavelength", str(900 + 10 * b))
        source.GetRasterBand(b + 1).SetMetadataItem("wavelength_units", "nm")
    source = None
    told = run_tool("gdalinfo", f"WSNET:{model}:{cube}")
    assert told.returncode == 0
    assert "wavelengths of the cube differ by up to 500.0 nm from those of the model" in told.stderr


def test_large_model_file_is_not_read(tmp_path, cube):
    path = tmp_path / "m.wsn"
    with open(path, "wb") as file:
        file.truncate(300 << 20)
    assert "at most 268435456 are read" in failure(f"WSNET:{path}:{cube}")
