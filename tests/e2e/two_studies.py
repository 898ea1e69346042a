"""two_studies.py: what two runs over two studies of one patient have in common, judged by pydicom and a list of all values.

usage: two_studies.py joined MODE IN1 OUT1 IN2 OUT2   one key and project: MODE is shift, rebase or table
       two_studies.py apart IN OUT OTHER STRANGER      another key or project: nothing in common but the clinical, and what is in
                                                    the output of somebody else's study, too
Shares no code with dcmchain. Objects are paired by modality, series and instance number.
"""
import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pydicom

from usefulness import pairs

# What dcmchain writes of itself or in place of any value, alike for everybody.
OWN = {"PatientIdentityRemoved", "DeidentificationMethod", "DeidentificationMethodCodeSequence",
       "LongitudinalTemporalInformationModified", "ImplementationClassUID", "ImplementationVersionName"}
OWN_WORDS = {"REMOVED", "ANONYMIZED", "19000101", "19000101000000"}
IDENTIFYING = {"PatientName", "PatientID", "StudyID", "AccessionNumber", "ReferringPhysicianName", "InstitutionName",
               "DeviceSerialNumber", "RequestedProcedureID", "ScheduledProcedureStepID", "ROIInterpreter"}


def walk(ds, path=()):
    """(path, element) of all that is no sequence, at every depth."""
    for element in ds:
        place = path + (element.keyword or str(element.tag),)
        if element.VR == "SQ":
            for at, item in enumerate(element.value):
                yield from walk(item, place + (at,))
        else:
            yield place, element


def texts(element):
    values = element.value if isinstance(element.value, (list, pydicom.multival.MultiValue)) else [element.value]
    return [str(value) for value in values if value is not None and str(value) != ""]


def is_identifying(path, element):
    return path[-1] in IDENTIFYING or (element.VR in ("DA", "DT") and path[-1] != "PatientBirthDate") or (
        element.VR == "UI" and not str(element.value).startswith("1.2.840.10008."))


def instant(text):
    text = str(text)
    return datetime.strptime(text[:14], "%Y%m%d%H%M%S") if len(text) >= 14 else datetime.strptime(text[:8], "%Y%m%d")


def objects_of(*sides):
    return [pair for before, after in sides for pair in pairs(before, after)]


def check_uids(objects):
    """Every UID that names something is another one, the same for the same, and what is referred to is there."""
    mapped, known, references = {}, set(), 0
    for key, old, new in objects:
        sources = dict(walk(old))
        for path, element in walk(new):
            if path[0] in OWN or element.VR != "UI" or not texts(element):
                continue
            assert path in sources, f"{key}: {path} is new"
            for source, made in zip(texts(sources[path]), texts(element)):
                if source.startswith("1.2.840.10008."):
                    assert source == made, f"{key}: {path} changed"
                    continue
                assert mapped.setdefault(source, made) == made != source, f"{key}: {path} is mapped in two ways"
        missing = [path for path, element in sources.items() if element.VR == "UI" and texts(element) and path not in dict(walk(new))]
        assert not missing, f"{key}: UIDs are lost at {missing}"
        known |= {new.SOPInstanceUID, new.SeriesInstanceUID, new.StudyInstanceUID}
    assert len(set(mapped.values())) == len(mapped), "two UIDs became one"
    for key, _, new in objects:
        for path, element in walk(new):
            if path[0] not in OWN and path[-1] in ("ReferencedSOPInstanceUID", "UID", "SeriesInstanceUID", "StudyInstanceUID"):
                assert str(element.value) in known, f"{key}: nothing is there to which {path} refers"
                references += len(path) > 1
    return references


