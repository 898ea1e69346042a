#!/bin/bash
# test_settings.sh: what is wrong with a pipeline description or its settings is said at once, all of it, with the place,
# what is allowed and what was probably meant; and nothing runs.
. "$(dirname "$0")/lib.sh"
need jq
synthetic in 1

cat >bad.json <<'JSON'
{
    "dcmchain": 1,
    "name": "bad",
    "onerror": "stop",
    "publish": "often",
    "stages": [
        {"stage": "anonymise", "settings": {"date": "shift", "shift_days": 1.5, "birth_date": "yeer", "birth_date": "year"}},
        {"stage": "extrct"},
        {"stage": "layout", "settings": {"images_folder": 3}},
        {"stage": "layout"}
    ]
}
JSON
for command in "check bad.json" "run -p bad.json -i in -o out" "run -p bad.json -i in -o out --dry-run"; do
    # shellcheck disable=SC2086
    run 78 $command
    said "bad.json:4:5: /onerror: no such key; did you mean 'on_error'?"
    said "bad.json:5:16: /publish: expected one of 'study', 'run'"
    said "bad.json:7:45: /stages/0/settings/date: stage 'anonymise' has no such setting; did you mean 'dates'?"
    said "bad.json:7:76: /stages/0/settings/shift_days: expected a whole number from "
    said "bad.json:7:95: /stages/0/settings/birth_date: expected one of 'year', "
    said "did you mean 'year'?"
    said "bad.json:7:103: /stages/0/settings/birth_date: this key is there twice"
    said "bad.json:8:19: /stages/1/stage: no stage 'extrct' (did you mean 'extract'?)"
    said "bad.json:9:59: /stages/2/settings/images_folder: expected a string"
    said "bad.json:10:9: /stages/3/id: 'layout' is the id of an entry before"
done
[ ! -e out ] || fail "a wrong description made an output folder"
say "all problems of a description at once, alike in check, run and dry run"

# refuse 'JSON' 'TEXT'
refuse() {
    printf '%s' "$1" >one.json
    run 78 check one.json
    said "$2"
}
refuse '{"dcmchain": 1, "name": "x", "stages": []}' "one.json:1:40: /stages: expected an array of at least one stage"
refuse '{"dcmchain": 1, "name": "x"}' "one.json:1:1: the key 'stages' is missing"
refuse '{"dcmchain": 2, "name": "x", "stages": [{"stage": "layout"}]}' "one.json:1:14: /dcmchain"
refuse '{"dcmchain": 1, "name": "x", "stages": [{"stage": "layout"}]} x' "one.json:1:63: text follows the JSON value"
refuse '{"dcmchain": 1, "name": "x", "stages": [{"stage": "layout"},]}' "one.json:1:61: "
refuse '{"dcmchain": 1, "name": "x", "Stages": [{"stage": "layout"}]}' "did you mean 'stages'?"
refuse '{"dcmchain": 1, "name": "x", "stages": [{"stage": "anonymise", "settings": {"shift_days": 9007199254740993}}, {"stage": "layout"}]}' \
    "/stages/0/settings/shift_days"
refuse '{"dcmchain": 1, "name": "x", "stages": [{"stage": "anonymise"}]}' "place"
refuse '{"dcmchain": 1, "name": "x", "stages": [{"stage": "layout"}, {"stage": "layout", "id": "second"}]}' "place"
refuse '{"dcmchain": 1, "name": "x", "stages": [{"stage": "layout", "settings": {"image_path": "{InstanceNumbr:05}", "series_name": "{", "kind_paths": {"mine": 3}}},
    {"stage": "extract", "settings": {"attributes": ["Modalty", "Rows", "PixelData"]}}]}' \
    "one.json:1:88: /stages/0/settings/image_path: stage 'layout', setting 'image_path': character 2: unknown keyword 'InstanceNumbr'; did you mean 'InstanceNumber'?"
said "one.json:1:125: /stages/0/settings/series_name: "
said "one.json:1:153: /stages/0/settings/kind_paths/mine: "
said "one.json:2:54: /stages/1/settings/attributes/0: stage 'extract', setting 'attributes': unknown keyword 'Modalty'; did you mean 'Modality'?"
said "one.json:2:73: /stages/1/settings/attributes/2: "
refuse '{"dcmchain": 1, "name": "x", "stages": [{"stage": "./nothing.so"}]}' "nothing.so"
refuse '' "one.json:1:1: "
run 78 check nosuch
said "nosuch"
refuse '{"dcmchain": 1, "name": "x", "stages": [{"stage": "./one.json", "id": "a"}]}' "/stages/0/stage"
say "single problems"

# The same stage twice, with ids of its own; a stage by path; settings by id.
jq -n --arg extract "$BUILD/stages/extract.so" '{dcmchain: 1, name: "twice", stages: [{stage: "anonymise"}, {stage: "extract", id: "one"},
    {stage: $extract, id: "two", settings: {format: "dicom-json"}}, {stage: "layout"}]}' >twice.json
run 0 check twice.json
run 0 run -p twice.json -i in -o out-twice --set one.attributes='["Modality"]' --set two.attributes='["Modality"]'
equal 8 "$(find out-twice -path '*extracted-data*' -name '*.json' | wc -l)" "documents of two entries"
find out-twice -name 'T1 TSE SAG.json' -exec jq -e '.Modality == "MR"' {} \; >/dev/null
find out-twice -name 'T1 TSE SAG-2.json' -exec jq -e '."00080060".Value == ["MR"]' {} \; >/dev/null
say "one stage twice"

# --set: by id, parsed by the setting's type, checked by the same code.
run 78 run -i in -o out --set anonymise.dats=shift
said "did you mean 'dates'?"
run 78 run -i in -o out --set anonymise.dates=shft
said "did you mean 'shift'?"
run 78 run -i in -o out --set anonymize.dates=shift
said "did you mean 'anonymise'?"
run 78 run -i in -o out --set extract.varying=yes
said "--set extract.varying: "
run 0 check mercure --json --set anonymise.dates=shift --set extract.varying=true --set extract.attributes='["Modality"]'
jq -e '[.stages[] | select(.id == "extract").settings] | .[0] | .varying == true and .attributes == ["Modality"]' stdout >/dev/null || fail "--set"
jq -e '[.stages[] | select(.id == "anonymise").settings.dates] == ["shift"]' stdout >/dev/null || fail "--set"
[ ! -e out ] || fail "a wrong setting made an output folder"
say "--set"

# mercure's settings lie over the file, strictly where they begin as ours do.
task() { jq --argjson settings "$1" '.process.settings = $settings' in/task.json >task.json; }
task '{"dcmchain.anonymise.dates": "empty", "dcmchain.extract.varying": true, "other": {"x": 1}}'
run 0 check --task task.json --json
jq -e '[.stages[] | select(.id == "extract").settings.varying] == [true]' stdout >/dev/null || fail "mercure's settings"
task '{"dcmchain.anonymise.dats": "remove"}'
run 78 check --task task.json
said "did you mean 'dates'?"
task '{"dcmchian.anonymise.dates": "remove"}'
run 78 check --task task.json
said "dcmchian"
task '{"dcmchain.pipeline": "nosuch"}'
run 78 check --task task.json
said "nosuch"
say "mercure's settings"
