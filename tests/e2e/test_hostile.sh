#!/bin/bash
# test_hostile.sh: input that is meant to harm: files that no reader survives by trust, folders that are traps, files that
# change under the reader. Each ends in a clear error or a whole output, in bounded time and memory, and no source value
# is told.
. "$(dirname "$0")/lib.sh"
need jq dcmdump
need_pydicom
make_key key
printf '%s\n' Zzyx HOSTILE-4711 1.2.826.0.1.99999.66 >planted
SANITIZED=no
! grep -qE '^DCMCHAIN_SANITIZE:[A-Z]*=.+' "$BUILD/CMakeCache.txt" || SANITIZED=yes
[ "$SANITIZED" = no ] || SECONDS_ALLOWED=300

# bounded ARGUMENT…: dcmchain with 3 GiB of address space and a minute of processor time; its code in $code
bounded() {
    code=0
    (
        [ "$SANITIZED" = yes ] || ulimit -v $((3 << 20))
        ulimit -t "${SECONDS_ALLOWED:-60}"
        exec timeout "${SECONDS_ALLOWED:-120}" "$BUILD/dcmchain" "$@"
    ) >stdout 2>stderr </dev/null || code=$?
    ! grep -qE 'crashed|ended by signal|out of memory' stderr || fail "$*: it crashed"
    absent planted stdout stderr
}
# outcome NAME IN done COUNT | failed WORDS: one run over a hostile folder
outcome() {
    local name=$1 in=$2 what=$3 expected=$4
    rm -rf out
    bounded run -i "$in" -o out --key-file key --set anonymise.project=e2e -j 2
    case $what:$code in
    done:0)
        equal "$expected" "$(count out '*.dcm')" "$name: images"
        readable out
        absent planted out
        ;;
    failed:1 | failed:4)
        [ ! -d out ] || equal "" "$(ls -A out)" "$name: OUT"
        grep -qiF -- "$expected" stderr || fail "$name: the error does not hold '$expected'"
        ;;
    *) fail "$name: $what was expected, it ended with $code" ;;
    esac
}

# ---- hostile files ----
"$PYTHON" "$HERE/hostile.py" cases >list || fail "hostile.py"
while read -r name what expected; do
    outcome "$name" "cases/$name" "$what" "$expected"
    rm -rf "cases/$name"
done <list
say "$(wc -l <list) hostile files"

# ---- traps in the folder ----
"$PYTHON" -c '
import sys
sys.path.insert(0, sys.argv[1])
import hostile
hostile.put(hostile.Path("."), hostile.around(b""), "good.dcm")
hostile.pixels("one.dcm", b"\x11", 24 << 20)
hostile.pixels("two.dcm", b"\x22", 24 << 20)' "$HERE" || fail "hostile.py"
fresh() { # fresh: IN with one good image
    rm -rf in
    mkdir in
    cp good.dcm in
}
fresh
mkdir in/folder
ln -s . in/cycle
ln -s ../.. in/folder/above
ln -s one in/folder/two
ln -s two in/folder/one
ln -s nowhere.dcm in/dangling.dcm
ln -s /dev/zero in/zero.dcm
ln -s "$WORK/one.dcm" in/outside.dcm
mkfifo in/fifo.dcm in/folder/1.2.3#x.tags
"$PYTHON" -c 'import socket; socket.socket(socket.AF_UNIX).bind("in/socket.dcm")'
if mknod in/zero c 1 5 2>/dev/null && mknod in/disk.dcm b 7 250 2>/dev/null; then
    say "there are devices in the input"
else
    without "devices in the input: that needs root"
fi
cp good.dcm "in/$(printf 'new\nline\n.dcm')"
cp good.dcm in/$'\xc3\x28\xff.dcm'
cp good.dcm "in/$(printf '%0251d.dcm' 7)"
cp good.dcm "in/-rf *.dcm"
outcome "traps" in done 1 # all are equal to the first

fresh
deep=in
for _ in $(seq 70); do deep=$deep/d; done
mkdir -p "$deep"
cp good.dcm "$deep"
outcome "folders that are nested without end" in failed "below more than 64 folders"

if [ "$(id -u)" = 0 ]; then without "a folder that may not be read: root may"; else
    fresh
    mkdir -m 0 in/shut
    outcome "a folder that may not be read" in failed "cannot be listed"
    chmod 700 in/shut
fi
say "an input folder full of traps"

# ---- input that is also the output ----
refused() { # refused IN OUT [CODE]: nothing is touched
    local before
    before=$(digest in)
    bounded run -i "$1" -o "$2" --key-file key
    equal "${3:-2}" "$code" "input $1, output $2"
    grep -qE 'inside (one another|the input folder)' stderr || fail "input $1, output $2: $(cat stderr)"
    equal "$before" "$(digest in)" "input $1, output $2: the input"
}
fresh
mkdir -p in/below
ln -s in link
ln -s in/below link-below
refused in in
refused in ./in/../in
refused in in/below
refused in in/below/new
refused in link
refused link in
refused in link-below
refused in/below in
refused link-below in
refused in link/below/new
if mkdir bound && mount --bind in bound 2>/dev/null; then
    # (An exit of this script would leave them.)
    trap 'umount -l bound 2>/dev/null || true; touch enough; wait; chmod -R u+rwX "$WORK"; rm -rf "$WORK"' EXIT
    refused in bound
    refused in bound/below
    refused bound in/below
    umount bound
    mount --bind in/below bound
    refused in bound 1
    umount bound
else
    without "bind mounts: that needs root"
fi
say "input that is also the output"

