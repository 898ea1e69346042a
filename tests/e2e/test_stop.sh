#!/bin/bash
# test_stop.sh: SIGTERM and SIGINT end a run at once wherever it is: in a file of gigabytes, in the scan, in a
# stage that does not look up; as process 1 of a container too, where it also reaps what others leave.
. "$(dirname "$0")/lib.sh"
need_pydicom
need pgrep setsid
make_key key
LONGEST_S=20 # far less than what is struck would take, far more than the second that a stop takes here
OPTIONS=(--key-file key --set anonymise.project=e2e --quiet)
export DCMCHAIN_STAGE_PATH=$BUILD/tests/stages:$BUILD/stages

begun() { # begun IN ARGUMENT…: starts a run in the background; its process in $pid, that of its worker in $worker
    local in=$1
    shift
    rm -rf out
    setsid env --default-signal=INT,TERM,HUP "$BUILD/dcmchain" run -i "$in" -o out "${OPTIONS[@]}" "$@" >stdout 2>stderr &
    pid=$!
    worker=
    until worker=$(pgrep -P $pid -x dcmchain | sed -n 1p) && [ -n "$worker" ]; do running; done
}
running() { kill -0 $pid 2>/dev/null || fail "it ended before it was struck: $(cat stderr)"; sleep 0.01; }
has_read() { # has_read BYTES: waits until the worker has
    until [ "$(sed -n 's/^rchar: //p' "/proc/$worker/io" 2>/dev/null || echo 0)" -gt "$1" ]; do running; done
}
has_staged() { # has_staged BYTES
    until [ "$(find out -type f -size +"$1"c 2>/dev/null | wc -l)" -gt 0 ]; do running; done
}
stopped() { # stopped WHAT SIGNAL: strikes the parent, as mercure and Docker do
    local begin=$SECONDS code=0
    kill "-$2" $pid
    timeout 60 tail --pid=$pid -f /dev/null || { kill -9 -- -$pid && fail "$1, SIG$2: it does not stop"; }
    wait $pid || code=$?
    equal 1 "$code" "$1, SIG$2: code"
    [ $((SECONDS - begin)) -lt $LONGEST_S ] || fail "$1, SIG$2: it took $((SECONDS - begin)) s"
    [ ! -e out ] || equal "" "$(ls -A out)" "$1, SIG$2: OUT"
    ! pgrep -r D,R,S,T -P 1 -x dcmchain -s $pid >/dev/null || fail "$1: the worker lives"
    [ -s stderr ] || fail "$1, SIG$2: nothing is said"
}

# A file of 4 GB, almost all of it a hole, and a copy of it: first they are compared, then one is written.
mkdir large two
"$PYTHON" -c '
import sys
sys.path.insert(0, sys.argv[1])
import hostile
front, back = hostile.split(0x7FE00010, b"OW", 0xF0000000)
for path in ("large/a.dcm", "two/a.dcm", "two/b.dcm"):
    hostile.sparse(path, front, 0xF0000000, back)' "$HERE" || fail "hostile.py"
for signal in TERM INT; do
    begun large
    has_staged 50000000
    stopped "in the middle of a large file" $signal
done
say "in the middle of a file of 4 GB"
begun two
has_read 50000000
stopped "while large files are compared" TERM
say "while files of 4 GB are compared"

# Many files: in the scan, or soon after it.
synthetic base 1
mkdir many
"$PYTHON" -c '
import glob, os
file = glob.glob("base/*.dcm")[0]
for number in range(15000):
    os.link(file, f"many/{number}")'
begun many
has_read 3000000
stopped "in the scan of 15,000 files" TERM
say "in the scan"

# A worker that stands still cannot look up, as one in a stage that hangs.
begun large
has_staged 50000000
kill -STOP "$worker"
stopped "in a worker that hangs" TERM
said "did not end by itself"
say "in a worker that hangs"

# ---- process 1 ----
if [ "$(id -u)" != 0 ] || ! unshare --pid --fork --mount-proc true 2>/dev/null; then
    without "process 1 of a container: that needs root and namespaces"
    exit 0
fi
synthetic slow 8
contained() { # contained ARGUMENT…: starts dcmchain as process 1 of a PID namespace; its process out here in $pid
    rm -rf out
    setsid unshare --pid --fork --mount-proc "$BUILD/dcmchain" run -i slow -o out "${OPTIONS[@]}" "$@" >stdout 2>stderr &
    unshare=$!
    until pid=$(pgrep -P $unshare -x dcmchain) && [ -n "$pid" ] && pgrep -P "$pid" -x dcmchain >/dev/null; do
        kill -0 $unshare 2>/dev/null || fail "it did not start: $(cat stderr)"
        sleep 0.01
    done
}
printf '{"dcmchain": 1, "name": "slow", "stages": [{"stage": "anonymise"}, {"stage": "sleepy", "settings": {"longest_ms": 200}}, {"stage": "layout"}]}' >slow.json
contained -p slow.json -j 1
orphan() { nsenter -t "$pid" -p -m sh -c '(sleep 0.05; exit 7) & exit 0'; }
orphan
orphan
until [ "$(pgrep -c -P "$pid")" = 1 ]; do
    kill -0 $unshare 2>/dev/null || fail "it ended before its orphans did"
    [ -z "$(pgrep -r Z -P "$pid")" ] || sleep 0.2
    sleep 0.05
done
code=0
wait $unshare || code=$?
equal 0 "$code" "process 1 with orphans: code"
equal 32 "$(count out '*.dcm')" "process 1 with orphans: images"
say "process 1 reaps what others leave, and is not misled by it"
contained -p slow.json -j 1
begin=$SECONDS
kill -STOP "$(pgrep -P "$pid")"
kill -TERM "$pid"
timeout 60 tail --pid=$unshare -f /dev/null || { kill -9 "$pid" && fail "SIGTERM to process 1: it does not stop"; }
code=0
wait $unshare || code=$?
equal 1 "$code" "SIGTERM to process 1: code"
[ $((SECONDS - begin)) -lt $LONGEST_S ] || fail "SIGTERM to process 1: it took $((SECONDS - begin)) s"
[ ! -e out ] || equal "" "$(ls -A out)" "SIGTERM to process 1: OUT"
say "process 1 passes signals on"
