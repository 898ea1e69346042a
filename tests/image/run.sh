#!/bin/bash
# `make image-test`: builds the Dockerfile with buildah over a Debian made by debootstrap, and runs the image as mercure
# does: any uid, no capabilities, no network, a read-only root, in/ and out/ as mercure leaves them. usage: run.sh BUILD
set -euo pipefail
if [ "$(id -u)" != 0 ]; then
    echo "image-test: skipped: buildah and debootstrap need root here"
    exit 0
fi
build=$(realpath "$1")
source=$(realpath "$(dirname "$0")/../..")
cache=$build/image
image=aiml/extraction-anonymisation:latest
limit_mb=150
work=$(mktemp -d)
# shellcheck source=tests/image/lib.sh
. "$source/tests/image/lib.sh"
trap finish EXIT

start_storage
make_base
say "building $image"
build_image
check_size
mount_image

# ---- what mercure's probe and its administrator meet ----
expect "has no /etc/monai/app.json, which would make it a MONAI app" not test -e "$root/etc/monai/app.json"
probe=$work/probe
expect "has cat, which mercure's probe starts" test -x "$root/bin/cat"
code=0
in_image --uid 0 -- /bin/cat /etc/monai/app.json >"$probe" 2>&1 || code=$?
expect "its cat fails for a file that is not there" test "$code" -ne 0
expect "has no compiler" not test -e "$root/usr/bin/cc"
in_image --uid 65321 -- /usr/local/bin/dcmchain --version >"$probe"
expect "tells its version as any user" grep -qx 'dcmchain [0-9.]*' "$probe"
expect "is labelled" label_is org.opencontainers.image.licenses Apache-2.0
expect "starts dcmchain run" entry_is '/usr/local/bin/dcmchain' 'run'

# ---- a study, for several users that the image does not know ----
for uid in 1000 4242 65321; do
    new_study
    run_module "$uid" || true
    expect "uid $uid: ends well" test "$code" -eq 0
    expect "uid $uid: publishes every image" test "$(find "$out" -name '*.dcm' | wc -l)" -eq 12
    expect "uid $uid: leaves nothing else but JSON" test -z "$(find "$out" -type f ! -name '*.dcm' ! -name '*.json')"
    expect "uid $uid: leaves only files and folders" test -z "$(find "$out" ! -type f ! -type d)"
    expect "uid $uid: tells nothing of the patient" not grep -qE "$planted" "$work/log"
    expect "uid $uid: publishes nothing of the patient" not grep -raqE "$planted" "$out"
    expect "uid $uid: no name tells of the patient" not sh -c "find '$out' | grep -qE '$planted'"
done

# ---- persistence: one key for all runs ----
mkdir -m 0777 "$work/persistence"
for number in 1 2; do
    new_study
    run_module 1000 --bind "$work/persistence" /tmp/persistence --setenv MODULE_PERSISTENCE_DIR /tmp/persistence || true
    expect "persistence: run $number ends well" test "$code" -eq 0
    (cd "$out" && find . -name '*.dcm' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) >"$work/persistent.$number"
done
expect "persistence: a lasting key is made" test -s "$work/persistence/dcmchain/key"
expect "persistence: the same study comes out the same" cmp -s "$work/persistent.1" "$work/persistent.2"

# ---- a study that cannot be read leaves nothing ----
new_study
one=$(find "$in" -name '*.dcm' | sort | head -1)
truncate -s 2000 "$one"
run_module 1000 || true
expect "a broken file: fails" test "$code" -ne 0
expect "a broken file: leaves OUT empty" test -z "$(ls -A "$out")"

# ---- signals: it is process 1, and passes them on ----
new_study 400
run_module 1000 & module=$!
# The module's own: mercure stops a container by a signal to its process 1, here in the midst of a study.
stopped=no
while [ $stopped = no ] && kill -0 "$module" 2>/dev/null; do
    boxes=$(pgrep -d, -f "bwrap .*$work/task/in") || continue
    [ -z "$(find "$out" -maxdepth 1 -name '.dcmchain*' 2>/dev/null)" ] || ! pkill -TERM -x dcmchain -P "$boxes" || stopped=yes
done
expect "SIGTERM: comes while it works" test $stopped = yes
wait "$module" || true
expect "SIGTERM: leaves a whole study or none" test "$(find "$out" -name '*.dcm' | wc -l)" -eq 0 -o "$(find "$out" -name '*.dcm' | wc -l)" -eq 1600
expect "SIGTERM: leaves no staging folder" test -z "$(find "$out" -name '.dcmchain*')"

# ---- how long it takes ----
new_study 1
rm "$(find "$in" -name '*.dcm' | sort | head -1)"
begin=$(date +%s%N)
run_module 1000 || true
end=$(date +%s%N)
say "start to exit for a study of $(find "$out" -name '*.dcm' | wc -l) images: $(((end - begin) / 1000000)) ms"
report
