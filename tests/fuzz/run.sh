#!/bin/bash
# `make fuzz`: runs every target for some seconds on the kept corpus and made seeds. What is found lies in BUILD/findings;
# the ones to keep are copied by hand to tests/fuzz/corpus. usage: run.sh BUILD SECONDS [TARGET…]
set -euo pipefail
build=$(realpath "$1")
seconds=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
export DCMCHAIN_STAGE_PATH=$build/stages
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
mkdir -p "$build/findings" "$build/corpus"
"$build/tests/fuzz/fuzz-seeds" "$build/corpus"
programs=()
for program in "$build"/tests/fuzz/fuzz_*; do
    name=$(basename "$program")
    [ $# -ne 0 ] && [[ " $* " != *" ${name#fuzz_} "* ]] || programs+=("$program")
done

# fuzz PROGRAM: one target, its log in findings.
fuzz() {
    local name
    name=$(basename "$1")
    name=${name#fuzz_}
    mkdir -p "$build/corpus/$name"
    local folders=("$build/corpus/$name") log=$build/findings/$name.log
    [ ! -d "$here/corpus/$name" ] || folders+=("$here/corpus/$name")
    if "$1" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 \
        -artifact_prefix="$build/findings/$name-" "${folders[@]}" >"$log" 2>&1; then
        printf 'fuzz: %-10s %s inputs, coverage %s, nothing found\n' "$name" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
            "$(grep -o 'cov: [0-9]*' "$log" | tail -1 | cut -d' ' -f2)"
    else
        printf 'fuzz: %-10s FOUND something: %s\n' "$name" "$log"
        grep -aE 'ERROR|SUMMARY|does not hold|runtime error|Test unit written' "$log" | sed -n 1,5p
        return 1
    fi
}
export -f fuzz
export build here seconds

printf '%s\0' "${programs[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c 'fuzz "$1"' bash
