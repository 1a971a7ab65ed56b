# SPDX-License-Identifier: GPL-2.0-or-later
"""The same pixel has the same bits, however it is asked for."""
import concurrent.futures

import numpy as np
import pytest
from conftest import Debug, same_bits, spectra, write_cube, write_scene
from osgeo import gdal

STORED = [
    ("GTiff", ["INTERLEAVE=PIXEL"]),
    ("GTiff", ["INTERLEAVE=BAND"]),
    ("GTiff", ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", "INTERLEAVE=BAND"]),
    ("GTiff", ["TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=256", "INTERLEAVE=PIXEL", "COMPRESS=DEFLATE"]),
    ("GTiff", ["BLOCKYSIZE=83", "INTERLEAVE=PIXEL", "COMPRESS=LZW"]),
    ("ENVI", ["INTERLEAVE=BIL"]),
    ("ENVI", ["INTERLEAVE=BIP"]),
    ("ENVI", ["INTERLEAVE=BSQ"]),
]


def nearest(n_in, n_out, offset=0.0, size=None):
    """Which of n_in samples nearest-neighbour resampling shows."""
    step = (n_in if size is None else size) / n_out
    return np.minimum(((np.arange(n_out) + 0.5) * step + offset + 1e-10).astype(int), n_in - 1)


@pytest.mark.parametrize("driver,options", STORED)
def test_any_storage(tmp_path, model, values, full, driver, options):
    cube = write_cube(tmp_path / "cube.img", values, kind="int16", scale=1e-4, nodata=-9999, driver=driver,
                      options=options)
    opened = gdal.Open(write_scene(model, cube, tmp_path / "s.wsnet"))
    assert same_bits(opened.ReadAsArray()[:8], full[:8])
    for x, y, width, height in [(0, 0, 1, 1), (150, 82, 1, 1), (3, 5, 147, 1), (70, 0, 1, 83), (63, 31, 66, 35)]:
        window = opened.ReadAsArray(x, y, width, height)
        assert same_bits(np.ascontiguousarray(full[:8, y:y + height, x:x + width]), window[:8])


def test_blocks_in_steps(tmp_path, model):
    """A raw cube so wide that its blocks are read in several steps, beside the same cube in compressed blocks."""
    wide = np.tile(spectra(400, 70, 21), (1, 1, 9))
    found = []
    for name, driver, options in (("raw", "ENVI", ["INTERLEAVE=BSQ"]), ("packed", "GTiff", ["COMPRESS=DEFLATE"])):
        cube = write_cube(tmp_path / name, wide, driver=driver, options=options)
        opened = gdal.Open(write_scene(model, cube, tmp_path / f"{name}.wsnet", bands="abundance,rmse", method="nnls"))
        found.append((opened.ReadAsArray(), opened.ReadAsArray(3, 20, 3590, 49), opened.GetRasterBand(2).ReadAsArray()))
    assert all(same_bits(*pair) for pair in zip(*found))
    assert same_bits(np.ascontiguousarray(found[0][0][:, 20:69, 3:3593]), found[0][1])


@pytest.mark.parametrize("kind", ["float32", "int16"])
def test_tiles_in_threads(tmp_path, model, kind):
    """Tiles that two threads decode at once, at full size and zoomed out, beside the same cube in GDAL's hands."""
    wide = spectra(300, 200, 21)
    found = []
    for name, options in (("tiles", ["TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=64", "COMPRESS=DEFLATE"]),
                          ("strips", ["COMPRESS=LZW"])):
        cube = write_cube(tmp_path / f"{name}.tif", wide, kind=kind, scale=1e-4 if kind == "int16" else None,
                          options=["INTERLEAVE=PIXEL", *options])
        scene = write_scene(model, cube, tmp_path / f"{name}.wsnet", bands="abundance,rmse", method="nnls")
        for threads in ("1", "2"):
            opened = gdal.OpenEx(scene, open_options=[f"NUM_THREADS={threads}"])
            found.append((opened.ReadAsArray(), opened.ReadAsArray(buf_xsize=30, buf_ysize=20),
                          opened.ReadAsArray(70, 50, 200, 120, buf_xsize=23, buf_ysize=11),
                          opened.GetRasterBand(2).ReadAsArray(buf_xsize=6, buf_ysize=4)))
    for answers in zip(*found):
        assert all(same_bits(answers[0], other) for other in answers[1:])


def test_windows(scene, full):
    opened = gdal.Open(scene)
    random = np.random.default_rng(1)
    for _ in range(40):
        x, y = int(random.integers(0, 151)), int(random.integers(0, 83))
        width, height = int(random.integers(1, 152 - x)), int(random.integers(1, 84 - y))
        expected = np.ascontiguousarray(full[:, y:y + height, x:x + width])
        assert same_bits(opened.ReadAsArray(x, y, width, height), expected)
        band = int(random.integers(1, 23))
        one = opened.GetRasterBand(band).ReadAsArray(x, y, width, height)
        assert same_bits(one, np.ascontiguousarray(expected[band - 1]))


def test_blocks(scene, full):
    opened = gdal.Open(scene)
    band = opened.GetRasterBand(3)
    width, height = band.GetBlockSize()
    for row in range((83 + height - 1) // height):
        for column in range((151 + width - 1) // width):
            block = np.frombuffer(band.ReadBlock(column, row), np.float32).reshape(height, width)
            expected = full[2, row * height:(row + 1) * height, column * width:(column + 1) * width]
            assert same_bits(np.ascontiguousarray(block[:expected.shape[0], :expected.shape[1]]),
                             np.ascontiguousarray(expected))


@pytest.mark.parametrize("threads", ["1", "2", "3", "ALL_CPUS"])
def test_threads(scene, full, threads):
    assert same_bits(gdal.OpenEx(scene, open_options=["NUM_THREADS=" + threads]).ReadAsArray(), full)
    gdal.SetConfigOption("GDAL_NUM_THREADS", threads)
    try:
        opened = gdal.Open(scene)
        assert same_bits(opened.ReadAsArray(), full)
        assert same_bits(opened.ReadAsArray(buf_xsize=50, buf_ysize=20),
                         np.ascontiguousarray(full[:, nearest(83, 20)][:, :, nearest(151, 50)]))
    finally:
        gdal.SetConfigOption("GDAL_NUM_THREADS", None)


@pytest.mark.parametrize("width,height", [(75, 41), (15, 8), (3, 2), (1, 1), (151, 20), (40, 83), (100, 50)])
def test_zoomed_out(tmp_path, scene, full, width, height):
    """Nearest of the scene is nearest of the full result, to the bit: ours, GDAL's and the formula's."""
    whole = str(tmp_path / "whole.tif")
    gdal.Translate(whole, scene)
    expected = np.ascontiguousarray(full[:, nearest(83, height)][:, :, nearest(151, width)])
    assert same_bits(gdal.Open(whole).ReadAsArray(buf_xsize=width, buf_ysize=height), expected)
    opened = gdal.Open(scene)
    assert same_bits(opened.ReadAsArray(buf_xsize=width, buf_ysize=height), expected)
    for b in (1, 9, 22):
        one = opened.GetRasterBand(b).ReadAsArray(buf_xsize=width, buf_ysize=height)
        assert same_bits(one, expected[b - 1])
    small = str(tmp_path / "small.tif")
    gdal.Translate(small, scene, width=width, height=height, resampleAlg="nearest")
    assert same_bits(gdal.Open(small).ReadAsArray(), expected)


def test_zoomed_out_window(scene, full):
    opened = gdal.Open(scene)
    for x, y, width, height, to_width, to_height in [(10, 7, 100, 60, 33, 17), (50, 3, 101, 80, 10, 79)]:
        rows, columns = nearest(83, to_height, y, height), nearest(151, to_width, x, width)
        expected = np.ascontiguousarray(full[:, rows][:, :, columns])
        assert same_bits(opened.ReadAsArray(x, y, width, height, buf_xsize=to_width, buf_ysize=to_height), expected)


def test_zoomed_out_fractional_window(tmp_path, scene):
    """GDAL's own pick on the full result is the reference."""
    whole = str(tmp_path / "whole.tif")
    gdal.Translate(whole, scene)
    opened, copied = gdal.Open(scene), gdal.Open(whole)
    ours, theirs = opened.GetRasterBand(2), copied.GetRasterBand(2)
    for window in [(10.3, 7.7, 99.5, 60.2), (0.5, 0.25, 140.9, 70.1)]:
        asked = dict(zip(("xoff", "yoff", "win_xsize", "win_ysize"), window), buf_xsize=31, buf_ysize=13)
        assert same_bits(ours.ReadAsArray(**asked), theirs.ReadAsArray(**asked))


@pytest.mark.parametrize("how", ["average", "bilinear", "mode"])
def test_other_resampling_is_gdals(tmp_path, scene, how):
    whole = str(tmp_path / "whole.tif")
    gdal.Translate(whole, scene)
    ours = gdal.Translate("", scene, format="MEM", width=50, height=28, resampleAlg=how).ReadAsArray()
    theirs = gdal.Translate("", whole, format="MEM", width=50, height=28, resampleAlg=how).ReadAsArray()
    assert same_bits(ours, theirs)


def test_magnified(scene, full):
    opened = gdal.Open(scene)
    shown = opened.ReadAsArray(10, 20, 15, 12, buf_xsize=40, buf_ysize=31)
    expected = full[:, 20:32, 10:25][:, nearest(12, 31)][:, :, nearest(15, 40)]
    assert same_bits(shown, np.ascontiguousarray(expected))


def test_zoomed_out_reads_little(tmp_path, model):
    """Only the rows that are shown are read from a source of one-line strips."""
    cube = write_cube(tmp_path / "c.tif", spectra(60, 500, 21), options=["BLOCKYSIZE=1", "INTERLEAVE=PIXEL"])
    opened = gdal.Open(f"WSNET:{model}:{cube}")
    opened.GetRasterBand(1)
    with Debug("unmixing") as log:
        opened.ReadAsArray(buf_xsize=6, buf_ysize=10)
    assert log.messages == ["WSNET: unmixing 6x10 pixels of lines 25 to 475"]


@pytest.mark.parametrize("kind", [gdal.GDT_Byte, gdal.GDT_Int16, gdal.GDT_Float64])
def test_other_buffer_types(scene, full, kind):
    """Asked for as another type, values are converted as GDAL converts them."""
    opened = gdal.Open(scene)
    whole = gdal.GetDriverByName("MEM").Create("", 151, 83, 22, gdal.GDT_Float32)
    whole.WriteArray(full)
    assert same_bits(opened.ReadAsArray(buf_type=kind), whole.ReadAsArray(buf_type=kind))


def test_band_order_and_spacing(scene, full):
    """Bands in any order, repeated, pixel-interleaved."""
    opened = gdal.Open(scene)
    data = opened.ReadRaster(5, 6, 70, 40, band_list=[4, 1, 4], buf_pixel_space=12, buf_line_space=12 * 70,
                             buf_band_space=4)
    shown = np.frombuffer(data, np.float32).reshape(40, 70, 3)
    expected = full[[3, 0, 3], 6:46, 5:75].transpose(1, 2, 0)
    assert same_bits(np.ascontiguousarray(shown), np.ascontiguousarray(expected))


def test_many_handles_at_once(scene, full):
    def read(seed):
        opened = gdal.Open(scene)
        random = np.random.default_rng(seed)
        for _ in range(10):
            x, y = int(random.integers(0, 100)), int(random.integers(0, 60))
            if not same_bits(opened.ReadAsArray(x, y, 50, 20), np.ascontiguousarray(full[:, y:y + 20, x:x + 50])):
                return False
            band = int(random.integers(1, 23))
            if not same_bits(opened.GetRasterBand(band).ReadAsArray(), full[band - 1]):
                return False
        return True

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(16)))


def test_small_cache(scene, full):
    """Blocks that are thrown out of GDAL's cache come back the same."""
    before = gdal.GetCacheMax()
    gdal.SetCacheMax(100000)
    try:
        opened = gdal.Open(scene)
        for b in (1, 22, 2):
            assert same_bits(opened.GetRasterBand(b).ReadAsArray(), full[b - 1])
        assert same_bits(opened.ReadAsArray(), full)
    finally:
        gdal.SetCacheMax(before)


@pytest.mark.parametrize("out,options", [("GTiff", ["INTERLEAVE=BAND"]), ("GTiff", ["TILED=YES"]), ("ENVI", [])])
def test_output_formats(tmp_path, scene, full, out, options):
    path = str(tmp_path / "out.img")
    with Debug("unmixing window") as log:
        gdal.Translate(path, scene, format=out, creationOptions=options)
    assert same_bits(gdal.Open(path).ReadAsArray(), full)
    sizes = [m.split()[-1].split("x") for m in log.messages]
    assert sum(int(w) * int(h) for w, h in sizes) == 151 * 83
