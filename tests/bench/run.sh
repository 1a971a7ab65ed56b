#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs every benchmark one after the other, keeps the lines as JSON, and writes the page of measurements.
#   sh tests/bench/run.sh [BUILD_FOLDER] [quick]      quick: small cubes, for a look
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
python=${PYTHON:-/usr/bin/python3}
results=$build/bench/results
export OPENBLAS_NUM_THREADS=1 WSNET_BENCH_JSON="$PWD/$results.jsonl"
if [ "${2-}" = quick ]; then
    export WSNET_BENCH_SIZE=200 WSNET_BENCH_PEERS=100
fi
rm -f "$WSNET_BENCH_JSON"
echo "load $(cut -d ' ' -f 1-3 /proc/loadavg) on $(nproc) processors"

"$build/bench/bench_network"
for kernels in base avx2 avx512; do
    WSNET_KERNELS=$kernels "$build/bench/bench_inference"
done
"$build/bench/bench_training"
"$build/bench/bench_scaling"
"$python" tests/bench/bench_pytorch.py "$build"
if [ -x "$build/stage/bin/wsnet" ]; then
    "$python" tests/bench/bench_jobs.py "$build"
    "$python" tests/bench/bench_peers.py "$build"
fi

# One JSON document of all lines.
{ echo '['; sed '$!s/$/,/' "$WSNET_BENCH_JSON"; echo ']'; } > "$results.json"
if "$python" -c 'import matplotlib' 2> /dev/null; then
    "$python" tests/bench/plot_scaling.py "$WSNET_BENCH_JSON" resources/docs/scaling.png
fi
"$python" tests/bench/write_tables.py "$WSNET_BENCH_JSON" resources/docs/benchmarks.md README.md
echo "written: $results.json, resources/docs/benchmarks.md, resources/docs/scaling.png"
