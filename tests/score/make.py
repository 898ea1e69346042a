"""make.py FOLDER [SAMPLES]: writes the set, in/*.dcm and truth.json: for each file what was planted where, and what must
become of it. It must not know the engine: what is asked comes from policy.py."""
import hashlib
import json
import sys
import warnings
from pathlib import Path

import objects
import plants
import pydicom
from people import COMMON, PEOPLE
from pydicom.dataset import FileMetaDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

warnings.simplefilter("ignore")
pydicom.config.replace_un_with_known_vr = False  # what is stored as UN shall be
DATES = {"20190314"}  # a shift can lead to one; each is judged in its element
THEMES = ("rows", "texts", "private", "bytes")  # of each class; odd of some
STOCK = Path("/usr/lib/python3/dist-packages/pydicom/data/test_files")
STOCK_FILES = ("CT_small.dcm", "MR_small.dcm", "MR_small_RLE.dcm", "MR_small_jp2klossless.dcm", "JPEG2000.dcm", "SC_rgb_jpeg_dcmtk.dcm",
               "liver_1frame.dcm", "rtplan.dcm", "rtdose_1frame.dcm", "waveform_ecg.dcm", "test-SR.dcm", "reportsi.dcm")


class Made:
    """One file on its way: the object, whose it is, and what is asked of it."""

    def __init__(self, ds, person, number, name):
        self.ds, self.person, self.number, self.name = ds, person, number, name
        self.asked, self.gone, self.preamble, self.trailer, self.meta = {}, set(), b"", b"", {}

    def rank(self, text):
        """A number of this file's own for a word, the same in each run."""
        return int(hashlib.sha256(f"{self.number} {text}".encode()).hexdigest()[:8], 16)

    def ask(self, path, action, gone=(), kept=()):
        self.asked["/".join(path)] = {"action": action, "gone": list(gone), "kept": list(kept)}
        self.gone.update(gone)


def stock(name, number):
    ds = pydicom.dcmread(STOCK / name, force=True)
    objects.fill(ds, StudyInstanceUID=f"{objects.ROOT}.{number}", SeriesInstanceUID=f"{objects.ROOT}.{number}.1",
                 SOPInstanceUID=f"{objects.ROOT}.{number}.1.1", InstanceNumber=1000 + number)
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    for keyword in ("OtherPatientIDs", "OtherPatientNames", "InstitutionName", "StationName"):
        if keyword in ds:
            del ds[keyword]
    return ds


def make(folder):
    inputs = folder / "in"
    inputs.mkdir(parents=True)
    plan = [(name, maker, theme) for theme in THEMES for name, maker in objects.ALL.items()]
    plan += [(Path(name).stem, name, theme) for name in STOCK_FILES if (STOCK / name).is_file() for theme in ("texts",)]
    plan += [(name, objects.ALL[name], "odd") for name in ("ct", "mr", "pet", "us", "emr", "wsi", "sr", "rtplan")]
    truth = []
    for number, (name, maker, theme) in enumerate(plan, 1):
        ds = stock(maker, number) if isinstance(maker, str) else maker(number)
        person = PEOPLE[number % len(PEOPLE)]
        made = Made(ds, person, number, f"{number:03}-{name}-{theme}")
        plants.identify(made)
        getattr(plants, theme)(made)
        plants.by_class(made)
        truth.append(write(made, inputs, number))
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1))
    print(f"{len(truth)} files, {sum(len(one['asked']) for one in truth)} planted elements")


def write(made, inputs, number):
    ds = made.ds
    compressed = ds.file_meta.TransferSyntaxUID.is_encapsulated or made.name.split("-")[1] in ("MR_small_RLE",)
    syntax = (None, ImplicitVRLittleEndian, None, None, ExplicitVRBigEndian, None, DeflatedExplicitVRLittleEndian)[number % 7]
    big_needs = any(element.VR in ("OW", "UN", "OF", "OD", "OL") and element.tag != 0x7FE00010 for element in ds.iterall())
    if syntax and not compressed and not (syntax == ExplicitVRBigEndian and (big_needs or "PixelData" in ds)) and ds.is_little_endian:
        ds.file_meta.TransferSyntaxUID = syntax
        ds.is_implicit_VR, ds.is_little_endian = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
    for keyword, value in made.meta.items():
        setattr(ds.file_meta, keyword, value)
    ds.preamble = (made.preamble + b"\0" * 128)[:128]
    path = inputs / f"{made.name}-{made.person.family.replace(chr(39), '')}.dcm"
    ds.save_as(path, write_like_original=False)
    if made.trailer and syntax != DeflatedExplicitVRLittleEndian and (syntax is None or made.trailer[:6] == b"behind"):
        with open(path, "ab") as file:
            file.write(made.trailer)
    return {"file": path.name, "sop_class": str(ds.SOPClassUID), "instance": int(ds.InstanceNumber), "person": PEOPLE.index(made.person),
            "asked": made.asked, "hidden": sorted({*made.person.hidden, *(word for word in sorted(made.gone) if word.lower() not in COMMON and len(word) > 4 and word not in DATES)})}


if __name__ == "__main__":
    make(Path(sys.argv[1]))
