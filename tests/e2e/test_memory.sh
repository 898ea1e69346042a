#!/bin/bash
# Memory is flat in the size of files: at most 64 MiB and 1 KiB for each instance. With DCMCHAIN_TEST_FULL also for Pixel
# Data of 4 GiB - 2, for 4 GB of fragments, and for 200,000 instances in one run, of 2,000 studies and of one; else
# smaller ones.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
[ -x "$BUILD/bench-timed" ] || skip "there is no bench-timed"
case $(basename "$BUILD") in
asan | tsan | coverage) skip "an instrumented build takes more memory" ;;
esac
make_key "$WORK/key"

peak() { # peak LABEL FOLDER INSTANCES
    "$BUILD/bench-timed" "$WORK/taken" "$BUILD/dcmchain" run -q -j 2 -i "$2" -o "$WORK/out" --key-file "$WORK/key" \
        --set anonymise.project=memory 2>"$WORK/stderr" || fail "$1"
    equal "$3" "$(find "$WORK/out" -name '*.dcm' | wc -l)" "$1: published"
    local limit
    found=$(awk '{print $4}' "$WORK/taken")
    limit=$((65536 + $3))
    [ "$found" -le "$limit" ] || fail "$1: $found KiB, more than $limit"
    say "$1: $found KiB, of $limit"
    rm -rf "$2" "$WORK/out"
}

# big FOLDER native|fragments BYTES: one file whose pixels are a hole; its header is that of the us corpus.
big() {
    "$BUILD/bench-corpora" "$1" us 1
    "$PYTHON" - "$1"/*.dcm "$2" "$3" <<'END'
import struct, sys
path, kind, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
data = open(path, "rb").read(65536)
pixels = data.index(b"\xe0\x7f\x10\x00OW")
header = data[:pixels]
with open(path, "wb") as file:
    if kind == "native":
        file.write(header + b"\xe0\x7f\x10\x00OW\0\0" + struct.pack("<I", size))
        file.truncate(file.tell() + size)
    else:
        old, new = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.4.50"
        at = header.index(old)
        header = header[:at - 2] + struct.pack("<H", len(new)) + new + header[at + len(old):]
        group = header.index(b"\x02\0\0\0UL\4\0") + 8
        length = struct.unpack("<I", header[group:group + 4])[0] + len(new) - len(old)
        header = header[:group] + struct.pack("<I", length) + header[group + 4:]
        file.write(header + b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff" + struct.pack("<HHI", 0xfffe, 0xe000, 0))
        piece = 4000000
        jpeg = bytes.fromhex("ffd8 ffdb0043 00" + 64 * "10" + "ffc0000b080320 03e8 01011100"
                             "ffc4001f00 00010501010101010100000000000000 000102030405060708090a0b ffda0008 0101 00003f00")
        for _ in range(size // piece):
            file.write(struct.pack("<HHI", 0xfffe, 0xe000, piece) + jpeg)
            file.seek(piece - len(jpeg) - 2, 1)
            file.write(b"\xff\xd9")
        file.write(struct.pack("<HHI", 0xfffe, 0xe0dd, 0))
END
}

"$BUILD/bench-corpora" "$WORK/us" us 2
peak "2 multi-frame files of 60 MB" "$WORK/us" 2
if full; then
    native=4294967294 fragments=4000000000 small=200000 study=200000
else
    native=300000000 fragments=200000000 small=10000 study=10000
fi
big "$WORK/native" native $native
peak "native Pixel Data of $native bytes" "$WORK/native" 1
big "$WORK/fragments" fragments $fragments
peak "fragments of $fragments bytes" "$WORK/fragments" 1

# many CORPUS COUNT BYTES: the limit, whose 64 MiB hide much where instances are few; so also what each costs more than one,
# beside 4 MiB that tables and threads may take.
many() {
    "$BUILD/bench-corpora" "$WORK/one" "$1" 1
    peak "1 of $1" "$WORK/one" 1
    local one=$found most=$(($2 * $3 / 1024 + 4096))
    "$BUILD/bench-corpora" "$WORK/many" "$1" "$2"
    peak "$2 of $1" "$WORK/many" "$2"
    [ $((found - one)) -le $most ] || fail "$2 of $1: $((found - one)) KiB more than one takes, of $most"
    say "$2 of $1: $((found - one)) KiB more than one takes, of $most"
}
many small $small 768
many study $study 1280
