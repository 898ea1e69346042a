#!/bin/bash
# test_study.sh: a mercure study through the shipped pipeline: what comes out, that it is whole, and that nobody's
# identity is in it: neither in bytes nor in names.
. "$(dirname "$0")/lib.sh"
need jq dcmdump
need_pydicom
make_key key

# study NAME FOLDER IMAGES SERIES: runs it and checks all of this.
study() {
    local name=$1 in=$2 images=$3 series=$4 out=$WORK/out-$1
    run 0 run -i "$in" -o "$out" --key-file key --set anonymise.project=e2e
    equal "$images" "$(count "$out" '*.dcm')" "$name: images"
    equal "$series" "$(find "$out" -mindepth 3 -maxdepth 3 -path '*/anonymised-images/*' -type d | wc -l)" "$name: folders"
    equal "$series" "$(find "$out" -mindepth 3 -path '*/extracted-data/*.json' | wc -l)" "$name: extracted documents"
    equal 1 "$(find "$out" -mindepth 2 -maxdepth 2 -name '*.json' | wc -l)" "$name: task documents"
    equal $((images + series + 1)) "$(count "$out" '*')" "$name: files in all"
    judged "$in" "$out"
    cp words "words-$name"
    say "$name: $images images in $series series; none of $(wc -l <"words-$name") source values"
}

synthetic in 5
study synthetic in 20 4
equal 2 "$(find out-synthetic -name 'T2 TSE AX*' -type d | wc -l)" "folders of two series with one description"
grep -qx 'SYN-4711-Z' words-synthetic || fail "the words to look for lack the patient ID"

# Every series document tells the number of images beside it.
find out-synthetic -path '*/extracted-data/*.json' | while read -r document; do
    folder=${document%.json}
    equal "$(jq .NumberOfSeriesRelatedInstances "$document")" \
        "$(count "${folder/extracted-data/anonymised-images}" '*.dcm')" "images of a series"
done
# The task document names every file but itself, with its size, and keeps only mercure's own keys.
task=$(find out-synthetic -mindepth 2 -maxdepth 2 -name '*.json')
jq -r '.dcmchain.files[] | "\(.size) \(.path)"' "$task" | LC_ALL=C sort >listed
(cd out-synthetic && find . -mindepth 3 -type f -printf '%s %P\n' | LC_ALL=C sort) >there
cmp listed there || fail "the files that the task document lists"
jq -e '(keys - ["dcmchain", "dispatch", "id", "info", "process", "study"]) == []' "$task" >/dev/null || fail "keys of the task document"
uid=$(basename "$(echo out-synthetic/*)")
jq -e --arg uid "$uid" '.info.uid == $uid and .study.study_uid == $uid' "$task" >/dev/null || fail "UIDs of the task document"
image=$(find out-synthetic -name '*.dcm' | LC_ALL=C sort | sed -n 1p)
equal "$(jq -r .info.mrn "$task")" "$(dicom get "$image" PatientID)" "the pseudonym of the patient"
equal 19610101 "$(dicom get "$image" PatientBirthDate)" "the birth date"
equal YES "$(dicom get "$image" PatientIdentityRemoved)" "Patient Identity Removed"
[[ $(dicom get "$image" PatientID) =~ ^[A-Z2-7]{16}$ ]] || fail "the Patient ID is no pseudonym of 16 characters"
[[ $(dicom get "$image" StudyID) =~ ^[A-Z2-7]{16}$ ]] || fail "the Study ID is none of 16 characters"
say "documents agree with the images"

# A reference from one file to another still leads there.
dicom get "$image" ReferencedImageSequence >reference
first=$(find out-synthetic -path '*T1 TSE SAG/00001.dcm')
grep -qF "$(dicom get "$first" SOPInstanceUID)" reference || fail "a reference between files leads nowhere"

# Without mercure's files the same images come out, and the task document stands alone.
mkdir bare && cp in/*.dcm bare
run 0 run -i bare -o out-bare --key-file key --set anonymise.project=e2e
bare=$(find out-bare -mindepth 2 -maxdepth 2 -name '*.json')
equal '["dcmchain"]' "$(jq -c keys "$bare")" "keys without a mercure task"
(cd out-bare && find . -name '*.dcm' -exec sha256sum {} + | LC_ALL=C sort) >bare-images
(cd out-synthetic && find . -name '*.dcm' -exec sha256sum {} + | LC_ALL=C sort) >images
cmp bare-images images || fail "images depend on whether mercure's files are there"
say "the command line and mercure agree"

if has_samples mercure-study; then
    study mercure-study "$SAMPLES/mercure-study/in" 18 3
fi
if has_samples mercure-study-phi; then
    study mercure-study-phi "$SAMPLES/mercure-study-phi/in" 9 3
    printf '%s\n' Zzyx 99999.1.1 PHI-4711 PHI-OLD PHI-STDY PHI-SPS PHI-RP ACC-PHI PHISTN PHISN77 PHIISSUER 'Phi Clinic' \
        'Phi Street' 'Phi Road' Doctorphi Techphi Perfphi phi-server 'ACME PHI' Quentin >planted
    absent planted out-mercure-study-phi
    say "mercure-study-phi: no planted word"
fi
