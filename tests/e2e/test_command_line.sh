#!/bin/bash
# test_command_line.sh: what a person or a program meets on the command line: exit codes, help, lists, what happens to a
# study that is there already, the report, the PHI map, key files, mercure's environment.
. "$(dirname "$0")/lib.sh"
need jq
make_key key
synthetic in 2
OPTIONS=(--key-file key --set anonymise.project=e2e)

# ---- usage ----
run 2
run 2 nonsense
run 0 --version
grep -qE '^dcmchain [0-9]+\.[0-9]+\.[0-9]+' stdout || fail "--version"
run 0 help
printed "new-stage"
run 0 run --help
printed "--existing"
run 2 run
run 2 run -i in
run 2 run -i in -o out extra
run 2 run -i in -o out --nonsense
run 2 run -i in -o out -j 0
run 2 run -i in -o out -j many
run 2 run -i in -o out --existing perhaps
run 2 run -i nowhere -o out
run 2 run -i in -o in/out
run 2 run -i in -o in
run 2 run -i in -o . # it holds the input
run 2 run -i in -o no/parent
run 2 check
mkdir empty
run 1 run -i empty -o out "${OPTIONS[@]}"
[ ! -e in/out ] || fail "an output folder in the input"
if [ -e /dev/full ]; then
    code=0
    "$BUILD/dcmchain" stages >/dev/full 2>stderr || code=$?
    equal 1 "$code" "the exit code where stdout is full"
    ln -s /dev/full full # a link, so that a mistake takes away the link and not the device
    run 1 run -i in -o out-full "${OPTIONS[@]}" --report full
    said "the report could not be written"
    [ -L full ] || fail "a link was replaced by the report"
fi
mkfifo pipe
jq .exit_code pipe >piped &
run 0 run -i in -o out-pipe "${OPTIONS[@]}" --report pipe
wait
equal 0 "$(cat piped)" "a report that is written into a pipe"
run 2 nonsense
said "there is no command 'nonsense'"
say "usage and exit codes"

# ---- what a terminal of 80 columns shows ----
one_byte_each() { LC_ALL=C sed 's/[\x80-\xbf]//g; s/\r$//' "$1"; } # characters of UTF-8: awk may count bytes
columns() { one_byte_each "$2" | LC_ALL=C awk -v most="$1" 'length($0) > most { print; bad = 1 } END { exit bad }' || fail "$2: wider than $1 columns"; }
run 0 --help
columns 80 stdout
equal "33" "$(one_byte_each stdout | LC_ALL=C grep -aE '^  (run|check|key|explain|STAGE|--version) ' | LC_ALL=C awk '{ print match($0, /(run a|check pipe|make, name|what a pipe|a command that|show the version)/) }' | sort -u)" "the column of the summaries"
for command in run check explain stages help key verify new-stage; do
    run 0 "$command" --help
    columns 80 stdout
    ! grep -q ' $' stdout || fail "blanks at the end of a line of $command --help"
done
for stage in filter anonymise extract task-writer layout guard lookup; do
    run 0 help "$stage"
    columns 80 stdout
done
bars() { tr '\r' '\n' <"$1" | sed -n 's/^\x1b\[K//p' | grep -E '^(\[|scan|process)'; } # what was drawn in one line's place
if command -v script >/dev/null; then
    synthetic many 300
    for width in 80 50 20; do
        script -qec "stty cols $width; TERM=xterm $BUILD/dcmchain run -i many -o out-$width --key-file key -j 1" drawn >/dev/null </dev/null || fail "a run on a terminal"
        bars drawn >bars && grep -q . bars || fail "no progress on a terminal of $width columns"
        columns $((width - 1)) bars
    done
    script -qec "stty cols 80; TERM=xterm $BUILD/dcmchain run -i many -o out-wide --key-file key" drawn >/dev/null </dev/null || fail "a run on a terminal"
    bars drawn | holds '^\[[#-]*\] process 100 %  1200/1200 files' || fail "the last bar"
    script -qec "TERM=dumb $BUILD/dcmchain run -i many -o out-dumb --key-file key" drawn >/dev/null </dev/null || fail "a run on a dumb terminal"
    ! grep -q "$(printf '\033')" drawn || fail "a dumb terminal is drawn on"
else
    without "no terminal was tried: script is missing"
fi
run 0 run -i in -o out-log --key-file key
! grep -q "$(printf '[\r\033]')" stderr || fail "a log is drawn on"
say "help and progress fit the terminal"

