#!/bin/bash
# test_faults.sh: every system call of a run fails once, or from then on: no part of a study is ever in OUT, no input is
# touched, the exit code is true, and the next run is as if nothing had been. A library that is loaded before makes the
# calls fail (tests/shim/faults.c). Every call with DCMCHAIN_TEST_FULL, else a sample.
. "$(dirname "$0")/lib.sh"
need jq
need_pydicom
SHIM=$BUILD/tests/faults.so
! grep -qE '^DCMCHAIN_SANITIZE:[A-Z]*=.+' "$BUILD/CMakeCache.txt" || skip "a sanitizer wants to be loaded first itself"
EIO=5 ENOMEM=12 EMFILE=24 ENOSPC=28
if full; then many=1000000 few=1000000; else many=6 few=3; fi
make_key key

# Two studies of one instance, one with a `.tags`.
synthetic base 1
mkdir in
cp base/*'.1#'* base/task.json in
"$PYTHON" - in/*.dcm <<'PY'
import sys, pydicom
dataset = pydicom.dcmread(sys.argv[1])
for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
    setattr(dataset, keyword, getattr(dataset, keyword) + ".9")
dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
dataset.save_as("in/second.dcm")
PY
IN=$(digest in)
OPTIONS=(-i in -o out --key-file key --set anonymise.project=e2e --quiet -j 1)

# ---- what OUT shows ----
shown() { find out -mindepth 1 -maxdepth 1 ! -name '.dcmchain-*' -printf '%f\n' 2>/dev/null | LC_ALL=C sort; }
seen() { # each study (or file, where flat) that a reader sees, with a digest of it
    local name
    for name in $(shown); do
        printf '%s %s\n' "$name" "$(cd out && { find "$name" -printf '%p %y %m\n' | LC_ALL=C sort &&
            find "$name" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum; } | sha256sum | cut -c1-16)"
    done
}

# ---- one run that is struck ----
faulty() { # faulty FAMILY:N[+]:ERRNO ARGUMENT…: its code in $code, what it met in the files mark and count
    local fault=$1
    shift
    rm -f mark count
    code=0
    timeout 60 env LD_PRELOAD="$SHIM" DCMCHAIN_FAULT="$fault" DCMCHAIN_FAULT_MARK=mark DCMCHAIN_FAULT_COUNT=count \
        "$BUILD/dcmchain" run "${OPTIONS[@]}" "$@" >stdout 2>stderr || code=$?
}
begin() { # OUT as it is before
    rm -rf out
    [ "$before" = none ] || cp -a "$before" out
}
judge() { # judge WHAT: after a run that was struck
    local line
    case $code in
    0) equal "$NEW" "$(seen)" "$1: it ended well, and OUT shows" ;;
    1 | 2 | 78) [ -s stderr ] || fail "$1: code $code, and nothing is said" ;;
    *) fail "$1: code $code" ;;
    esac
    ! grep -qE 'crashed|ended by signal' stderr || fail "$1: it crashed"
    if grep -q 'could not be taken back' stderr; then
        stuck=$((stuck + 1)) # said, and the next run does it
    else
        while read -r line; do
            grep -qxF -- "$line" <<<"$ALLOWED" || fail "$1: OUT shows a part: $line (code $code)"
        done < <(seen)
        [ "$together" = no ] || [[ $(seen) == "$OLD" || $(seen) == "$NEW" ]] || fail "$1: OUT shows a mixture (code $code)"
        [ "$before" = none ] || equal "$(awk '{ print $1 }' <<<"$NEW")" "$(shown)" "$1: studies that were there before"
    fi
}
sample() { # sample TOTAL COUNT: which calls: the first, the last, and some between
    if [ "$1" -le "$2" ]; then seq "$1"; else seq 0 $(($2 - 1)) | awk -v t="$1" -v c="$2" '{ print 1 + int($1 * (t - 1) / (c - 1)) }'; fi
}
strike() { # strike FAMILY COUNT ERRNO: some calls of the family, in the way that is set
    local family=$1 count=$2 errno=$3 n again total what done=0 ended=0
    stuck=0
    begin
    faulty "$family:1000000000:$errno" "${way[@]}"
    total=$(cat count)
    equal 0 "$code" "$family: a run that nothing strikes"
    [ "$total" -gt 0 ] || fail "$family: there is no such call"
    for again in '' +; do
        for n in $(sample "$total" "$count"); do
            begin
            faulty "$family:$n$again:$errno" "${way[@]}"
            [ -e mark ] || continue
            done=$((done + 1))
            what="$name: $family, call $n$again of $total, errno $errno"
            judge "$what"
            [ "$code" = 0 ] || ended=$((ended + 1))
            run 0 run "${OPTIONS[@]}" "${way[@]}" --existing "$after"
            equal "$NEW" "$(seen)" "$what: after the next run OUT shows"
            equal "$(awk '{ print $1 }' <<<"$NEW")" "$(ls -A out)" "$what: after the next run OUT holds"
        done
    done
    equal "$IN" "$(digest in)" "$name: $family: the input"
    [ "$done" -gt 0 ] || fail "$name: $family: no call was struck"
    say "$name: $family: $done calls of $total struck, $ended ended the run, $stuck of them half done"
}
way_is() { # way_is NAME BEFORE TOGETHER AFTER ARGUMENT…: sets the way that strike() works in
    name=$1 before=$2 together=$3 after=$4
    shift 4
    way=("$@")
    OLD=
    if [ "$before" != none ]; then
        rm -rf out "$before"
        run 0 run "${OPTIONS[@]}" "$@" --existing fail --set task-writer.checksums=true
        OLD=$(seen)
        cp -a out "$before"
    fi
    begin
    run 0 run "${OPTIONS[@]}" "$@"
    NEW=$(seen)
    ALLOWED=$NEW$'\n'$OLD
    [ "$NEW" != "$OLD" ] || fail "$name: the two states cannot be told apart"
}

way_is "new studies" none no skip
strike open $many $EMFILE
strike read $many $EIO
strike write $many $ENOSPC
strike sync $few $EIO
strike rename $few $EIO
strike mkdir $few $ENOSPC
strike close $few $EIO
strike stat $many $EIO
strike set $few $EIO
strike list $few $EIO
strike unlink $few $EIO
strike lock 2 $EIO
strike process 2 $ENOMEM
strike map 2 $ENOMEM
if full; then strike memory 3000 $ENOMEM; else strike memory 30 $ENOMEM; fi

# Less than was asked for is no error.
faulty short:1000000000:0
total=$(cat count)
for n in $(sample "$total" $many) 1+; do
    begin
    faulty "short:$n:0"
    [ -e mark ] || fail "no read or write was short"
    equal 0 "$code" "short read or write $n"
    equal "$NEW" "$(seen)" "short read or write $n"
done
say "short reads and writes"

# A file that is changed in place before one of the reads is published as it was, as it is then, or not at all.
"$PYTHON" -c '
import sys
sys.path.insert(0, sys.argv[1])
import hostile
hostile.pixels("long.dcm", b"\x11", 400000)' "$HERE"
pixels_of() { "$PYTHON" -c '
import sys, pydicom
value = pydicom.dcmread(sys.argv[1]).PixelData
print(value[-200000], value[-1])' "$(find out -name '*.dcm')"; }
mv in kept
mkdir in
cp long.dcm in
begin
export DCMCHAIN_FAULT_FILE=in/long.dcm
faulty change:1000000000:0
total=$(cat count)
changed=0
for n in $(seq "$total"); do
    cp long.dcm in
    begin
    faulty "change:$n:0"
    [ -e mark ] || fail "read $n of $total was not met"
    case $code in
    0) [[ $(pixels_of) =~ ^(17\ 17|238\ 238)$ ]] || fail "changed before read $n of $total: a mixture was published: $(pixels_of)" ;;
    1) said "changed while it was read" && equal "" "$(shown)" "changed before read $n: OUT" && changed=$((changed + 1)) ;;
    *) fail "changed before read $n of $total: code $code" ;;
    esac
done
[ "$changed" -gt 0 ] || fail "no change was seen"
unset DCMCHAIN_FAULT_FILE
rm -rf in
mv kept in
say "a file changed in place before each of $total reads; $changed runs saw it"

# Clocks that jump change nothing.
begin
DCMCHAIN_FAULT_CLOCK=1 faulty open:1000000000:5
equal 0 "$code" "jumping clocks"
equal "$NEW" "$(seen)" "jumping clocks"
equal "" "$(find out -mindepth 1 \( -newermt 2000-01-02 -o ! -newermt 1999-12-31 \))" "jumping clocks: what has another time"
say "clocks that jump"

way_is "replacing" before no replace --existing replace
strike rename $many $EIO
strike sync $few $EIO
strike unlink $few $EIO
strike write $few $ENOSPC

jq '.publish = "run"' "$SOURCE/pipelines/mercure.json" >all.json
way_is "all or nothing" none yes skip -p all.json
strike rename $many $EIO
strike sync $few $EIO
strike write $many $ENOSPC
strike unlink $few $EIO

jq '.publish = "run" | .flat = true | .name = "flat"' "$SOURCE/pipelines/mercure.json" >flat.json
way_is "flat, replacing" before yes replace -p flat.json --existing replace
strike rename $many $EIO
strike mkdir $few $ENOSPC
