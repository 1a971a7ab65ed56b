# SPDX-License-Identifier: GPL-2.0-or-later
"""`wsnet audit`: the scores of every zone are those of `wsnet score` on its pixels, and the gaps are between them."""
import json

import numpy as np
import pytest
from cli import fail, files, succeed
from cli_scene import model, simulated  # noqa: F401
from osgeo import gdal, ogr
from rasters import read, write
from zone_files import box, classes, place, table, write_zones

ZONES = [("left", box(0, 0, 24, 40)), ("right", box(24, 0, 48, 40))]


@pytest.fixture(scope="module")
def audited(simulated, model, tmp_path_factory):
    """The folder of an audit with truth, and what was printed."""
    folder = tmp_path_factory.mktemp("audit")
    write_zones(folder / "z.gpkg", ZONES)
    said = succeed("audit", simulated / "cube.tif", model, "--zones", "z.gpkg", "--zone-field", "name", "--truth",
                   simulated / "truth.tif", "-o", "out", cwd=folder)
    return folder, said


@pytest.fixture(scope="module")
def unmixed(simulated, model, tmp_path_factory):
    path = tmp_path_factory.mktemp("unmixed") / "a.tif"
    succeed("unmix", model, simulated / "cube.tif", "-o", path, "--bands", "abundance,confidence,interval,fit,rmse")
    return path


def number(row, key):
    return float(row[key]) if row[key] else np.nan


def test_shares_and_residuals_are_those_of_the_unmixed_bands(audited, unmixed):
    values, names = read(unmixed)
    sure = values[[i for i, n in enumerate(names) if n.endswith(" confidence")]]
    for row, part in zip(table(audited[0] / "out.csv"), (np.s_[..., :24], np.s_[..., 24:])):
        assert row["n_pixels"] == row["n_truth"] == "960"
        assert number(row, "share_unsure") == pytest.approx((sure[part] < 0.5).mean(), abs=1e-9)
        poor = values[names.index("fit")][part] < 0.01
        assert number(row, "share_poor_fit") == pytest.approx(poor.mean(), abs=1e-9)
        rmse = values[names.index("rmse")][part].astype(float)
        assert number(row, "rmse") == pytest.approx(np.sqrt((rmse**2).mean()), rel=1e-5)


def test_angles_are_between_pixel_and_reconstruction(audited, simulated, model, unmixed, tmp_path):
    succeed("endmembers", model, "-o", tmp_path / "e.csv")
    ends = np.genfromtxt(tmp_path / "e.csv", delimiter=",", skip_header=1)[:, 1:]
    cube, abundance = read(simulated / "cube.tif")[0].astype(float), read(unmixed)[0][:4].astype(float)
    mixed = np.einsum("bk,kyx->byx", ends, abundance)
    cosine = (mixed * cube).sum(0) / np.linalg.norm(mixed, axis=0) / np.linalg.norm(cube, axis=0)
    for row, part in zip(table(audited[0] / "out.csv"), (np.s_[:, :24], np.s_[:, 24:])):
        assert number(row, "angle_rad") == pytest.approx(np.arccos(cosine[part]).mean(), rel=1e-3)


def test_limits_of_detection_are_those_of_the_zones_own_residuals(audited, model, tmp_path):
    succeed("endmembers", model, "-o", tmp_path / "e.csv")
    names = (tmp_path / "e.csv").read_text().splitlines()[0].split(",")[1:]
    ends = np.genfromtxt(tmp_path / "e.csv", delimiter=",", skip_header=1)[:, 1:]
    inverse = np.linalg.inv(ends.T @ ends)
    spread = inverse - np.outer(inverse.sum(1), inverse.sum(0)) / inverse.sum()
    for row in table(audited[0] / "out.csv"):
        noise = number(row, "rmse") * np.sqrt(50 / (50 - 4))
        for name, variance in zip(names, np.diag(spread)):
            column = "lod_" + "".join(c if c.isalnum() else "_" for c in name)
            assert number(row, column) == pytest.approx(3.29 * noise * np.sqrt(variance), rel=1e-3)


def test_scores_with_truth_are_those_of_wsnet_score(audited, simulated, unmixed, tmp_path):
    for row, window in zip(table(audited[0] / "out.csv"), ([0, 0, 24, 40], [24, 0, 24, 40])):
        gdal.Translate(str(tmp_path / "a.tif"), str(unmixed), srcWin=window)
        gdal.Translate(str(tmp_path / "t.tif"), str(simulated / "truth.tif"), srcWin=window)
        said = json.loads(succeed("score", tmp_path / "a.tif", "--truth", tmp_path / "t.tif", "--json"))
        for column, key in (("abundance_rmse", "rmse_class_mean"), ("abundance_rmse_weak", "rmse_weak"),
                            ("coverage", "coverage"), ("coverage_weak", "coverage_weak"), ("mean_width", "mean_width"),
                            ("weak_recall_at_5pct_fpr", "weak_recall_at_5pct_fpr"), ("recall", "recall")):
            assert number(row, column) == pytest.approx(said[key], rel=1e-5), column


