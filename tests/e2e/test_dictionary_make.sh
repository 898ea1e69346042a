#!/bin/bash
# test_dictionary_make.sh: what the build makes of data dictionaries: all of a right one, a failure that names the line
# of a broken one, and of one that is not PS3.6.
. "$(dirname "$0")/lib.sh"
make=$BUILD/core/dictionary_make
dicom=$(sed -n 's/^DCMCHAIN_DICOM_DIC:[A-Z]*=//p' "$BUILD/CMakeCache.txt")
newer=$SOURCE/core/dataset/dictionary_newer.dic
lines=$(wc -l <"$dicom")

say "the files of the build"
"$make" all.c "$dicom" "$newer" || fail "DCMTK's dictionary and ours are refused"
cmp all.c "$BUILD/core/dictionary_tables.c" || fail "not what the build made"
entries=$(grep -c '^    {0x.*/\*' all.c)
equal "$(cat "$dicom" "$newer" | grep '^(' | cut -f1 | sort -fu | wc -l)" "$entries" "entries"

# refused LINE WHAT: the line after all of DCMTK's is refused, by its file and number, and nothing is written.
refused() {
    { cat "$dicom" && printf '%b\n' "$1"; } >broken.dic
    rm -f broken.c
    if "$make" broken.c broken.dic 2>problem; then fail "taken: $1"; fi
    equal "broken.dic:$((lines + 1)): error: $2" "$(cat problem)" "the message for $1"
    [ ! -e broken.c ] || fail "a source was written for $1"
}
columns="not five columns, separated by single tabs"
tag="not a tag, or range of tags"
say "lines that are not understood"
refused 'Name' "$columns"
refused '(1234,0010)\tPN\tName\t1' "$columns"
refused '(1234,0010)\tPN\tName\t1\tDICOM\tmore' "$columns"
refused '(1234,0010)\tPN\tName\t1\tDICOM\t' "$columns"
refused '(1234,0010)\tPN\t\t1\tDICOM' "$columns"
refused '(1234,0010)\tPN\tName\t1\t' "$columns"
refused '(1234,0010)\t\tPN\tName\t1\tDICOM' "$columns"
refused '(1234,0010) PN Name 1 DICOM' "$columns"
refused ' (1234,0010)\tPN\tName\t1\tDICOM' "$tag"
refused '(1234,001)\tPN\tName\t1\tDICOM' "$tag"
refused '(1234,00100)\tPN\tName\t1\tDICOM' "$tag"
refused '(1234,001G)\tPN\tName\t1\tDICOM' "$tag"
refused '(1234,0010\tPN\tName\t1\tDICOM' "$tag"
refused '(1234,0010) \tPN\tName\t1\tDICOM' "$tag"
refused '(1234-x-1240,0010)\tPN\tName\t1\tDICOM' "$tag"
refused '(1234-o-1241,0010)\tPN\tName\t1\tDICOM' "$tag"
refused '(1235-1241,0010)\tPN\tName\t1\tDICOM' "$tag"
refused '(1240-1234,0010)\tPN\tName\t1\tDICOM' "$tag"
refused '(1234,0010-)\tPN\tName\t1\tDICOM' "$tag"
refused '(1235,"me",10)\tPN\tName\t1\tDICOM' "$tag"
refused '(1234,0010)\tQQ\tName\t1\tDICOM' "not a VR"
refused '(1234,0010)\tpn\tName\t1\tDICOM' "not a VR"
refused '(1234,0010)\tPNN\tName\t1\tDICOM' "not a VR"
refused '(1234,0010)\tP\tName\t1\tDICOM' "not a VR"
refused '(1234,0010)\tS \tName\t1\tDICOM' "not a VR"
refused '(1234,0010)\tPN\tA Name\t1\tDICOM' "not a keyword"
refused '(1234,0010)\tPN\t"Name\t1\tDICOM' "not a keyword"
refused "(1234,0010)\tPN\t$(printf '%0200d' 0)\t1\tDICOM" "not a keyword"
refused '(1234,0010)\tPN\tName\tn\tDICOM' "not a multiplicity"
refused '(1234,0010)\tPN\tName\t1-\tDICOM' "not a multiplicity"
refused '(1234,0010)\tPN\tName\t1-m\tDICOM' "not a multiplicity"
refused '(1234,0010)\tPN\tName\t1 \tDICOM' "not a multiplicity"
refused '(0010,0010)\tPN\tName\t1\tDICOM' "the tag has an entry already"
refused '(1234,0010)\tPN\tPatientName\t1\tDICOM' "the keyword has an entry already"
refused "(1234,0010)\tPN\tName\t1\t$(printf '%02000d' 0)" "a line too long"

say "lines that are"
printf '%b' '# mine\n\n(1234,0010)\txs\tMine\t2-2n\tDICOM\r\n(1234-1238,0011-u-0013)\tUT\tMany\t1-3\tX\n(1234,0014)\tna\tLast\t1-n\tX' >own.dic
"$make" own.c "$dicom" own.dic || fail "right lines are refused"
grep -q '{0x12340010, [0-9]*, 0x5553, 1}, /\* Mine \*/' own.c || fail "US or SS"
grep -q '{0x12340011, [0-9]*, 0x5554, 0}, /\* Many \*/' own.c || fail "the entry of a range"
grep -q '{0x1234, 0x1238, 0x0011, 0x0013, 2, 1},' own.c || fail "the range"
grep -q '{0x12340014, [0-9]*, 0x0000, 0}, /\* Last \*/' own.c || fail "a last line without an end"

say "where two files name a tag"
printf '(0010,0010)\tLO\tOtherName\t1\tX\n' >own.dic
"$make" own.c "$dicom" own.dic || fail "a second file may name a tag again"
grep -q OtherName own.c && fail "the second file's entry stands"

say "what is not PS3.6"
head -2000 "$dicom" >part.dic
if "$make" part.c part.dic 2>problem; then fail "a part is taken for all"; fi
grep -q '^not the \(whole \)\?dictionary of PS3.6: ' problem || fail "no word of it: $(cat problem)"
sed 's/^(0010,0010)\tPN/(0010,0010)\tLO/' "$dicom" >other.dic
if "$make" other.c other.dic 2>problem; then fail "a wrong VR is taken"; fi
equal "not the dictionary of PS3.6: 00100010 is another VR" "$(cat problem)" "a wrong VR"
grep '^(0010,0010)\|^(0020,000D)\|^(0008,1140)\|^(3006,0020)\|^(0028,0010)\|^(7FE0,0010)' "$dicom" >few.dic
if "$make" few.c few.dic 2>problem; then fail "six entries are taken for all"; fi
equal "not the whole dictionary of PS3.6: 6 entries" "$(cat problem)" "few entries"
if "$make" none.c /nonexistent.dic 2>problem; then fail "no file"; fi
equal "/nonexistent.dic: No such file or directory" "$(cat problem)" "no file"
if "$make" /nonexistent/none.c "$dicom" 2>problem; then fail "no folder to write to"; fi
if "$make" . "$dicom" 2>problem; then fail "a folder to write to"; fi
if (trap '' XFSZ && ulimit -f 8 && "$make" full.c "$dicom" 2>problem); then fail "a full disk"; fi
equal "full.c: it cannot be written" "$(cat problem)" "a full disk"
[ ! -e full.c ] || fail "a part of the source is left"
