#!/bin/bash
# The contract with mercure 0.4, fact by fact, as far as it concerns a module; mercure's own steps (Docker and Nomad) are
# emulated around the program. Where a fact is one of the image, tests/image runs it there.
#
#   1  paths from the environment; any uid without a passwd entry, HOME=/; no arguments; output modes whatever the umask
#   3  flat names that are not parsed, `#` first, .tags with repeated keys that never go out
#   4  task.json: settings, lists, MISSING; identity in it never goes out; broken is a failure
#   5  two steps in one rule: the second finds flat <SeriesUID>#<name>.dcm; nested folders lose their x
#   6  exit codes; OUT empty on failure; nothing to publish is a failure; retain_input_images refused; as_received again
#   7  result.json: an object without identity; __mercure_notification where something was left out
#   8  persistence: mercure's <uuid>.lock and persistence.json are none of ours
#   9  names: .dcm, unique over the tree, nothing reserved, no links
#  10  Nomad: two variables alone, exit code unseen, OUT empty on failure, no out/task.json of ours
. "$(dirname "$0")/lib.sh"
need jq dcmdump dcmodify bwrap sqlite3

cat >words <<'W'
Synthetica
Zyxwell
SYN-4711
SYNACC0815
SYNSTUDY
1.2.826.0.1.99999
synserver01
SYNSENDER
192.0.2.77
W
P=$WORK/persistence
mkdir "$P"
synthetic received 2
# The first words of the task stand in the input, or the test looks for nothing.
grep -q Synthetica received/task.json || fail "the input has no identity to look for"

