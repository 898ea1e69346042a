"""clinical.py: writes studies that are of use only while their numbers, geometry and references are whole: CT, MR with
diffusion, PET of three makers, a radiotherapy set, a key object selection and a report. It must not read any.

usage: clinical.py first OUT      the first study of a patient
       clinical.py second OUT     47 days later; its objects refer to the first study
       clinical.py stranger OUT   somebody else's study of the same kind
Shares no code with dcmchain. The values in PLANTED identify somebody.
"""
import struct
import sys
from datetime import datetime, timedelta
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

ROOT = "1.2.276.0.99999.47"
CLASS = "1.2.840.10008.5.1.4.1.1."
CT, MR, PET = CLASS + "2", CLASS + "4", CLASS + "128"
DOSE, STRUCTURES, PLAN = CLASS + "481.2", CLASS + "481.3", CLASS + "481.5"
KEY_OBJECTS, REPORT = CLASS + "88.59", CLASS + "88.33"
SIDE = 6
STARTS = {1: datetime(2024, 2, 29, 22, 50, 12), 2: datetime(2024, 4, 16, 9, 3, 41)}  # 47 days apart
PLANTED = ["Zzyxqa", "Quentin", "PHI-4711", "ACC-4711", "Readerqa", "Hospitalqa", "STQX", "19570823", "20240229", "20240301",
           "20240416", ROOT]


def sequence(*items):
    return Sequence([dataset(**item) for item in items])


def dataset(**values):
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def uid(study, series=None, number=None):
    return ".".join([ROOT, str(study)] + [str(part) for part in (series, number) if part is not None])


def code(value, scheme, meaning):
    return sequence({"CodeValue": value, "CodingSchemeDesignator": scheme, "CodeMeaning": meaning})


def date(when):
    return when.strftime("%Y%m%d")


def time(when):
    return when.strftime("%H%M%S")


def instant(when):
    return when.strftime("%Y%m%d%H%M%S.%f") + "+0100"


