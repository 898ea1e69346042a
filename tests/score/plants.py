"""plants.py: identity in every place of an object that somebody thought of; each place with what must become of it.
The actions: X gone, Z empty, D something else, U mapped, K the same bytes, C cleaned, and the pseudonyms."""
import re
import struct
from datetime import date, timedelta

import policy
from objects import ROOT, code, content, fill, item
from people import CLEAN, COMMON, DIRTY
from pydicom.datadict import DicomDictionary
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

TEXT = {"LO": 64, "SH": 16, "ST": 1024, "LT": 10240, "UT": 4000, "UC": 4000}
CHAINS = ((), (0x00081115,), (0x00189112, 0x00400260), (0x52009229, 0x00189112, 0x00400260), (0x00082218, 0x00540016, 0x00081115, 0x00189112))
MONTHS = "January February March April May June July August September October November December".split()


def spelled(made):
    """The fields of the templates, as this file's person has them."""
    person, birth = made.person, made.person.birth
    return {"family": person.family, "given": person.given, "upper_family": person.family.upper(), "upper_given": person.given.upper(),
            "low_family": person.family.lower(), "low_given": person.given.lower(), "given_initial": person.given[0], "id": person.id,
            "accession": person.accession, "study_id": person.study_id, "doctor_family": person.doctor_family,
            "operator": person.operator, "hospital": person.hospital, "phone": person.phone, "street": person.street,
            "city": person.city, "other_id": person.other_id, "uid": str(made.ds.StudyInstanceUID), "date_iso": "2019-03-14",
            "date_plain": "20190314", "date_us": "03/14/2019", "date_words": "14 March 2019",
            "birth_iso": f"{birth[:4]}-{birth[4:6]}-{birth[6:]}", "birth_us": f"{birth[4:6]}/{birth[6:]}/{birth[:4]}"}


def dirty(made, place, limit=4000):
    """A text with identity for a place: itself, the words that must go, the words that must stay."""
    fields = spelled(made)
    for attempt in range(len(DIRTY)):
        template = DIRTY[(made.rank(place) + attempt) % len(DIRTY)]
        text = template.format(**fields)
        # A name that is a word of the field stays where it stands alone: nobody can tell.
        alone = made.person.family.lower() in COMMON and "family}" in template and "given}" not in template
        if len(text.encode("utf-8")) <= limit and not alone:
            break
    else:
        text, template = made.person.id[:limit], "{id}"
    gone = [fields[name] for name in re.findall(r"{(\w+)}", template) if name != "given_initial"]
    kept = [word for word in re.findall(r"\w+", re.sub(r"\S*{\w+}\S*", " ", template))
            if word.lower() not in ("mrn", "dr", "born", "by", "call", "see", "uid", "mail", "pat", "of", "requested", "seen", "scanned",
                                    "study", "operator", "accession", "t1", "protocol", "before")]
    return text, gone, kept


def step(tags):
    return [f"{tag:08X}[0]" for tag in tags]


def inside(ds, tags):
    """The item at the end of a chain of sequences, made where it is missing."""
    for tag in tags:
        if tag not in ds or ds[tag].VR != "SQ" or not ds[tag].value:
            ds.add_new(tag, "SQ", Sequence([Dataset()]))
        ds = ds[tag].value[0]
    return ds


def put(made, tags, tag, vr, value, action, gone=(), kept=()):
    inside(made.ds, tags).add(DataElement(tag, vr, value))
    made.ask([*step(tags), f"{tag:08X}"], action, gone, kept)


def identify(made):
    """What every file says of its patient at the top."""
    person, ds = made.person, made.ds
    ds.SpecificCharacterSet = person.charset
    fill(ds, PatientName=person.pn, PatientID=person.id, PatientBirthDate=person.birth, AccessionNumber=person.accession,
         StudyID=person.study_id, ReferringPhysicianName=person.doctor, InstitutionName=person.hospital, PatientSex="F",
         InstitutionAddress=f"{person.street}, {person.city}", OperatorsName=f"{person.operator}^Ulf",
         OtherPatientIDs=person.other_id, PatientTelephoneNumbers=person.phone, PatientAddress=f"{person.street} {person.city}",
         StationName=f"ST{made.number:03}QX", StudyDate="20190314", StudyTime="101112", ContentDate="20190314")
    made.hospital = person.hospital


