#!/bin/bash
# test_quarantine.sh: files that cannot be processed: what fails, what is set aside, what is passed over and why; the rest
# comes out whole, and the originals lie unchanged in the quarantine.
. "$(dirname "$0")/lib.sh"
need jq dcmdump
need_pydicom
make_key key
OPTIONS=(--key-file key --set anonymise.project=e2e)

synthetic in 2
"$PYTHON" - <<'PYTHON'
import pydicom
from pathlib import Path
bytes_of = {path.name.split("#")[1]: path.read_bytes() for path in Path("in").glob("*.dcm")}
whole = bytes_of["MR.X.1.1.dcm"]
folder = Path("broken")
folder.mkdir()
cut = whole.index(b"\xe0\x7f\x10\x00")
(folder / "pixels.dcm").write_bytes(whole[:-100])                                    # Pixel Data is cut
(folder / "header.dcm").write_bytes(bytes_of["MR.X.2.1.dcm"][:700])                  # inside the header
(folder / "named.dcm").write_bytes(bytes(range(256)) * 40)                           # only its name is DICOM's
(folder / "without a name").write_bytes(b"\0" * 128 + b"DICM" + b"\1\2\3\4" * 40)    # only its prefix is
(folder / "lost-meta").write_bytes(whole[:132] + whole[132:200])                     # ends in the file meta
for name, keyword in (("study", "StudyInstanceUID"), ("series", "SeriesInstanceUID"), ("sop", "SOPInstanceUID")):
    image = pydicom.dcmread(next(Path("in").glob("*MR.X.3.1.dcm")))
    delattr(image, keyword)
    image.save_as(folder / f"no-{name}-uid.dcm", write_like_original=True)
