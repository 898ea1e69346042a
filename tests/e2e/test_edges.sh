#!/bin/bash
# test_edges.sh: studies that are each difficult in one way: every image comes out, under a safe name of its own, inside
# OUT, and without the source's identity.
. "$(dirname "$0")/lib.sh"
need jq dcmdump
need_pydicom
make_key key

# edge CASE FOLDER
edge() {
    local name=$1 in=$2 images
    mkdir -p "box/$name"
    images=$(count "$in" '*.dcm')
    run 0 run -i "$in" -o "box/$name/out" --key-file key --set anonymise.project=e2e "${KEEP_ALL[@]}"
    equal "$images" "$(count "box/$name/out" '*.dcm')" "$name: images"
    equal out "$(ls -A "box/$name")" "$name: what lies beside OUT"
    equal 1 "$(find "box/$name/out" -mindepth 1 -maxdepth 1 | wc -l)" "$name: studies"
    judged "$in" "box/$name/out"
}

synthetic base 1
"$PYTHON" "$HERE/edges.py" "$(find base -name '*1#MR.X.1.1.dcm')" cases || fail "edges.py"
for case in cases/*; do edge "$(basename "$case")" "$case"; done
say "$(ls cases | wc -l) cases of our own"

one() { dicom get "$(find "box/$1/out" -name '*.dcm' | LC_ALL=C sort | sed -n 1p)" "$2"; }
names_of() { (cd "box/$1/out" && find . -name '*.dcm' -printf '%P\n' | cut -d/ -f2- | LC_ALL=C sort | tr '\n' ' '); }
equal 19610101 "$(one no-study-id PatientBirthDate)" "a birth date"
for case in no-birth-date empty-birth-date short-birth-date birth-date-is-none; do
    [[ $(one "$case" PatientBirthDate) =~ ^(empty|absent)$ ]] || fail "$case: the birth date is $(one "$case" PatientBirthDate)"
done
for case in no-patient-id empty-patient-id nobody; do
    [[ $(one "$case" PatientID) =~ ^[A-Z2-7]{16}$ ]] || fail "$case: the Patient ID is no pseudonym"
done
[ "$(one nobody PatientID)" != "$(one no-patient-id PatientID)" ] || fail "two nobodies are one patient"
equal empty "$(one empty-study-id StudyID)" "a Study ID that had no value"
equal "anonymised-images/a-b-c/00001.dcm " "$(names_of slash)" "slash"
equal "anonymised-images/same-2/00001.dcm anonymised-images/same-3/00001.dcm anonymised-images/same/00001.dcm " \
    "$(names_of two-series-one-name)" "three series of one name"
equal "anonymised-images/same/00003-2.dcm anonymised-images/same/00003-3.dcm anonymised-images/same/00003.dcm " \
    "$(names_of duplicate-instance-number | sed 's|T1 TSE SAG|same|g')" "three instances of one number"
equal 1 "$(find box/differing-description/out -mindepth 3 -type d | wc -l)" "folders of one series with two descriptions"
say "names and replaced values"

if has_samples mercure-edge; then
    for case in "$SAMPLES"/mercure-edge/*/in; do edge "sample-$(basename "$(dirname "$case")")" "$case"; done
    say "$(find box -maxdepth 1 -name 'sample-*' | wc -l) cases of mercure-edge"
fi

# What may lie in an input folder besides files with good names.
mkdir -p mess/deep/er "mess/new
line"
cp "$(find base -name '*1#MR.X.1.1.dcm')" "mess/deep/er/no extension"
cp "$(find base -name '*2#MR.X.2.1.dcm')" "mess/new
line/-rf.dcm"
cp "$(find base -name '*3#MR.X.3.1.dcm')" mess/$'\xff\xfe.dcm'
ln -s /etc/passwd mess/link.dcm
ln -s "$PWD/base" mess/folder
mkfifo mess/fifo.dcm
echo hello >mess/Zzyx-letter.txt
run 0 run -i mess -o out-mess --key-file key --report report
equal 3 "$(count out-mess '*.dcm')" "images of a folder in a mess"
! grep -qE 'passwd|Zzyx|no extension|fifo\.dcm' stderr report || fail "names of input files are told"
say "an input folder in a mess"
