#!/bin/bash
# test_usefulness.sh: what research.json puts out is of the same use: SUVbw, radiotherapy references, geometry and order as
# dcm2niix sees them, stored pixels. And what mercure.json loses is what docs/pipelines.md says.
. "$(dirname "$0")/lib.sh"
need_pydicom
make_key key
OPTIONS=(--key-file key --set anonymise.project=e2e)
useful() { "$PYTHON" "$HERE/usefulness.py" "$@"; }
"$PYTHON" "$HERE/clinical.py" first in || fail "clinical.py"
"$PYTHON" -c 'import sys; sys.path.insert(0, sys.argv[1]); import clinical; print(*clinical.PLANTED, sep="\n")' "$HERE" >planted

run 0 run -i in -o out -p "$SOURCE/pipelines/research.json" "${OPTIONS[@]}"
equal 25 "$(count out '*.dcm')" "objects"
absent planted out
useful suv in out || fail "SUVbw"
useful radiotherapy out || fail "radiotherapy"
useful kept in out PatientWeight PatientSize PatientSex PatientAge StudyTime SeriesTime AcquisitionTime ImagePositionPatient \
    ImageOrientationPatient PixelSpacing RescaleSlope RescaleIntercept DoseGridScaling GridFrameOffsetVector ProtocolName \
    EchoTime RepetitionTime ConvolutionKernel KVP Units FrameReferenceTime ActualFrameDuration Manufacturer ImageType || fail "kept"
say "research: SUVbw, radiotherapy, stored pixels, acquisition"

if command -v dcm2niix >/dev/null; then
    for modality in CT MR PT; do # the names of the outputs' copies tell nothing of their order
        mkdir -p "in-$modality" "out-$modality" nii-in nii-out
        cp in/"$modality"-*.dcm "in-$modality/"
        find out -path "*/$modality axial*" -name '*.dcm' -print0 | xargs -0 sha256sum | while read -r hash file; do
            cp "$file" "out-$modality/${hash:0:16}.dcm"
        done
        for side in in out; do
            dcm2niix -b y -z n -f "$modality-%s" -o "nii-$side" "$side-$modality" >log 2>&1 || fail "dcm2niix: $(tail -3 log)"
        done
    done
    useful nifti nii-in nii-out || fail "dcm2niix sees another geometry, order or pixels"
    say "dcm2niix"
else
    without "geometry by dcm2niix: it is not there"
fi

# What the pipelines lose, beside what the page says of it. The report and key objects are another study's.
"$PYTHON" "$HERE/clinical.py" stranger all || fail "clinical.py"
for pipeline in mercure research; do
    run 0 run -i all -o "all-$pipeline" -p "$SOURCE/pipelines/$pipeline.json" "${OPTIONS[@]}"
    useful losses all "all-$pipeline" "$SOURCE/docs/pipelines.md" "$pipeline" || fail "docs/pipelines.md on $pipeline"
done
if useful suv all all-mercure >/dev/null 2>&1; then fail "SUVbw is found where weight and times are gone"; fi
useful radiotherapy all-mercure || fail "radiotherapy by mercure"
useful kept all all-mercure ImagePositionPatient ImageOrientationPatient PixelSpacing KVP EchoTime DoseGridScaling \
    RadionuclideTotalDose || fail "kept by mercure"
say "losses"