directory = pydicom.dcmread(next(Path("in").glob("*MR.X.3.1.dcm")))
directory.file_meta.MediaStorageSOPClassUID = directory.SOPClassUID = "1.2.840.10008.1.3.10"
directory.save_as("DICOMDIR")
PYTHON
mkdir all
cp in/* broken/* DICOMDIR all
: >all/empty.dcm
echo "a letter to Zyxwell" >all/letter.txt
echo '{"a": 1}' >all/notes.json
printf '\x89PNG\r\n\x1a\n00000000000000' >all/scan.png
BROKEN=$(count broken '*')

# Stop, the default: the run fails, nothing of the study to which broken instances belong is published.
run 1 run -i all -o out "${OPTIONS[@]}" --report report
[ ! -d out ] || equal "" "$(ls -A out)" "OUT of a study with broken instances"
equal 1 "$(jq .exit_code report)" "the exit code in the report"
! grep -rqE 'pixels\.dcm|letter|without a name|Zyxwell' stderr report || fail "names or values of input files are told"
say "stop"

# Quarantine: the rest comes out, the broken ones lie aside, byte for byte, where only the owner can see them.
run 3 run -i all -o out "${OPTIONS[@]}" --on-error quarantine --quarantine aside --report report
equal 8 "$(count out '*.dcm')" "images"
judged in out
cp words known
equal 700 "$(stat -c %a aside)" "the mode of the quarantine"
equal "$BROKEN" "$(count aside/run-1/files '*')" "files set aside"
for file in broken/*; do cmp "$file" "aside/run-1/files/${file#broken/}" || fail "$file is not what was set aside"; done
equal 0 "$(find aside -type f -perm /077 | wc -l)" "files in quarantine that others can read"
equal "$BROKEN" "$(jq '[.input.quarantined[].count, .studies[].quarantined] | add' report)" "how many the report counts"
jq -e '[.input.not_dicom[].count] | add >= 4' report >/dev/null || fail "what is not DICOM"
jq -e '[.input.skipped[] | select(.text == "DICOMDIR").count] == [1]' report >/dev/null || fail "DICOMDIR"
absent known report stderr
run 3 run -i all -o out-2 "${OPTIONS[@]}" --on-error quarantine --quarantine aside
equal "$(digest out)" "$(digest out-2)" "a second run"
equal "$BROKEN" "$(count aside/run-2/files '*')" "files set aside by the second run"
say "quarantine"

# The same words in the description; 0 where it says so.
jq '.on_error = "quarantine" | .quarantine_exit = 0 | .quarantine_folder = "set-aside"' "$BUILD/pipelines/mercure.json" >quarantine.json
run 0 run -p quarantine.json -i all -o out-3 "${OPTIONS[@]}"
equal 8 "$(count out-3 '*.dcm')" "images by the description"
equal "$BROKEN" "$(count set-aside/run-1/files '*')" "files set aside by the description"
say "by the description"

for bad in in/aside in out/aside out ./out/../out/aside; do
    run 2 run -i in -o out-4 "${OPTIONS[@]}" --on-error quarantine --quarantine "${bad/out/out-4}"
done
[ ! -e in/aside ] || fail "a quarantine in the input"
run 2 run -i in -o out-4 "${OPTIONS[@]}" --on-error perhaps
run 0 run -i in -o out-4 "${OPTIONS[@]}" --on-error quarantine --quarantine unused
[ ! -e unused ] || equal "" "$(ls -A unused)" "a quarantine without need"
# A dry run says the same and makes nothing.
before=$(tree .)
run 3 run -i all "${OPTIONS[@]}" --on-error quarantine --quarantine aside-5 --dry-run
sed -i '/^std/d' stdout
equal "$(tree out)" "$(cat stdout)" "the tree of a dry run"
equal "$before" "$(tree .)" "what a dry run leaves behind"
say "where it may lie, and the dry run"

if has_samples various; then
    run 3 run -i "$SAMPLES/various" -o out-various "${OPTIONS[@]}" "${KEEP_ALL[@]}" --on-error quarantine --quarantine aside-various --report report
    equal "MR_truncated.dcm UN_sequence.dcm chrSQEncoding1.dcm meta_missing_tsyntax.dcm nested_priv_SQ.dcm no_meta.dcm priv_SQ.dcm rtplan_truncated.dcm " \
        "$(find aside-various/run-1/files -type f -printf '%f\n' | LC_ALL=C sort | tr '\n' ' ')" "what is set aside of various"
    equal 39 "$(count out-various '*.dcm')" "what comes out of various"
    mkdir good
    cp "$SAMPLES"/various/* good
    (cd good && rm MR_truncated.dcm UN_sequence.dcm chrSQEncoding1.dcm meta_missing_tsyntax.dcm nested_priv_SQ.dcm no_meta.dcm priv_SQ.dcm \
        rtplan_truncated.dcm not-dicom.dcm empty.dcm DICOMDIR)
    readable out-various
    dicom pixels good out-various || fail "various"
    dicom read out-various || fail "various"
    dicom names out-various || fail "various"
    say "various: 39 of 50 come out"
fi

# A patient who has no ID in the table of IDs given beforehand: their study fails, whatever is set aside.
cat >listed.json <<'END'
{"dcmchain": 1, "name": "listed", "mixed_patients": "warn", "stages": [
  {"stage": "anonymise", "settings": {"project": "e2e", "patient_ids": "ids.csv"}}, {"stage": "layout"}]}
END
mkdir mixed && cp in/*.dcm mixed/
"$PYTHON" - <<'PYTHON'
import pydicom
from pathlib import Path
paths = sorted(Path("mixed").glob("*.dcm"))
known = pydicom.dcmread(paths[0])
issuer = known.get("IssuerOfPatientID", "")
Path("ids.csv").write_text(f"patient_id,new_patient_id,issuer\n{known.PatientID},TRIAL-1,{issuer}\n")
Path("others.csv").write_text("patient_id,new_patient_id\nNOBODY-HERE,TRIAL-1\n")
last = pydicom.dcmread(paths[-1])
last.PatientID = "SOMEBODY-ELSE"
last.save_as(paths[-1])
PYTHON
run 0 run -i in -o listed -p listed.json --key-file key --on-error quarantine --quarantine aside-3
equal TRIAL-1 "$(dicom get "$(find listed -name '*.dcm' | sed -n 1p)" PatientID)" "the new ID"
run 1 run -i mixed -o out-mixed -p listed.json --key-file key --on-error quarantine --quarantine aside-3
said "no ID in the table of patient IDs"
run 1 run -i in -o out-mixed -p listed.json --key-file key --on-error quarantine --quarantine aside-3 \
    --set anonymise.patient_ids=others.csv
said "not in the table of patient IDs"
[ ! -d out-mixed ] || equal "" "$(ls -A out-mixed)" "OUT of studies with a patient who is not in the table"
say "a patient who is missing from the table fails the study"
