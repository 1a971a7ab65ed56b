# SPDX-License-Identifier: GPL-2.0-or-later
"""The VRT with the pixel function: the driver's bits, one pass of the network, strict arguments."""
import hashlib
import re
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from cli import succeed
from conftest import BUILD, DATA, Debug, make_model, run_tool, same_bits, spectra, write_cube, write_scene
from osgeo import gdal

ALL = "abundance,confidence,interval,detected,fit,rmse"


@pytest.fixture(scope="module")
def vrt(tmp_path_factory, model, cube):
    return write_scene(model, cube, tmp_path_factory.mktemp("vrt") / "s.vrt", bands=ALL)


@pytest.mark.parametrize("kind,scale,nodata", [
    ("uint8", 1 / 255, 0), ("int16", 1e-4, -9999), ("uint16", 1e-4, 65535), ("int32", 1e-6, -2147483648),
    ("float32", None, -9999.0), ("float32", None, -3.4028234663852886e38), ("float64", 0.1, -1e308),
    ("float64", None, None), ("float32", None, None), ("int16", None, None)])
def test_both_roads_write_the_same_file(tmp_path, model, kind, scale, nodata):
    """Every stored type, with its scale and nodata: byte for byte the same GeoTIFF."""
    values = spectra(70, 45, 21)
    if nodata is not None:
        values = values.astype(np.float64)
        values[4, 5:9, 6:11] = nodata * (scale or 1)
    path = write_cube(tmp_path / "c.tif", values, kind=kind, scale=scale, nodata=nodata, options=["INTERLEAVE=PIXEL"])
    files = []
    for ending in ("wsnet", "vrt"):
        described = write_scene(model, path, tmp_path / f"s.{ending}", bands=ALL)
        out = tmp_path / f"{ending}.tif"
        assert run_tool("gdal_translate", "-q", described, out).returncode == 0
        files.append(out.read_bytes())
    assert files[0] == files[1]
    result = gdal.Open(str(tmp_path / "vrt.tif"))
    hole = np.isnan(result.ReadAsArray())
    assert hole[:, 5:9, 6:11].all() if nodata is not None else not hole.any()
    assert hole.sum() == (22 * 20 if nodata is not None else 0)
    assert result.GetRasterBand(3).GetDescription() == "water & <ice>"
    assert result.GetSpatialRef().GetAuthorityCode(None) == "32633"


def test_real_cube(tmp_path):
    path = DATA / "dlr_hysu" / "cube.tif"
    if not path.exists():
        pytest.skip("the real scenes are not here")
    model = make_model(tmp_path / "m.wsn", used=135, source=135, endmembers=5)
    files = []
    for ending in ("wsnet", "vrt"):
        described = write_scene(model, path, tmp_path / f"s.{ending}")
        out = tmp_path / f"{ending}.tif"
        assert run_tool("gdal_translate", "-q", described, out).returncode == 0
        files.append(out.read_bytes())
    assert files[0] == files[1]
    result, source = gdal.Open(str(tmp_path / "vrt.tif")), gdal.Open(str(path))
    assert result.GetGeoTransform(can_return_null=True) == source.GetGeoTransform(can_return_null=True)
    assert result.GetProjection() == source.GetProjection()


def test_options_reach_both_roads(tmp_path, model, cube):
    for bands, method, bias in [("abundance", "wsnet", 2.5), ("abundance,rmse", "fcls", 0), ("rmse", "ucls", 0)]:
        written = []
        for ending in ("wsnet", "vrt"):
            path = write_scene(model, cube, tmp_path / f"s.{ending}", bands=bands, method=method, weak_bias=bias)
            out = tmp_path / f"{ending}.tif"
            gdal.Translate(str(out), path)
            written.append(out.read_bytes())
        assert written[0] == written[1]


