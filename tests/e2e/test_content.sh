#!/bin/bash
# test_content.sh: reports, presentation states, documents and structure sets come out clean, of use, and as readable to
# dsrdump and as right to dciodvfy as they went in.
. "$(dirname "$0")/lib.sh"
need dcmdump dsrdump
need_pydicom
make_key key
printf '%s\n' Zzyxqa Readerqa Hospitalqa PHI-7788 ACC-7788 ST-7788 20240229 1.2.276.0.99999 >words

"$PYTHON" "$HERE/content.py" in || fail "content.py"
run 0 run -i in -o out --key-file key --set anonymise.project=e2e "${KEEP_ALL[@]}"
equal 4 "$(count out '*.dcm')" "objects"
absent words out
"$PYTHON" "$HERE/content.py" in --check out || fail "the contents are not what they should be"
say "identity in contents is gone, what is clinical is there"

errors() {
    { dciodvfy "$1" 2>&1 || true; } | sed -n 's/2\.25\.[0-9]*\|1\.2\.276\.0\.99999[.0-9]*/UID/g; /^Error/p' | LC_ALL=C sort -u
}
while IFS= read -r -d '' file; do
    class=$(dicom get "$file" SOPClassUID)
    source=$(for one in in/*.dcm; do [ "$(dicom get "$one" SOPClassUID)" != "$class" ] || echo "$one"; done)
    if [ "$source" = in/sr.dcm ]; then
        dsrdump "$file" >dump 2>&1 || fail "dsrdump does not read the report: $(tail -2 dump)"
        grep -q 'left lung' dump || fail "dsrdump does not show the finding"
    fi
    ! command -v dciodvfy >/dev/null || { errors "$source" >before; errors "$file" >after; LC_ALL=C comm -13 before after >new; }
    [ ! -s new ] || fail "dciodvfy finds in the output of $source what it does not in the input: $(cat new)"
done < <(find out -name '*.dcm' -print0)
command -v dciodvfy >/dev/null || without "conformance: there is no dciodvfy"
! command -v qpdf >/dev/null || qpdf --check dummy.pdf >/dev/null || fail "qpdf does not like the dummy document"
say "the outputs are as right as the inputs"

# The basic profile alone: a report is one item that says nothing.
run 0 run -i in -o strict --key-file key --set anonymise.project=e2e --set 'anonymise.clean=[]' --set 'anonymise.retain=[]' "${KEEP_ALL[@]}"
absent words strict
report=$(grep -rlaF '1.2.840.10008.5.1.4.1.1.88.33' strict --include '*.dcm')
equal 1 "$(dcmdump +P 0040,a160 "$report" | wc -l)" "texts in a report of the basic profile"
dsrdump "$report" >dump 2>&1 || fail "dsrdump does not read the report of the basic profile: $(tail -2 dump)"
say "a report without the option"
