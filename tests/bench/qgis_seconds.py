# SPDX-License-Identifier: GPL-2.0-or-later
"""Seconds from the click on Unmix to the finished map, in a QGIS window that nobody sees: what resources/docs/qgis.md says.

usage: qgis_seconds.py BUILD DATA [REPEATS]
BUILD holds stage/; DATA holds samson/ and dlr_hysu/. Prints the median, least and most of the repeats (3).
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

QGIS_TESTS = pathlib.Path(__file__).resolve().parents[1] / "qgis"
sys.path.insert(0, str(QGIS_TESTS))
import profiles  # noqa: E402

CASES = (("Samson, brightness free", "samson", "scaled", ""), ("the same, 3 asked for", "samson", "scaled", "3"),
         ("DLR HySU", "dlr_hysu", "linear", ""), ("the same, 5 asked for", "dlr_hysu", "linear", "5"))


def click(stage: pathlib.Path, cube: pathlib.Path, mixing: str, count: str) -> dict:
    """One QGIS with a fresh profile: what it reports."""
    with tempfile.TemporaryDirectory(prefix="wsnet") as name:
        folder = pathlib.Path(name)
        (folder / "cube.tif").write_bytes(cube.read_bytes())
        profiles.make(folder, stage / "wsnet")
        environment = profiles.environment(folder, WSNET_HOME=str(stage), WINDOW_TIMED="1",
                                           WINDOW_CUBE=str(folder / "cube.tif"), WINDOW_FOLDER=name, WINDOW_MIXING=mixing,
                                           WINDOW_COUNT=count)
        done = subprocess.run(["xvfb-run", "-a", "-s", "-screen 0 1400x900x24", "qgis.bin", "--nologo", "--noversioncheck",
                               "--profiles-path", name, "--profile", "default", "--code",
                               str(QGIS_TESTS / "window_script.py")], capture_output=True, text=True,
                              timeout=600, env=environment)
        if not (folder / "report.json").is_file():
            sys.exit(f"QGIS ended with {done.returncode}: {done.stderr[-500:]}")
        report = json.loads((folder / "report.json").read_text())
    if report["errors"]:
        sys.exit("".join(report["errors"]))
    return report


def main() -> None:
    """A row for each case."""
    stage, data = pathlib.Path(sys.argv[1]).resolve() / "stage", pathlib.Path(sys.argv[2]).resolve()
    repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n\n| | materials | seconds (least to most of {repeats}) |\n|---|---|---|")
    for title, folder, mixing, count in CASES:
        reports = [click(stage, data / folder / "cube.tif", mixing, count) for _ in range(repeats)]
        seconds = [report["seconds_to_first_map"] for report in reports]
        materials = reports[0]["success"].split()[0]
        print(f"| {title} | {'given' if count else 'counted'}: {materials} | {statistics.median(seconds):.1f} "
              f"({min(seconds):.1f} to {max(seconds):.1f}) |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main()
