#!/bin/bash
# test_same_bytes.sh: OUT is a function of input, pipeline, key and project alone: not of threads, host, user, folders,
# names and order of files, time zone, locale, umask or environment.
. "$(dirname "$0")/lib.sh"
need jq
make_key key
chmod 755 "$WORK"
synthetic in 4
OPTIONS=(--set anonymise.project=e2e --set extract.varying=true --set task-writer.checksums=true --quiet)

run 0 run -i in -o out --key-file key -j 1 "${OPTIONS[@]}"
WANTED=$(digest out)
same() { # same WHAT [FOLDER]
    equal "$WANTED" "$(digest "${2:-out-2}")" "$1"
    rm -rf "${2:-out-2}"
}
# with COMMAND…: runs it with dcmchain and all that it needs behind it
with() { "$@" "$BUILD/dcmchain" run -i "$WORK/in" -o "$WORK/out-2" --key-file "$WORK/key" "${OPTIONS[@]}" 2>stderr || fail "$*"; }

for threads in 2 3 8 8 8; do
    run 0 run -i in -o out-2 --key-file key -j $threads "${OPTIONS[@]}"
    same "$threads threads"
done
say "1, 2, 3 and 8 threads"

for variable in TZ=Asia/Kathmandu TZ=UTC+12 LANG=de_DE.UTF-8 LC_ALL=C LC_ALL=tr_TR.UTF-8 LC_ALL=C.UTF-8 LANG=xx \
    HOME=/nonexistent HOSTNAME=elsewhere USER=somebody SOURCE_DATE_EPOCH=1 MALLOC_PERTURB_=170; do
    with env "$variable"
    same "$variable"
done
with env -i
same "no environment"
say "time zone, locale, environment"

for mask in 000 022 077 027; do
    (umask $mask && with env)
    same "umask $mask"
done
(cd / && with env)
same "another working directory"
(cd in && "$BUILD/dcmchain" run -i . -o ../out-2 --key-file ../key "${OPTIONS[@]}" 2>"$WORK/stderr") || fail "relative folders"
same "relative folders"
say "umask, working directory, relative folders"

cp -r in "other place"
run 0 run -i "other place/" -o out-2 --key-file key "${OPTIONS[@]}"
same "another input path"
mkdir -p shuffled/a/b
number=0
find in -name '*.dcm' | sort -R | while read -r file; do # names as another sender would give them, two folders
    number=$((number + 1))
    target=shuffled/$([ $((number % 2)) = 0 ] || echo a/b/)$number$(echo "$file" | md5sum | cut -c1-8)
    cp "$file" "$target.dcm"
    cp "${file%.dcm}.tags" "$target.tags"
done
cp in/task.json shuffled
run 0 run -i shuffled -o out-2 --key-file key "${OPTIONS[@]}"
same "other names and folders of files"
touch -d 1999-01-01 in/*
with env
same "other times of files"
say "names, folders, times of the input"

# What needs a namespace.
if ! bwrap --ro-bind / / true 2>/dev/null; then
    skip "bubblewrap cannot run here: host name, uid and directory order were not varied"
fi
mkdir published
chmod 777 published
boxed() { # boxed WHAT BWRAP-OPTION… -- SCRIPT: the script makes $WORK/published/out, perhaps as another user
    local what=$1
    shift
    bwrap --ro-bind / / --bind "$WORK/published" "$WORK/published" --dev /dev "${@:1:$#-2}" bash -c "${!#}" 2>stderr || fail "$what"
    (cd published/out && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) >found
    (cd out && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) >wanted
    cmp found wanted || fail "$what: other bytes"
    rm -rf published/out
}
command="'$BUILD/dcmchain' run -i '$WORK/in' -o '$WORK/published/out' --key-file '$WORK/key' ${OPTIONS[*]@Q}"
boxed "host name" --unshare-uts --hostname elsewhere -- "$command"
boxed "pid and network" --unshare-pid --unshare-net --unshare-ipc --proc /proc -- "$command"
boxed "user" --unshare-user --uid 12345 --gid 54321 --unsetenv HOME -- "$command"
for order in "" -r -R; do
    boxed "directory order $order" --tmpfs /mnt -- \
        "cd '$WORK/in' && mkdir /mnt/in && ls | sort $order | while read -r name; do cp \"\$name\" /mnt/in; done && ${command/"'$WORK/in'"//mnt/in}"
done
say "host name, pid, user, directory order"