def test_knobs_are_the_same_on_every_road(tmp_path, model, cube):
    """As open options, in the scene file, in the VRT and on the command line."""
    bands, turned = "abundance,confidence,interval,detected,fit", dict(detection_level=0.1, least_confidence=0.97)
    read = [gdal.Open(write_scene(model, cube, tmp_path / f"s.{ending}", bands=bands, **turned)).ReadAsArray()
            for ending in ("wsnet", "vrt")]
    options = ["BANDS=" + bands, *(f"{key.upper()}={value}" for key, value in turned.items())]
    read.append(gdal.OpenEx(f"WSNET:{model}:{cube}", open_options=options).ReadAsArray())
    words = [f"--{key.replace('_', '-')}={value}" for key, value in turned.items()]
    for ending in ("tif", "wsnet", "vrt"):
        out = tmp_path / f"cli.{ending}"
        succeed("unmix", model, cube, "-o", out, "--bands", bands, *" ".join(words).replace("=", " ").split())
        read.append(gdal.Open(str(out)).ReadAsArray())
    for other in read[1:]:
        assert same_bits(other, read[0])
    plain = gdal.OpenEx(f"WSNET:{model}:{cube}", open_options=["BANDS=" + bands]).ReadAsArray()
    abundance, confidence, lower, detected = (read[0][i:j:k] for i, j, k in ((0, 4, 1), (4, 8, 1), (8, 16, 2), (16, 20, 1)))
    sure = confidence >= np.float32(0.97)
    finite = np.isfinite(plain[:4])
    assert 0.05 < sure[finite].mean() < 0.95 and 0.05 < detected[sure].mean() < 0.95
    np.testing.assert_array_equal(abundance, np.where(sure, plain[:4], np.nan))
    np.testing.assert_array_equal(detected[sure], lower[sure] > np.float32(0.1))
    assert np.isnan(detected[~sure]).all()
    np.testing.assert_array_equal(read[0][4:16], plain[4:16])
    np.testing.assert_array_equal(read[0][20], plain[20])


@pytest.mark.parametrize("width,height", [(75, 41), (20, 11)])
def test_zoomed_out(vrt, scene, width, height):
    """Every output band of the VRT at a smaller size is the driver's."""
    ours = gdal.Open(vrt).ReadAsArray(buf_xsize=width, buf_ysize=height)
    assert same_bits(ours, gdal.Open(scene).ReadAsArray(buf_xsize=width, buf_ysize=height))


def test_windows(vrt, full):
    opened = gdal.Open(vrt)
    for x, y, width, height in [(0, 0, 1, 1), (3, 5, 97, 31), (150, 0, 1, 83), (60, 30, 91, 53)]:
        assert same_bits(opened.ReadAsArray(x, y, width, height),
                         np.ascontiguousarray(full[:, y:y + height, x:x + width]))


@pytest.mark.parametrize("out,options", [("GTiff", []), ("GTiff", ["INTERLEAVE=BAND"]), ("GTiff", ["TILED=YES"]),
                                         ("ENVI", ["INTERLEAVE=BSQ"]), ("MEM", [])])
def test_one_pass_whatever_the_output(tmp_path, model, values, out, options):
    """22 output bands, one pass of the network; each format has a cube of its own so that nothing is kept."""
    changed = values + np.float32(len(out) + len(str(options))) / 1000
    cube = write_cube(tmp_path / "c.tif", changed)
    path = write_scene(model, cube, tmp_path / "s.vrt", bands=ALL)
    with Debug("network pass") as log:
        gdal.Translate(str(tmp_path / "o.img") if out != "MEM" else "", path, format=out, creationOptions=options)
    assert sum(int(m.split()[3]) for m in log.messages) == 151 * 83


SHARING = """
import concurrent.futures, hashlib, sys
from osgeo import gdal
gdal.UseExceptions()
def read(band):
    opened = gdal.Open(sys.argv[1])
    return opened.GetRasterBand(band).ReadAsArray().tobytes()
with concurrent.futures.ThreadPoolExecutor(9) as pool:
    print(hashlib.sha256(b"".join(pool.map(read, range(1, 10)))).hexdigest())
"""


def test_threads_share_a_pass(tmp_path, model):
    """Bands that are asked for at once wait for the one that computes."""
    cube = write_cube(tmp_path / "c.tif", spectra(200, 150, 21, seed=99))
    path = write_scene(model, cube, tmp_path / "s.vrt")
    opened = gdal.Open(f"WSNET:{model}:{cube}")
    expected = hashlib.sha256(opened.ReadAsArray().tobytes()).hexdigest()
    told = run_tool(sys.executable, "-c", SHARING, path, environment={"CPL_DEBUG": "WSNET"})
    assert told.stdout.strip() == expected
    assert told.stderr.count("WSNET: network pass") == 1