def test_gaps_are_between_the_lowest_and_the_highest_zone(audited):
    folder, said = audited
    rows = {row["zone"]: row for row in table(folder / "out.csv")}
    gaps = {row["score"]: row for row in table(folder / "out_gaps.csv")}
    assert {"rmse", "coverage", "weak_recall_at_5pct_fpr"} <= set(gaps) and "n_pixels" not in gaps
    for score, gap in gaps.items():
        values = {zone: number(row, score) for zone, row in rows.items()}
        assert gap["lowest_zone"] == min(values, key=values.get)
        assert gap["highest_zone"] == max(values, key=values.get)
        assert number(gap, "gap") == pytest.approx(max(values.values()) - min(values.values()), abs=1e-9)
        assert score in said


def test_a_geopackage_has_the_polygons_and_the_gaps(audited):
    folder, _ = audited
    assert files(folder) == {"z.gpkg", "out.csv", "out_gaps.csv", "out.gpkg"}
    package = ogr.Open(str(folder / "out.gpkg"))
    layer = package.GetLayerByName("audit")
    rows = table(folder / "out.csv")
    for feature, row in zip(layer, rows):
        assert feature.GetField("zone") == row["zone"]
        assert feature.GetField("coverage") == pytest.approx(number(row, "coverage"))
        assert feature.GetGeometryRef().Area() == pytest.approx(24 * 40 * 900)
    assert package.GetLayerByName("gaps").GetFeatureCount() == len(table(folder / "out_gaps.csv"))


def test_a_zone_with_worse_spectra_shows(simulated, model, tmp_path):
    cube = place(simulated / "cube.tif", tmp_path / "c.tif", 32633, None)
    raster = gdal.Open(str(cube), gdal.GA_Update)
    random = np.random.default_rng(2)
    for band in range(raster.RasterCount):
        values = raster.GetRasterBand(band + 1).ReadAsArray()
        values[:, :24] += 0.3 * random.standard_normal((40, 24)).astype(np.float32)
        raster.GetRasterBand(band + 1).WriteArray(values)
    raster = None
    zones = classes(tmp_path / "z.tif", np.repeat([[1] * 24 + [2] * 24], 40, 0).astype(np.int16))
    (tmp_path / "folder").mkdir()
    succeed("audit", cube, model, "--zones", zones, "-o", tmp_path / "folder")
    noisy, clean = table(tmp_path / "folder" / "audit.csv")
    assert noisy["zone"] == "class 1" and "coverage" not in noisy
    for score in ("rmse", "angle_rad", "share_poor_fit"):
        assert number(noisy, score) > 2 * number(clean, score)
    package = ogr.Open(str(tmp_path / "folder" / "audit.gpkg"))
    feature = package.GetLayerByName("audit").GetNextFeature()
    assert feature.GetGeometryRef().Area() == pytest.approx(24 * 40 * 900)


def test_a_truth_that_says_nothing_of_the_zones(simulated, model, tmp_path):
    values, names = read(simulated / "truth.tif")
    write_zones(tmp_path / "z.gpkg", [("a", box(0, 0, 9, 9)), ("b", box(20, 20, 29, 29))])
    values[:, :15, :15] = np.nan
    write(tmp_path / "some.tif", values, names=names)
    succeed("audit", simulated / "cube.tif", model, "--zones", "z.gpkg", "--zone-field", "name", "--truth", "some.tif", "-o", "x",
            cwd=tmp_path)
    assert [row["n_truth"] for row in table(tmp_path / "x.csv")] == ["0", "81"]
    values[:, 15:] = np.nan
    values[:, :, 15:] = np.nan
    write(tmp_path / "none.tif", values, names=names)
    assert "truth" in fail(tmp_path, "audit", simulated / "cube.tif", model, "--zones", "z.gpkg", "--truth", "none.tif", "-o", "y")


def test_all_three_files_or_none(simulated, model, tmp_path):
    write_zones(tmp_path / "z.gpkg", [("a", box(0, 0, 9, 9))])
    for ending in (".csv", "_gaps.csv", ".gpkg"):
        (tmp_path / f"x{ending}").mkdir()
        fail(tmp_path, "audit", simulated / "cube.tif", model, "--zones", "z.gpkg", "-o", "x")
        (tmp_path / f"x{ending}").rmdir()


def test_bad_input_is_one_sentence_and_leaves_nothing(simulated, model, tmp_path):
    cube = simulated / "cube.tif"
    write_zones(tmp_path / "z.gpkg", ZONES)
    gdal.Translate(str(tmp_path / "part.tif"), str(simulated / "truth.tif"), srcWin=[0, 0, 10, 10])
    gdal.Translate(str(tmp_path / "few.tif"), str(cube), bandList=[1, 2, 3])
    (tmp_path / "text.wsn").write_text("no model")
    good = [cube, model, "--zones", "z.gpkg", "-o", "out"]
    assert "10 x 10" in fail(tmp_path, "audit", *good, "--truth", "part.tif")
    assert "3 bands" in fail(tmp_path, "audit", "few.tif", *good[1:])
    assert "text.wsn" in fail(tmp_path, "audit", cube, "text.wsn", *good[2:])
    assert "nowhere" in fail(tmp_path, "audit", *good[:-1], "nowhere/out")
    assert "no field 'x'" in fail(tmp_path, "audit", *good, "--zone-field", "x")
    assert "--zones" in fail(tmp_path, "audit", cube, model, "-o", "out", code=2)
