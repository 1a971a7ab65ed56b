# SPDX-License-Identifier: GPL-2.0-or-later
"""`wsnet area`: sums, zones of every kind, pixel areas on the ellipsoid, intervals."""
import json
import shutil

import numpy as np
import pytest
from cli import fail, files, run, succeed
from cli_scene import model, simulated  # noqa: F401
from osgeo import gdal, ogr, osr
from rasters import read
from zone_files import ORIGIN, box, classes, degrees, place, system_of, table, write_zones

UTM_SCALE = 0.9992  # least areal scale in a UTM zone; pixels are never larger than 900 m2 / this


def area(*words, cwd=None):
    return json.loads(succeed("area", *words, "--json", cwd=cwd))


@pytest.fixture(scope="module")
def scene(simulated, model, tmp_path_factory):
    path = tmp_path_factory.mktemp("area") / "s.wsnet"
    succeed("unmix", model, simulated / "cube.tif", "-o", path)
    return path


@pytest.fixture(scope="module")
def unmixed(simulated, model, tmp_path_factory):
    """Abundances, lower and upper bounds [3, P, lines, pixels], and fit [lines, pixels], of `wsnet unmix`."""
    path = tmp_path_factory.mktemp("abundance") / "a.tif"
    succeed("unmix", model, simulated / "cube.tif", "-o", path, "--bands", "abundance,interval,fit")
    values, names = read(path)
    order = [[i for i, n in enumerate(names) if n.endswith(end)] for end in (" lower", " upper")]
    return np.stack([values[:4], values[order[0]], values[order[1]]]).astype(float), values[names.index("fit")]


@pytest.fixture(scope="module")
def abundance(unmixed):
    return unmixed[0]


def test_sums_are_of_abundance_times_pixel_area(scene, abundance):
    said = area(scene, "--sums")
    (whole,) = said["zones"]
    assert whole["zone"] == "all" and whole["n_pixels"] == 48 * 40
    pixel = whole["area_m2"] / (48 * 40)
    assert 900 < pixel < 900 / UTM_SCALE
    for material, expected in zip(whole["materials"], abundance[0]):
        assert material["area_m2"] == pytest.approx(expected.sum() * pixel, rel=1e-4)
        assert material["area_ha"] == pytest.approx(material["area_m2"] / 1e4)
        assert 0 <= material["lower_m2"] < material["area_m2"] < material["upper_m2"] <= whole["area_m2"]
    assert sum(m["area_m2"] for m in whole["materials"]) == pytest.approx(whole["area_m2"], rel=1e-5)


def test_areas_lie_halfway_from_the_sums_to_the_mean_spectrum(simulated, scene, tmp_path):
    """With materials, pixels and zones apart, each zone's mean spectrum says what it holds."""
    zones = write_zones(tmp_path / "z.gpkg", [("a", box(0, 0, 24, 20)), ("b", box(24, 20, 48, 40))])
    words = ("--zones", zones, "--zone-field", "name")
    truth, _ = read(simulated / "truth.tif")
    errors = {"both": 0, "sums": 0, "spectrum": 0}
    for both, sums, inside in zip(area(scene, *words)["zones"], area(scene, *words, "--sums")["zones"],
                                  (truth[:, :20, :24], truth[:, 20:, 24:])):
        share, plain = (np.array([m["area_m2"] for m in zone["materials"]]) / zone["area_m2"] for zone in (both, sums))
        mean = 2 * share - plain
        assert share.sum() == pytest.approx(1, abs=1e-5) and mean.sum() == pytest.approx(1, abs=1e-5)
        assert mean.min() > -1e-6 and np.abs(mean - plain).max() > 1e-4
        for name, value in (("both", share), ("sums", plain), ("spectrum", mean)):
            errors[name] += ((value - inside.mean((1, 2))) ** 2).sum()
        widths = [[m["upper_m2"] - m["lower_m2"] for m in zone["materials"]] for zone in (both, sums)]
        assert np.all(np.array(widths[0]) <= 1.5 * np.array(widths[1]))
    assert errors["spectrum"] < 0.05**2 * 8 and errors["both"] < max(errors["sums"], errors["spectrum"])


