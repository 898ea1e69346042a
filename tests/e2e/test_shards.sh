#!/bin/bash
# Shards: N processes, each with --shard I/N, publish exactly what one process does; what belongs to no study is told by
# the first of them; and what shards cannot agree on is refused.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
need jq
[ -x "$BUILD/bench-corpora" ] || skip "there is no bench-corpora"

make_key "$WORK/key"
"$BUILD/bench-corpora" "$WORK/in" small 900 # 9 studies of 100
echo "no DICOM" >"$WORK/in/notes.txt"
head -c 1000 "$(find "$WORK/in" -name '*.dcm' | sort | sed -n 1p)" >"$WORK/in/cut.dcm"
common=(run -q -i "$WORK/in" --key-file "$WORK/key" --set anonymise.project=shards --on-error quarantine)

run 3 "${common[@]}" -o "$WORK/one" --report "$WORK/one.json"
for shards in 1 3 16; do
    rm -rf "$WORK/many"
    codes=
    for shard in $(seq "$shards" -1 1); do
        code=0
        "$BUILD/dcmchain" "${common[@]}" -o "$WORK/many" -j 1 --shard "$shard/$shards" \
            --report "$WORK/$shard.json" 2>"$WORK/stderr" || code=$?
        codes="$codes $code"
    done
    diff -r "$WORK/one" "$WORK/many" >&2 || fail "$shards shards publish something else"
    equal "$(digest "$WORK/one")" "$(digest "$WORK/many")" "$shards shards"
    for what in .input.files .input.bytes .input.instances '.studies | length' \
        '[.input.not_dicom[].count] | add // 0' '[.studies[].series[].published] | add // 0'; do
        sum=$(for shard in $(seq "$shards"); do jq "$what" "$WORK/$shard.json"; done | jq -s add)
        equal "$(jq "$what" "$WORK/one.json")" "$sum" "$shards shards, $what"
    done
    equal "$(jq -c '[.studies[].ordinal] | sort' "$WORK/one.json")" \
        "$(for shard in $(seq "$shards"); do jq '.studies[].ordinal' "$WORK/$shard.json"; done | jq -cs sort)" "ordinals"
    [ "$shards" != 16 ] || [[ $codes == *" 0"* ]] || fail "no shard of 16 ends well: $codes"
    say "$shards shards publish what one process does (they end with$codes)"
done

rm -rf "$WORK/many"
for shard in 1 2 3 4; do
    "$BUILD/dcmchain" "${common[@]}" -o "$WORK/many" --shard "$shard/4" 2>"$WORK/stderr.$shard" &
done
wait
equal "$(digest "$WORK/one")" "$(digest "$WORK/many")" "4 shards at once"
say "shards that run at once, into one folder, do so too"

run 2 run -i "$WORK/in" -o "$WORK/no" --shard 1/2
said "lasting key"
for wrong in 0/2 3/2 2 1/0 1/2/3 -1/2 '1/ 2' x 1/; do
    run 2 "${common[@]}" -o "$WORK/no" --shard "$wrong"
    said "I/N"
done
run 2 "${common[@]}" -o "$WORK/no" --shard 1/100001
said "100000"
echo '{"task_id": "x", "process": {}}' >"$WORK/task.json"
run 2 "${common[@]}" -o "$WORK/no" --shard 1/2 --task "$WORK/task.json"
said "mercure deletes its whole input"
jq '.flat = true' "$SOURCE/pipelines/mercure.json" >"$WORK/flat.json"
run 2 "${common[@]}" -p "$WORK/flat.json" -o "$WORK/no" --shard 1/2
said "flat"
jq '.publish = "run"' "$SOURCE/pipelines/mercure.json" >"$WORK/all.json"
run 2 "${common[@]}" -p "$WORK/all.json" -o "$WORK/no" --shard 1/2
said "all or nothing"
mkdir "$WORK/empty"
run 1 run -i "$WORK/empty" -o "$WORK/no" --key-file "$WORK/key" --shard 2/2
said "holds no DICOM instance"
[ ! -e "$WORK/no" ] || [ -z "$(ls -A "$WORK/no")" ] || fail "a run that was refused left something"
say "what shards cannot agree on is refused"