# ---- hostile documents ----
deep_json() { "$PYTHON" -c "import sys; sys.stdout.write('$1' * $3 + '$2' * $3)"; }
document() { # document NAME CODE: task.json or .tags of IN as it lies there
    rm -rf out
    bounded run -i in -o out --key-file key --set anonymise.project=e2e
    [[ $2 == *"$code"* ]] || fail "$1: it ended with $code, not $2"
    [ "$code" != 0 ] || { readable out; absent planted out; }
    [ "$code" = 0 ] || [ -s stderr ] || fail "$1: nothing is said"
}
for where in task.json 1.2.826.0.1.99999.66.1#x.tags; do
    hostile_json() { # hostile_json NAME: bytes from stdin, in the command's context and in mercure's
        fresh
        cat >"in/$where"
        document "$where: $1" 0
        [ "$where" = task.json ] || return 0
        rm -rf out && mkdir out
        code=0
        MERCURE_IN_DIR=in MERCURE_OUT_DIR=out timeout 60 "$BUILD/dcmchain" run --key-file key >stdout 2>stderr || code=$?
        [ "$code" = 0 ] && [ "$1" = duplicates ] || { equal 1 "${code/78/1}" "mercure: $1" && equal "" "$(ls -A out)" "mercure: $1: OUT"; }
        absent planted stdout stderr
    }
    deep_json '[' ']' 1000000 | hostile_json "nested arrays"
    deep_json '{"a":' '}' 100000 | hostile_json "nested objects without an end"
    head -c 100000 /dev/zero | hostile_json zeros
    printf '\xff\xfe{\0"' | hostile_json "another encoding"
    printf '{"PatientName": "Zzyx\xff\xc0^\xed\xa0\x80"}}' | hostile_json "bytes that are no UTF-8"
    printf '{"n": 1e999999999, "m": -0.0e-99999999999, "k": 99999999999999999999999999' | hostile_json numbers
    fresh
    truncate -s 1G "in/$where"
    document "$where of a gigabyte" "0 1"
    fresh
    mkfifo "in/$where"
    document "$where is a FIFO" "0 1"
    fresh
    mkdir "in/$where"
    document "$where is a folder" "0 1"
    fresh
    ln -s "$WORK/planted" "in/$where"
    document "$where is a link" "0 1"
done
say "hostile task.json and .tags"

# ---- hostile pipelines ----
pipeline() { # pipeline FILE: is refused by check and by run
    bounded check "$1"
    equal 78 "$code" "check $1"
    rm -rf out
    bounded run -i in -o out -p "$1" --key-file key
    equal 78 "$code" "run -p $1"
    [ -s stderr ] && [ ! -e out ] || fail "run -p $1: nothing is said, or something is made"
}
fresh
mkfifo fifo.json
mkdir folder.json
truncate -s 1G big.json
deep_json '[' ']' 1000000 >deep.json
deep_json '{"stages":[' ']}' 100000 >deeper.json
printf '{"dcmchain": 1, "name": "x", "stages": [%s{"stage": "layout"}]}' "$(printf '{"stage": "layout"},%.0s' $(seq 100000))" >many.json
printf '{"dcmchain": 1, "name": "x\0", "stages": []}' >nul.json
head -c 65536 /dev/urandom >noise.json
: >empty.json
for file in fifo folder big deep deeper many nul noise empty missing; do pipeline ./$file.json; done
pipeline /dev/zero
say "hostile pipelines"

# ---- files that change while they are read ----
changing() { # changing NAME COMMAND: runs it again and again beside ROUNDS runs
    local name=$1 pid round ended=0
    fresh
    rm in/good.dcm
    cp one.dcm in/a.dcm
    ( while [ ! -e enough ]; do eval "$2"; done ) 2>/dev/null &
    pid=$!
    for round in $(seq "$rounds"); do
        rm -rf out
        bounded run -i in -o out --key-file key --set anonymise.project=e2e
        case $code in
        0)
            readable out
            # (What is overwritten in place can lie there as a mixture: test_faults.sh changes it call by call.)
            if [ "$(count out '*.dcm')" != 0 ] && [ "$name" != "overwritten in place" ]; then
                "$PYTHON" -c '
import sys, pydicom
value = pydicom.dcmread(sys.argv[1]).PixelData
sys.exit(0 if len(value) == 24 << 20 and len(set(value)) == 1 else 1)' "$(find out -name '*.dcm')" || fail "$name: a mixture was published"
            fi
            ;;
        1) ended=$((ended + 1)) && [ -s stderr ] && [ -z "$(ls -A out 2>/dev/null)" ] || fail "$name: OUT, or nothing is said" ;;
        *) fail "$name: code $code" ;;
        esac
    done
    touch enough
    wait $pid || true
    rm enough
    say "$name: $ended of $rounds runs say so, the others publish one of the files whole"
}
rounds=6
! full || rounds=60
changing "overwritten in place" 'cat two.dcm 1<>in/a.dcm >&1; cat one.dcm 1<>in/a.dcm >&1'
changing "replaced" 'cp one.dcm new; mv new in/a.dcm; cp two.dcm new; mv new in/a.dcm'
changing "cut and written anew" 'cp one.dcm in/a.dcm; sleep 0.0$RANDOM'
changing "growing" 'cat good.dcm >>in/a.dcm; sleep 0.01; cp one.dcm new; mv new in/a.dcm'
changing "vanishing" 'mv in/a.dcm away; sleep 0.0$RANDOM; mv away in/a.dcm; sleep 0.0$RANDOM'
changing "becoming a FIFO" 'mv in/a.dcm away; mkfifo in/a.dcm; sleep 0.01; rm in/a.dcm; mv away in/a.dcm; sleep 0.05'
