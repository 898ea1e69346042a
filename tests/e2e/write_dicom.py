"""write_dicom.py: writes DICOM files byte by byte, for scripts that need what no library would write. It must not read any.

Shares no code with dcmchain nor with pydicom, which judges the results.
"""
import struct
import zlib

IMPLICIT, EXPLICIT, BIG, DEFLATED = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2",
                                     "1.2.840.10008.1.2.1.99")
LONG = {"OB", "OW", "UN", "UT", "UC", "UR", "SQ", "OD", "OF", "OL", "OV", "SV", "UV"}


def element(tag, vr, value, syntax=EXPLICIT):
    """value: bytes, or for SQ a list of items, each the bytes of its elements."""
    order = ">" if syntax == BIG else "<"
    if vr == "SQ":
        value = b"".join(struct.pack(order + "HHL", 0xFFFE, 0xE000, len(item)) + item for item in value)
    elif len(value) % 2:
        value += b"\0" if vr in ("UI", "OB", "UN") else b" "
    head = struct.pack(order + "HH", tag >> 16, tag & 0xFFFF)
    if syntax == IMPLICIT:
        return head + struct.pack("<L", len(value)) + value
    if vr in LONG:
        return head + vr.encode() + b"\0\0" + struct.pack(order + "L", len(value)) + value
    return head + vr.encode() + struct.pack(order + "H", len(value)) + value


def dataset(elements, syntax=EXPLICIT):
    """elements: {tag: (vr, bytes or list of such dictionaries)}"""
    return b"".join(
        element(tag, vr, [dataset(item, syntax) for item in value] if vr == "SQ" else value, syntax)
        for tag, (vr, value) in sorted(elements.items()))


def file(elements, syntax=EXPLICIT, preamble=b"\0" * 128):
    meta = {0x00020001: ("OB", b"\0\1"), 0x00020002: ("UI", elements[0x00080016][1]),
            0x00020003: ("UI", elements[0x00080018][1]), 0x00020010: ("UI", syntax.encode()),
            0x00020012: ("UI", b"2.25.1")}
    body = dataset(meta)
    data = dataset(elements, syntax)
    if syntax == DEFLATED:
        packer = zlib.compressobj(wbits=-15)
        data = packer.compress(data) + packer.flush()
    return preamble + b"DICM" + element(0x00020000, "UL", struct.pack("<L", len(body))) + body + data


def image(study, series, number, more):
    """A small MR image; more: elements over its own."""
    base = {0x00080008: ("CS", b"ORIGINAL\\PRIMARY\\OTHER"), 0x00080016: ("UI", b"1.2.840.10008.5.1.4.1.1.4"),
            0x00080018: ("UI", f"{study}.{series}.{number}".encode()), 0x00080020: ("DA", b"20240229"),
            0x00080030: ("TM", b"101112"), 0x00080060: ("CS", b"MR"), 0x00080070: ("LO", b"ACME"),
            0x0020000D: ("UI", study.encode()), 0x0020000E: ("UI", f"{study}.{series}".encode()),
            0x00200011: ("IS", str(series).encode()), 0x00200013: ("IS", str(number).encode()),
            0x00280002: ("US", b"\1\0"), 0x00280004: ("CS", b"MONOCHROME2"), 0x00280010: ("US", b"\2\0"),
            0x00280011: ("US", b"\2\0"), 0x00280100: ("US", b"\x10\0"), 0x00280101: ("US", b"\x0c\0"),
            0x00280102: ("US", b"\x0b\0"), 0x00280103: ("US", b"\0\0"), 0x7FE00010: ("OW", b"\1\0\2\0\3\0\4\0")}
    return {**base, **more}
