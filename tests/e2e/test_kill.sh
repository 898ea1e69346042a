#!/bin/bash
# test_kill.sh: kill -9 of the worker, of its parent, of both, at random moments: OUT never shows a part of a study, and
# the next run works and takes away what was left.
. "$(dirname "$0")/lib.sh"
need pgrep setsid
make_key key
rounds=10
! full || rounds=100
synthetic in 25 128
OPTIONS=(-i in -o out --key-file key --set anonymise.project=e2e --quiet -j 2)

run 0 run "${OPTIONS[@]}" --set task-writer.checksums=true
OLD=$(digest out)
rm -rf out
begin=$(date +%s%N)
run 0 run "${OPTIONS[@]}"
WHOLE_US=$((($(date +%s%N) - begin) / 1000))
NEW=$(digest out)
[ "$OLD" != "$NEW" ] || fail "the two states cannot be told apart"

visible() { find out -mindepth 1 -maxdepth 1 ! -name '.dcmchain-*' 2>/dev/null | sed -n 1p; }
digest_visible() { # of what a reader sees: no staging folders
    rm -rf seen
    mkdir seen
    cp -a "$(visible)" seen
    digest seen
}
# struck WHOM ARGUMENT…: starts a run and kills after a random time
struck() {
    local whom=$1 pid worker code=0
    shift
    setsid "$BUILD/dcmchain" run "${OPTIONS[@]}" "$@" >stdout 2>stderr &
    pid=$!
    sleep "$(awk -v us=$WHOLE_US -v random=$RANDOM 'BEGIN { printf "%.6f", us * 1.1 * random / 32768 / 1e6 }')"
    case $whom in
    worker)
        worker=$(pgrep -P $pid | sed -n 1p) || true
        [ -z "$worker" ] || kill -9 "$worker" 2>/dev/null || true
        ;;
    parent) kill -9 $pid 2>/dev/null || true ;;
    group) kill -9 -- -$pid 2>/dev/null || true ;;
    esac
    { wait $pid || code=$?; } 2>/dev/null
    # A worker whose parent was killed is on its way: nothing may be judged before it is gone.
    for _ in $(seq 200); do
        pgrep -r D,R,S,T -g $pid >/dev/null || break # zombies do not count
        sleep 0.01
    done
    case $whom:$code in
    *:0) done_before=$((done_before + 1)) ;;
    worker:1)
        # Before it, the parent may still have been alone; after it, it says what happened and sweeps.
        said "no study is published in part"
        equal "" "$(find out -mindepth 1 -maxdepth 1 -name '.dcmchain-*' 2>/dev/null)" "staging folders that the parent left"
        ;;
    worker:*) fail "the parent of a killed worker ended with $code" ;;
    parent:137 | group:137) ;;
    *) fail "$whom: code $code" ;;
    esac
}

for whom in worker parent group; do
    done_before=0
    for _ in $(seq $rounds); do
        rm -rf out
        struck $whom
        [ -z "$(visible)" ] || equal "$NEW" "$(digest_visible)" "$whom: what OUT shows"
    done
    early=$done_before
    for _ in $(seq $rounds); do
        run 0 run "${OPTIONS[@]}" --set task-writer.checksums=true --existing replace
        equal "$OLD" "$(digest out)" "$whom: the run after a kill"
        struck $whom --existing replace
        [ -n "$(visible)" ] || fail "$whom: a study that was there is gone"
        state=$(digest_visible)
        [ "$state" = "$OLD" ] || equal "$NEW" "$state" "$whom: what OUT shows after a replacement was struck"
    done
    run 0 run "${OPTIONS[@]}" --existing replace
    equal "$NEW" "$(digest out)" "$whom: the last run"
    equal 1 "$(find out -mindepth 1 -maxdepth 1 | wc -l)" "$whom: what else is in OUT"
    [ $done_before -lt $((2 * rounds)) ] || fail "$whom: no kill came in time"
    say "$whom: $((2 * rounds)) kills, $done_before of them ($early at first) after the end"
done

# A signal that asks is answered: code 1, nothing left.
printf '{"dcmchain": 1, "name": "slow", "stages": [{"stage": "anonymise"}, {"stage": "sleepy", "settings": {"longest_ms": 1000}}, {"stage": "layout"}]}' >slow.json
for signal in TERM HUP; do # (a shell's background jobs ignore INT)
    rm -rf out
    setsid "$BUILD/dcmchain" run "${OPTIONS[@]}" -p slow.json --stage-dir "$BUILD/tests/stages" >stdout 2>stderr &
    pid=$!
    sleep 0.2
    kill -$signal $pid 2>/dev/null || true
    code=0
    wait $pid || code=$?
    [ $code != 0 ] || fail "SIG$signal"
    [ ! -d out ] || equal "" "$(ls -A out)" "SIG$signal: OUT"
done
say "signals that ask"
