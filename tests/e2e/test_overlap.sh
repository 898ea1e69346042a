#!/bin/bash
# Runs that overlap over one persistence folder, as mercure's do: one key, no lost row, no deadlock; killed ones leave it
# usable; two projects share it and nothing links what they publish.
. "$(dirname "$0")/lib.sh"
need jq sqlite3

P=$WORK/persistence
mkdir "$P"
touch "$P/5d7a0f1e.lock" # mercure's marker, none of ours
runs=20
! full || runs=200

one_run() { # one_run NUMBER: in mercure's way
    mkdir -p "out/$1"
    MERCURE_IN_DIR=$WORK/in MERCURE_OUT_DIR=$WORK/out/$1 MODULE_PERSISTENCE_DIR=$P \
        timeout --foreground 500 "$BUILD/dcmchain" run -j 1 -p mercure-lookup --set anonymise.project=overlap >"log.$1" 2>&1
}
export -f one_run
export BUILD WORK P
synthetic in 1
seq "$runs" | xargs -P 20 -I{} bash -c 'one_run {} || echo {} >>failed'
[ ! -e failed ] || fail "runs failed: $(wc -l <failed): $(cat "log.$(head -1 failed)")"
equal "$runs|$runs" "$(sqlite3 "$P/dcmchain/lookup.sqlite" 'select count(*), sum(confirmed) from record')" "rows"
equal "$runs" "$(jq -s length "$P/dcmchain/evidence.jsonl")" "lines of evidence"
equal 1 "$(jq -rs 'map(.key_id) | unique | length' "$P/dcmchain/evidence.jsonl")" "keys"
equal 1 "$(find out -mindepth 2 -maxdepth 2 -type d -printf '%f\n' | sort -u | wc -l)" "names of one study"
[ -z "$(find "$P/dcmchain" -name 'key.*')" ] || fail "keys that nobody uses"
[ -e "$P/5d7a0f1e.lock" ] || fail "mercure's marker is gone"
say "$runs overlapping runs: one key, $runs rows, $runs lines"

# --- killed at random: what was published has its row, and the folder stays usable
begun=$(date +%s%N)
one_run paced || fail "a run: $(cat log.paced)"
whole_ms=$((($(date +%s%N) - begun) / 1000000)) # kills fall before, in and behind the publication
runs=$((runs + 1))
kills=10
! full || kills=100
for i in $(seq "$kills"); do
    setsid bash -c "one_run k$i" &
    pid=$!
    sleep "$(awk -v whole="$whole_ms" -v part="$((RANDOM % 1000))" 'BEGIN { print whole * 1.3 * part / 1e6 }')"
    kill -9 -- "-$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
done
published=0
for i in $(seq "$kills"); do
    [ -z "$(find "out/k$i" -mindepth 1 -maxdepth 1 -name '2.25.*' 2>/dev/null)" ] || published=$((published + 1))
done
equal ok "$(sqlite3 "$P/dcmchain/lookup.sqlite" 'pragma integrity_check')"
rows=$(sqlite3 "$P/dcmchain/lookup.sqlite" 'select count(*) from record')
[ "$rows" -ge $((runs + published)) ] || fail "$published killed runs published, $((rows - runs)) rows tell of them"
one_run after || fail "a run after the kills: $(cat log.after)"
jq -es . "$P/dcmchain/evidence.jsonl" >/dev/null || fail "evidence after kills is no JSON"
say "$kills runs killed: $published had published, each has its row, the folder works on"

# --- two projects over one folder
mkdir out/a out/b
run 0 run -i in -o out/a --persistence "$P" --set anonymise.project=alpha
run 0 run -i in -o out/b --persistence "$P" --set anonymise.project=beta
values() { # all UIDs, IDs and dates of a tree that are made from the key
    find "$1" -name '*.dcm' -print0 | xargs -0 -n1 dcmdump -q +P PatientID +P PatientName +P StudyInstanceUID +P SeriesInstanceUID \
        +P SOPInstanceUID +P FrameOfReferenceUID +P AccessionNumber +P StudyID 2>/dev/null | grep -o '\[[^]]*\]' | grep -v '^\[\]$' | sort -u
    find "$1" -name '*.json' -print0 | xargs -0 jq -r '.. | strings | select(test("^2\\.25\\.|^[A-Z2-7]{16}$"))' | sed 's/.*/[&]/' | sort -u
}
values out/a | sort -u >a
values out/b | sort -u >b
[ -s a ] && [ -s b ] || fail "no value to compare"
[ -z "$(comm -12 a b)" ] || fail "values link the two projects: $(comm -12 a b | head -3)"
say "two projects share a folder and no value ($(wc -l <a) compared)"
