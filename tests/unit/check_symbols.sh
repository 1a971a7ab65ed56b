#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The shared library exports what the public header declares, no more and no less.
# usage: check_symbols.sh HEADER LIBRARY
declared=$(grep -oE '\bwsnet_[a-z0-9_]+\(' "$1" | tr -d '(' | sort -u)
exported=$(nm -D --defined-only "$2" | awk '{print $3}' | sort -u)
[ -n "$exported" ] || { echo "no symbols read from the library"; exit 1; }
difference=$(printf '%s\n' "$declared" "$exported" | sort | uniq -u)
if [ -n "$difference" ]; then
    echo "Declared but not exported, or exported but not declared:"
    echo "$difference"
    exit 1
fi
