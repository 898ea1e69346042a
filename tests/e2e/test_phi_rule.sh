#!/bin/bash
# test_phi_rule.sh: no message at any level, no report, no dry run and no crash text tells a value, an input file's name or a
# source UID; and of a task.json whose every field identifies somebody nothing comes out.
. "$(dirname "$0")/lib.sh"
need jq
need_pydicom
make_key key
OPTIONS=(--key-file key --set anonymise.project=e2e --verbose)

# A study in trouble: broken files, double UIDs, two patients, odd names of files and folders.
synthetic in 2
mkdir -p "in/Zyxwell family"
"$PYTHON" - <<'PYTHON'
import pydicom, warnings
from pathlib import Path
warnings.simplefilter("ignore")
source = sorted(Path("in").glob("*.dcm"))
whole = source[0].read_bytes()
folder = Path("in/Zyxwell family")
(folder / "Zyxwell-cut.dcm").write_bytes(whole[:-50])
(folder / "Zyxwell-head.dcm").write_bytes(whole[:900])
(folder / "Zyxwell-none.dcm").write_bytes(b"Zyxwell" * 100 + bytes(range(256)))
image = pydicom.dcmread(source[1])
image.PatientName, image.PatientID = "Otherone^Planted", "PLANTED-99"
image.SeriesDescription = "Zyxwell knee"
image.save_as(folder / "Zyxwell-other.dcm")  # the same SOP Instance UID, another patient
image = pydicom.dcmread(source[2])
image.SpecificCharacterSet = "ISO_IR 4711 Zyxwell"
image.PatientBirthDate = "Zyxwell"
image.SOPInstanceUID += ".77"
image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
image.save_as(folder / "Zyxwell-odd.dcm")
PYTHON
printf '%s\n' Zyxwell Synthetica SYN-4711 SYNACC SYNSTUDY SYNPROC SYNSENDER synserver 1.2.826.0.1.99999 Otherone PLANTED 192.0.2.77 MR.X. \
    19610217 20240229 Referrer >words
silent() { # silent WHAT FILE…
    local what=$1
    shift
    ! LC_ALL=C grep -aiF -f words "$@" || fail "$what tells what it must not"
}
attempt() { # attempt WHAT ARGUMENT…: whatever its exit code
    local what=$1
    shift
    "$BUILD/dcmchain" run -i in "$@" "${OPTIONS[@]}" >stdout 2>stderr || true
    [ -s stderr ] || fail "$what said nothing"
    silent "$what" stdout stderr
}
attempt stop -o out-1 --report report
silent "the report" report
attempt quarantine -o out-2 --on-error quarantine --quarantine aside --report report
[ "$(count out-2 '*.dcm')" -ge 8 ] || fail "what comes out"
silent "the report" report
absent words out-2
attempt "JSON logs" -o out-3 --on-error quarantine --quarantine aside --log-format json
attempt "a second run" -o out-2 --on-error quarantine --quarantine aside
attempt "a dry run" --dry-run --changes --on-error quarantine
attempt "a dry run as NDJSON" --dry-run --changes --json --on-error quarantine
attempt "an unreadable key" -o out-4 --key-file "in/Zyxwell family/Zyxwell-cut.dcm"
attempt "a task that is none" -o out-4 --task "in/task.json" --on-error quarantine --quarantine aside
jq -n '{dcmchain: 1, name: "faulty", stages: [{stage: "anonymise"}, {stage: "faulty"}, {stage: "layout"}]}' >faulty.json
for how in fail residual crash; do
    attempt "a stage that ends in $how" -o out-5 -p faulty.json --stage-dir "$BUILD/tests/stages" --on-error quarantine --quarantine aside \
        --set faulty.callback=artifact --set faulty.call=3 --set faulty.how=$how
done
say "messages, reports, dry runs, crashes"
equal 0 "$(find . -name 'core*' | wc -l)" "core dumps"

# ---- the task document: an allow-list ----
mkdir clean
cp in/*.dcm clean
cat >plant.jq <<'JQ'
# Every string becomes a planted word, but for what must be right for the task to be about this study; extra fields everywhere.
def extra: if type == "object" then map_values(extra) + {"planted_extra": "PLANTED-extra", "PLANTED-key": {"a": ["PLANTED"]}}
    elif type == "array" then map(extra) else . end;
def plant: if type == "object" then map_values(plant) elif type == "array" then map(plant) elif type == "string" then "PLANTED-" + . else . end;
(.info.uid) as $uid | (.study.received_series_uid) as $series | plant | extra | .info.uid = $uid | .study.study_uid = $uid
    | .study.received_series_uid = $series | .study.received_series = ["PLANTED one", "PLANTED two"] | .process.settings = {"other": "PLANTED"}
JQ
jq -f plant.jq in/task.json >clean/task.json
run 0 run -i clean -o out-planted "${OPTIONS[@]}"
document=$(find out-planted -mindepth 2 -maxdepth 2 -name '*.json')
jq -e '.info.uid == .study.study_uid and (.info.uid | startswith("2.25."))' "$document" >/dev/null || fail "the planted task was not taken up"
absent words out-planted
silent "a planted task" stderr
equal '[]' "$(jq -c '(.info | keys) - ["acc", "action", "mercure_version", "mrn", "uid", "uid_type"]' "$document")" "keys of info"
jq -e '(.id // null) == null and (.study | has("creation_time") | not)' "$document" >/dev/null || fail "the task id or times came through"

# Fields of a wrong type: neither a crash nor a word.
for value in 1 true null '"PLANTED"' '["PLANTED"]' '{"PLANTED": "PLANTED"}' '[[{"uid": "PLANTED"}]]' '1e999' '"\u0000PLANTED"'; do
    jq --argjson value "$value" '(.info.mrn, .info.acc, .info.action, .info.uid_type, .info.mercure_version, .study.received_series,
        .study.complete_trigger, .study.complete_force, .dispatch.series_uid, .process.retain_input_images, .id, .study.creation_time) = $value' \
        in/task.json >clean/task.json
    run 0 run -i clean -o out-planted "${OPTIONS[@]}" --existing replace
    absent words out-planted
    silent "a task with $value" stderr
    for field in info study process dispatch; do
        jq --argjson value "$value" ".$field = \$value" in/task.json >clean/task.json
        run 0 run -i clean -o out-planted "${OPTIONS[@]}" --existing replace
        absent words out-planted
    done
done
rm clean/task.json
run 0 run -i clean -o out-planted "${OPTIONS[@]}" --existing replace
equal '["dcmchain"]' "$(jq -c keys "$(find out-planted -mindepth 2 -maxdepth 2 -name '*.json')")" "keys without a task"
say "the task document"