def test_small_zones_are_set_off_from_their_surroundings(simulated, model, tmp_path):
    """A little of one material in three pixels of another: neither sums nor what the mean spectrum says come near. Zones
    side by side have no surroundings, and lie halfway as before."""
    random = np.random.default_rng(4)
    pure = np.loadtxt(simulated / "endmembers.csv", delimiter=",", skiprows=1)[:, 1:].T
    values, wide = read(simulated / "cube.tif")[0], np.zeros((40, 48), np.int16)
    light = 1 + 0.05 * random.normal(size=(1, 40, 48))
    values[:] = pure[0][:, None, None] * light + 0.01 * pure.mean() * random.normal(size=values.shape)
    wide[10:12, 20:22], wide[30, 5:8], share = 1, 2, 0.06
    values[:, wide > 0] += share * (pure[1][:, None] - values[:, wide > 0])
    cube = tmp_path / "c.tif"
    shutil.copy(simulated / "cube.tif", cube)
    gdal.Open(str(cube), gdal.GA_Update).WriteArray(values)
    said = {}
    for name, zones in (("small", wide), ("full", np.where(wide > 0, wide, 3).astype(np.int16))):
        path = classes(tmp_path / f"{name}.tif", zones, nodata=0)
        said[name] = area(f"WSNET:{model}:{cube}", "--zones", path)["zones"][:2]
    for zone, halfway in zip(said["small"], said["full"]):
        assert zone["n_pixels"] == halfway["n_pixels"] and zone["area_m2"] == halfway["area_m2"]
        found, before = (z["materials"][1]["area_m2"] / z["area_m2"] for z in (zone, halfway))
        assert found == pytest.approx(share, abs=0.015) and abs(before - share) > 0.015
        assert sum(m["area_m2"] for m in zone["materials"]) == pytest.approx(zone["area_m2"], rel=1e-5)


def test_wide_scenes_are_learned_from_about_their_zones(simulated, model, tmp_path):
    """Half of the scene is of another kind, far from all zones; zones lie on the edge, too."""
    random, pure = np.random.default_rng(4), np.loadtxt(simulated / "endmembers.csv", delimiter=",", skiprows=1)[:, 1:].T
    wide = np.zeros((300, 200), np.int16)
    wide[:2, :2], wide[40:42, 90:92], wide[70, 197:], wide[100:102, 3:5] = 1, 2, 3, 4
    values = pure[0][:, None, None] * (1 + 0.05 * random.normal(size=wide.shape))
    values[:, 200:] = (pure[2] - 0.5 * pure[1])[:, None, None] * random.normal(size=(100, 200))
    values += 0.01 * pure.mean() * random.normal(size=values.shape)
    values[:, wide > 0] += 0.1 * (pure[1][:, None] - values[:, wide > 0])
    values[:, 39, 89] = np.nan
    source = gdal.Open(str(simulated / "cube.tif"))
    raster = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "c.tif"), 200, 300, len(values), gdal.GDT_Float32)
    raster.SetSpatialRef(source.GetSpatialRef())
    raster.SetGeoTransform(source.GetGeoTransform())
    raster.WriteArray(values)
    for i in range(len(values)):
        raster.GetRasterBand(i + 1).SetMetadata(source.GetRasterBand(i + 1).GetMetadata())
    raster = None
    zones = classes(tmp_path / "z.tif", wide, nodata=0)
    for zone in area(f"WSNET:{model}:{tmp_path / 'c.tif'}", "--zones", zones)["zones"]:
        assert zone["materials"][1]["area_m2"] / zone["area_m2"] == pytest.approx(0.1, abs=0.02)


def test_areas_do_not_depend_on_threads(scene, tmp_path):
    one, three = (area(scene, "--threads", n) for n in (1, 3))
    assert one == three


def expected_interval(zone, material, values):
    """Bounds by the rule of resources/docs/area.md from the bounds of the pixels [3, n]."""
    r, wider, pixel = zone["error_correlation"], zone["widening"], zone["area_m2"] / zone["n_pixels"]
    a, low, high = values
    below, above = (a - low) * pixel, (high - a) * pixel
    width = [wider * np.sqrt(r * side.sum() ** 2 + (1 - r) * (side**2).sum())
             for side in (np.where(low <= 0, np.maximum(below, above), below),
                          np.where(high >= 1, np.maximum(below, above), above))]
    return max(material["area_m2"] - width[0], 0), min(material["area_m2"] + width[1], zone["area_m2"])


