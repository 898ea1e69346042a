#!/bin/bash
# test_policy.sh: `dcmchain explain`, what `check` says of rules, and the policy hash: over everything that decides, the
# same however it is written, in the report and in every image, and refused where another is expected.
. "$(dirname "$0")/lib.sh"
need jq
make_key key
synthetic in 1

# ---- rules: a problem and a warning stand where they are ----

cat >bad.json <<'END'
{"dcmchain": 1, "stages": [
    {"stage": "anonymise", "settings": {"rules": [
        {"match": {"attribute": "PatientNme"}, "action": "remove"},
        {"match": {"attribute": "StudyDate"},
         "action": "drop"}
    ]}},
    {"stage": "layout"}]}
END
run 78 check bad.json
said "bad.json:3:33: /stages/0/settings/rules/0/match/attribute: stage 'anonymise', setting 'rules': no keyword, tag or mask"
said "did you mean 'PatientName'?"
said "bad.json:5:20: /stages/0/settings/rules/1/action: stage 'anonymise', setting 'rules': expected one of keep, remove"
run 78 check mercure --set 'anonymise.rules=[7]'
said "--set anonymise.rules: /0: stage 'anonymise', setting 'rules': expected an object"

cat >rules.json <<'END'
{"dcmchain": 1, "name": "rules", "stages": [
    {"stage": "anonymise", "settings": {"project": "e2e", "rules": [
        {"match": {"attribute": "Manufacturer"}, "action": "replace", "with": "SCANNER"},
        {"match": {"attribute": "InstitutionName", "modality": "MR"}, "action": "keep"},
        {"match": {"attribute": "InstitutionName", "modality": "MR"}, "action": "remove"}
    ]}},
    {"stage": "layout"}]}
END
run 0 check rules.json
said "rules.json:4:9: /stages/0/settings/rules/1: stage 'anonymise', setting 'rules': warning: it keeps more than the profile does of InstitutionName"
said "rules.json:5:33: /stages/0/settings/rules/2/match/attribute: stage 'anonymise', setting 'rules': warning: InstitutionName can never match: rules[1] comes before it"
say "check tells each problem of a rule with its file, line, column and pointer"

# ---- explain ----

run 0 explain -p rules.json Manufacturer
printed "[anonymise: rules[0], line 3: replace]"
run 0 explain -p rules.json InstitutionName --modality MR
printed "[anonymise: rules[1], line 4: keep]"
run 0 explain -p rules.json InstitutionName --modality CT
printed "PS3.15 E.1-1"
run 0 explain --json ReferencedStudySequence/ReferencedSOPInstanceUID
equal '"map-uid"' "$(jq -c '.says[0].action' stdout)" "explain of a nested UID"
equal '"(0008,1110)/(0008,1155)"' "$(jq -c '.path' stdout)" "its path"
# Without a SOP class: what it would be in each.
for keyword in PersonName TextValue Date DateTime UID MeasuredValueSequence ConceptCodeSequence; do # no concept stands beside
    run 0 explain -p research "ContentSequence/$keyword"
done
run 0 explain --set anonymise.dates=rebase StudyDate
printed rebase
run 0 explain AcquisitionDate
printed "of Type 2 here: in "
run 0 explain AcquisitionDate --sop-class 1.2.840.10008.5.1.4.1.1.4
equal 2 "$(wc -l <stdout)" "one answer for one SOP class"
run 2 explain NoSuchAttribute
said "no keyword and no tag"
run 2 explain

image=$(find in -name '*.dcm' | LC_ALL=C sort | sed -n 1p)
run 0 explain -p rules.json --json "$image"
cp stdout elements
# Every element is there once, and no value is shown.
equal "$(jq -r .path elements | sort -u | wc -l)" "$(wc -l <elements)" "paths are told once"
equal 0 "$(jq 'select(.value != null)' elements | wc -l)" "masked values"
equal '"replace"' "$(jq -c 'select(.tag == "00080070") | .says[0].action' elements)" "a rule on a file"
equal true "$(jq -c 'select(.tag == "00080070") | .changed' elements)" "it was changed"
equal false "$(jq -c 'select(.path == "(0028,0010)") | .changed' elements)" "Rows are untouched"
equal 'null' "$(jq -c 'select(.path == "(0012,0062)") | .vr' elements)" "what the stage adds is there"
equal '"keep"' "$(jq -c 'select(.path == "(7FE0,0010)") | .says[0].action' elements)" "Pixel Data"
equal '"(0040,0275)"' "$(jq -c 'select(.path == "(0040,0275)[0]/(0040,0007)") | .gone_with' elements)" "what goes with its sequence"
run 0 explain -p rules.json "$image"
printed "rules[0], line 3: replace"
run 2 explain -p rules.json --show-phi "$image"
said "--show-phi needs --reason"
run 0 explain -p rules.json --show-phi --reason "a test" "$image"
printed "-> SCANNER"
if "$PYTHON" -c 'import pydicom' 2>/dev/null; then
    # The list is the file's, as another reader has it.
    "$PYTHON" - "$image" elements <<'END' || fail "explain lists other elements than pydicom does"