prepare() { # prepare FOLDER [SOURCE]: mercure's work folder: as_received, in, out
    rm -rf "$1"
    mkdir -p "$1/out" "$1/as_received"
    cp -r "${2:-received}" "$1/in"
    cp "$1/in"/* "$1/as_received/" 2>/dev/null || true
    chmod 777 "$1/in" "$1/out"
    find "$1/in" -mindepth 1 -exec chmod 666 {} +
}
# step CODE WORK [VARIABLE=VALUE…]: mercure's Docker runner: nothing but its own environment, no arguments but those of the image.
step() {
    local expected=$1 work=$2 code=0
    shift 2
    env -i PATH=/usr/bin:/bin HOME=/ MERCURE_IN_DIR="$work/in" MERCURE_OUT_DIR="$work/out" \
        MONAI_INPUTPATH="$work/in" MONAI_OUTPUTPATH="$work/out" HOLOSCAN_INPUT_PATH="$work/in" HOLOSCAN_OUTPUT_PATH="$work/out" \
        "$@" "$BUILD/dcmchain" run >stdout 2>stderr || code=$?
    [ "$code" = "$expected" ] || fail "the module ended with $code, not $expected"
    silent
}
silent() { # all that is printed is UTF-8 and identifies nobody
    cat stdout stderr >printed
    iconv -f UTF-8 -t UTF-8 printed >/dev/null || fail "what is printed is no UTF-8"
    ! LC_ALL=C grep -aiF -f words printed || fail "identity is printed"
}
empty() { [ -z "$(find "$1" -mindepth 1)" ] || fail "$1 is not empty: $(find "$1" -mindepth 1 | head -3)"; }
# Regular files and folders alone, with modes that the dispatcher can use, nothing that mercure reads as a signal.
proper() {
    [ -z "$(find "$1" -mindepth 1 ! -type f ! -type d)" ] || fail "OUT holds more than files and folders"
    [ -z "$(find "$1" -mindepth 1 -type f ! -perm 644)" ] || fail "a file is not 0644"
    [ -z "$(find "$1" -mindepth 1 -type d ! -perm 755)" ] || fail "a folder is not 0755"
    [ -z "$(find "$1" -mindepth 1 \( -iname .error -o -iname .lock -o -iname .processing -o -iname .complete -o -iname sent.txt -o \
        -iname task.json -o -iname '*.tags' -o -name '.dcmchain*' \))" ] || fail "OUT holds a reserved name"
    absent words "$1"
}
settings() { # settings FOLDER JQ: changes the task of a prepared folder
    jq "$2" "$1/in/task.json" >changed && cp changed "$1/in/task.json"
}

# --- 1: environment, uid, umask
prepare a
(umask 077 && step 0 "$WORK/a" MODULE_PERSISTENCE_DIR="$P")
proper a/out
equal 8 "$(count a/out '*.dcm')" images
said "exclusion filter task.json"
say "1: mercure's environment, umask 077"
prepare b
chmod 755 "$WORK"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    mkdir -m 777 b/persistence
    code=0
    setpriv --reuid 41234 --regid 41235 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs env -i PATH=/usr/bin:/bin HOME=/ \
        MERCURE_IN_DIR="$WORK/b/in" MERCURE_OUT_DIR="$WORK/b/out" MODULE_PERSISTENCE_DIR="$WORK/b/persistence" \
        "$BUILD/dcmchain" run >stdout 2>stderr || code=$?
    equal 0 "$code" "a uid without a passwd entry"
    proper b/out
    equal 41234 "$(stat -c %u b/persistence/dcmchain/key)"
    say "1: a uid that nobody knows, without capabilities"
else
    without "another uid: this is not root"
fi
prepare b
bwrap --ro-bind / / --bind "$WORK/b" "$WORK/b" --dev /dev --proc /proc --unshare-net --unshare-pid --die-with-parent true 2>/dev/null && {
    code=0
    bwrap --ro-bind / / --bind "$WORK/b" "$WORK/b" --dev /dev --proc /proc --unshare-net --unshare-pid --die-with-parent --clearenv \
        --setenv MERCURE_IN_DIR "$WORK/b/in" --setenv MERCURE_OUT_DIR "$WORK/b/out" "$BUILD/dcmchain" run >stdout 2>stderr || code=$?
    equal 0 "$code" "read-only root, no network, PID 1"
    said "no key file"
    proper b/out
    say "1: read-only root, no network, no persistence"
} || without "bubblewrap may not make namespaces here"

# --- 3: names and .tags
prepare c
i=0
find c/in -name '*.dcm' | sort >files
while read -r file; do # storescp's names tell nothing; one has no series in front
    i=$((i + 1))
    name="#MR.X.1.2.3.$i"
    mv "$file" "c/in/$name.dcm"
    [ ! -e "${file%.dcm}.tags" ] || mv "${file%.dcm}.tags" "c/in/$name.tags"
done <files
step 0 "$WORK/c" MODULE_PERSISTENCE_DIR="$P"
proper c/out
diff -r a/out c/out || fail "the names of the input change the output"
tags=$(find c/in -name '*.tags' | sed -n 1p)
[ -n "$tags" ] && grep -q Synthetica "$tags" || fail "the input has no .tags to look for"
prepare c
tags=$(find c/in -name '*.tags' | sed -n 1p)
printf '{"Modality": "MR", "Modality": "MR", "SpecificCharacterSet": "MISSING", "PatientName": "Synthetica", "SenderAddress": "192.0.2.77", "SpecificCharacterSet": ""}' >"$tags"
step 0 "$WORK/c" MODULE_PERSISTENCE_DIR="$P"
proper c/out
say "3: names are not parsed, .tags with repeated keys"

# --- 4: task.json
prepare d
settings d '.info.device_serial_number = "MISSING" | .info.fail_stage = null | .study.received_series = ["LOCALIZER SYN-4711-Z"] |
    .process.output = {"patient": "Synthetica"} | .process.module_config = {"environment": "{\"TOKEN\": \"SYNSTUDY-secret\"}"} | .nomad_info = {}'
step 0 "$WORK/d" MODULE_PERSISTENCE_DIR="$P"
proper d/out
prepare d
printf '{"info": {"patient_name": "Synthetica"' >d/in/task.json
step 78 "$WORK/d" MODULE_PERSISTENCE_DIR="$P"
empty d/out
prepare d
! grep -q 'no task.json' stderr || fail "a task.json that is there is missed"
rm d/in/task.json
step 0 "$WORK/d" MODULE_PERSISTENCE_DIR="$P"
said "warning: no task.json is in the input folder: no settings of mercure's pages are in force"
proper d/out
say "4: what identifies in the task stays, a broken one is a failure"

# --- 5: two modules in one rule
prepare e
settings e '.process.settings = {"dcmchain.pipeline": "mercure-flat", "dcmchain.anonymise.project": "first"}'
step 0 "$WORK/e" MODULE_PERSISTENCE_DIR="$P"
proper e/out
[ -z "$(find e/out -mindepth 1 -type d)" ] || fail "mercure-flat makes folders"
for file in e/out/*.dcm; do
    series=$(dcmdump +P 0020,000e "$file" | sed 's/.*\[\(.*\)\].*/\1/')
    sop=$(dcmdump +P 0008,0018 "$file" | sed 's/.*\[\(.*\)\].*/\1/')
    equal "$series#$sop.dcm" "$(basename "$file")" "the name of a chain link"
done
# mercure reads and deletes result.json, deletes in, renames out to in, writes the task anew, takes x from folders.
jq -e type e/out/result.json >/dev/null || fail "result.json"
rm e/out/result.json
cp e/in/task.json task.second
rm -rf e/in && mv e/out e/in && mkdir -m 777 e/out && cp task.second e/in/task.json
find e/in -mindepth 1 -exec chmod 666 {} +
settings e '.process.settings = {"dcmchain.pipeline": "mercure-flat", "dcmchain.anonymise.project": "second"}'
step 0 "$WORK/e" MODULE_PERSISTENCE_DIR="$P"
proper e/out
equal 8 "$(count e/out '*.dcm')" "images after two steps"
say "5: two modules in one rule, flat"

# --- 6: failure
prepare f
settings f '.process.retain_input_images = true'
step 1 "$WORK/f" MODULE_PERSISTENCE_DIR="$P"
empty f/out
said "Retain Input Images"
prepare f
find f/in -name '*.dcm' -delete
step 1 "$WORK/f" MODULE_PERSISTENCE_DIR="$P"
empty f/out
said "no DICOM"
prepare f
settings f '.process.settings = {"dcmchain.filter.rules": [{"name": "all", "when": {"attribute": "Modality", "present": true}, "action": "drop"}]}'
code=0
env -i PATH=/usr/bin:/bin MERCURE_IN_DIR="$WORK/f/in" MERCURE_OUT_DIR="$WORK/f/out" "$BUILD/dcmchain" run >stdout 2>stderr || code=$?
equal 1 "$code" "a study of which nothing is published"
said "left to publish"
empty f/out
prepare f
file=$(find f/in -name '*.dcm' | sort | tail -1)
head -c 700 "$file" >cut && cat cut >"$file"
step 1 "$WORK/f" MODULE_PERSISTENCE_DIR="$P"
empty f/out
# Restart: the same input from as_received gives the same output, byte for byte.
prepare g
step 0 "$WORK/g" MODULE_PERSISTENCE_DIR="$P"
equal "$(digest a/out)" "$(digest g/out)" "a task that is started again"
say "6: failures leave OUT empty; a restart gives the same bytes"

# --- 7: result.json
jq -e 'type == "object" and .published == 8 and (.key_id | length == 16) and
    has("__mercure_notification") == (.warnings | any(.text | test("no project") | not))' a/out/result.json >/dev/null || fail "result.json"
prepare h
file=$(find h/in -name '*.dcm' | sort | sed -n 1p)
dcmodify -nb -i "(0028,0301)=YES" "$file" || fail dcmodify
step 0 "$WORK/h" MODULE_PERSISTENCE_DIR="$P"
jq -e '.dropped == 1 and .published == 7 and .__mercure_notification.requested == true and (.drop_reasons | length == 1)' h/out/result.json >/dev/null ||
    fail "the notification of a drop: $(cat h/out/result.json)"
proper h/out
say "7: result.json, with a notification where something was left out"

# --- 8: persistence
touch "$P/0a1b2c3d-aaaa-bbbb-cccc-001122334455.lock"
printf '{"seen": 1}' >"$P/persistence.json"
d=$(sha256sum "$P/persistence.json" "$P"/*.lock)
prepare i
step 0 "$WORK/i" MODULE_PERSISTENCE_DIR="$P"
equal "$d" "$(sha256sum "$P/persistence.json" "$P"/*.lock)" "mercure's own files in the persistence folder"
equal "0a1b2c3d-aaaa-bbbb-cccc-001122334455.lock dcmchain persistence.json" "$(ls "$P" | tr '\n' ' ' | sed 's/ $//')"
absent words "$P"
prepare i
step 2 "$WORK/i" MODULE_PERSISTENCE_DIR="$WORK/nowhere"
empty i/out
say "8: mercure's files in the persistence folder stay as they are"

# --- 9: names
equal "$(find a/out e/out -name '*.dcm' | wc -l)" "$(find a/out e/out -name '*.dcm' -printf '%p\n' | sort -u | wc -l)"
[ -z "$(find e/out -name '*.dcm' -printf '%f\n' | sort | uniq -d)" ] || fail "equal names over the flat tree"
prepare j
settings j '.process.settings = {"dcmchain.layout.task_path": "task", "dcmchain.layout.study_folder": "task.json"}'
code=0
env -i PATH=/usr/bin:/bin MERCURE_IN_DIR="$WORK/j/in" MERCURE_OUT_DIR="$WORK/j/out" "$BUILD/dcmchain" run >stdout 2>stderr || code=$?
silent
[ "$code" = 0 ] && proper j/out || empty j/out
say "9: unique names, nothing reserved even where it is asked for"

# --- the received side: mercure's own task.json beside the result is told
run 0 verify a/out
cp received/task.json a/out/task.json
touch a/out/.complete
run 1 verify a/out
printed "exclusion filter"
rm a/out/task.json
run 0 verify a/out
image=$(find a/out -name '*.dcm' | sed -n 1p)
cp "$image" kept
printf 'x' >>"$image"
run 1 verify a/out
printed "size"
cp "$(find a/out -name '*.dcm' | tail -1)" "$image"
run 1 verify a/out
cp kept "$image"
cp kept "$(dirname "$image")/extra.dcm"
run 1 verify a/out
printed "no task document lists"
rm "$(dirname "$image")/extra.dcm" "$image"
run 1 verify a/out
printed missing
run 1 verify received
say "verify: what is missing, changed, or came beside it"

# --- 10: Nomad
nomad() { # nomad ALLOCATION: two variables, paths of its own; then mercure's look at out/
    env -i PATH=/usr/bin:/bin MERCURE_IN_DIR="$1/data/in" MERCURE_OUT_DIR="$1/data/out" "$BUILD/dcmchain" run >stdout 2>stderr || true
    silent
    [ -n "$(find "$1/data/out" -mindepth 1 ! -name task.json | sed -n 1p)" ] # the exit code is not looked at
}
mkdir -p alloc/data/out && cp -r received alloc/data/in
nomad "$WORK/alloc" || fail "Nomad takes the study for failed"
proper alloc/data/out
[ ! -e alloc/data/out/task.json ] || fail "out/task.json would be kept"
said "no key file"
for how in cut retain setting; do
    rm -rf alloc && mkdir -p alloc/data/out && cp -r received alloc/data/in
    case $how in
    cut) file=$(find alloc/data/in -name '*.dcm' | sort | tail -1) && cat cut >"$file" ;;
    retain) jq '.process.retain_input_images = true' received/task.json >alloc/data/in/task.json ;;
    setting) jq '.process.settings = {"dcmchain.nosuch": 1}' received/task.json >alloc/data/in/task.json ;;
    esac
    ! nomad "$WORK/alloc" || fail "Nomad takes a failure ($how) for a result"
    empty alloc/data/out
done
say "10: Nomad: paths from the environment, a failure leaves nothing"

# --- nothing identifying is printed or written, whatever happens
for how in --verbose "--log-format json" "--report report.json"; do
    rm -rf out.v
    # shellcheck disable=SC2086
    run 0 run -i received -o out.v --task received/task.json --persistence "$P" $how
    silent
done
absent words "$P"
! LC_ALL=C grep -aiF -f words report.json || fail "identity in the report"
prepare k
timeout --foreground 60 env -i PATH=/usr/bin:/bin MERCURE_IN_DIR="$WORK/k/in" MERCURE_OUT_DIR="$WORK/k/out" MODULE_PERSISTENCE_DIR="$P" \
    "$BUILD/dcmchain" run -v >stdout 2>stderr &
pid=$!
worker=
for _ in $(seq 200); do
    parent=$(pgrep -P $pid -x dcmchain | sed -n 1p) || true
    [ -z "$parent" ] || worker=$(pgrep -P "$parent" | sed -n 1p) || true
    [ -z "$worker" ] || break
    sleep 0.005
done
[ -z "$worker" ] || kill -SEGV "$worker" 2>/dev/null || true
code=0
wait $pid || code=$?
silent
# Before publication: nothing. Behind it: the whole study, as after any run, though nobody may have been told.
[ -z "$(find k/out -mindepth 1)" ] || "$BUILD/dcmchain" verify k/out >verified || fail "half a study after a crash: $(cat verified)"
[ "$code" = 0 ] || [ "$code" = 1 ] || fail "a crash ended with $code"
absent words "$P" k/out 2>/dev/null || fail "identity after a crash"
say "nothing identifying is printed or written outside IN: success, failure, crash, --verbose"

# --- the accession look-up on the samples
for sample in mercure-study mercure-study-phi; do
    has_samples $sample || continue
    rm -rf work.sample && prepare work.sample "$SAMPLES/$sample/in"
    mkdir -p "p.$sample"
    settings work.sample '.process.settings = {"dcmchain.pipeline": "mercure-lookup", "dcmchain.anonymise.project": "trip"}'
    code=0
    env -i PATH=/usr/bin:/bin MERCURE_IN_DIR="$WORK/work.sample/in" MERCURE_OUT_DIR="$WORK/work.sample/out" MODULE_PERSISTENCE_DIR="$WORK/p.$sample" \
        "$BUILD/dcmchain" run >stdout 2>stderr || code=$?
    equal 0 "$code" "$sample"
    # As mercure knows them: the images of the first sample have neither.
    accession=$(jq -r .info.acc "$SAMPLES/$sample/in/task.json")
    patient=$(jq -r .info.mrn "$SAMPLES/$sample/in/task.json")
    folder=$(find work.sample/out -mindepth 1 -maxdepth 1 -type d -printf '%f\n')
    printf 'Accession Number\n%s\n' "$accession" >list.csv
    run 0 lookup export --accessions list.csv --reason "round trip" --persistence "p.$sample"
    equal "$accession,$folder,$folder,published" "$(sed -n 2p stdout | tr -d '\r')" "$sample: accession number to folder"
    run 0 lookup find --uid "$folder" --reason "and back" --json --persistence "p.$sample"
    equal "$accession" "$(jq -r '.[0] | .accession.source, .task.accession | select(length > 0)' stdout | sed -n 1p)" "$sample: folder to accession number"
    sqlite3 "p.$sample/dcmchain/lookup.sqlite" "select hex(body) from record" >left
    run 0 lookup forget --patient "$patient" --persistence "p.$sample"
    for file in "p.$sample"/dcmchain/lookup.sqlite*; do
        od -An -v -tx1 "$file" | tr -d " \n" | tr a-f A-F >hex
        ! grep -qF "$(cut -c1-200 left)" hex || fail "$sample: something is left after forget"
    done
    say "$sample: accession number, folder, and back; forgotten"
done
