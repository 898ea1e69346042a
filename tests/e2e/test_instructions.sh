#!/bin/bash
# How many instructions dcmchain takes to start and for one file of the mr corpus, by callgrind, which no other load of the
# machine changes: held against tests/bench/instructions.txt with a margin. `make instructions` stores new figures.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
need valgrind
[ -x "$BUILD/bench-corpora" ] || skip "there is no bench-corpora"
case $(basename "$BUILD") in
asan | tsan | coverage) skip "an instrumented build takes other counts" ;;
esac
stored=$SOURCE/tests/bench/instructions.txt
few=2
many=42

make_key "$WORK/key"
instructions() { # instructions FILES: of the child that works, which takes the most
    "$BUILD/bench-corpora" "$WORK/in$1" mr "$1"
    valgrind --tool=callgrind --trace-children=yes --callgrind-out-file="$WORK/out.%p" --log-file="$WORK/log.%p" \
        "$BUILD/dcmchain" run -q -j 1 -i "$WORK/in$1" -o "$WORK/out$1" --key-file "$WORK/key" \
        --set anonymise.project=instructions >&2 || fail "dcmchain under callgrind"
    sed -n 's/.*Collected : //p' "$WORK"/log.* | sort -n | tail -1
    rm -f "$WORK"/log.* "$WORK"/out.*
}

at_few=$(instructions $few)
at_many=$(instructions $many)
per_file=$(((at_many - at_few) / (many - few)))
start=$((at_few - few * per_file))
if [ -n "${UPDATE:-}" ]; then
    printf 'start %s\nfile %s\n' "$start" "$per_file" >"$stored"
    say "stored: start $start, file $per_file"
    exit 0
fi
for what in "start $start" "file $per_file"; do
    name=${what% *}
    found=${what#* }
    expected=$(sed -n "s/^$name //p" "$stored")
    limit=$((expected * 130 / 100))
    [ "$found" -le "$limit" ] ||
        fail "$name: $found instructions, more than 30 per cent over the $expected of $stored (make instructions stores new figures)"
    say "$name: $found instructions; stored: $expected, limit: $limit"
done