def test_the_interval_lies_between_that_of_independent_and_of_common_errors(scene, abundance):
    (whole,) = area(scene)["zones"]
    assert 0.1 < whole["error_correlation"] < 0.9
    for k, material in enumerate(whole["materials"]):
        low, high = expected_interval(whole, material, abundance[:, k].reshape(3, -1))
        assert material["lower_m2"] == pytest.approx(low, rel=1e-3, abs=1)
        assert material["upper_m2"] == pytest.approx(high, rel=1e-3, abs=1)


def test_intervals_are_wider_where_the_fit_is_poor(scene, unmixed, tmp_path):
    values, fit = unmixed
    poor = fit < np.quantile(fit, 0.2)
    zones = classes(tmp_path / "z.tif", np.where(poor, 1, 2).astype(np.int16))
    said = area(scene, "--zones", zones)["zones"]
    for zone, inside in zip(said, (poor, ~poor)):
        assert zone["widening"] == pytest.approx(1 + 2 * max(0.5 - fit[inside].mean(), 0), rel=1e-4)
    assert said[0]["widening"] > 1
    low, high = expected_interval(said[0], said[0]["materials"][2], values[:, 2, poor])
    assert said[0]["materials"][2]["lower_m2"] == pytest.approx(low, rel=1e-3, abs=1)


def test_small_zones_share_more_of_their_errors(scene, tmp_path):
    zones = write_zones(tmp_path / "z.gpkg", [("small", box(0, 0, 2, 2)), ("large", box(0, 0, 40, 40))])
    small, large = area(scene, "--zones", zones, "--zone-field", "name")["zones"]
    assert large["error_correlation"] < small["error_correlation"] < 1


def test_one_pixel_has_its_own_interval(scene, unmixed, tmp_path):
    (abundance, fit) = unmixed
    y, x = np.argwhere(fit > 0.6)[7]
    zones = write_zones(tmp_path / "z.gpkg", [("one", box(x, y, x + 1, y + 1))])
    (one,) = area(scene, "--zones", zones)["zones"]
    assert (one["n_pixels"], one["error_correlation"], one["widening"]) == (1, 1, 1)
    for k, material in enumerate(one["materials"]):
        assert material["area_m2"] / one["area_m2"] == pytest.approx(abundance[0, k, y, x], abs=1e-5)
        low, high = expected_interval(one, material, abundance[:, k, y, x, None])
        assert material["lower_m2"] == pytest.approx(low, abs=0.05)
        assert material["upper_m2"] == pytest.approx(high, abs=0.05)


def test_a_wider_coverage_gives_wider_intervals(scene):
    widths = []
    for words in (["--coverage", "0.68"], [], ["--coverage", "0.99"]):
        material = area(scene, *words)["zones"][0]["materials"][0]
        widths.append(material["upper_m2"] - material["lower_m2"])
    assert widths[0] < widths[1] < widths[2]


def test_polygons_own_pixels_by_their_centres_and_may_overlap(scene, abundance, tmp_path):
    zones = write_zones(tmp_path / "z.gpkg", [("left", box(0, 0, 10.4, 40)), ("corner", box(5.6, 0, 20, 10)),
                                             ("left", box(30, 0, 31, 1))])
    said = {zone["zone"]: zone
            for zone in area(scene, "--zones", zones, "--zone-field", "name", "--sums")["zones"]}
    assert list(said) == ["left", "corner"]
    assert said["left"]["n_pixels"] == 401 and said["corner"]["n_pixels"] == 140
    first = said["corner"]["materials"][0]["area_m2"] / said["corner"]["area_m2"]
    assert first == pytest.approx(abundance[0, 0, :10, 6:20].mean(), rel=1e-4)


def test_polygons_in_degrees_give_the_same_areas(scene, tmp_path):
    zones = [("a", box(3, 3, 30, 20)), ("b", box(31, 21, 45, 38))]
    here = write_zones(tmp_path / "utm.gpkg", zones)
    there = write_zones(tmp_path / "degrees.geojson", zones, to_epsg=4326)
    assert area(scene, "--zones", here, "--zone-field", "name")["zones"] == \
        area(scene, "--zones", there, "--zone-field", "name")["zones"]


