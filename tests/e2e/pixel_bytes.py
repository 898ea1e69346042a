"""pixel_bytes.py: writes files whose Pixel Data holds text that is no pixel, and looks for it again, with pydicom.

usage: pixel_bytes.py plant FILE.dcm OUT.dcm      FILE with planted bytes where its transfer syntax has room for them
       pixel_bytes.py value FILE.dcm              the pixel element's value, to standard output
"""
import struct
import sys

import pydicom
from pydicom.encaps import encapsulate

try:
    from pydicom.encaps import generate_frames as frames_of
except ImportError:
    from pydicom.encaps import generate_pixel_data_frame as frames_of

WORD = b"Zzyx^Planted 19610203"


def segment(marker, content):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def plant_jpeg(frame):
    frame = frame.rstrip(b"\x00")
    return frame[:2] + segment(0xE1, b"Exif\0\0" + WORD) + segment(0xFE, WORD) + frame[2:] + WORD


def plant_jpeg2000(frame):
    size = struct.unpack(">H", frame[4:6])[0]  # SIZ must come first
    at = 4 + size
    return frame[:at] + segment(0x64, b"\0\1" + WORD) + frame[at:].rstrip(b"\0") + WORD


def plant(source, target):
    dataset = pydicom.dcmread(source)
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    number = int(syntax.rsplit(".", 1)[1])
    if not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        dataset.PixelData += WORD + b" "
    elif syntax == "1.2.840.10008.1.2.5":
        dataset.PixelData = encapsulate([frame + WORD for frame in frames_of(dataset.PixelData)])
    else:
        work = plant_jpeg2000 if number in (90, 91) else plant_jpeg
        dataset.PixelData = encapsulate([work(frame) for frame in frames_of(dataset.PixelData)])
    dataset.save_as(target)


if sys.argv[1] == "plant":
    plant(*sys.argv[2:])
else:
    sys.stdout.buffer.write(pydicom.dcmread(sys.argv[2]).PixelData)