def check_dates(objects, mode):
    """Days by which each date went back: one number for all (shift), one for each study (rebase)."""
    moves, moved = {}, 0
    for key, old, new in objects:
        after = dict(walk(new))
        for path, element in walk(old):
            if element.VR not in ("DA", "DT") or path[-1] == "PatientBirthDate" or not texts(element):
                continue
            found = texts(after[path]) if path in after else []
            if mode == "table":
                assert all(text in OWN_WORDS for text in found), f"{key}: a date is left at {path}"
                continue
            assert len(found) == 1, f"{key}: no date at {path}"
            if mode == "rebase":
                # A date moves with the time beside it; what is compared is the instant.
                when, became = (with_time(ds, path, text) for ds, text in ((dict(walk(old)), element.value), (after, found[0])))
            else:
                when, became = instant(element.value), instant(found[0])
                assert str(element.value)[8:] == found[0][8:], f"{key}: the time of {path} changed"
            if when is None:
                continue
            moves.setdefault(str(old.StudyInstanceUID) if mode == "rebase" else "", set()).add(when - became)
            moved += 1
        for path, element in walk(old):
            if mode == "shift" and element.VR == "TM":
                assert path in after and after[path].value == element.value, f"{key}: a time changed at {path}"
    if mode == "table":
        return "no date is left"
    assert all(len(of_one) == 1 for of_one in moves.values()), f"not all dates moved alike: {moves}"
    if mode == "shift":
        (by,) = moves[""]
        assert timedelta(days=1) <= by <= timedelta(days=365) and by == timedelta(days=by.days)
    else:
        assert all(new.StudyDate == "20000101" and float(new.StudyTime) == 0 for _, _, new in objects)
    return f"{moved} dates moved alike"


def with_time(elements, path, text):
    """The instant of a DT, or of a date with the time beside it; None for a date alone."""
    if len(str(text)) > 8:
        return instant(text)
    beside = elements.get(path[:-1] + (path[-1].replace("Date", "Time"),))
    return instant(str(text) + str(beside.value)[:6]) if beside is not None and path[-1] != "Date" else None


def joined(mode, *folders):
    objects = objects_of(folders[:2], folders[2:])
    patients = {(str(new.PatientID), str(new.PatientName)) for _, _, new in objects}
    assert len(patients) == 1, "not one patient"
    (patient, _), = patients
    assert len(patient) == 16 and len({str(new.StudyID) for _, _, new in objects}) == 2
    references = check_uids(objects)
    assert references > 35, "references are missing"
    print(f"{mode}: one patient, {references} references resolve, {check_dates(objects, mode)}")


def leaves(node):
    if isinstance(node, dict):
        for key, value in node.items():
            yield key, "key"
            if key != "key_id":  # names the key in public; of no patient
                yield from leaves(value)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value)
    elif isinstance(node, str):
        yield node, "document"


def values_of(folder):
    """Every value of every element, every text of every document, every part of every path: {value: where}."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        found.setdefault(path.name, set()).add("path")
        if path.suffix == ".dcm":
            ds = pydicom.dcmread(path)
            for place, element in list(walk(ds.file_meta)) + list(walk(ds)):
                for text in texts(element):
                    found.setdefault(text, set()).add(place[0] if place[0] in OWN else place[-1])
        elif path.suffix == ".json":
            for text, kind in leaves(json.loads(path.read_text())):
                found.setdefault(text, set()).add(kind)
    return found


def apart(before, after, other, stranger):
    """A value that two outputs share must be clinical (it stood in the source, in an attribute that identifies nobody), or a
    word that dcmchain writes for everybody. Everything that was made from a value of the source is in one of them alone."""
    one, two, everybody = values_of(after), values_of(other), values_of(stranger)
    clinical, identifying, made = set(), set(), set()
    for _, old, new in pairs(before, after):
        sources = dict(walk(old))
        for path, element in sources.items():
            (identifying if is_identifying(path, element) else clinical).update(texts(element))
        for path, element in walk(new):
            if path[0] not in OWN and path[-1] != "PatientBirthDate" and (path not in sources or texts(sources[path]) != texts(element)):
                made.update(texts(element))
    clinical -= identifying
    shared = set(one) & set(two)
    assert shared & clinical, "nothing clinical is left"
    cleaned = {text for text in made if any(text in value.replace("^", " ") or set(text.split()) <= set(value.split()) | OWN_WORDS
                                            for value in clinical)}
    of_identity = sorted(text for text in shared & made if text not in OWN_WORDS | cleaned)
    assert not of_identity, f"both outputs hold what was made from one source: {[(text, one[text]) for text in of_identity]}"
    birth = {text for text in shared if one[text] <= {"PatientBirthDate", "document"} and text.endswith("0101")}
    odd = sorted((text, one[text]) for text in shared - clinical - cleaned - birth - set(everybody))
    assert not odd, f"both outputs hold {odd}"
    assert len(made - shared) > 15, "hardly anything was made"
    print(f"{len(made - shared)} values were made, none of them is in both; {len(shared & clinical)} clinical ones are")


if __name__ == "__main__":
    {"joined": joined, "apart": apart}[sys.argv[1]](*sys.argv[2:])
