#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what is missing, builds, and runs every test.
#   sh tests/run.sh          all tests
#   sh tests/run.sh bench    the benchmarks instead
set -eu
cd "$(dirname "$0")/.."
. resources/packages.sh
python=${PYTHON:-/usr/bin/python3}
begin=$(date +%s)
step() { printf '\n== %s (after %s s)\n' "$*" "$(($(date +%s) - begin))"; }

# configure_and_build FOLDER CMAKE-ARGUMENT...: prints what the tools say only when they fail.
configure_and_build() {
    folder=$1
    shift
    if ! { cmake -S . -B "$folder" -G Ninja "$@" && ninja -C "$folder"; } > "$folder.log" 2>&1; then
        tail -n 60 "$folder.log" >&2
        echo "The build in $folder failed; its log is $folder.log" >&2
        return 1
    fi
    echo "$folder: built"
}

step "Packages"
# shellcheck disable=SC2086 # lists of words
install_missing $packages_build $packages_test
if [ "${1-}" = bench ]; then
    # shellcheck disable=SC2086
    install_missing $packages_bench
elif [ -d tests/qgis ]; then
    # shellcheck disable=SC2086
    install_missing $packages_qgis
fi

step "Build with gcc"
configure_and_build build -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++ -DWSNET_TESTS=ON

if [ "${1-}" = bench ]; then
    step "Benchmarks"
    sh tests/bench/run.sh build
    exit 0
fi

step "Build with clang, warnings are errors"
configure_and_build build-clang -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DWSNET_TESTS=ON \
    -DCMAKE_C_FLAGS=-Werror -DCMAKE_CXX_FLAGS=-Werror

step "Unit tests"
ctest --test-dir build --output-on-failure -j "$(nproc)"

step "Unit tests under AddressSanitizer and UndefinedBehaviorSanitizer"
configure_and_build build-sanitize -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++ -DWSNET_TESTS=ON -DWSNET_GDAL=OFF \
    -DWSNET_SANITIZE=address,undefined
ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
    ctest --test-dir build-sanitize --output-on-failure -j "$(nproc)"

for folder in tests/gdal tests/qgis; do
    [ -d "$folder" ] || continue
    step "pytest $folder"
    "$python" -m pytest -q "$folder"
done

step "All tests passed"
