#!/bin/sh
# clang-tidy over our own sources. usage: tidy.sh BUILD-FOLDER (with compile_commands.json)
set -eu
files=$(git ls-files 'core/*.c' 'plugins/*.c' 'tests/generate/*.c')
# One file a process: with several, clang-tidy 14 takes the va_list of all but the first for uninitialized.
# The words of $files are our own file names, without spaces.
# shellcheck disable=SC2086
printf '%s\n' $files | xargs -P "$(nproc)" -n 1 clang-tidy -p "$1" --quiet --warnings-as-errors='*' 2>/dev/null
echo "clang-tidy: nothing to mend in $(printf '%s\n' $files | wc -l) files"
