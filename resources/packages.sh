# SPDX-License-Identifier: GPL-2.0-or-later
# Read by demo.sh and tests/run.sh: the Debian packages of each purpose, and how missing ones are installed.

packages_build="gcc g++ cmake ninja-build pkg-config libgdal-dev gdal-bin libopenblas-dev liblapacke-dev libjson-c-dev libcairo2-dev fonts-dejavu-core"
packages_test="git clang locales libcmocka-dev qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross python3 python3-gdal python3-numpy python3-pyproj python3-pytest"
packages_bench="python3-matplotlib python3-scipy python3-torch otb-bin"
packages_qgis="qgis python3-qgis qgis-providers qttools5-dev-tools xvfb xauth imagemagick binutils bandit flake8"

# install_missing PACKAGE...: does nothing when all are there.
install_missing() {
    if ! command -v dpkg-query > /dev/null; then
        echo "This is not Debian or Ubuntu; these packages or their like are needed: $*"
        return 0
    fi
    missing=
    for package in "$@"; do
        state=$(dpkg-query -W -f '${Status}' "$package" 2> /dev/null || true)
        [ "$state" = "install ok installed" ] || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo > /dev/null || { echo "Please install as root: apt-get install$missing" >&2; return 1; }
        as_root=sudo
    fi
    echo "Installing$missing"
    $as_root apt-get -q update > /dev/null
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $missing > /dev/null
}
