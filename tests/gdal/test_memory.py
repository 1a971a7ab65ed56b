# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory stays bounded whatever the size of the cube."""
import sys

import numpy as np
from conftest import make_model, run_tool, spectra, write_cube, write_scene

COPY = """
import resource, sys
from osgeo import gdal
gdal.UseExceptions()
gdal.SetCacheMax(1 << 30)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
gdal.Translate(sys.argv[2], sys.argv[1], outputType=gdal.GDT_Float64)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""

LEFT = """
import sys
from osgeo import gdal
gdal.UseExceptions()
gdal.SetCacheMax(1 << 30)
opened = gdal.Open(sys.argv[1])
copy = gdal.Translate("/vsimem/out.tif", opened)
print(gdal.GetCacheUsed() >> 20)
"""


def repeat(tile, out, edge, times, bands):
    """A VRT that shows one tile many times."""
    size = edge * times
    text = [f'<VRTDataset rasterXSize="{size}" rasterYSize="{size}">']
    for b in range(1, bands + 1):
        text.append(f'<VRTRasterBand dataType="Int16" band="{b}"><NoDataValue>-9999</NoDataValue><Scale>0.0001</Scale>')
        for y in range(0, size, edge):
            for x in range(0, size, edge):
                text.append(f'''<SimpleSource><SourceFilename relativeToVRT="1">{tile}</SourceFilename>
                    <SourceBand>{b}</SourceBand><SourceProperties RasterXSize="{edge}" RasterYSize="{edge}"
                    DataType="Int16" BlockXSize="{edge}" BlockYSize="64"/>
                    <SrcRect xOff="0" yOff="0" xSize="{edge}" ySize="{edge}"/>
                    <DstRect xOff="{x}" yOff="{y}" xSize="{edge}" ySize="{edge}"/></SimpleSource>''')
        text.append("</VRTRasterBand>")
    out.write_text("".join(text) + "</VRTDataset>")
    return out


def test_large_copy(tmp_path):
    """A copy of 310 MB with a block cache of 1 GB: measured 100 MB more than before it, 255 if the cache may fill."""
    for options in ([], ["COMPRESS=DEFLATE", "TILED=YES"]):
        write_cube(tmp_path / "tile.tif", spectra(320, 320, 12), kind="int16", scale=1e-4, nodata=-9999,
                   options=["INTERLEAVE=PIXEL", *options])
        cube = repeat("tile.tif", tmp_path / "big.vrt", 320, 8, 12)
        model = make_model(tmp_path / "m.wsn", used=12, source=12, endmembers=6)
        scene = write_scene(model, cube, tmp_path / "s.wsnet", bands="abundance", method="ucls")
        told = run_tool(sys.executable, "-c", COPY, scene, tmp_path / "out.tif")
        assert told.returncode == 0, told.stderr
        assert int(told.stdout) < 190


def test_sources_of_the_pixel_function(tmp_path):
    """A VRT reads 102 MB through GDAL's block cache; 64 MB are left, or all of it if nobody drops any."""
    bands, size = 80, 800
    tile = spectra(size // 8, size // 8, bands)
    cube = write_cube(tmp_path / "cube.tif", np.tile(tile, (1, 8, 8)), kind="int16", scale=1e-4, nodata=-9999,
                      options=["INTERLEAVE=BAND"])
    model = make_model(tmp_path / "m.wsn", used=bands, source=bands, endmembers=3)
    scene = write_scene(model, cube, tmp_path / "s.vrt", bands="abundance", method="ucls")
    told = run_tool(sys.executable, "-c", LEFT, scene)
    assert told.returncode == 0, told.stderr
    assert 0 < int(told.stdout) <= 72