@pytest.mark.parametrize("kind", ["Byte", "Int16", "Float64", "Float32"])
def test_output_types(tmp_path, vrt, scene, kind):
    outs = []
    for path in (vrt, scene):
        out = tmp_path / (path.rsplit(".", 1)[1] + ".tif")
        assert run_tool("gdal_translate", "-q", "-ot", kind, "-scale", "0", "1", "0", "200", path, out).returncode == 0
        outs.append(gdal.Open(str(out)).ReadAsArray())
    assert same_bits(outs[0], outs[1])


def test_all_bands_as_sources(tmp_path, model, values):
    """A hand-written VRT may list every band of the cube: the model knows which it uses."""
    cube = write_cube(tmp_path / "c.tif", values)
    full = gdal.Open(f"WSNET:{model}:{cube}").ReadAsArray()
    assert same_bits(read_vrt(hand_written(cube, range(1, 22), f'model="{model}" band="2"')), full[1])


# ---- arguments ------------------------------------------------------------------------------------------

def hand_written(cube, bands, arguments):
    sources = "".join(f"<SimpleSource><SourceFilename>{cube}</SourceFilename><SourceBand>{b}</SourceBand></SimpleSource>"
                      for b in bands)
    return f"""<VRTDataset rasterXSize="151" rasterYSize="83"><VRTRasterBand dataType="Float32" band="1"
        subClass="VRTDerivedRasterBand"><NoDataValue>nan</NoDataValue><PixelFunctionType>wsnet_unmix</PixelFunctionType>
        {f'<PixelFunctionArguments {arguments}/>' if arguments else ''}
        <SourceTransferType>Float32</SourceTransferType>{sources}</VRTRasterBand></VRTDataset>"""


def read_vrt(text):
    opened = gdal.Open(text)
    return opened.GetRasterBand(1).ReadAsArray()


USED = [1, 2] + list(range(4, 22))

WRONG = [
    ("", USED, "the argument 'model' is missing"),
    ('band="1"', USED, "the argument 'model' is missing"),
    ('model="{model}"', USED, "the argument 'band' is missing"),
    ('model="{model}" band="0"', USED, "the argument 'band' is not a band number"),
    ('model="{model}" band="x"', USED, "the argument 'band' is not a band number"),
    ('model="{model}" band="1.5"', USED, "the argument 'band' is not a band number"),
    ('model="{model}" band="10"', USED, "band 10 is asked for; there are 9"),
    ('model="{model}" band="1" bands="colour"', USED, "'colour' is not a kind of band"),
    ('model="{model}" band="1" method="magic"', USED, "the argument 'method' is not"),
    ('model="{model}" band="1" weak_bias="100"', USED, "the argument weak_bias is not a number within"),
    ('model="{model}" band="1" weak_bias="nan"', USED, "the argument weak_bias is not a number within"),
    ('model="{model}" band="1" detection_level="-0.1"', USED, "the argument detection_level is not a number within [0, 1]"),
    ('model="{model}" band="1" least_confidence="x"', USED, "the argument least_confidence is not a number within [0, 1]"),
    ('model="{model}" band="1" bands="fit" method="fcls"', USED, "the method fcls gives abundance and rmse only"),
    ('model="{model}" band="1" colour="red"', USED, "there is no argument 'colour'"),
    ('model="/no/such.wsn" band="1"', USED, "the model '/no/such.wsn' does not exist"),
    ('model="/vsicurl/http://localhost:1/m.wsn" band="1"', USED, "the model '/vsicurl/http://localhost:1/m.wsn' is not a local file"),
    ('model="{cube}" band="1"', USED, "the model '{cube}' cannot be used: "),
    ('model="{model}" band="1"', [1, 2, 3], "there are 3 source bands; this model uses 20"),
    ('model="{model}" band="1"', [], "there are no source bands"),
]