def test_long_edges_keep_their_course(simulated, model, tmp_path):
    transform = (385000, 300, 0, 5820000, 0, -300)
    cube = place(simulated / "cube.tif", tmp_path / "c.tif", 32633, transform)
    to_degrees = osr.CoordinateTransformation(system_of(32633), system_of(4326))
    latitude = np.array([[to_degrees.TransformPoint(385150.0 + 300 * x, 5819850.0 - 300 * y)[1] for x in range(48)]
                         for y in range(40)])
    south = float(latitude[20].mean())
    zones = write_zones(tmp_path / "z.geojson", [("north", f"POLYGON((5 {south},25 {south},25 70,5 70,5 {south}))")],
                        epsg=4326)
    (north,) = area(f"WSNET:{model}:{cube}", "--zones", zones, "--zone-field", "name")["zones"]
    assert north["n_pixels"] == (latitude > south).sum()


@pytest.mark.parametrize("west", [179.99, -180.01, 539.99])
def test_zones_across_the_date_line(simulated, model, tmp_path, west):
    """Cut there as GeoJSON wants it, told beyond it, or in a system that knows no date line: the same pixels."""
    cube = place(simulated / "cube.tif", tmp_path / "c.tif", 4326, (west, 0.001, 0, 10, 0, -0.001))
    said = []
    for left, right in (([179.9951, -180], [180, -179.9799]), ([179.9951], [180.0201]), ([-180.0049], [-179.9799])):
        zones = write_zones(tmp_path / f"{len(said)}.gpkg", [("a", degrees(left, right))], epsg=4326)
        said += area(f"WSNET:{model}:{cube}", "--zones", zones)["zones"]
    zones = write_zones(tmp_path / "utm.gpkg", [("a", degrees([179.9951], [180.0201]))], epsg=4326, to_epsg=32660)
    said += area(f"WSNET:{model}:{cube}", "--zones", zones)["zones"]
    assert said[0]["n_pixels"] == 25 * 11 and all(zone == said[0] for zone in said)


def test_the_first_text_field_names_the_zones_and_layers_can_be_chosen(scene, tmp_path):
    path = write_zones(tmp_path / "z.gpkg", [("a", box(0, 0, 5, 5)), ("b", box(10, 10, 15, 15))])
    (merged,) = area(scene, "--zones", path)["zones"]
    assert merged["zone"] == "parcel" and merged["n_pixels"] == 50
    assert len(area(scene, "--zones", f"{path}|layername=zones", "--zone-field", "name")["zones"]) == 2
    assert "nowhere" in fail(tmp_path, "area", scene, "--zones", f"{path}|layername=nowhere")


def test_class_rasters_are_zones_on_their_own_or_another_grid(scene, abundance, tmp_path):
    values = np.zeros((40, 48), np.int16)
    values[:, 24:] = 1
    values[30:] = 2
    values[0, 0] = -5
    same = classes(tmp_path / "same.tif", values, names=["field", "forest", ""], nodata=-5)
    said = area(scene, "--zones", same, "--sums")["zones"]
    assert [(z["zone"], z["n_pixels"]) for z in said] == [("field", 24 * 30 - 1), ("forest", 24 * 30), ("class 2", 480)]
    assert said[1]["materials"][0]["area_m2"] / said[1]["area_m2"] == pytest.approx(
        abundance[0, 0, :30, 24:].mean(), rel=1e-4)
    fine = classes(tmp_path / "fine.tif", np.kron(values, np.ones((3, 3), np.int16)), nodata=-5,
                   transform=(ORIGIN[0], 10, 0, ORIGIN[1], 0, -10))
    assert [z["n_pixels"] for z in area(scene, "--zones", fine)["zones"]] == [719, 720, 480]
    part = classes(tmp_path / "part.tif", values[:20, :12], nodata=-5)
    assert [z["n_pixels"] for z in area(scene, "--zones", part)["zones"]] == [239]


