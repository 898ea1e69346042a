#!/bin/bash
# test_headers.sh: each public header parses alone, as C11, C17 and C++17, with every warning, by gcc and clang, and
# includes nothing but libc.
. "$(dirname "$0")/lib.sh"
need gcc g++
WARNINGS="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wwrite-strings -Wformat=2 -Wvla -Wundef -Werror"
compilers="gcc g++"
if command -v clang >/dev/null; then compilers="$compilers clang clang++"; else without "clang: it is not installed"; fi
for header in "$SOURCE"/include/dcmchain/*.h; do
    name=dcmchain/$(basename "$header")
    printf '#include <%s>\n#include <%s>\n' "$name" "$name" >alone.c
    cp alone.c alone.cc
    for compiler in $compilers; do
        case $compiler in
        *++) languages="-std=c++17" file=alone.cc more="-Wold-style-cast" ;;
        *) languages="-std=c11 -std=c17 -std=gnu17" file=alone.c more="-Wstrict-prototypes -Wmissing-prototypes" ;;
        esac
        for language in $languages; do
            # shellcheck disable=SC2086
            $compiler $language $WARNINGS $more -fsyntax-only -I "$SOURCE/include" $file >log 2>&1 ||
                fail "$name, $compiler $language: $(head -20 log)"
        done
    done
    gcc -std=c17 -I "$SOURCE/include" -M alone.c | tr ' \\' '\n\n' | grep '\.h$' | grep -vE '^/usr/(include|lib/gcc)' >included
    ! grep -vE "/include/dcmchain/" included || fail "$name includes what is neither ours nor libc's"
    if grep -nE '^(#include )' "$header" | grep -vE '<(stdarg|stdbool|stddef|stdint|stdio)\.h>|"[a-z]+\.h"'; then fail "$name includes more than it may"; fi
done
say "$(ls "$SOURCE"/include/dcmchain/*.h | wc -l) headers"
# The command line proves that embedding works: it includes the public headers alone. (It prints the core's JSON by cJSON.)
if grep -hnE '^#include "' "$SOURCE"/core/cli/*.[ch] | grep -vE '"(dcmchain/[a-z]+|cli|embedded|[a-z_]+)\.h"'; then fail "the command line includes headers of the core"; fi
for header in $(grep -hoE '^#include "[^"/]+"' "$SOURCE"/core/cli/*.[ch] | sort -u | cut -d'"' -f2); do
    [ -e "$SOURCE/core/cli/$header" ] || fail "the command line includes $header, which is not its own"
done
for file in "$SOURCE"/plugins/*/*.[ch]; do
    folder=$(dirname "$file")
    for header in $(grep -hoE '^#include "[^"]+"' "$file" | cut -d'"' -f2); do
        [ -e "$folder/$header" ] || [ -e "$SOURCE/include/$header" ] || fail "$(basename "$folder") includes $header, which is neither public nor its own"
    done
    ! grep -nE '#include <(dcmtk|dcm)' "$file" || fail "a stage includes DCMTK"
done
say "who includes what"
# Core never tests a stage by name.
! grep -nE '"(anonymise|extract|task-writer|layout|filter|lookup)"' "$SOURCE"/core/*.c "$SOURCE"/core/dataset/*.c || fail "the core knows a stage by name"
say "the core knows no stage by name"
