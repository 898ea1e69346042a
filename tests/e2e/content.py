"""content.py OUT: writes a structured report, a presentation state, an encapsulated PDF and a structure set with identity
in their contents; content.py OUT --check FOLDER: what became of it. It reads outputs with pydicom alone."""

import sys
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

ROOT = "1.2.276.0.99999.7"
SR, PR, PDF, STRUCT = ("1.2.840.10008.5.1.4.1.1." + end for end in ("88.33", "11.1", "104.1", "481.3"))


def basic(sop_class, modality, number):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = sop_class
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = f"{ROOT}.{number}.1"
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.StudyInstanceUID, ds.SeriesInstanceUID = ROOT, f"{ROOT}.{number}"
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber = modality, number, 1
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = "Zzyxqa^Quentin", "PHI-7788", "19610512"
    ds.StudyDate, ds.StudyTime, ds.AccessionNumber, ds.StudyID = "20240229", "101112", "ACC-7788", "ST-7788"
    ds.PatientSex, ds.ReferringPhysicianName, ds.Manufacturer = "F", "", "ACME"
    ds.StudyDescription = "Thorax Zzyxqa"
    return ds


def code(value, scheme, meaning):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return Sequence([item])


def content(relation, value_type, concept, **values):
    item = Dataset()
    item.RelationshipType, item.ValueType, item.ConceptNameCodeSequence = relation, value_type, code(*concept)
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def report():
    ds = basic(SR, "SR", 1)
    ds.ContentDate, ds.ContentTime, ds.ValueType, ds.ContinuityOfContent = "20240229", "101112", "CONTAINER", "SEPARATE"
    ds.CompletionFlag, ds.VerificationFlag = "COMPLETE", "UNVERIFIED"
    ds.ConceptNameCodeSequence = code("126000", "DCM", "Imaging Measurement Report")
    ds.PerformedProcedureCodeSequence = ds.ReferencedPerformedProcedureStepSequence = Sequence()
    number = Dataset()
    number.NumericValue, number.MeasurementUnitsCodeSequence = "4.50", code("mm", "UCUM", "millimeter")
    context = "HAS OBS CONTEXT"
    ds.ContentSequence = Sequence([
        content(context, "PNAME", ("121008", "DCM", "Person Observer Name"), PersonName="Readerqa^Anna"),
        content(context, "TEXT", ("121009", "DCM", "Person Observer's Organization Name"), TextValue="Hospitalqa"),
        content(context, "UIDREF", ("121018", "DCM", "Procedure Study Instance UID"), UID=ROOT),
        content(context, "TEXT", ("121022", "DCM", "Accession Number"), TextValue="ACC-7788"),
        content(context, "PNAME", ("121029", "DCM", "Subject Name"), PersonName="Zzyxqa^Quentin"),
        content(context, "TEXT", ("121030", "DCM", "Subject ID"), TextValue="PHI-7788"),
        content(context, "DATE", ("121031", "DCM", "Subject Birth Date"), Date="19610512"),
        content("CONTAINS", "TEXT", ("121071", "DCM", "Finding"), TextValue="nodule of Zzyxqa in the left lung"),
        content("CONTAINS", "NUM", ("410668003", "SCT", "Length"), MeasuredValueSequence=Sequence([number])),
        content("CONTAINS", "CODE", ("363698007", "SCT", "Finding Site"),
                ConceptCodeSequence=code("39607008", "SCT", "Lung")),
    ])
    return ds


def presentation():
    ds = basic(PR, "PR", 2)
    text, annotation = Dataset(), Dataset()
    text.UnformattedTextValue = "nodule, Zzyxqa Quentin"
    annotation.GraphicLayer, annotation.TextObjectSequence = "LAYER", Sequence([text])
    ds.GraphicAnnotationSequence = Sequence([annotation])
    ds.ContentLabel, ds.ContentCreatorName = "STATE", "Readerqa^Anna"
    return ds


def document():
    ds = basic(PDF, "DOC", 3)
    ds.DocumentTitle, ds.MIMETypeOfEncapsulatedDocument = "letter Zzyxqa", "application/pdf"
    ds.EncapsulatedDocument, ds.BurnedInAnnotation = b"%PDF-1.4 Zzyxqa Quentin ", "YES"
    return ds


def structures():
    ds = basic(STRUCT, "RTSTRUCT", 4)
    ds.StructureSetLabel, rois = "PLAN", []
    for number, name in enumerate(["Zzyxqa", "Quentin", "Lung"], 1):
        roi = Dataset()
        roi.ROINumber, roi.ROIName, roi.ROIGenerationAlgorithm = number, name, ""
        rois.append(roi)
    ds.StructureSetROISequence = Sequence(rois)
    ds.add_new(0x00190010, "LO", "SIEMENS MR HEADER")
    ds.add_new(0x0019100C, "IS", "1000")
    ds.add_new(0x00191008, "CS", "NEIGHBOUR")
    return ds


def check(folder):
    found = {ds.SOPClassUID: ds for ds in (pydicom.dcmread(path) for path in Path(folder).rglob("*.dcm"))}
    sr, state, pdf, plan = (found[sop_class] for sop_class in (SR, PR, PDF, STRUCT))
    items = {item.ConceptNameCodeSequence[0].CodeValue: item for item in sr.ContentSequence}
    assert len(items) == 10 and all(item.RelationshipType and item.ValueType for item in items.values())
    assert items["121008"].PersonName == "ANONYMIZED" and items["121009"].TextValue == "ANONYMIZED"
    assert items["121018"].UID == sr.StudyInstanceUID and items["121018"].UID != ROOT
    assert items["121022"].TextValue == "ANONYMIZED"
    assert items["121029"].PersonName == sr.PatientName and items["121030"].TextValue == sr.PatientID
    assert items["121031"].Date == sr.PatientBirthDate == "19610101"
    finding = items["121071"].TextValue
    assert "nodule" in finding and "left lung" in finding and "Zzyxqa" not in finding
    assert items["410668003"].MeasuredValueSequence[0].NumericValue.original_string == "4.50"
    assert items["363698007"].ConceptCodeSequence[0].CodeMeaning == "Lung"
    assert "Thorax" in sr.StudyDescription
    text = state.GraphicAnnotationSequence[0].TextObjectSequence[0].UnformattedTextValue
    assert "nodule" in text and "Zzyxqa" not in text
    assert pdf.EncapsulatedDocument.startswith(b"%PDF-") and b"%%EOF" in pdf.EncapsulatedDocument
    Path("dummy.pdf").write_bytes(pdf.EncapsulatedDocument)
    names = [roi.ROIName for roi in plan.StructureSetROISequence]
    assert len(set(names)) == 3 and names[2] == "Lung", names
    assert plan[0x0019100C].value == 1000 and plan[0x00190010].value == "SIEMENS MR HEADER"
    assert 0x00191008 not in plan


if len(sys.argv) > 2:
    check(sys.argv[3])
else:
    out = Path(sys.argv[1])
    out.mkdir()
    for name, ds in (("sr", report()), ("pr", presentation()), ("pdf", document()), ("struct", structures())):
        ds.save_as(out / f"{name}.dcm", write_like_original=False)