def test_a_table_and_a_geopackage_say_the_same(scene, tmp_path):
    zones = write_zones(tmp_path / "z.gpkg", [("a, b", box(0, 0, 20, 20)), ("c", box(20, 20, 40, 40))])
    said = area(scene, "--zones", zones, "--zone-field", "name", "-o", tmp_path / "a.csv")["zones"]
    succeed("area", scene, "--zones", zones, "--zone-field", "name", "-o", tmp_path / "a.gpkg")
    assert files(tmp_path) == {"z.gpkg", "a.csv", "a.gpkg"}
    rows = table(tmp_path / "a.csv")
    assert [row["zone"] for row in rows] == ["a, b"] * 4 + ["c"] * 4
    assert float(rows[5]["lower_ha"]) == pytest.approx(said[1]["materials"][1]["lower_ha"], rel=1e-6)
    layer_of = ogr.Open(str(tmp_path / "a.gpkg"))
    layer = layer_of.GetLayerByName("area")
    features = [(f.GetField("zone"), f.GetField("zone_ha"), f.GetGeometryRef().Area()) for f in layer]
    assert [f[0] for f in features] == ["a, b", "c"]
    for (_, hectares, planar), zone in zip(features, said):
        assert hectares == pytest.approx(zone["area_ha"], rel=1e-6)
        assert hectares == pytest.approx(planar / 1e4, rel=2e-3)
    assert layer.GetSpatialRef().GetAuthorityCode(None) == "32633"


def on_the_ellipsoid(cube, epsg, transform):
    """Square metres of the whole raster from geodesics along its outline."""
    pyproj = pytest.importorskip("pyproj")
    width, height = 48, 40
    steps = np.linspace(0, 1, 400, endpoint=False)
    outline = np.concatenate([np.stack([steps * width, 0 * steps], 1), np.stack([0 * steps + width, steps * height], 1),
                              np.stack([(1 - steps) * width, 0 * steps + height], 1),
                              np.stack([0 * steps, (1 - steps) * height], 1)])
    x = transform[0] + outline @ np.array(transform[1:3])
    y = transform[3] + outline @ np.array(transform[4:6])
    system = pyproj.CRS.from_epsg(epsg)
    to_degrees = pyproj.Transformer.from_crs(system, system.geodetic_crs, always_xy=True)
    return abs(system.get_geod().polygon_area_perimeter(*to_degrees.transform(x, y))[0])


@pytest.mark.parametrize("epsg, transform, method", [
    (32633, (385000, 30, 0, 5820000, 0, -30), "interpolated"),
    (32633, (300000, 3000, 0, 5820000, 0, -3000), "interpolated"),
    (3857, (1500000, 300, 0, 9000000, 0, -300), "interpolated"),
    (3035, (4500000, 100, 0, 3200000, 0, -100), "keeps areas"),
    (4326, (13, 0.0003, 0, 52.5, 0, -0.0003), "every row"),
    (4326, (13, 0.0003, 0.0001, 70, 0.00005, -0.0003), "interpolated"),
    (4326, (-180, 7.5, 0, 90, 0, -4.5), "every row"),
    (3413, (-20000, 1000, 0, 20000, 0, -1000), "interpolated"),
    (2263, (900000, 100, 0, 200000, 0, -100), "interpolated"),
])
def test_pixel_areas_are_those_on_the_ellipsoid(simulated, model, tmp_path, epsg, transform, method):
    cube = place(simulated / "cube.tif", tmp_path / "c.tif", epsg, transform)
    said = area(f"WSNET:{model}:{cube}")
    assert method in said["pixel_area"]["method"]
    assert said["pixel_area"]["relative_error"] <= 1e-6
    expected = 510065621724088 if transform[0] == -180 else on_the_ellipsoid(cube, epsg, transform)
    assert said["zones"][0]["area_m2"] == pytest.approx(expected, rel=3e-6)


def test_without_georeference_the_pixel_area_must_be_given(simulated, model, tmp_path):
    cube = place(simulated / "cube.tif", tmp_path / "c.tif", None, (0, 1, 0, 0, 0, 1))
    succeed("unmix", model, cube, "-o", tmp_path / "s.wsnet")
    assert "--pixel-area" in fail(tmp_path, "area", "s.wsnet")
    assert area("s.wsnet", "--pixel-area", 4, cwd=tmp_path)["zones"][0]["area_m2"] == 4 * 48 * 40


