"""edges.py: makes studies that are each difficult in one way, from one image, with pydicom. It knows nothing of dcmchain.

usage: edges.py IMAGE FOLDER    writes FOLDER/<case>/*.dcm for every case below
"""
import copy
import sys
import unicodedata
import warnings
from pathlib import Path

import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

warnings.simplefilter("ignore")  # values that break a rule are the point
ROOT = "1.2.826.0.1.99999.8"


def named(text, charset="ISO_IR 192"):
    return lambda image: image.update({"SpecificCharacterSet": charset, "SeriesDescription": text})


def without(*keywords):
    return lambda image: [delattr(image, keyword) for keyword in keywords]


def having(keyword, value):
    return lambda image: setattr(image, keyword, value)


def raw(tag, vr, value):
    return lambda image: image.add(DataElement(tag, vr, value))


def series(number, change):
    def apply(image):
        image.SeriesInstanceUID = f"{ROOT}.{number}"
        change(image)

    return apply


def pdf(image):
    for keyword in ("PixelData", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"):
        delattr(image, keyword)
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.104.1"
    image.Modality = "DOC"
    image.SeriesInstanceUID = f"{ROOT}.77"
    image.MIMETypeOfEncapsulatedDocument = "application/pdf"
    image.EncapsulatedDocument = b"%PDF-1.4 invented"


def nested(depth):
    def apply(image):
        item = image
        for _ in range(depth):
            inner = Dataset()
            inner.PatientID = image.PatientID
            inner.SeriesDescription = "inner"
            item.ContentSequence = [inner]
            item = inner

    return apply


def frames_without_number(image):
    raw(0x00280008, "LO", "3A")(image)
    image.PixelData = image.PixelData * 3


SAME = named("same")
CASES = {
    "no-patient-name": [without("PatientName")],
    "no-patient-id": [without("PatientID")],
    "nobody": [without("PatientID", "PatientName", "PatientBirthDate")],
    "empty-patient-id": [having("PatientID", "")],
    "no-birth-date": [without("PatientBirthDate")],
    "empty-birth-date": [having("PatientBirthDate", "")],
    "short-birth-date": [having("PatientBirthDate", "1961")],
    "birth-date-is-none": [having("PatientBirthDate", "19619999")],
    "no-study-id": [without("StudyID")],
    "empty-study-id": [having("StudyID", "")],
    "no-accession": [without("AccessionNumber")],
    "no-modality-no-date": [without("Modality", "StudyDate", "StudyTime")],
    "no-instance-number": [without("InstanceNumber")],
    "no-instance-number-thrice": [without("InstanceNumber")] * 3,
    "empty-instance-number": [having("InstanceNumber", None)],
    "negative-instance-number": [having("InstanceNumber", -7)],
    "huge-instance-number": [having("InstanceNumber", 2147483647)],
    "instance-number-is-text": [raw(0x00200013, "LO", "seven/../x")],
    "duplicate-instance-number": [having("InstanceNumber", 3)] * 3,
    "no-series-description": [without("SeriesDescription")],
    "empty-series-description": [having("SeriesDescription", "")],
    "differing-description": [SAME, named("other")],
    "two-series-one-name": [series(1, SAME), series(2, SAME), series(3, SAME)],
    "two-series-taking-a-suffix": [series(1, SAME), series(2, named("same-2")), series(3, SAME)],
    "two-series-by-case": [series(1, named("Same")), series(2, named("sAME"))],
    "two-series-by-composition": [series(1, named(unicodedata.normalize("NFC", "Kn\u00e9 \u00c5"))),
                                  series(2, named(unicodedata.normalize("NFD", "Kn\u00e9 \u00c5")))],
    "two-series-by-trailing-dots": [series(1, named("dots")), series(2, named("dots..")), series(3, named("..dots"))],
    "slash": [named("a/b/c")],
    "backslash": [raw(0x0008103E, "ST", "..\\..\\evil")],
    "dotdot": [named("..")],
    "traversal": [named("../../../../../tmp/evil")],
    "absolute": [named("/etc/evil")],
    "hidden": [named(".hidden")],
    "only-dots-and-spaces": [named(" . . ... ")],
    "control": [raw(0x0008103E, "ST", "a\x1b[31mred\x07\nb\tc")],
    "percent": [named("%s%n%x {SeriesDescription} $(id)")],
    "device": [named("con")],
    "device-with-number": [named("LPT1.x")],
    "of-mercure": [named("task.json")],
    "staging": [named(".dcmchain-1")],
    "bidi": [named("abc\u202egnp.exe\u200b")],
    "long": [named("x" * 64)],
    "overlong": [raw(0x0008103E, "ST", "y" * 900)],
    "overlong-utf8": [lambda image: (setattr(image, "SpecificCharacterSet", "ISO_IR 192"),
                                     raw(0x0008103E, "ST", "\u6c34\U0001f9b4" * 90)(image))],
    "latin1": [named("M\u00fcller-Sch\u00e4del", "ISO_IR 100")],
    "arabic": [named("\u0635\u062f\u0631", "ISO_IR 127")],
    "empty-ob": [raw(0x00420011, "OB", b"")],
    "empty-un": [raw(0x00182042, "UN", b"")],
    "empty-sequence": [having("ReferencedImageSequence", [])],
    "deep": [nested(40)],
    "encapsulated-pdf": [SAME, pdf],
    "frames-without-a-number": [frames_without_number],
    "no-pixels": [without("PixelData")],
}


def main(image, folder):
    base = pydicom.dcmread(image)
    for case, changes in CASES.items():
        target = Path(folder) / case
        target.mkdir(parents=True)
        for number, change in enumerate(changes, 1):
            made = copy.deepcopy(base)
            made.StudyInstanceUID = ROOT
            made.SeriesInstanceUID = f"{ROOT}.1"
            made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.1.{number}"
            change(made)
            made.save_as(target / f"{ROOT}#MR.X.{number}.dcm")


if __name__ == "__main__":
    main(*sys.argv[1:])
