"""dicom.py: looks at DICOM files with pydicom, which shares no code with dcmchain. It must not write.

usage: dicom.py read FOLDER           every .dcm parses to its end, with all values
       dicom.py pixels IN OUT         pixel data and transfer syntax of OUT's images are those of IN's, no more, no fewer
       dicom.py values FOLDER         what must not leave: identifying values of the images, .tags and task.json, one a line
       dicom.py get FILE KEYWORD      the value, "absent" or "empty"
       dicom.py names FOLDER          every name below it is safe on every file system, and no two differ by case alone
       dicom.py judge IN OUT          names, pixels and read on OUT, then values of IN
"""
import json
import os
import re
import sys
import unicodedata
import warnings
from pathlib import Path

import pydicom

warnings.simplefilter("ignore")  # pydicom warns of sources' values by showing them
PIXELS = (0x7FE00008, 0x7FE00009, 0x7FE00010)
NAMED = {"PatientName", "PatientID", "OtherPatientIDs", "AccessionNumber", "StudyID", "ReferringPhysicianName",
         "InstitutionName", "StationName", "DeviceSerialNumber", "RequestedProcedureID"}
TASK = {"uid", "patient_name", "mrn", "acc", "sender_address", "mercure_server", "device_serial_number", "study_uid",
        "received_series_uid", "series_uid", "id"}
NOBODY = {"MISSING", "ANONYMIZED"}  # mercure's word for absent, and what a sample was cleaned with once
SHORT = 5  # shorter texts turn up in pixels by chance


def files(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())


def images(folder):
    for path in files(folder):
        try:
            yield path, pydicom.dcmread(path, force=path.suffix == ".dcm" and path.stat().st_size > 132)
        except pydicom.errors.InvalidDicomError:
            continue


def read(folder):
    for path in files(folder):
        if path.suffix == ".dcm":
            dataset = pydicom.dcmread(path)
            for element in dataset.iterall():
                str(element.value)
            assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID, f"{path}: two UIDs"


def pixel_values(folder):
    for _, dataset in images(folder):
        value = b"".join(dataset[tag].value for tag in PIXELS if tag in dataset)
        guessed = "1.2.840.10008.1.2" if dataset.is_implicit_VR else "1.2.840.10008.1.2.1"
        yield str(dataset.file_meta.get("TransferSyntaxUID", guessed)), value


def only_blanked(before, after):
    """What may differ: comments of a codec and the like, which are zeros in the output."""
    if before == after:
        return True
    differing = [new for old, new in zip(before, after) if old != new]
    return len(before) == len(after) and not any(differing) and len(differing) * 10 <= len(before) + 1000


def pixels(before, after):
    left = list(pixel_values(before))
    new = 0
    for syntax, value in pixel_values(after):
        match = next((one for one in left if one[0] == syntax and only_blanked(one[1], value)), None)
        if match is None:
            new += 1
        else:
            left.remove(match)
    if left or new:
        sys.exit(f"pixel data differs: {len(left)} images of the input are not in the output, "
                 f"{new} of the output not in the input")


def words_of(value):
    text = str(value).strip()
    yield text
    yield from text.replace("=", "^").split("^")


def task_values(node, key=""):
    if isinstance(node, dict):
        for name, inner in node.items():
            yield from task_values(inner, name)
    elif isinstance(node, list):
        for inner in node:
            yield from task_values(inner, key)
    elif key in TASK and isinstance(node, str):
        yield node


def values(folder):
    found = set()
    for _, dataset in images(folder):
        for element in list(dataset.iterall()) + list(dataset.file_meta):
            texts = element.value if isinstance(element.value, pydicom.multival.MultiValue) else [element.value]
            if element.VR == "UI":
                found.update(str(text) for text in texts if text and not str(text).startswith("1.2.840.10008."))
            elif element.keyword in NAMED:
                found.update(word for text in texts for word in words_of(text))
    found -= {str(dataset.file_meta.get("ImplementationClassUID")) for _, dataset in images(folder)}
    # A site that calls itself as its scanner's maker: the maker's name stays.
    makers = [str(dataset.get("Manufacturer")) for _, dataset in images(folder)]
    found -= {word for word in found for maker in makers if word in maker}
    for path in files(folder):
        if path.suffix == ".tags":
            for key, value in json.loads(path.read_text(), object_pairs_hook=list):
                if key in NAMED or (key.endswith("UID") and not value.startswith("1.2.840.10008.")):
                    found.update(words_of(value))
        elif path.name == "task.json":
            found.update(word for value in task_values(json.loads(path.read_text())) for word in words_of(value))
    for word in sorted(found):
        if len(word) >= SHORT and word.strip("0") and "\n" not in word and word not in NOBODY:
            print(word)


def judge(before, after):
    names(after)
    pixels(before, after)
    read(after)
    values(before)


def get(path, keyword):
    dataset = pydicom.dcmread(path)
    if keyword not in dataset:
        print("absent")
    else:
        value = dataset[keyword].value
        print("empty" if value is None or value == "" else value)


DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def names(folder):
    for parent, folders, names_here in os.walk(folder):
        seen = {}
        for name in folders + names_here:
            raw = os.fsencode(name)
            text = raw.decode("utf-8")  # raises where it is none
            wrong = (len(raw) > 255 or text[0] in ". " or text[-1] in ". " or DEVICE.fullmatch(text)
                     or set(text) & set('<>:"|?*\\') or text.lower() in ("task.json", "result.json", "sent.txt")
                     or any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in text))
            folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
            if wrong or folded in seen:
                sys.exit(f"unsafe name, or two of one name: {text!r}, {seen.get(folded)!r}")
            seen[folded] = text


if __name__ == "__main__":
    {"read": read, "pixels": pixels, "values": values, "get": get, "names": names, "judge": judge}[sys.argv[1]](*sys.argv[2:])
