#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The layers know only what stands left of them: core <- gdal_driver <- plugin <- ui.
# usage: check_layers.sh SOURCE_DIR
cd "$1" || exit 1
bad=$(
    grep -rnE '#include *[<"](gdal|ogr|cpl_|Q[A-Z]|qgs)' core
    grep -rnE '#include *[<"](Q[A-Z]|qgs)' gdal_driver
    grep -rnE '(QtWidgets|qgis\.gui)' plugin --include='*.py'
)
if [ -n "$bad" ]; then
    echo "A layer reaches to its right:"
    echo "$bad"
    exit 1
fi
