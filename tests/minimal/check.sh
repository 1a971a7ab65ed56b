#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the minimal library for this machine and, where the tools are, for aarch64, runs it (there under qemu), and compares
# its answers with the golden ones. Prints sizes. usage: check.sh SOURCE_DIR BUILD_DIR
set -eu
source=$1 build=$2/minimal
golden=$source/tests/golden

# build NAME CMAKE-ARGUMENT...
build() {
    name=$1
    shift
    mkdir -p "$build/$name"
    if ! { cmake -S "$source" -B "$build/$name" -DWSNET_MINIMAL=ON "$@" &&
           cmake --build "$build/$name" --target wsnet unmix_golden; } > "$build/$name.log" 2>&1; then
        tail -n 40 "$build/$name.log" >&2
        return 1
    fi
    library=$(find "$build/$name/stage/lib" -name 'libwsnet.so.*.*' | head -n 1)
    cp "$library" "$build/$name.so"
    "${strip:-strip}" "$build/$name.so"
    echo "minimal library, $name: $(wc -c < "$build/$name.so") bytes stripped"
    if "${readelf:-readelf}" -d "$library" | grep -E 'NEEDED.*(json|blas|lapack)'; then
        echo "the minimal library needs what it should do without" >&2
        return 1
    fi
}

build "$(uname -m)"
"$build/$(uname -m)/tests/unmix_golden" "$golden/minimal.wsn" "$golden/minimal.bin"
if [ "$(wc -c < "$golden/minimal.wsn")" -ge 1048576 ]; then
    echo "the model is not under 1 MB" >&2
    exit 1
fi

if ! command -v aarch64-linux-gnu-gcc > /dev/null || ! command -v qemu-aarch64 > /dev/null; then
    echo "aarch64 skipped: aarch64-linux-gnu-gcc or qemu-aarch64 is not installed"
    exit 0
fi
strip=aarch64-linux-gnu-strip readelf=aarch64-linux-gnu-readelf
build aarch64 -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DCMAKE_C_COMPILER=aarch64-linux-gnu-gcc
qemu-aarch64 -L /usr/aarch64-linux-gnu "$build/aarch64/tests/unmix_golden" "$golden/minimal.wsn" "$golden/minimal.bin"