def value_for(made, tag, vr, path):
    """A value with identity for any attribute."""
    place = f"{path} {tag:08X}"
    day = (date(2019, 3, 14) + timedelta(days=made.rank(place) % 90)).strftime("%Y%m%d")
    values = {"PN": made.person.pn, "DA": day, "DT": day + "101112.5", "TM": "101112.25", "AS": "045Y", "DS": "+1.50", "IS": "007",
              "CS": "PLAIN", "AE": f"AE{made.number}QX", "UR": "https://pacs.example.org/q", "UI": f"{ROOT}.{made.number}.7.{tag}"}
    if tag == 0x00080201:
        return "+0100", [], []
    if vr in values:
        return values[vr], [], []
    if vr in TEXT:
        return dirty(made, place, TEXT[vr])
    if vr in ("OB", "UN"):
        return made.person.family.encode("utf-8") + b"\1\2\3\4"[:4 - len(made.person.family.encode()) % 2], [], []
    if vr == "SQ":
        return None, [], []
    return {"OW": b"\1\2", "OF": b"\0\0\0\0", "OD": b"\0" * 8, "OL": b"\1\0\0\0", "AT": 0x00100010, "FL": 1.5, "FD": 1.25}.get(vr, 3), [], []


SKIPPED = {0x00080005, 0x00080016, 0x00080018, 0x0020000D, 0x0020000E, 0x00080060, 0x00200013, 0x00120062, 0x00120063, 0x00120064,
           0x00280303, 0x00420011, 0x00420012, 0x00420015, 0x0040A730, 0x04000561, 0x00100010, 0x00100020, 0x00100030, 0x00081190, 0x00280002}


# What identify() states: texts speak of it.
STATED = {0x00080050, 0x00080080, 0x00080081, 0x00080090, 0x00081010, 0x00081070, 0x00101000, 0x00101040, 0x00102154, 0x00200010,
          0x00080020, 0x00080023, 0x00080030, 0x00100021, 0x00100024}  # an issuer makes another patient