import json, sys, pydicom
def paths(item, prefix):
    for element in item:
        path = prefix + "(%04X,%04X)" % (element.tag.group, element.tag.element)
        if element.tag.element != 0:
            yield path
        if element.VR == "SQ":
            for number, inner in enumerate(element.value):
                yield from paths(inner, "%s[%d]/" % (path, number))
dataset = pydicom.dcmread(sys.argv[1])
there = set(paths(dataset.file_meta, "")) | set(paths(dataset, ""))
told = {row["path"] for row in map(json.loads, open(sys.argv[2])) if row["vr"] is not None}
sys.exit(0 if there == told else "only one has: %s" % sorted(there ^ told)[:5])
END
else
    without "explain compared with pydicom"
fi
[ -z "$(find . -maxdepth 1 -newer elements -name '.dcmchain*')" ] || fail "explain wrote something"
echo "no image" >plain.txt
run 1 explain plain.txt
say "explain answers for attributes, and lists every element of a file"

# A stage that was built before there was explain() is asked nothing.
if [ -e "$BUILD/tests/stages/loader-older.so" ]; then
    sed 's|{"stage": "layout"}|{"stage": "loader-older"}, {"stage": "layout"}|' rules.json >older.json
    run 0 explain -p older.json --stage-dir "$BUILD/tests/stages" Manufacturer
    printed "[anonymise: rules[0], line 3: replace]"
    say "a stage with a shorter struct is loaded and left alone"
else
    without "a stage with a shorter struct: the test stages are not built"
fi

# ---- the policy hash ----

policy() { run 0 check --json "$@"; jq -r .policy stdout; }
first=$(policy rules.json)
[[ $first =~ ^[0-9a-f]{32}$ ]] || fail "no policy hash: $first"
run 0 check rules.json
printed "policy $first"
# Formatting, the order of keys, the name and the folder do not count; a rule, a setting and the order of stages do.
mkdir elsewhere
jq -S '.name = "other" | .description = "words"' rules.json >elsewhere/other.json
equal "$first" "$(policy elsewhere/other.json)" "policy of another formatting"
jq '.stages[0].settings.dates = "table"' rules.json >same.json
equal "$first" "$(policy same.json)" "policy with a default spelt out"
for change in '.stages[0].settings.rules[0].with = "X"' '.stages[0].settings.dates = "shift"' '.mixed_patients = "fail"' \
    '.stages |= reverse' '.stages[0].settings.rules |= reverse' '.stages += [{"stage": "extract"}]'; do
    jq "$change" rules.json >changed.json
    [ "$(policy changed.json)" != "$first" ] || fail "the policy hash does not see: $change"
done
[ "$(policy rules.json --set anonymise.project=other)" != "$first" ] || fail "the policy hash does not see --set"
# A table counts by its bytes, not by its place.
cp "$SOURCE/plugins/anonymise/data/ps3.15-2025b.csv" table.csv
cp table.csv elsewhere/moved.csv
one=$(policy rules.json --set anonymise.table=table.csv)
equal "$one" "$(policy rules.json --set anonymise.table=elsewhere/moved.csv)" "policy of a moved table"
sed -i '$d' table.csv
[ "$(policy rules.json --set anonymise.table=table.csv)" != "$one" ] || fail "the policy hash does not see a table"
say "the policy hash sees what decides, and nothing else"

other=$(printf '%s' "$first" | tr '0-9a-f' '1-9a-f0')
run 0 check rules.json --expect-policy "${first^^}"
run 78 check rules.json --expect-policy "$other"
said "the policy hash is $first, and $other is expected"
run 78 check rules.json --expect-policy 12
jq --arg policy "$first" '.expect_policy = $policy' rules.json >expecting.json
run 0 run -i in -o out -p expecting.json --key-file key --report report.json
run 78 run -i in -o out-2 -p expecting.json --key-file key --set anonymise.dates=shift
[ ! -e out-2 ] || [ -z "$(ls -A out-2)" ] || fail "something was published under another policy"
mkdir task && cp -r in task/in
jq --arg policy "$other" '.process.settings += {"dcmchain.expect_policy": $policy}' in/task.json >task/in/task.json
run 78 run -i task/in -o out-3 -p rules.json --key-file key --task task/in/task.json
equal "$first" "$(jq -r .run.policy report.json)" "the policy in the report"
run 0 run -i in -o out-mercure --key-file key
task=$(find out-mercure -mindepth 2 -maxdepth 2 -name '*.json')
equal "$(policy mercure)" "$(jq -r .dcmchain.policy "$task")" "the policy in the task document"
if "$PYTHON" -c 'import pydicom' 2>/dev/null; then
    dicom get "$(find out -name '*.dcm' | sed -n 1p)" DeidentificationMethod >method
    grep -qF "policy $first" method || fail "the policy is not in De-identification Method"
    grep -qF "weaker: rules[1] keep InstitutionName" method || fail "the weaker rule is not named"
fi
say "another policy is refused, and the one in force is told"