# ---- files that explain cannot, and a report that has no place ----
echo text >text.txt
mkdir folder
run 1 explain text.txt
said "explain: it is no DICOM instance"
run 2 explain folder
said "explain: it is a folder: name one file of it"
run 2 explain folder/missing.dcm
said "there is no file 'folder/missing.dcm'"
[ ! -s stdout ] || fail "explain prints where it has nothing to say"
run 2 run -i in -o out-report --key-file key --report nowhere/report.json
said "--report: it cannot be written there: No such file or directory"
[ ! -e out-report ] || fail "a run whose report has no place has begun"
run 2 run -i in -o out-report --key-file key --report out-reports/report.json
run 0 run -i in -o out-report --key-file key --report out-report/report.json
run 0 run -i in -o out-slash/ --key-file key --report out-slash/report.json
jq -e '.exit_code == 0' out-report/report.json >/dev/null || fail "a report in the output folder"
run 0 run -i in -o out-report --key-file key --existing skip
said "study 1: skipped, 0 of 8 instances in 4 series: it is in the output folder already"
say "what cannot be done is told before the work"

# ---- lists and help, for people and programs ----
run 0 stages
for stage in anonymise extract layout task-writer; do printed "$stage "; done
run 0 stages --json
jq -e '[.[].name] | contains(["anonymise", "extract", "layout", "task-writer"])' stdout >/dev/null || fail "stages --json"
jq -e 'all(has("error") or (has("version") and has("summary") and has("file") and (.settings | type == "array")))' stdout >/dev/null || fail "stages --json"
cp stdout stages.json
run 0 stages --json --stage-dir "$BUILD/tests/stages"
jq -e '[.[] | select(has("error")) | .file | sub(".*/"; "")] | contains(["loader-abi.so", "loader-null.so", "loader-stranger.so"])' stdout >/dev/null ||
    fail "what failed to load"
jq -e '.[] | select(.file | endswith("loader-abi.so")) | .error | contains("4711") and contains("knows 1")' stdout >/dev/null || fail "both ABIs are named"
DCMCHAIN_STAGE_PATH=$BUILD/tests/stages run 0 stages
printed "trace "
jq -r '.[] | .name as $stage | .settings[] | "\($stage) \(.key) \(.type)"' stages.json | while read -r stage key type; do
    "$BUILD/dcmchain" help "$stage" >one
    grep -qx "  $key" one || fail "help $stage lacks $key"
    grep -A1 -x "  $key" one | holds "$type" || fail "help $stage lacks the type of $key"
    [ -f "$SOURCE/plugins/$stage/README.md" ] || continue
    grep -q "\`$key\`" "$SOURCE/plugins/$stage/README.md" || fail "the README of $stage lacks the setting $key"
done
run 0 help layout --json
jq -e '.settings | length > 5' stdout >/dev/null || fail "help --json"
run 2 help nosuch
run 0 check mercure
run 0 check mercure --json
jq -e '.name == "mercure" and (.stages | length >= 4)' stdout >/dev/null || fail "check --json"
say "stages, help, check"

# ---- a study that is there already ----
run 0 run -i in -o out "${OPTIONS[@]}"
run 0 verify out
printed "1 task document, "
printed " checked: 0 problems"
run 1 verify nowhere out
said "dcmchain verify: nowhere: No such file or directory"
printed ": 0 problems"
run 1 verify key
said "dcmchain verify: key: Not a directory"
run 0 run -i in -o out-once
for warning in "no key file" "no project is set"; do
    equal 1 "$(grep -cF "$warning" stderr)" "how often it says: $warning"
done
wanted=$(digest out)
uid=$(ls out)
run 1 run -i in -o out "${OPTIONS[@]}"
said "--existing"
equal "$wanted" "$(digest out)" "OUT after a refusal"
echo spoilt >"out/$uid/more.txt"
rm -r "out/$uid/extracted-data"
run 0 run -i in -o out "${OPTIONS[@]}" --existing skip --report report
[ -e "out/$uid/more.txt" ] || fail "skip changed the study"
equal skipped "$(jq -r '.studies[0].status' report)" "its status"
run 0 run -i in -o out "${OPTIONS[@]}" --existing replace
equal "$wanted" "$(digest out)" "OUT after a replacement"
equal "$uid" "$(ls -A out)" "what else is in OUT"
run 2 run -i in -o out --existing skip
said "key"
# A link in its place is neither followed nor replaced with what it points to.
mkdir elsewhere out-link
ln -s ../elsewhere "out-link/$uid"
run 1 run -i in -o out-link "${OPTIONS[@]}"
equal "" "$(ls -A elsewhere)" "a folder behind a link"
say "existing studies"

# ---- the report ----
run 0 run -i in -o out-report "${OPTIONS[@]}" --report - --quiet
jq -e '.exit_code == 0 and .input.instances == 8 and .studies[0].published == 8 and (.studies[0].series | length) == 4
    and .run.project == "e2e" and (.run.stages | length >= 4) and (.run.stages[0] | has("version") and has("settings"))
    and .studies[0].study_instance_uid == $uid' --arg uid "$uid" stdout >/dev/null || fail "the report"
