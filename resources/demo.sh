#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Shows everything on one scene: installs what is missing, builds, simulates a georeferenced scene, trains a model, and
# unmixes through GDAL by both roads. With a cube as argument it does so on that cube, without truth.
#   sh resources/demo.sh [CUBE]
set -eu
case ${1-} in
-h | --help) sed -n '3,5s/^# *//p' "$0"; exit 0 ;;
'' | /*) cube=${1-} ;;
*) cube=$PWD/$1 ;;
esac
cd "$(dirname "$0")/.."
. resources/packages.sh

say() { printf '\n== %s\n' "$*"; }

say "Packages"
# shellcheck disable=SC2086 # lists of words
install_missing $packages_build

say "Build"
cmake -S . -B build -G Ninja -DWSNET_TESTS=OFF > build.log 2>&1 || { cat build.log >&2; rm -f build.log; exit 1; }
rm -f build.log
ninja -C build
stage=$PWD/build/stage
PATH=$stage/bin:$PATH
# GDAL_DRIVER_PATH replaces GDAL's own folder of plugins, so that one is named too.
GDAL_DRIVER_PATH=$stage/gdalplugins:/usr/lib/$(gcc -print-multiarch)/gdalplugins
export PATH GDAL_DRIVER_PATH

out=$PWD/build/demo
rm -rf "$out"
mkdir -p "$out"
cd "$out"
truth=
if [ -z "$cube" ]; then
    say "Simulate a scene: 20 dB, one dark and one rare material, varying light and spectra"
    wsnet simulate -o . --width 160 --height 120 --seed 7
    cube=cube.tif
    truth=truth.tif
    say "Train"
    wsnet train "$cube" -o model.wsn --library endmembers.csv
else
    say "Train on $cube"
    wsnet train "$cube" -o model.wsn
fi

say "Unmix through GDAL"
bands=abundance,confidence,interval,fit
wsnet unmix model.wsn "$cube" -o scene.vrt --bands $bands
wsnet unmix model.wsn "$cube" -o scene.wsnet --bands $bands
gdal_translate -q scene.vrt from_vrt.tif
gdal_translate -q scene.wsnet from_wsnet.tif
for road in vrt wsnet; do
    gdal_translate -q -of ENVI from_$road.tif $road.bin
done
cmp vrt.bin wsnet.bin
rm -f vrt.bin* vrt.hdr wsnet.bin* wsnet.hdr
echo "gdal_translate gave the same bits through the VRT and through the scene."

if [ -n "$truth" ]; then
    say "Scores"
    wsnet score from_wsnet.tif --truth $truth --model model.wsn --truth-endmembers endmembers.csv
    wsnet quicklook from_wsnet.tif --truth $truth --endmembers model.wsn -o picture.png --quiet \
        --title 'A simulated scene, 20 dB, unmixed with its own spectra'
else
    wsnet quicklook from_wsnet.tif --endmembers model.wsn -o picture.png --quiet --title "$(basename "$cube")"
fi

say "Done. Everything is in $out"
cat <<TEXT
  picture.png      what was found, and how sure it is
  scene.wsnet      the live scene; scene.vrt: the same as a VRT
  from_wsnet.tif   abundances, confidence, intervals and fit as GeoTIFF
  model.wsn        the model
To use the tools in this shell:
  export PATH=$stage/bin:\$PATH GDAL_DRIVER_PATH=$GDAL_DRIVER_PATH
TEXT
