#!/bin/bash
# test_goldens.sh: the pipeline dicom-anonymizer against the goldens of the original, element by element at top level: each
# difference is in the list of docs/dicom-anonymizer.md, and each row of the list stands for one.
. "$(dirname "$0")/lib.sh"
need_pydicom
run 0 check dicom-anonymizer
said "it keeps more than the profile does"
say "the pipeline is well, and check says that it keeps more than the profile"
GOLDEN=$SOURCE/../shared/golden
[ -d "$GOLDEN/various" ] || skip "../shared/golden is not there"
has_samples various || skip "../shared/samples is not there"
make_key key
cat >runner <<END
#!/bin/sh
exec "$BUILD/dcmchain" run --quiet --pipeline dicom-anonymizer --input "\$1" --output "\$2" --key-file "$WORK/key" \\
    --set anonymise.project=goldens
END
chmod +x runner
"$PYTHON" "$HERE/goldens.py" "$GOLDEN" "$SAMPLES" "$WORK/runner" "$SOURCE/docs/dicom-anonymizer.md" || fail "the goldens"