def test_pixels_without_data_are_counted_apart(simulated, model, tmp_path):
    values, _ = read(simulated / "cube.tif")
    cube = place(simulated / "cube.tif", tmp_path / "c.tif", 3035, (4500000, 100, 0, 3200000, 0, -100))
    raster = gdal.Open(str(cube), gdal.GA_Update)
    values[:, :10] = np.nan
    for band in range(len(values)):
        raster.GetRasterBand(band + 1).WriteArray(values[band])
    raster = None
    (whole,) = area(f"WSNET:{model}:{cube}")["zones"]
    assert (whole["n_pixels"], whole["area_m2"], whole["without_data_m2"]) == (48 * 30, 48 * 30 * 1e4, 48 * 10 * 1e4)


def test_a_spike_or_an_undeclared_nodata_value_does_not_move_the_areas_of_others(simulated, model, tmp_path):
    usual = area(f"WSNET:{model}:{simulated / 'cube.tif'}", "--pixel-area", 1)["zones"][0]
    for name, spike in (("spike", 1e4), ("fill", -3.4e38)):
        path = tmp_path / f"{name}.tif"
        shutil.copy(simulated / "cube.tif", path)
        with_spike = gdal.Open(str(path), gdal.GA_Update)
        values = with_spike.ReadAsArray()
        values[:, 5, 5] = spike
        with_spike.WriteArray(values)
        with_spike = None
        spoilt = area(f"WSNET:{model}:{path}", "--pixel-area", 1)["zones"][0]
        for before, after in zip(usual["materials"], spoilt["materials"]):
            assert after["area_m2"] == pytest.approx(before["area_m2"], abs=3)


def test_where_nothing_can_be_learned_areas_are_sums_with_a_warning(simulated, model, tmp_path):
    path = tmp_path / "dark.tif"
    shutil.copy(simulated / "cube.tif", path)
    dark = gdal.Open(str(path), gdal.GA_Update)
    dark.WriteArray(0 * dark.ReadAsArray())
    dark = None
    done = run("area", f"WSNET:{model}:{path}", "--pixel-area", 1)
    assert done.returncode == 0
    assert "areas are the sums of the pixels' abundances alone" in done.stderr


def test_classical_scenes_have_areas_without_intervals(simulated, model, tmp_path):
    succeed("unmix", model, simulated / "cube.tif", "-o", tmp_path / "s.wsnet", "--method", "fcls")
    done = run("area", tmp_path / "s.wsnet", "--json")
    assert done.returncode == 0 and "no intervals" in done.stderr
    material = json.loads(done.stdout)["zones"][0]["materials"][0]
    assert "area_m2" in material and "lower_m2" not in material


@pytest.mark.parametrize("words, said", [
    (["--zones", "far.gpkg"], "no zone lies on the raster"),
    (["--zones", "points.gpkg"], "no polygon"),
    (["--zones", "z.gpkg", "--zone-field", "nam"], "no field 'nam'"),
    (["--zones", "missing.gpkg"], "missing.gpkg"),
    (["--zones", "text.gpkg"], "text.gpkg"),
    (["--zones", "half.tif"], "whole numbers"),
    (["-o", "a.txt"], ".csv nor in .gpkg"),
    (["-o", "nowhere/a.csv"], "nowhere"),
])
def test_bad_input_is_one_sentence_and_leaves_nothing(scene, tmp_path, words, said):
    write_zones(tmp_path / "z.gpkg", [("a", box(0, 0, 5, 5))])
    write_zones(tmp_path / "far.gpkg", [("a", box(1000, 0, 1005, 5))])
    write_zones(tmp_path / "points.gpkg", [("a", f"POINT({ORIGIN[0] + 5} {ORIGIN[1] - 5})")])
    (tmp_path / "text.gpkg").write_text("no zones\n")
    gdal.Translate(str(tmp_path / "half.tif"), str(classes(tmp_path / "c.tif", np.ones((40, 48), np.int16))),
                   outputType=gdal.GDT_Float32, scaleParams=[[0, 2, 0, 1]])
    assert said in fail(tmp_path, "area", scene, *words)


def test_a_model_is_no_scene(model, tmp_path):
    assert "m.wsn" in fail(tmp_path, "area", model)
