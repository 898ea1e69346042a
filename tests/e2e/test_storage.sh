#!/bin/bash
# test_storage.sh: storage that fails as real machines' does: a disk that is full at every point, a folder that cannot be
# written, other file systems, too few descriptors, a limit on file sizes: nothing in part, a clear error, and the next run
# is as if nothing had been.
. "$(dirname "$0")/lib.sh"
need_pydicom
make_key key
synthetic base 2 64
"$PYTHON" "$HERE/crash_studies.py" base in || fail "crash_studies.py" # three studies of eight images
IN=$(digest in)
OPTIONS=(-i in --key-file key --set anonymise.project=e2e --quiet)
run 0 run "${OPTIONS[@]}" -o whole
WHOLE=$(digest whole)
study() { (cd "$1" && { find . -printf '%p %y %m\n' | LC_ALL=C sort; find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum; } | sha256sum); }

limited() { # limited OUT COMMAND…: runs COMMAND dcmchain …; its code in $code
    local out=$1
    shift
    code=0
    "$@" "$BUILD/dcmchain" run "${OPTIONS[@]}" -o "$out" >stdout 2>stderr || code=$?
}
judge() { # judge OUT WHAT: after a run that met something
    local name
    case $code in
    0) equal "$WHOLE" "$(digest "$1")" "$2: it ended well" ;;
    1 | 2 | 78) [ -s stderr ] || fail "$2: code $code, and nothing is said" ;;
    127) grep -q "loading shared libraries" stderr || fail "$2: code $code" ;; # it never began
    *) fail "$2: code $code" ;;
    esac
    ! grep -qE 'crashed|ended by signal' stderr || fail "$2: it crashed"
    for name in $(ls "$1" 2>/dev/null); do
        equal "$(study "whole/$name")" "$(study "$1/$name")" "$2: study $name"
    done
}
again() { # again OUT WHAT: with all that it needs, it goes on
    run 0 run "${OPTIONS[@]}" -o "$1" --existing skip
    equal "$WHOLE" "$(digest "$1")" "$2: the next run"
    equal "$IN" "$(digest in)" "$2: the input"
}

# ---- too few descriptors, a limit on file sizes ----
ended=0
for most in $(seq 3 40); do
    rm -rf out
    limited out prlimit --nofile="$most"
    judge out "$most descriptors"
    [ $code = 0 ] || ended=$((ended + 1))
done
again out "descriptors" # and takes away what could not be removed without one
[ $ended -gt 0 ] && [ $code = 0 ] || fail "3 to 40 descriptors: $ended runs ended, the last with $code"
say "3 to 40 descriptors: $ended runs had too few and said so"
for most in 1000 3000 5000 9000; do
    rm -rf out
    limited out prlimit --fsize="$most"
    judge out "files of $most bytes"
    [ $code != 0 ] || fail "files of $most bytes: it ended well"
    again out "files of $most bytes"
done
say "a limit on file sizes"

# ---- other file systems ----
if [ "$(id -u)" != 0 ] || ! mkdir disk || ! mount -t tmpfs -o size=64m none disk 2>/dev/null; then
    without "a full disk, a read-only one and another file system: that needs root"
    rm -rf out
    mkdir -m 555 out
    if [ "$(id -u)" != 0 ]; then
        limited out
        judge out "a folder that may not be written"
        equal 2 "$code" "a folder that may not be written"
    fi
    exit 0
fi
trap 'cd /; umount -l "$WORK/disk"; rm -rf "$WORK"' EXIT

limited disk # OUT is a mount point itself
equal 0 "$code" "OUT is a mount point"
equal "$WHOLE" "$(digest disk)" "OUT is a mount point"
mount -o remount,ro disk
limited disk
equal 2 "$code" "a read-only disk"
judge disk "a read-only disk"
mount -o remount,rw disk
rm -rf disk/*
mkdir disk/out
mount --bind -o ro disk/out disk/out 2>/dev/null && { limited disk/out; equal 2 "$code" "a read-only mount"; umount disk/out; }
mkdir -m 700 disk/quarantine # set aside on another file system than IN
say "OUT on another file system, and a read-only one"

# Pages of 4 KiB that the disk has: from none to enough.
needed=$(du -s --block-size=4096 whole | cut -f1)
step=$((needed * 2 / 25))
! full || step=1
ended=0
for pages in $(seq 2 $step $((needed * 2))) enough; do
    umount -l disk
    if [ "$pages" = enough ]; then size=64m; else size=$((pages * 4))k; fi
    mount -t tmpfs -o size=$size none disk
    limited disk/out
    judge disk/out "a disk of $pages pages"
    [ $code = 0 ] || ended=$((ended + 1))
    [ -z "$(ls -A disk/out 2>/dev/null | grep -v '^2\.25\.')" ] || fail "a disk of $pages pages: something was left"
    mount -o remount,size=64m disk
    again disk/out "a disk of $pages pages"
done
[ $ended -gt 3 ] || fail "the disk was never full"
equal 0 "$code" "a disk that is large enough"
say "a disk that is full at $ended points"
