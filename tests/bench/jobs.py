# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs programs of the benchmarks and measures them: time, processor time, memory; prints and records the lines."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build").resolve()
WSNET = str(BUILD / "stage" / "bin" / "wsnet")
ENVIRONMENT = {**os.environ, "GDAL_DRIVER_PATH": str(BUILD / "stage" / "gdalplugins"), "GDAL_PAM_ENABLED": "NO",
               "GDAL_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "1"}


# A small process between: a child's peak memory starts at its parent's.
LAUNCHER = """
import json, os, subprocess, sys, time
begin = time.perf_counter()
process = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
json.dump([time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024,
           os.waitstatus_to_exitcode(status)], open(sys.argv[1], "w"))
"""


class Run:
    """What a program cost: seconds of wall clock and of processor, peak megabytes, its output."""

    def __init__(self, command: list, environment: dict | None = None):
        words = [str(word) for word in command]
        with tempfile.NamedTemporaryFile() as cost, tempfile.TemporaryFile() as output:
            subprocess.run([sys.executable, "-S", "-c", LAUNCHER, cost.name, *words], stdout=output,
                           stderr=subprocess.STDOUT, env={**ENVIRONMENT, **(environment or {})}, check=True)
            self.wall, self.processor, self.peak_mb, code = json.load(open(cost.name))
            output.seek(0)
            self.output = output.read().decode(errors="replace")
        if code != 0:
            raise RuntimeError(f"{' '.join(words)} failed: {self.output[-600:]}")


def best_of(rounds: int, command: list, environment: dict | None = None) -> Run:
    """The quickest of several runs."""
    return min((Run(command, environment) for _ in range(rounds)), key=lambda run: run.wall)


def record(program: str, name: str, run: Run, pixels: int, **more) -> None:
    """Prints one line and appends it to WSNET_BENCH_JSON."""
    load = os.getloadavg()[0]
    extra = "".join(f" {key} {value:.4g}" if isinstance(value, float) else f" {key} {value}"
                    for key, value in more.items() if value is not None)
    print(f"{name:28s} {run.wall:8.2f} s wall {run.processor:8.2f} s processor {1e9 * run.wall / pixels:10.1f} ns/pixel "
          f"{run.peak_mb:7.1f} MB load {load:.1f}{extra}", flush=True)
    path = os.environ.get("WSNET_BENCH_JSON")
    if path:
        with open(path, "a") as file:
            file.write(json.dumps({"program": program, "name": name, "threads": 2, "pixels": pixels,
                                   "seconds": run.wall, "processor_seconds": run.processor,
                                   "ns_pixel": 1e9 * run.wall / pixels,
                                   "processor_ns_pixel": 1e9 * run.processor / pixels, "peak_mb": run.peak_mb,
                                   "load": load, **more}) + "\n")


def simulate(folder: pathlib.Path, width: int, height: int, bands: int = 224, endmembers: int = 5) -> None:
    """cube.tif, truth.tif and endmembers.csv of a made-up scene."""
    Run([WSNET, "simulate", "-o", folder, "--width", width, "--height", height, "--bands", bands, "-p", endmembers, "-q"])