class Study:
    """One study, whose objects are kept to be referred to."""

    def __init__(self, number):
        self.number, self.start, self.made = number, STARTS[number], []

    def make(self, sop_class, modality, series, number, minutes=0, **values):
        when = self.start + timedelta(minutes=minutes)
        ds = dataset(
            SpecificCharacterSet="ISO_IR 100", SOPClassUID=sop_class, SOPInstanceUID=uid(self.number, series, number),
            StudyInstanceUID=uid(self.number), SeriesInstanceUID=uid(self.number, series), SeriesNumber=series,
            InstanceNumber=number, Modality=modality, StudyDate=date(self.start), StudyTime=time(self.start),
            SeriesDate=date(when), SeriesTime=time(when), ContentDate=date(when), ContentTime=time(when),
            PatientName="Zzyxqa^Quentin", PatientID="PHI-4711", PatientBirthDate="19570823", PatientSex="M",
            PatientAge="066Y", PatientWeight="83.25", PatientSize="1.81", AccessionNumber=f"ACC-4711-{self.number}",
            StudyID=f"STQX-{self.number}", ReferringPhysicianName="Readerqa^Anna", InstitutionName="Hospitalqa",
            Manufacturer="ACME", ManufacturerModelName="Scanner One", DeviceSerialNumber="4711815",
            StudyDescription="Follow-up Zzyxqa of 29.02.2024", SeriesDescription=f"{modality} axial Zzyxqa",
            ProtocolName=f"{modality} routine", FrameOfReferenceUID=uid(self.number, 900), PositionReferenceIndicator="",
            RequestAttributesSequence=sequence({"RequestedProcedureID": f"ACC-4711-{self.number}",
                                                "ScheduledProcedureStepID": "STQX",
                                                "RequestedProcedureDescription": f"{modality} whole body"}))
        for keyword, value in values.items():
            setattr(ds, keyword, value)
        self.made.append(ds)
        return ds

    def image(self, sop_class, modality, series, number, minutes=0, *, step=3.0, **values):
        """A slice of an oblique stack; each has pixels of its own."""
        place = [-101.5 + 0.6 * step * number, 20.25, 31.125 + 0.8 * step * number]
        pixels = b"".join(struct.pack("<h", (series * 97 + number * 41 + at * 7) % 4000) for at in range(SIDE * SIDE))
        base = {"ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"], "AcquisitionNumber": 1,
                "AcquisitionDate": date(self.start + timedelta(minutes=minutes)),
                "AcquisitionTime": time(self.start + timedelta(minutes=minutes)), "ImagePositionPatient": place,
                "ImageOrientationPatient": [0.8, 0, -0.6, 0, 1, 0], "SliceThickness": step, "PixelSpacing": [0.75, 1.25],
                "PatientPosition": "HFS", "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2", "Rows": SIDE,
                "Columns": SIDE, "BitsAllocated": 16, "BitsStored": 16, "HighBit": 15, "PixelRepresentation": 1,
                "RescaleIntercept": "-1024", "RescaleSlope": "1", "PixelData": pixels}
        return self.make(sop_class, modality, series, number, minutes, **{**base, **values})

    def ct(self, series, slices):
        for number in range(1, slices + 1):
            self.image(CT, "CT", series, slices + 1 - number, 1, KVP="120", ConvolutionKernel="B30f",
                       AcquisitionDateTime=instant(self.start + timedelta(minutes=1)))

    def mr(self, series):
        """Two diffusion weights of one stack; the weight stands in a private element that PS3.15 lists as safe."""
        for number in range(1, 9):
            weight = 0 if number < 5 else 1000
            ds = self.image(MR, "MR", series, number, 5, ImageType=["ORIGINAL", "PRIMARY", "DIFFUSION", "NONE"],
                            Manufacturer="SIEMENS", ScanningSequence="EP", SequenceVariant="SK", ScanOptions="",
                            MRAcquisitionType="2D", RepetitionTime="4200", EchoTime="89.5", EchoNumbers=1, FlipAngle="90",
                            SequenceName="*ep_b0" if weight == 0 else "*ep_b1000", InPlanePhaseEncodingDirection="COL",
                            MagneticFieldStrength="3")
            ds.ImagePositionPatient = [-101.5 + 1.8 * ((number - 1) % 4), 20.25, 31.125 + 2.4 * ((number - 1) % 4)]
            ds.add_new(0x00190010, "LO", "SIEMENS MR HEADER")
            ds.add_new(0x0019100C, "IS", str(weight))
            if weight:
                ds.add_new(0x0019100E, "FD", [0.6, 0.0, 0.8])

    def pet(self, series, maker):
        """The tracer is given before midnight, the scan begins after it."""
        injected = self.start + timedelta(minutes=3, seconds=7)
        tracer = {"Radiopharmaceutical": "FDG", "RadionuclideTotalDose": "312500000", "RadionuclideHalfLife": "6586.2",
                  "RadionuclidePositronFraction": "0.97", "RadiopharmaceuticalStartTime": time(injected) + ".000000",
                  "RadionuclideCodeSequence": code("C-111A1", "SRT", "^18^Fluorine")}
        if maker != "old":  # an old one tells the time alone
            tracer["RadiopharmaceuticalStartDateTime"] = instant(injected)
        for number in range(1, 4):
            ds = self.image(PET, "PT", series, number, 75 + 3 * number, Manufacturer=maker, RescaleIntercept="0",
                            RescaleSlope=f"{0.5 + number / 16}", Units="CNTS" if maker == "Philips" else "BQML",
                            DecayCorrection="START", DecayFactor="1.04", FrameReferenceTime=str(90000 * number),
                            ActualFrameDuration="180000", CountsSource="EMISSION", ImageIndex=number,
                            SeriesType=["WHOLE BODY", "IMAGE"], NumberOfSlices=3, CorrectedImage=["DECY", "ATTN"],
                            RadiopharmaceuticalInformationSequence=sequence(tracer))
            ds.SeriesDate, ds.SeriesTime = (text(self.start + timedelta(minutes=76)) for text in (date, time))
            if maker == "Philips":
                ds.add_new(0x70530010, "LO", "Philips PET Private Group")
                ds.add_new(0x70531000, "DS", "0.000517")
                ds.add_new(0x70531003, "OB", b"Zzyxqa^Quentin")  # a neighbour that is not safe
                ds.add_new(0x70531009, "DS", "1.602")

    def images(self, series):
        return [ds for ds in self.made if ds.SeriesNumber == series]

    def structures(self, series, of, of_series):
        """A structure set drawn on a series of this study, or of another one."""
        drawn = of.images(of_series)
        frame = drawn[0].FrameOfReferenceUID
        contour_images = sequence(*({"ReferencedSOPClassUID": ds.SOPClassUID, "ReferencedSOPInstanceUID": ds.SOPInstanceUID}
                                    for ds in drawn))
        series_item = {"SeriesInstanceUID": drawn[0].SeriesInstanceUID, "ContourImageSequence": contour_images}
        study_item = {"ReferencedSOPClassUID": "1.2.840.10008.3.1.2.3.1", "ReferencedSOPInstanceUID": drawn[0].StudyInstanceUID,
                      "RTReferencedSeriesSequence": sequence(series_item)}
        contours = sequence(*({"ContourGeometricType": "CLOSED_PLANAR", "NumberOfContourPoints": 3, "ContourNumber": at,
                               "ContourData": [float(ds.ImagePositionPatient[0]) + 1, 21.25, 30, 3.5, 22, 30, 4, 25.5, 30],
                               "ContourImageSequence": sequence({"ReferencedSOPClassUID": ds.SOPClassUID,
                                                                 "ReferencedSOPInstanceUID": ds.SOPInstanceUID})}
                              for at, ds in enumerate(drawn, 1)))
        return self.make(
            STRUCTURES, "RTSTRUCT", series, 1, 200, StructureSetLabel="Contours", StructureSetDate=date(self.start),
            StructureSetTime=time(self.start),
            ReferencedFrameOfReferenceSequence=sequence({"FrameOfReferenceUID": frame,
                                                         "RTReferencedStudySequence": sequence(study_item)}),
            StructureSetROISequence=sequence(
                {"ROINumber": 1, "ReferencedFrameOfReferenceUID": frame, "ROIName": "Liver", "ROIGenerationAlgorithm": ""},
                {"ROINumber": 2, "ReferencedFrameOfReferenceUID": frame, "ROIName": "PTV 50", "ROIGenerationAlgorithm": ""}),
            ROIContourSequence=sequence({"ReferencedROINumber": 1, "ContourSequence": contours}),
            RTROIObservationsSequence=sequence({"ObservationNumber": 1, "ReferencedROINumber": 1, "RTROIInterpretedType": "ORGAN",
                                                "ROIInterpreter": "Readerqa^Anna"}))

    def plan(self, series, dose_series, structures):
        def reference(ds):
            return sequence({"ReferencedSOPClassUID": ds.SOPClassUID, "ReferencedSOPInstanceUID": ds.SOPInstanceUID})

        plan = self.make(PLAN, "RTPLAN", series, 1, 220, RTPlanLabel="Plan 1", RTPlanDate=date(self.start),
                         RTPlanTime=time(self.start), RTPlanGeometry="PATIENT", ReferencedStructureSetSequence=reference(structures),
                         FractionGroupSequence=sequence({"FractionGroupNumber": 1, "NumberOfFractionsPlanned": 25,
                                                         "NumberOfBeams": 0, "NumberOfBrachyApplicationSetups": 0}))
        dose = self.image(DOSE, "RTDOSE", dose_series, 1, 230, DoseUnits="GY", DoseType="PHYSICAL", DoseSummationType="PLAN",
                          DoseGridScaling="0.000125", GridFrameOffsetVector=[0, 3], NumberOfFrames=2, FrameIncrementPointer=0x3004000C,
                          ReferencedRTPlanSequence=reference(plan), ReferencedStructureSetSequence=reference(structures))
        del dose.RescaleIntercept, dose.RescaleSlope, dose.AcquisitionNumber
        dose.PixelRepresentation, dose.PixelData = 0, dose.PixelData * 2
        plan.ReferencedDoseSequence = reference(dose)

    def key_objects(self, series, of, of_series):
        images = of.images(of_series)
        evidence = [{"ReferencedSOPClassUID": ds.SOPClassUID, "ReferencedSOPInstanceUID": ds.SOPInstanceUID} for ds in images]
        shown = [{"RelationshipType": "CONTAINS", "ValueType": "IMAGE", "ReferencedSOPSequence": sequence(one)} for one in evidence]
        self.make(KEY_OBJECTS, "KO", series, 1, 240, ValueType="CONTAINER", ContinuityOfContent="SEPARATE",
                  ReferencedPerformedProcedureStepSequence=Sequence(),
                  ConceptNameCodeSequence=code("113000", "DCM", "Of Interest"), ContentSequence=sequence(*shown),
                  CurrentRequestedProcedureEvidenceSequence=sequence(
                      {"StudyInstanceUID": images[0].StudyInstanceUID, "ReferencedSeriesSequence": sequence(
                          {"SeriesInstanceUID": images[0].SeriesInstanceUID, "ReferencedSOPSequence": sequence(*evidence)})}))

    def report(self, series, of):
        def item(value_type, concept, **values):
            return {"RelationshipType": "CONTAINS", "ValueType": value_type, "ConceptNameCodeSequence": code(*concept), **values}

        self.make(REPORT, "SR", series, 1, 250, ValueType="CONTAINER", ContinuityOfContent="SEPARATE", CompletionFlag="COMPLETE",
                  VerificationFlag="UNVERIFIED", PerformedProcedureCodeSequence=Sequence(),
                  ReferencedPerformedProcedureStepSequence=Sequence(),
                  ConceptNameCodeSequence=code("126000", "DCM", "Imaging Measurement Report"), ContentSequence=sequence(
                      item("UIDREF", ("121018", "DCM", "Procedure Study Instance UID"), UID=uid(of.number)),
                      item("DATE", ("121433", "DCM", "Comparison study date"), Date=date(of.start)),
                      item("DATETIME", ("111526", "DCM", "DateTime Started"), DateTime=instant(self.start)),
                      item("TEXT", ("121071", "DCM", "Finding"), TextValue="lesion of Zzyxqa smaller than on 29.02.2024")))

    def rename(self, person, root):
        def visit(ds, element):
            if element.VR == "UI" and str(element.value).startswith(ROOT):
                element.value = root + str(element.value)[len(ROOT):]
            elif element.VR in ("DA", "DT") and element.value:
                element.value = f"{int(str(element.value)[:4]) - 3}0304{str(element.value)[8:]}"
            if element.VR in ("LO", "UT", "PN"):
                element.value = str(element.value).replace("Zzyxqa", "Qxwvu")
            if element.keyword in person:
                element.value = person[element.keyword]

        for ds in self.made:
            ds.walk(visit)

    def write(self, folder):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for ds in self.made:
            ds.file_meta = FileMetaDataset()
            ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
            ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
            ds.is_little_endian, ds.is_implicit_VR = True, False
            ds.save_as(Path(folder) / f"{ds.Modality}-{ds.SeriesNumber}-{ds.InstanceNumber}.dcm", write_like_original=False)


def first():
    study = Study(1)
    study.ct(1, 5)
    study.mr(2)
    for series, maker in enumerate(("ACME", "Philips", "old"), 3):
        study.pet(series, maker)
    study.plan(7, 8, study.structures(6, study, 1))
    return study


def stranger():
    study = first()
    study.key_objects(9, study, 1)
    study.report(10, study)
    study.rename({"PatientName": "Qxwvu^Ophelia", "PatientID": "PHI-8822", "PatientBirthDate": "19680401",
                  "AccessionNumber": "ACC-8822", "StudyID": "STQX-8"}, ROOT + ".8")
    return study


def second():
    before, study = first(), Study(2)
    study.ct(1, 2)
    study.structures(2, before, 1)
    study.key_objects(3, before, 1)
    study.report(4, before)
    return study


if __name__ == "__main__":
    {"first": first, "second": second, "stranger": stranger}[sys.argv[1]]().write(sys.argv[2])