@pytest.mark.parametrize("arguments,bands,message", WRONG)
def test_wrong_arguments(tmp_path, model, cube, arguments, bands, message):
    """One sentence that says what is wrong, and gdal_translate fails and leaves nothing behind."""
    text = hand_written(cube, bands, arguments.format(model=model, cube=cube))
    path = tmp_path / "s.vrt"
    path.write_text(text)
    translated = run_tool("gdal_translate", "-q", path, tmp_path / "out.tif")
    assert translated.returncode == 1
    lines = [line for line in translated.stderr.splitlines() if "wsnet_unmix" in line]
    assert len(lines) >= 1
    assert "wsnet_unmix: " + message.format(cube=cube) in lines[0]
    assert all(line == lines[0] for line in lines)


def test_allowed_folder(tmp_path, model, cube):
    path = tmp_path / "s.vrt"
    path.write_text(hand_written(cube, USED, f'model="{model}" band="1"'))
    inside = run_tool("gdal_translate", "-q", path, tmp_path / "a.tif",
                      environment={"WSNET_ALLOWED_MODEL_DIR": str(model.rsplit("/", 1)[0])})
    assert inside.returncode == 0
    outside = run_tool("gdal_translate", "-q", path, tmp_path / "b.tif",
                       environment={"WSNET_ALLOWED_MODEL_DIR": str(tmp_path)})
    assert outside.returncode == 1 and "is outside WSNET_ALLOWED_MODEL_DIR" in outside.stderr
    (tmp_path / "link.wsn").symlink_to(model)
    path.write_text(hand_written(cube, USED, f'model="{tmp_path}/link.wsn" band="1"'))
    linked = run_tool("gdal_translate", "-q", path, tmp_path / "b.tif",
                      environment={"WSNET_ALLOWED_MODEL_DIR": str(tmp_path)})
    assert linked.returncode == 1 and "is outside WSNET_ALLOWED_MODEL_DIR" in linked.stderr


def test_what_the_vrt_says(vrt, model, cube, scene):
    root = ElementTree.parse(vrt).getroot()
    bands = root.findall("VRTRasterBand")
    assert len(bands) == 22
    for band in bands:
        assert len(band.findall("ComplexSource")) == 20
        assert [int(s.text) for s in band.iter("SourceBand")] == USED
        assert band.find("PixelFunctionArguments").get("model") == model
        assert {s.text for s in band.iter("SourceFilename")} == {cube}
    assert not re.search(r"relativeToVRT=\"1\"", open(vrt).read())
    ours, theirs = gdal.Open(vrt), gdal.Open(scene)
    assert ours.GetMetadata() == theirs.GetMetadata()
    for b in range(1, 23):
        assert ours.GetRasterBand(b).GetMetadata() == theirs.GetRasterBand(b).GetMetadata()
        assert ours.GetRasterBand(b).GetDescription() == theirs.GetRasterBand(b).GetDescription()


def test_plain_sources(tmp_path, model, values):
    """Values that are stored as they are meant come from simple sources, which cost GDAL less, and are the same."""
    cube = write_cube(tmp_path / "c.tif", values, options=["INTERLEAVE=PIXEL"])
    vrt, scene = (write_scene(model, cube, tmp_path / f"s.{ending}", bands="abundance,fit") for ending in ("vrt", "wsnet"))
    root = ElementTree.parse(vrt).getroot()
    assert all(len(band.findall("SimpleSource")) == 20 for band in root.findall("VRTRasterBand"))
    ours, theirs = gdal.Open(str(vrt)), gdal.Open(str(scene))
    assert np.isnan(ours.ReadAsArray()[:, 10, 20]).all()
    for window in ({}, {"buf_xsize": 40, "buf_ysize": 23}, {"xoff": 17, "yoff": 9, "xsize": 60, "ysize": 50},
                   {"xoff": 3, "yoff": 5, "xsize": 101, "ysize": 70, "buf_xsize": 13, "buf_ysize": 11}):
        assert same_bits(ours.ReadAsArray(**window), theirs.ReadAsArray(**window))


def test_processed_dataset_function(tmp_path, model, values):
    """What GDAL 3.9 calls, called by a program of its own."""
    cube = write_cube(tmp_path / "c.tif", values)
    told = run_tool(BUILD / "tests" / "test_processed", model, cube)
    assert told.returncode == 0, told.stderr