jq -e '[.. | objects | keys[] | select(test("wall|cpu"))] | length > 0' stdout >/dev/null || fail "no time by phase in the report"
equal "" "$(cat stderr)" "stderr of a quiet run"
cp in/*1#MR.X.1.1.dcm in/copy.dcm
run 0 run -i in -o out-copy "${OPTIONS[@]}" --report report
equal 1 "$(jq '.studies[0].duplicates' report)" "duplicates in the report"
equal 8 "$(count out-copy '*.dcm')" "images beside a duplicate"
rm in/copy.dcm
say "the report"

# ---- logs as JSON ----
run 0 run -i in -o out-json --log-format json
jq -e -s 'length > 0 and all(has("level") and has("text") or has("progress"))' stderr >/dev/null || fail "--log-format json"
say "logs as JSON"

# ---- the PHI map: the one file that leads back ----
run 0 run -i in -o out-map "${OPTIONS[@]}" --phi-map map
equal 600 "$(stat -c %a map)" "the mode of the PHI map"
grep -qF '1.2.826.0.1.99999.7.1.2' map || fail "the PHI map holds no source UID"
grep -qF 'MR.X.2.1.dcm' map || fail "the PHI map holds no input file"
run 1 run -i in -o out-map-2 "${OPTIONS[@]}" --phi-map map # it is never overwritten
run 1 run -i in -o out-map "${OPTIONS[@]}" --existing replace --phi-map out-map/map
[ ! -e out-map/map ] || fail "a PHI map in OUT"
say "the PHI map"

# ---- key files ----
for mode in 644 640 604; do
    cp key open-key
    chmod $mode open-key
    run 2 run -i in -o out-key --key-file open-key
done
printf 'abc' >short-key
chmod 600 short-key
run 2 run -i in -o out-key --key-file short-key
(umask 077 && sed 's/^./g/' key >no-hex)
run 2 run -i in -o out-key --key-file no-hex
run 2 run -i in -o out-key --key-file nowhere
! grep -rqF "$(cat key)" stdout stderr out report map || fail "the key is told"
make_key other-key other
run 0 run -i in -o out-other --key-file other-key --set anonymise.project=e2e
run 0 run -i in -o out-project --key-file key --set anonymise.project=other
[ "$(ls out-other)" != "$uid" ] && [ "$(ls out-project)" != "$uid" ] || fail "another key or project gives the same UID"
say "key files"

# ---- mercure's environment ----
mkdir mercure-out
MERCURE_IN_DIR=$WORK/in MERCURE_OUT_DIR=$WORK/mercure-out run 0 run --key-file key
equal 8 "$(count mercure-out '*.dcm')" "images in mercure's environment"
cp -r in retained
jq '.process.retain_input_images = true' in/task.json >retained/task.json
mkdir retained-out
MERCURE_IN_DIR=$WORK/retained MERCURE_OUT_DIR=$WORK/retained-out run 1 run --key-file key
equal "" "$(ls -A retained-out)" "OUT where the rule retains its input"
cp -r in torn
echo '{"info": {' >torn/task.json
mkdir torn-out
code=0
MERCURE_IN_DIR=$WORK/torn MERCURE_OUT_DIR=$WORK/torn-out "$BUILD/dcmchain" run --key-file key >stdout 2>stderr || code=$?
[ "$code" != 0 ] || fail "a task that does not parse is no failure in mercure context"
equal "" "$(ls -A torn-out)" "OUT where the task does not parse"
# All or nothing there.
cp -r in partly
head -c 900 in/*1#MR.X.1.1.dcm >partly/second.dcm
mkdir partly-out
MERCURE_IN_DIR=$WORK/partly MERCURE_OUT_DIR=$WORK/partly-out run 1 run --key-file key
equal "" "$(ls -A partly-out)" "OUT where a file is broken, in mercure context"
say "mercure's environment"

# What publication waits for: the same bytes either way; mercure, which deletes its input, gets no less than the disk.
jq '.durability = "none"' "$BUILD/pipelines/mercure.json" >hasty.json
run 0 run -i in -o durable --key-file key --set anonymise.project=durability
run 0 run -i in -o hasty -p hasty.json --key-file key --set anonymise.project=durability
equal "$(digest durable)" "$(digest hasty)" "what is published without waiting"
mkdir hasty-out
MERCURE_IN_DIR=$WORK/in MERCURE_OUT_DIR=$WORK/hasty-out run 2 run -p hasty.json --key-file key
said '"durability" is "none"'
equal "" "$(ls -A hasty-out)" "OUT where durability is refused"
jq '.durability = "nome"' "$BUILD/pipelines/mercure.json" >unknown.json
run 78 check unknown.json
said "did you mean 'none'"
say "durability"
