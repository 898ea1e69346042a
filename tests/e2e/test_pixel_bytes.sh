#!/bin/bash
# test_pixel_bytes.sh: what is no pixel inside Pixel Data (comments and application segments of codecs, slack, overlay planes) is gone,
# offsets hold, and a decoder that is not ours sees the same picture.
. "$(dirname "$0")/lib.sh"
need dcmcjpeg dcmdjpeg dcmcrle dcmdrle dcmdump
need_pydicom
make_key key

synthetic base 1
source_file=$(find base -name '*1#MR.X.1.1.dcm')
dcmconv +te "$source_file" native.dcm
dcmcjpeg +e1 native.dcm jpeg-lossless.dcm
dcmcrle native.dcm rle.dcm
dcmconv +td native.dcm deflated.dcm

# decoded FILE OUT: the picture, by DCMTK's decoders.
decoded() {
    dcmdjpeg "$1" decoded.dcm 2>/dev/null || dcmdrle "$1" decoded.dcm 2>/dev/null || cp "$1" decoded.dcm
    "$PYTHON" "$HERE/pixel_bytes.py" value decoded.dcm >"$2"
}
# treat NAME FILE: planted, run, compared.
treat() {
    mkdir -p "in-$1"
    "$PYTHON" "$HERE/pixel_bytes.py" plant "$2" "in-$1/1.dcm" || fail "pixel_bytes.py on $1"
    "$PYTHON" "$HERE/pixel_bytes.py" value "in-$1/1.dcm" | holds -aF Zzyx^Planted || fail "$1: nothing was planted"
    run 0 run -i "in-$1" -o "out-$1" --key-file key --set anonymise.project=e2e --set filter.drop=none
    out=$(find "out-$1" -name '*.dcm')
    "$PYTHON" "$HERE/pixel_bytes.py" value "$out" >value
    ! grep -qaF Planted "$out" value || fail "$1: the planted text came out"
    said "bytes inside pixel data that are no pixels were made zeros"
    dcmdump -q "$out" >/dev/null || fail "$1: dcmdump does not read it"
    dicom pixels "in-$1" "out-$1" || fail "$1: more than the planted bytes changed"
}
for name in native deflated jpeg-lossless rle; do
    treat "$name" "$name.dcm"
    decoded "$name.dcm" picture-in
    decoded "$(find "out-$name" -name '*.dcm')" picture-out
    cmp -n "$(stat -c %s picture-in)" picture-in picture-out || fail "$name: the picture changed"
    say "$name: the planted text is gone, the picture is the same"
done

PYDICOM=/usr/lib/python3/dist-packages/pydicom/data/test_files
for name in JPEG2000 MR_small_jpeg_ls_lossless SC_rgb_jpeg_dcmtk color3d_jpeg_baseline; do
    if [ -f "$PYDICOM/$name.dcm" ]; then
        treat "$name" "$PYDICOM/$name.dcm"
        say "$name: the planted text is gone"
    else
        without "$name: it is not in this python3-pydicom"
    fi
done

# A frame that is not what its transfer syntax says could hold anything: it fails, and says why.
mkdir in-false
"$PYTHON" - jpeg-lossless.dcm in-false/1.dcm <<'END'
import sys, pydicom
from pydicom.encaps import encapsulate
dataset = pydicom.dcmread(sys.argv[1])
dataset.PixelData = encapsulate([b"Zzyx^Planted is no JPEG image"])
dataset.save_as(sys.argv[2])
END
run 1 run -i in-false -o out-false --key-file key --set filter.drop=none
said "it is not what its transfer syntax says"
equal "" "$(find out-false -mindepth 1 2>/dev/null)" "a false frame"
say "what is no image of its transfer syntax is not published"

# Overlay planes in the bits that no pixel uses: gone, in each byte order, and not a bit of a pixel with them.
planes() { "$PYTHON" - "$@" <<'END'
import sys, pydicom
what, source, path = sys.argv[1:4]
dataset = pydicom.dcmread(source)
order = "<" if dataset.file_meta.TransferSyntaxUID.is_little_endian else ">"
import numpy
words = numpy.frombuffer(dataset.PixelData, order + "u2")
if what == "embed":
    assert dataset.BitsAllocated == 16 and dataset.HighBit == dataset.BitsStored - 1, "the synthetic image has other bits"
    dataset.BitsStored, dataset.HighBit = 12, 11
    marked = (words & 0x0FFF) | numpy.resize([0x1000, 0x2000, 0x3000, 0], words.size).astype("u2")
    for group, bit in ((0x6000, 12), (0x6002, 13)):
        dataset.add_new((group, 0x0010), "US", dataset.Rows)
        dataset.add_new((group, 0x0011), "US", dataset.Columns)
        dataset.add_new((group, 0x0040), "CS", "G")
        dataset.add_new((group, 0x0050), "SS", [1, 1])
        dataset.add_new((group, 0x0100), "US", 16)
        dataset.add_new((group, 0x0102), "US", bit)
    dataset.PixelData = marked.astype(order + "u2").tobytes()
    dataset.save_as(path)
else:
    other = pydicom.dcmread(path)
    found = numpy.frombuffer(other.PixelData, order + "u2")
    assert found.size == words.size and (found == (words & 0x0FFF)).all(), "not the pixels alone"
    assert not [element.tag for element in other if element.tag.group & 0xFF00 == 0x6000], "an overlay is left"
END
}
dcmconv +te "$source_file" little.dcm
dcmconv +tb little.dcm big.dcm
dcmconv +ti little.dcm implicit.dcm
dcmconv +td little.dcm deflate.dcm
for name in little big implicit deflate; do
    mkdir -p "planes-$name"
    planes embed "$name.dcm" "planes-$name/1.dcm" || fail "$name: no plane was embedded"
    run 0 run -i "planes-$name" -o "out-planes-$name" --key-file key --set filter.drop=none
    said "overlay planes embedded in pixel data were masked out"
    planes check "planes-$name/1.dcm" "$(find "out-planes-$name" -name '*.dcm')" || fail "$name: planes"
done
say "overlay planes embedded in pixel data are masked out, in each byte order"
mkdir planes-compressed
dcmcrle planes-little/1.dcm planes-compressed/1.dcm
run 1 run -i planes-compressed -o out-planes-compressed --key-file key --set filter.drop=none
said "an overlay plane is embedded in it"
equal "" "$(find out-planes-compressed -mindepth 1 2>/dev/null)" "planes in compressed pixels"
run 0 run -i planes-compressed -o out-planes-dropped --key-file key
equal "" "$(find out-planes-dropped -name '*.dcm' 2>/dev/null)" "planes that the filter drops"
say "planes in compressed pixels are held"
