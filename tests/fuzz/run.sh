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
passed=0 failed=0
for program in "$build"/tests/fuzz/fuzz_*; do
    name=$(basename "$program")
    name=${name#fuzz_}
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    mkdir -p "$build/corpus/$name"
    folders=("$build/corpus/$name")
    [ ! -d "$here/corpus/$name" ] || folders+=("$here/corpus/$name")
    if "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 \
        -artifact_prefix="$build/findings/$name-" "${folders[@]}" >"$build/findings/$name.log" 2>&1; then
        passed=$((passed + 1))
        printf 'fuzz: %-10s %s inputs, coverage %s, nothing found\n' "$name" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/findings/$name.log")" \
            "$(grep -o 'cov: [0-9]*' "$build/findings/$name.log" | tail -1 | cut -d' ' -f2)"
    else
        failed=$((failed + 1))
        printf 'fuzz: %-10s FOUND something: %s\n' "$name" "$build/findings/$name.log"
        grep -aE 'ERROR|SUMMARY|does not hold|runtime error|Test unit written' "$build/findings/$name.log" | head -5
    fi
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