def rows(made):
    """Every row of table E.1-1: over the files of this theme, at the top and up to four sequences deep."""
    table = sorted(int(tag, 16) for tag in policy.TABLE if re.fullmatch("[0-9A-F]{8}", tag))
    chosen = [tag for tag in table if tag not in SKIPPED and tag >> 16 not in (0, 2, 0x0004, 0xFFFC, 0x4FFE)]
    for place, tag in enumerate(chosen):
        if (place + made.number) % 4:
            continue
        vr, chain = policy.vr_of(tag), CHAINS[(place // 4 + made.number) % len(CHAINS)]
        if vr in ("UN", "NONE", "") or (tag in inside(made.ds, chain) and vr == "SQ") or (not chain and tag in STATED):
            continue
        action = policy.action(tag, vr, tuple(chain), str(made.ds.SOPClassUID), "mercure")
        value, gone, kept = value_for(made, tag, vr, chain)
        if vr in TEXT and action != "C":  # one that the attribute itself would hold
            value, gone, kept = policy.matrix.word(tag), [], []
        if vr == "SQ":
            if tag in made.ds or action == "U":
                continue
            inner, low, words = dirty(made, f"inner {tag}", 64) if action == "C" else (policy.matrix.word(tag ^ 0xFFFF), [], [])
            value = Sequence([item(CodeValue="Q-1", CodingSchemeDesignator="99QX", CodeMeaning=inner)])
            put(made, chain, tag, vr, value, "table")
            if action == "C":
                made.ask([*step(chain), f"{tag:08X}[0]", "00080104"], "C", low, words)
            continue
        put(made, chain, tag, vr, value, "table", gone, kept)


def unlisted(vrs):
    return [tag for tag, (vr, _, _, retired, keyword) in sorted(DicomDictionary.items())
            if keyword and policy.matrix.vr_of(vr) in vrs and f"{tag:08X}" not in policy.TABLE and tag not in SKIPPED
            and tag >> 16 not in (0, 2, 4, 0x0088, 0xFFFE) and not tag >> 16 & 1 and tag & 0xFF00 != 0x5000]


# Attributes of the pipeline's own or of codes: a hit there is another matter, tested beside.
CODED = {0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119, 0x00080120, 0x0008010E, 0x00080105, 0x00080106}
MAKERS = {0x00080070, 0x00081090, 0x00181020, 0x00181019, 0x00189004}
DESCRIPTORS = (0x00081030, 0x0008103E, 0x00181030, 0x00400254, 0x00321060, 0x00400007, 0x00181400, 0x00082111, 0x00180010, 0x00189424,
               0x00181210, 0x00180024, 0x00180015, 0x00204000, 0x00400275)


def texts(made):
    """Free text of every VR in attributes that are in no row, and in descriptors: half of them about somebody."""
    everywhere = [tag for tag in unlisted(TEXT) if tag not in CODED | MAKERS and tag not in policy.matrix.IDENTIFYING]
    for place, tag in enumerate(everywhere):
        if (place + made.number) % 9:
            continue
        vr, chain = policy.vr_of(tag), CHAINS[(place // 9 + made.number) % len(CHAINS)]
        if tag in inside(made.ds, chain):
            continue
        if place % 2:
            value, gone, kept = dirty(made, f"{tag}", TEXT[vr])
            put(made, chain, tag, vr, value, "C", gone, kept)
        else:
            put(made, chain, tag, vr, clean(made, tag, TEXT[vr], vr), "K")
    for place, tag in enumerate(DESCRIPTORS):
        vr, chain = policy.vr_of(tag), CHAINS[(place + made.number) % 3] if tag != 0x0008103E else ()
        if vr not in TEXT:
            continue
        if (place + made.number) % 2:
            value, gone, kept = dirty(made, f"{tag}", TEXT[vr])
            put(made, chain, tag, vr, value, "table", gone, kept)
        else:
            put(made, chain, tag, vr, clean(made, tag, TEXT[vr], vr), "table")
    for place, tag in enumerate(unlisted({"PN"})):
        if (place + made.number) % 3 == 0:
            put(made, CHAINS[place % 4], tag, "PN", made.person.pn, "C", [made.person.family])
    for place, tag in enumerate(unlisted({"UI"})):
        action = policy.action(tag, "UI", (), str(made.ds.SOPClassUID), "mercure")
        if (place + made.number) % 6 == 0 and action == "U":
            put(made, CHAINS[place % 4], tag, "UI", f"{ROOT}.{made.number}.8.{place}", "U")


def clean(made, place, limit, vr):
    for attempt in range(len(CLEAN)):
        text = CLEAN[(made.rank(place) + attempt) % len(CLEAN)]
        if len(text) <= limit and ("\\" not in text or vr in ("LT", "ST", "UT")):
            return text
    return "AX T2"


def block(ds, creator, group, at, elements):
    """A private block; elements: (low byte, VR, value)."""
    ds.add_new(group << 16 | at, "LO", creator)
    for low, vr, value in elements:
        ds.add_new(group << 16 | at << 8 | low, vr, value)


def private(made):
    """Blocks of the safe list and others, at three depths, as UN, with creators that name somebody, and without one."""
    person, fields = made.person, spelled(made)
    for depth, chain in enumerate(CHAINS[:4]):
        ds = inside(made.ds, chain)
        blocks = (("SIEMENS MR HEADER", 0x0019, [(0x0C, "IS", "1000"), (0x0D, "CS", "DIRECTIONAL"), (0x08, "CS", "QXIMG"),
                                                   (0x0E, "FD", [0.5, 0.25, 0.125]), (0x77, "LO", fields["family"])]),
                  ("Philips PET Private Group", 0x7053, [(0x00, "DS", "0.00123400"), (0x09, "DS", "1.50000"), (0x22, "LO", person.id)]),
                  ("Philips Imaging DD 001", 0x2001, [(0x03, "FL", 1000.0), (0x14, "SL", 3), (0x63, "CS", "ELSEWHERE"), (0xC8, "LO", fields["family"])]),
                  ("GEMS_ACQU_01", 0x0019, [(0x02, "SL", 912), (0x1E, "DS", "220.50"), (0xA4, "LO", person.id)]),
                  ("GEMS_PARM_01", 0x0043, [(0x27, "SH", "/1.0:1"), (0x39, "IS", ["1000", "8", "0", "0"]), (0x6F, "DS", ["1", "2", "3", "4"])]),
                  (f"{person.family} TOOLS".encode("ascii", "replace").decode(), 0x0031, [(0x01, "LO", fields["given"]), (0x02, "DS", "1.5")]),
                  ("QX PRIVATE", 0x0033, [(0x01, "PN", person.pn), (0x02, "DA", "20190314"), (0x03, "UI", f"{ROOT}.9"), (0x05, "UN", b"MRN " + person.id.encode())]))
        for at, (creator, group, elements) in enumerate(blocks):
            if (at + depth + made.number) % 2:
                continue
            slot = 0x10 + at
            block(ds, creator, group, slot, elements)
            for low, vr, _ in elements:
                made.ask([*step(chain), f"{group << 16 | slot << 8 | low:08X}"], "private")
            made.ask([*step(chain), f"{group << 16 | slot:08X}"], "creator")
        ds.add_new(0x00351001, "LO", person.family if person.charset != "x" else "Q")
        made.ask([*step(chain), "00351001"], "X")
    nested = item(PatientName=person.pn, StudyDescription=f"thorax {person.family}")
    made.ds.add_new(0x00370010, "LO", "QX NEST")
    made.ds.add_new(0x00371001, "SQ", Sequence([item(ReferencedImageSequence=[nested])]))
    made.ask(["00371001"], "X")
    made.ask(["00370010"], "X")
    equipment = item(ContributionDateTime="20190314", Manufacturer="ACME", InstitutionName=person.hospital, StationName="QXSTAT",
                     PurposeOfReferenceCodeSequence=code("109101", "DCM", "Acquisition Equipment"))
    made.ds.ContributingEquipmentSequence = Sequence([equipment])


def bytes(made):  # noqa: A001
    """What is in no attribute that anybody reads: preamble, file meta, trailers, overlays, curves, icons, UN, padding."""
    person, ds = made.person, made.ds
    low = person.family.encode("utf-8")
    made.preamble = b"II*\0" + low
    made.trailer = b"behind " + low if "PixelData" in ds else b""
    made.meta = {"SourceApplicationEntityTitle": f"AE{made.number}QX", "PrivateInformationCreatorUID": f"{ROOT}.5", "PrivateInformation": low + b" " * (len(low) % 2),
                 "SendingApplicationEntityTitle": "SENDQX"}
    for group in (0x6000, 0x601E):
        for tag, vr, value in ((0x10, "US", 2), (0x11, "US", 2), (0x22, "LO", person.family), (0x40, "CS", "G"), (0x50, "SS", [1, 1]),
                               (0x100, "US", 1), (0x102, "US", 0), (0x1500, "LO", person.id), (0x3000, "OB", b"\1\0"), (0x4000, "LT", person.family)):
            put(made, (), group << 16 | tag, vr, value, "X")
    for tag, vr, value in ((0x05, "US", 1), (0x10, "US", 2), (0x20, "CS", "TAC"), (0x22, "LO", person.family), (0x2500, "LO", person.family), (0x3000, "OB", b"\1\0\2\0")):
        put(made, (), 0x50000000 | tag, vr, value, "X")
    put(made, (), 0xFFFCFFFC, "OB", low + b" " * (len(low) % 2), "X")
    put(made, (), 0x0008009F, "LO", person.family, "X")
    put(made, (0x00081115,), 0x00180FFE, "LO", person.id, "X")
    put(made, (), 0x00880200, "SQ", Sequence([item(Rows=2, Columns=2, PatientName=person.pn, SamplesPerPixel=1)]),
        "table")
    put(made, (), 0x04000561, "SQ", Sequence([item(ModifyingSystem="QXSYS", AttributeModificationDateTime="20190314", ReasonForTheAttributeModification="COERCE",
                                                   SourceOfPreviousValues=person.hospital[:60], ModifiedAttributesSequence=[item(PatientName=person.pn)])]), "X")
    put(made, (), 0x00120062, "CS", "NO", "claims")
    put(made, (), 0x00120063, "LO", ["earlier tool 1.0", f"by {person.operator}"], "claims")
    put(made, (), 0x00280303, "CS", "UNMODIFIED", "claims")
    for place, (tag, vr, value, action) in enumerate((
            (0x00080070, "LO", "SIEMENS", "K"), (0x00081090, "LO", "SOMATOM Definition AS+", "K"), (0x00181020, "LO", ["VB17A", "4.2.1", "syngo CT 2012B"], "K"),
            (0x00180015, "CS", "HEAD", "K"), (0x00180022, "CS", ["FAST_GEMS", "SAT GEMS"], "K"), (0x00280030, "DS", ["0.50000", "5.0E-1"], "K"),
            (0x00201206, "IS", "0012", "K"), (0x00081032, "SQ", None, "skip"), (0x00280034, "IS", ["1", "1"], "K"), (0x00189073, "FD", 1.5, "K"),
            (0x00280106, "US", 0, "K"), (0x00180050, "DS", "1.2500 ", "K"), (0x00080008, "CS", ["DERIVED", "SECONDARY", "", "MPR"], "K"),
            (0x00400280, "ST", f"seen {person.family}", "X"), (0x00104000, "LT", f"daughter of {person.given} {person.family}", "X"),
            (0x00102180, "SH", "postman", "X"), (0x00081080, "LO", "pneumonia", "C?"), (0x00102000, "LO", "allergic", "X"))):
        if action not in ("skip", "C?"):
            put(made, (), tag, vr, value, action)
    put(made, (0x00540016,), 0x00280A0F, "UN", b"x" + person.family.encode("utf-8")[:1], "X")
    # an attribute that the dictionary knows, stored as UN
    if person.charset == "ISO_IR 100":
        text = f"thorax {person.given} {person.family} axial".encode("latin-1")
        put(made, (), 0x00181030, "UN", text + b" " * (len(text) % 2), "table", [person.family], ["thorax", "axial"])


def by_class(made):
    """What only some objects have: content items, ROI names, frames, specimens, annotations."""
    person, ds = made.person, made.ds
    if "ContentSequence" in ds and made.name.split("-")[1] in ("sr", "rdsr", "ko"):
        contents(made)
    if "StructureSetROISequence" in ds:
        for number, name in enumerate((f"GTV {person.family}", "PTV 60Gy", f"{person.family}", "Heart", "SpinalCord+5mm")[:len(ds.StructureSetROISequence)]):
            ds.StructureSetROISequence[number].ROIName = name
            dirty_one = name.split()[-1] in (person.family, person.given) and name.split()[-1].lower() not in COMMON
            made.ask([f"30060020[{number}]", "30060026"], "table", [name.split()[-1]] if dirty_one else [],
                     ["GTV"] if "GTV" in name else [])
    if "BeamSequence" in ds:
        ds.BeamSequence[0].BeamDescription = f"boost for {person.given} {person.family} anterior"
        made.ask(["300A00B0[0]", "300A00C3"], "table", [person.family], ["boost", "anterior"])
    if "SegmentSequence" in ds:
        ds.SegmentSequence[0].SegmentDescription = f"{person.family} liver lobe"
        made.ask(["00620002[0]", "00620006"], "table", [person.family], ["liver", "lobe"])
    if "GraphicLayerSequence" in ds:
        text = item(UnformattedTextValue=f"nodule {person.family}", BoundingBoxAnnotationUnits="PIXEL", BoundingBoxTopLeftHandCorner=[1, 1],
                    BoundingBoxBottomRightHandCorner=[2, 2], BoundingBoxTextHorizontalJustification="LEFT")
        ds.GraphicAnnotationSequence = Sequence([item(GraphicLayer="LAYER1", TextObjectSequence=[text])])
    if "SpecimenDescriptionSequence" in ds:
        specimen = ds.SpecimenDescriptionSequence[0]
        specimen.SpecimenDetailedDescription = f"core of {person.given} {person.family}, segment IV"
        made.ask(["00400560[0]", "00400602"], "table", [person.family] if person.family.lower() not in COMMON else ["of Head"], ["core", "segment", "IV"])
        specimen.SpecimenPreparationSequence = Sequence([item(SpecimenPreparationStepContentItemSequence=[
            item(ValueType="TEXT", ConceptNameCodeSequence=code("121041", "DCM", "Specimen Identifier"), TextValue=person.other_id),
            item(ValueType="TEXT", ConceptNameCodeSequence=code("121106", "DCM", "Comment"), TextValue=f"stained for {person.family} twice"),
            item(ValueType="DATETIME", ConceptNameCodeSequence=code("111702", "DCM", "DateTime of processing"), DateTime="20190314101112")])])
        base = ["00400560[0]", "00400610[0]"]
        made.ask([*base, "00400612[0]", "0040A160"], "D")
        made.ask([*base, "00400612[2]", "0040A120"], "D")
        made.ask([*base, "00400612[1]", "0040A160"], "C", [person.family], ["stained", "twice"])
    if "WaveformSequence" in ds:
        ds.WaveformAnnotationSequence = Sequence([item(UnformattedTextValue=f"sinus rhythm {person.family}", AnnotationGroupNumber=1,
                                                       ReferencedWaveformChannels=[1, 1])])
        made.ask(["0040B020[0]", "00700006"], "C", [person.family], ["sinus", "rhythm"])
    if "EncapsulatedDocument" in ds:
        ds.EncapsulatedDocument = b"%PDF-1.4 " + person.id.encode() + b"." * (1 + len(person.id) % 2)
        ds.DocumentTitle = f"letter {person.id}"
        made.ask(["00420011"], "D")
        made.ask(["00420010"], "table", [person.id], ["letter"])


def contents(made):
    """A report's content by concept name, the same once more two containers deep."""
    person, ds = made.person, made.ds
    day = "20190314"
    table = (  # relation, type, concept, value's keyword and tag, value, action, gone, kept
        ("HAS OBS CONTEXT", "PNAME", ("121008", "DCM", "Person Observer Name"), "PersonName", "0040A123", person.doctor, "D", [], []),
        ("HAS OBS CONTEXT", "TEXT", ("121009", "DCM", "Person Observer's Organization Name"), "TextValue", "0040A160", person.hospital, "D", [], []),
        ("HAS OBS CONTEXT", "UIDREF", ("121012", "DCM", "Device Observer UID"), "UID", "0040A124", f"{ROOT}.{made.number}.6", "U", [], []),
        ("HAS OBS CONTEXT", "TEXT", ("121016", "DCM", "Device Observer Serial Number"), "TextValue", "0040A160", "SN-QX-8812", "D", ["SN-QX-8812"], []),
        ("HAS OBS CONTEXT", "TEXT", ("121022", "DCM", "Accession Number"), "TextValue", "0040A160", person.accession, "D", [], []),
        ("HAS OBS CONTEXT", "PNAME", ("121029", "DCM", "Subject Name"), "PersonName", "0040A123", person.pn, "D", [], []),
        ("HAS OBS CONTEXT", "TEXT", ("121030", "DCM", "Subject ID"), "TextValue", "0040A160", person.id, "D", [], []),
        ("HAS OBS CONTEXT", "DATE", ("121031", "DCM", "Subject Birth Date"), "Date", "0040A121", person.birth, "year", [], []),
        ("CONTAINS", "TEXT", ("121071", "DCM", "Finding"), "TextValue", "0040A160", f"nodule of {person.given} {person.family}, left lung", "C",
         [person.family], ["nodule", "left", "lung"]),
        ("CONTAINS", "TEXT", ("121073", "DCM", "Impression"), "TextValue", "0040A160", "No acute disease. Hodgkin's lymphoma in remission.", "K", [], []),
        ("CONTAINS", "TEXT", ("121106", "DCM", "Comment"), "TextValue", "0040A160", f"phoned {person.phone} about effusion", "C", [person.phone], ["effusion"]),
        ("CONTAINS", "TEXT", ("Q-1", "99QX", "Local remark"), "TextValue", "0040A160", f"for MRN {person.id} stable", "C", [person.id], ["stable"]),
        ("CONTAINS", "CODE", ("363698007", "SCT", "Finding Site"), "ConceptCodeSequence", "0040A168[0]/00080104", code("39607008", "SCT", "Lung"), "K", [], []),
        ("CONTAINS", "NUM", ("410668003", "SCT", "Length"), "MeasuredValueSequence", "0040A300[0]/0040A30A", [item(
            NumericValue="4.50", MeasurementUnitsCodeSequence=code("mm", "UCUM", "millimeter"))], "K", [], []),
        ("CONTAINS", "UIDREF", ("112040", "DCM", "Tracking Unique Identifier"), "UID", "0040A124", f"{ROOT}.{made.number}.61", "U", [], []),
        ("CONTAINS", "TEXT", ("112039", "DCM", "Tracking Identifier"), "TextValue", "0040A160", "Lesion 1", "K", [], []),
        ("CONTAINS", "DATETIME", ("111526", "DCM", "DateTime Started"), "DateTime", "0040A120", day + "101112", "D", [], []),
    )
    flat = list(ds.ContentSequence)
    if flat[0].ConceptNameCodeSequence[0].CodeValue == "121013":
        made.ask(["0040A730[0]", "0040A160"], "D")
    deep = []
    for depth, into, prefix in ((0, flat, []), (2, deep, [f"0040A730[{len(flat) + len(table)}]", "0040A730[0]"])):
        for relation, kind, concept, keyword, tag, value, action, gone, kept in table:
            into.append(content(relation, kind, concept, **{keyword: value}))
            made.ask([*prefix, f"0040A730[{len(into) - 1}]", *tag.split("/")], action, gone, kept)
    flat.append(content("CONTAINS", "CONTAINER", ("121070", "DCM", "Findings"), ContinuityOfContent="SEPARATE", ContentSequence=[content(
        "CONTAINS", "CONTAINER", ("121070", "DCM", "Findings"), ContinuityOfContent="SEPARATE", ContentSequence=deep)]))
    ds.ContentSequence = Sequence(flat)
    fill(ds, VerificationFlag="VERIFIED", VerifyingObserverSequence=[item(VerifyingOrganization=person.hospital, VerificationDateTime=day + "10",
                                                                         VerifyingObserverName=person.doctor, VerifyingObserverIdentificationCodeSequence=[])],
         AuthorObserverSequence=[item(ObserverType="PSN", PersonName=person.doctor, InstitutionName=person.hospital, PersonIdentificationCodeSequence=code(
             "OBS77", "99QX", person.operator))])


def unknown_item(tag, text):
    """An item with one element, in implicit little endian, as the bytes of a sequence that is stored as UN."""
    value = text.encode("utf-8") + b" " * (len(text.encode("utf-8")) % 2)
    element = struct.pack("<HHL", tag >> 16, tag & 0xFFFF, len(value)) + value
    return struct.pack("<HHL", 0xFFFE, 0xE000, len(element)) + element


def odd(made):
    """Stored as UN, in several values, padded oddly, empty, signed, long, with UIDs of all kinds."""
    person, ds = made.person, made.ds
    encoded = person.family.encode(PYTHON_CHARSETS[person.charset])
    padded = encoded + b" " * (len(encoded) % 2)
    for tag in (0x00081048, 0x00101005, 0x00321032, 0x00380400, 0x00104000):
        put(made, (), tag, "UN", padded, "table")
    put(made, (0x00081115,), 0x0008009C, "UN", padded, "table")
    put(made, (), 0x00081049, "UN", unknown_item(0x00080080, person.hospital[:40]), "X")
    put(made, (), 0x00321064, "UN", unknown_item(0x00080104, f"{person.given} {person.family}"), "skip")
    put(made, (0x00540016,), 0x00081032, "UN", unknown_item(0x00080104, f"{person.given} {person.family}"), "skip")
    put(made, (), 0x00190010, "LO", "QX UNKNOWN", "creator")
    put(made, (), 0x00191001, "UN", unknown_item(0x00100010, person.family), "private")
    # several values: one is somebody's
    several = ["AX T2", f"knee {person.given} {person.family}", "5/8", ""]
    put(made, (0x00189112,), 0x00181030, "LO", several, "table", [f"{person.given} {person.family}", person.id], ["AX", "knee", "5/8"])
    put(made, (), 0x00081160, "IS", ["1", "002", "+3"], "K")
    put(made, (0x00189112,), 0x00181020, "LO", ["VA1", "", "1.2.3"], "K")
    put(made, (), 0x00180022, "CS", ["", "FAST_GEMS", ""], "K")
    for tag, vr in ((0x00181030, "LO"), (0x00180010, "LO"), (0x00180050, "DS")):  # empty ones stay empty
        if tag not in ds:
            put(made, (), tag, vr, None, "table")
    put(made, (0x00081115,), 0x00081140, "SQ", Sequence([]), "table")
    mine = f"{ROOT}.{made.number}.20190314.101112.{person.birth}"
    for tag, value, action in ((0x00081155, mine, "U"), (0x00080118, "1.2.840.10008.8.1.1", "K"), (0x00081150, "1.2.840.10008.5.1.4.1.1.2", "K"),
                               (0x00200052, "1.2.840.10008.1.4.1.1", "K"), (0x0008010D, "1.2.840.10008.6.1.308", "K"), (0x0040DB0C, mine + ".1", "U"),
                               (0x00880140, f"1.2.840.10008.{made.number}.99.7", "U"), (0x00080058, [mine + ".2", mine + ".3"], "U")):
        put(made, (0x00081115, 0x00189112), tag, "UI", value, action)
    # longer than any buffer, with somebody in the middle and at its end
    text = "no focal lesion. " * 900 + f"For {person.given} {person.family}. " + "stable since then. " * 900 + person.given + " " + person.family
    put(made, (0x00189112,), 0x0040A160, "UT", text, "table", [person.given + " " + person.family], ["focal", "stable since then"])
    signature = item(MACIDNumber=1, DigitalSignatureUID=mine + ".9", DigitalSignatureDateTime="20190314", CertificateType="X509_1993_SIG", Signature=padded)
    put(made, (), 0xFFFAFFFA, "SQ", Sequence([signature]), "X")
    put(made, (), 0x4FFE0001, "SQ", Sequence([item(MACIDNumber=1, MACAlgorithm="SHA1")]), "X")
    put(made, (), 0x00282000, "OB", b"acsp" + person.family.encode("latin-1", "ignore")[:20].ljust(20), "skip")
    put(made, (), 0x7FE10010, "LO", person.family[:20], "creator")
    put(made, (), 0x7FE11001, "OB", padded, "private")
    made.trailer = b"\xfc\xff\xfc\xffOB\0\0" + struct.pack("<L", len(padded)) + padded


PYTHON_CHARSETS = {"ISO_IR 100": "latin-1", "ISO_IR 192": "utf-8", "ISO_IR 144": "iso8859-5"}
