"""objects.py: one plain object of many SOP classes, made here and saying nothing of anybody. It must plant nothing."""
import struct

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

ROOT = "1.2.276.0.99999.8"
STORAGE = "1.2.840.10008.5.1.4.1.1."


def item(**values):
    ds = Dataset()
    for keyword, value in values.items():
        setattr(ds, keyword, Sequence(value) if isinstance(value, list) and value and isinstance(value[0], Dataset) else value)
    return ds


def code(value, scheme, meaning):
    return [item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)]


def fill(ds, **values):
    for element in item(**values):
        ds.add(element)
    return ds


def head(kind, modality, number):
    """Patient to equipment modules; number makes the UIDs and the Instance Number, by which outputs are found again."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = STORAGE + kind
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = f"{ROOT}.{number}.1.1"
    ds.is_little_endian, ds.is_implicit_VR = True, False
    return fill(ds, StudyInstanceUID=f"{ROOT}.{number}", SeriesInstanceUID=f"{ROOT}.{number}.1", Modality=modality,
                SeriesNumber=3, InstanceNumber=1000 + number, PatientName="", PatientID="", PatientBirthDate="",
                PatientSex="F", StudyDate="20190314", StudyTime="101112", ContentDate="20190314", ContentTime="101500",
                AccessionNumber="", StudyID="", ReferringPhysicianName="", Manufacturer="ACME Imaging",
                ManufacturerModelName="Tomoscan 500", DeviceSerialNumber="S-88121", SoftwareVersions="VB17A 4.2.1",
                BodyPartExamined="CHEST", Laterality="L" if modality in ("DX", "CR", "US") else "")


def pixels(ds, rows=8, columns=8, bits=16, frames=0, samples=1):
    fill(ds, SamplesPerPixel=samples, PhotometricInterpretation="MONOCHROME2" if samples == 1 else "RGB", Rows=rows,
         Columns=columns, BitsAllocated=bits, BitsStored=12 if bits == 16 else bits, HighBit=11 if bits == 16 else bits - 1,
         PixelRepresentation=0)
    if samples == 3:
        ds.PlanarConfiguration = 0
    if frames:
        ds.NumberOfFrames = frames
    size = rows * columns * samples * (frames or 1) * max(bits // 8, 1)
    seed = int(ds.InstanceNumber)
    value = bytes((seed * 7 + place * 13 + place // 64) % 251 for place in range(size))
    ds.add_new(0x7FE00010, "OW" if bits == 16 else "OB", value + b"\0" * (size % 2))
    return ds


def plane(ds):
    return fill(ds, FrameOfReferenceUID=str(ds.StudyInstanceUID) + ".99", PositionReferenceIndicator="",
                ImagePositionPatient=["-10.5", "0.0", "+3.25"], ImageOrientationPatient=["1", "0", "0", "0", "1", "0"],
                PixelSpacing=["0.50", "0.50"], SliceThickness="1.250", PatientPosition="HFS", SliceLocation="3.25")


def ct(number):
    ds = plane(head("2", "CT", number))
    fill(ds, ImageType=["ORIGINAL", "PRIMARY", "AXIAL"], KVP="120", AcquisitionNumber=1, RescaleIntercept="-1024",
         RescaleSlope="1", RescaleType="HU", ConvolutionKernel="B30f", ExposureTime="500", XRayTubeCurrent="200",
         FilterType="BODY", ContrastBolusAgent="ISOVUE 370", CTDIvol=7.5, ScanOptions="HELICAL MODE", GantryDetectorTilt="0.0")
    return pixels(ds)


def mr(number):
    ds = plane(head("4", "MR", number))
    fill(ds, ImageType=["ORIGINAL", "PRIMARY", "M", "ND"], ScanningSequence=["SE", "IR"], SequenceVariant=["SK", "SP"],
         ScanOptions="PFP", MRAcquisitionType="3D", SequenceName="*tfl3d1_16ns", EchoTime="2.98", EchoTrainLength="1",
         RepetitionTime="2300.0", InversionTime="900", MagneticFieldStrength="1.494", FlipAngle="9", ImagingFrequency="63.68",
         ImagedNucleus="1H", AcquisitionMatrix=[0, 256, 248, 0])
    return pixels(ds)


def pet(number):
    ds = plane(head("128", "PT", number))
    isotope = item(Radiopharmaceutical="FDG -- fluorodeoxyglucose", RadiopharmaceuticalStartTime="091500.00",
                   RadionuclideTotalDose="366000000", RadionuclideHalfLife="6586.2", RadionuclidePositronFraction="0.97",
                   RadionuclideCodeSequence=code("C-111A1", "SRT", "^18^Fluorine"),
                   RadiopharmaceuticalCodeSequence=code("C-B1031", "SRT", "Fluorodeoxyglucose F^18^"))
    fill(ds, ImageType=["ORIGINAL", "PRIMARY"], SeriesType=["STATIC", "IMAGE"], Units="BQML", CountsSource="EMISSION",
         NumberOfSlices=1, DecayCorrection="START", CorrectedImage=["DECY", "ATTN"], CollimatorType="NONE", SeriesDate="20190314",
         SeriesTime="101200", AcquisitionDate="20190314", AcquisitionTime="101300", RescaleIntercept="0", RescaleSlope="2.15",
         FrameReferenceTime="1800000", ActualFrameDuration="120000", ImageIndex=1, DecayFactor="1.02", PatientWeight="71.5",
         PatientSize="1.71", RadiopharmaceuticalInformationSequence=[isotope], AttenuationCorrectionMethod="CT measured",
         PatientOrientationCodeSequence=code("F-10450", "SRT", "recumbent"),
         PatientGantryRelationshipCodeSequence=code("F-10470", "SRT", "headfirst"), EnergyWindowRangeSequence=[
             item(EnergyWindowLowerLimit="435", EnergyWindowUpperLimit="650")], ReconstructionMethod="OSEM 3D 4i8s")
    return pixels(ds)


def us(number):
    ds = head("3.1", "US", number)
    fill(ds, ImageType=["ORIGINAL", "PRIMARY", "", "0001"], FrameTime="33.3", FrameIncrementPointer=0x00181063,
         LossyImageCompression="00", SequenceOfUltrasoundRegions=[item(
             RegionSpatialFormat=1, RegionDataType=1, RegionFlags=0, RegionLocationMinX0=0, RegionLocationMinY0=0,
             RegionLocationMaxX1=7, RegionLocationMaxY1=7, PhysicalUnitsXDirection=3, PhysicalUnitsYDirection=3,
             PhysicalDeltaX=0.05, PhysicalDeltaY=0.05)], TransducerType="SECTOR_PHASED", TransducerData=["3S-RS", "", ""])
    return pixels(ds, bits=8, frames=3, samples=3)


def projection(number, kind="1.1.1", modality="DX"):
    ds = head(kind + ("" if kind.startswith("1.") and kind.count(".") == 2 or kind == "1" else ""), modality, number)
    fill(ds, ImageType=["ORIGINAL", "PRIMARY", ""], PresentationIntentType="FOR PRESENTATION", AcquisitionDate="20190314",
         AcquisitionTime="101300", PatientOrientation=["L", "F"], ViewPosition="PA", KVP="125", ExposureInuAs="1200",
         ImagerPixelSpacing=["0.1", "0.1"], PixelIntensityRelationship="LOG", PixelIntensityRelationshipSign=-1,
         RescaleIntercept="0", RescaleSlope="1", RescaleType="US", PresentationLUTShape="IDENTITY", LossyImageCompression="00",
         BurnedInAnnotation="NO", DetectorType="SCINTILLATOR", ImageLaterality="L", WindowCenter="2048", WindowWidth="4096",
         WindowCenterWidthExplanation="NORMAL", AnatomicRegionSequence=code("T-D3000", "SRT", "Chest"), AcquisitionContextSequence=[],
         ViewCodeSequence=code("R-10214", "SRT", "postero-anterior"), DetectorID="D-4471")
    if modality == "MG":
        fill(ds, OrganExposed="BREAST", CompressionForce="120", BreastImplantPresent="NO", PositionerType="MAMMOGRAPHIC",
             PartialView="NO")
        del ds.Laterality
    return pixels(ds)


def dx(number):
    return projection(number)


def mg(number):
    return projection(number, "1.2", "MG")


def cr(number):
    ds = head("1", "CR", number)
    fill(ds, ViewPosition="AP", PlateType="STORAGE", KVP="70", Exposure="3", ImageType=["ORIGINAL", "PRIMARY"], CassetteID="C17")
    return pixels(ds)


def xa(number):
    ds = head("12.1", "XA", number)
    fill(ds, ImageType=["ORIGINAL", "PRIMARY", "SINGLE PLANE"], PixelIntensityRelationship="LIN", RadiationSetting="GR", KVP="81",
         XRayTubeCurrent="650", ExposureTime="8", FrameTime="66.7", FrameIncrementPointer=0x00181063, PositionerMotion="STATIC",
         PositionerPrimaryAngle="-30.1", PositionerSecondaryAngle="25", LossyImageCompression="00", PatientOrientation="")
    return pixels(ds, bits=8, frames=2)


def nm(number):
    ds = head("20", "NM", number)
    fill(ds, ImageType=["ORIGINAL", "PRIMARY", "STATIC", "EMISSION"], FrameIncrementPointer=[0x00540010, 0x00540020],
         EnergyWindowVector=[1], DetectorVector=[1], NumberOfEnergyWindows=1, NumberOfDetectors=1, PixelSpacing=["4.8", "4.8"],
         EnergyWindowInformationSequence=[item(EnergyWindowName="Tc-99m 140 keV 20%")], CountsAccumulated=250000,
         RadiopharmaceuticalInformationSequence=[item(RadionuclideCodeSequence=[], Radiopharmaceutical="MDP")],
         DetectorInformationSequence=[item(CollimatorType="PARA", ImagePositionPatient=["0", "0", "0"], ImageOrientationPatient=[
             "1", "0", "0", "0", "1", "0"])], PatientOrientationCodeSequence=code("F-10450", "SRT", "recumbent"),
         PatientGantryRelationshipCodeSequence=code("F-10470", "SRT", "headfirst"), ActualFrameDuration="240000")
    return pixels(ds, frames=1)


def sc(number):
    ds = head("7", "OT", number)
    fill(ds, ConversionType="WSD", ImageType=["DERIVED", "SECONDARY"], PatientOrientation="")
    return pixels(ds, bits=8)


def enhanced(number, kind="4.1", modality="MR"):
    ds = head(kind if modality == "MR" else "2.1", modality, number)
    frame = item(
        FrameContentSequence=[item(FrameAcquisitionDateTime="20190314101213.5", FrameReferenceDateTime="20190314101213.5",
                                   FrameAcquisitionDuration=12.5, StackID="1", InStackPositionNumber=1, DimensionIndexValues=[1, 1])],
        PlanePositionSequence=[item(ImagePositionPatient=["0", "0", "1.5"])])
    shared = item(PixelMeasuresSequence=[item(PixelSpacing=["0.5", "0.5"], SliceThickness="2")],
                  PlaneOrientationSequence=[item(ImageOrientationPatient=["1", "0", "0", "0", "1", "0"])],
                  FrameAnatomySequence=[item(FrameLaterality="U", AnatomicRegionSequence=code("T-A0100", "SRT", "Brain"))],
                  PixelValueTransformationSequence=[item(RescaleIntercept="0", RescaleSlope="1", RescaleType="US")])
    fill(ds, ImageType=["ORIGINAL", "PRIMARY", "T1", "NONE"], AcquisitionDateTime="20190314101213.5", AcquisitionDuration=30.0,
         ContentQualification="RESEARCH", PixelPresentation="MONOCHROME", VolumetricProperties="VOLUME", BurnedInAnnotation="NO",
         VolumeBasedCalculationTechnique="NONE", LossyImageCompression="00", PresentationLUTShape="IDENTITY",
         FrameOfReferenceUID=str(ds.StudyInstanceUID) + ".99", PositionReferenceIndicator="", AcquisitionContextSequence=[],
         DimensionOrganizationSequence=[item(DimensionOrganizationUID=str(ds.StudyInstanceUID) + ".98")],
         DimensionIndexSequence=[item(DimensionIndexPointer=0x00209056, FunctionalGroupPointer=0x00209111,
                                      DimensionOrganizationUID=str(ds.StudyInstanceUID) + ".98")],
         SharedFunctionalGroupsSequence=[shared], PerFrameFunctionalGroupsSequence=[frame, frame], AcquisitionNumber=1,
         ApplicableSafetyStandardAgency="IEC", ComplexImageComponent="MAGNITUDE", AcquisitionContrast="T1")
    return pixels(ds, frames=2)


def enhanced_ct(number):
    return enhanced(number, "2.1", "CT")


def references(number, classes="4"):
    return item(ReferencedSOPClassUID=STORAGE + classes, ReferencedSOPInstanceUID=f"{ROOT}.{number}.1.1")


def seg(number, of=1):
    ds = head("66.4", "SEG", number)
    fill(ds, ImageType=["DERIVED", "PRIMARY"], ContentLabel="SEGMENTATION", ContentDescription="liver and lesions",
         ContentCreatorName="", SegmentationType="BINARY", LossyImageCompression="00",
         FrameOfReferenceUID=str(ds.StudyInstanceUID) + ".99", PositionReferenceIndicator="",
         SegmentSequence=[item(SegmentNumber=1, SegmentLabel="Liver", SegmentDescription="whole liver", SegmentAlgorithmType="MANUAL",
                               SegmentedPropertyCategoryCodeSequence=code("T-D0050", "SRT", "Tissue"),
                               SegmentedPropertyTypeCodeSequence=code("T-62000", "SRT", "Liver"))],
         ReferencedSeriesSequence=[item(SeriesInstanceUID=f"{ROOT}.{of}.1", ReferencedInstanceSequence=[references(of)])],
         DimensionOrganizationSequence=[item(DimensionOrganizationUID=f"{ROOT}.{number}.98")],
         DimensionIndexSequence=[item(DimensionIndexPointer=0x0062000B, FunctionalGroupPointer=0x0062000A,
                                      DimensionOrganizationUID=f"{ROOT}.{number}.98")],
         SharedFunctionalGroupsSequence=[item(PixelMeasuresSequence=[item(PixelSpacing=["0.5", "0.5"], SliceThickness="2")],
                                              PlaneOrientationSequence=[item(ImageOrientationPatient=["1", "0", "0", "0", "1", "0"])])],
         PerFrameFunctionalGroupsSequence=[item(
             FrameContentSequence=[item(DimensionIndexValues=1)], PlanePositionSequence=[item(ImagePositionPatient=["0", "0", "0"])],
             SegmentIdentificationSequence=[item(ReferencedSegmentNumber=1)])])
    pixels(ds, bits=8, frames=1)
    ds.BitsAllocated = ds.BitsStored = 1
    ds.HighBit = 0
    ds[0x7FE00010].value = ds[0x7FE00010].value[:8]
    return ds


def rtstruct(number, of=1):
    ds = head("481.3", "RTSTRUCT", number)
    image = item(ContourImageSequence=[references(of, "2")], SeriesInstanceUID=f"{ROOT}.{of}.1")
    study = item(ReferencedSOPClassUID="1.2.840.10008.3.1.2.3.1", ReferencedSOPInstanceUID=f"{ROOT}.{of}",
                 RTReferencedSeriesSequence=[image])
    frame = f"{ROOT}.{of}.99"
    return fill(ds, StructureSetLabel="RS1 Thorax", StructureSetName="Thorax", StructureSetDate="20190315", StructureSetTime="090000",
                ReferencedFrameOfReferenceSequence=[item(FrameOfReferenceUID=frame, RTReferencedStudySequence=[study])],
                StructureSetROISequence=[item(ROINumber=n, ReferencedFrameOfReferenceUID=frame, ROIName=name,
                                              ROIGenerationAlgorithm="MANUAL") for n, name in enumerate(
                                                  ("GTV_T", "PTV 60Gy", "Lung L", "SpinalCord+5mm", "BODY"), 1)],
                ROIContourSequence=[item(ReferencedROINumber=1, ROIDisplayColor=[255, 0, 0], ContourSequence=[item(
                    ContourImageSequence=[references(of, "2")], ContourGeometricType="POINT", NumberOfContourPoints=1,
                    ContourData=["-1.50", "2.0", "3"])])],
                RTROIObservationsSequence=[item(ObservationNumber=1, ReferencedROINumber=1, RTROIInterpretedType="GTV",
                                                ROIObservationLabel="gross tumor", ROIInterpreter="")], ApprovalStatus="UNAPPROVED")


def rtplan(number, of=1):
    ds = head("481.5", "RTPLAN", number)
    return fill(ds, RTPlanLabel="3F Lung", RTPlanName="lung 60Gy", RTPlanDate="20190316", RTPlanTime="120000",
                RTPlanGeometry="PATIENT", PlanIntent="CURATIVE", ApprovalStatus="UNAPPROVED", ReferencedStructureSetSequence=[
                    references(of, "481.3")],
                FractionGroupSequence=[item(FractionGroupNumber=1, NumberOfFractionsPlanned=30, NumberOfBeams=1,
                                            NumberOfBrachyApplicationSetups=0, ReferencedBeamSequence=[item(
                                                ReferencedBeamNumber=1, BeamDose="2.0", BeamMeterset="116.0")])],
                BeamSequence=[item(BeamNumber=1, BeamName="1 AP 6X", BeamDescription="anterior field", BeamType="STATIC",
                                   RadiationType="PHOTON", TreatmentMachineName="LINAC2", PrimaryDosimeterUnit="MU",
                                   SourceAxisDistance="1000", NumberOfWedges=0, NumberOfCompensators=0, NumberOfBoli=0,
                                   NumberOfBlocks=0, FinalCumulativeMetersetWeight="1", NumberOfControlPoints=0,
                                   TreatmentDeliveryType="TREATMENT", BeamLimitingDeviceSequence=[item(
                                       RTBeamLimitingDeviceType="X", NumberOfLeafJawPairs=1)])],
                PatientSetupSequence=[item(PatientSetupNumber=1, PatientPosition="HFS", SetupTechnique="ISOCENTRIC")])


def rtdose(number, of=1):
    ds = plane(head("481.2", "RTDOSE", number))
    fill(ds, DoseUnits="GY", DoseType="PHYSICAL", DoseSummationType="PLAN", DoseGridScaling="0.0001", DoseComment="total dose",
         FrameIncrementPointer=0x3004000C, GridFrameOffsetVector=["0", "2.5"], ReferencedRTPlanSequence=[references(of, "481.5")])
    return pixels(ds, frames=2)


def content(relation, kind, concept, **values):
    return item(RelationshipType=relation, ValueType=kind, ConceptNameCodeSequence=code(*concept), **values)


def document(number, kind, modality, *items):
    ds = head(kind, modality, number)
    return fill(ds, ValueType="CONTAINER", ContinuityOfContent="SEPARATE", CompletionFlag="COMPLETE", VerificationFlag="UNVERIFIED",
                ConceptNameCodeSequence=code("126000", "DCM", "Imaging Measurement Report"), PerformedProcedureCodeSequence=[],
                ReferencedPerformedProcedureStepSequence=[], ContentTemplateSequence=[item(
                    MappingResource="DCMR", TemplateIdentifier="1500")], ContentSequence=list(items) or [content(
                        "CONTAINS", "TEXT", ("121071", "DCM", "Finding"), TextValue="no nodule in the left lung")])


def sr(number):
    return document(number, "88.33", "SR")


def rdsr(number):
    ds = document(number, "88.67", "SR", content("HAS OBS CONTEXT", "TEXT", ("121013", "DCM", "Device Observer Name"), TextValue="CT99"),
                  content("CONTAINS", "NUM", ("113813", "DCM", "CT Dose Length Product Total"), MeasuredValueSequence=[item(
                      NumericValue="415.20", MeasurementUnitsCodeSequence=code("mGy.cm", "UCUM", "mGy.cm"))]))
    ds.ConceptNameCodeSequence = Sequence(code("113701", "DCM", "X-Ray Radiation Dose Report"))
    return ds


def ko(number, of=1):
    ds = document(number, "88.59", "KO", content("CONTAINS", "IMAGE", ("113000", "DCM", "Of Interest"),
                                                 ReferencedSOPSequence=[references(of)]))
    ds.ConceptNameCodeSequence = Sequence(code("113000", "DCM", "Of Interest"))
    evidence = item(StudyInstanceUID=f"{ROOT}.{of}", ReferencedSeriesSequence=[item(
        SeriesInstanceUID=f"{ROOT}.{of}.1", ReferencedSOPSequence=[references(of)])])
    return fill(ds, CurrentRequestedProcedureEvidenceSequence=[evidence])


def pr(number, of=1):
    ds = head("11.1", "PR", number)
    return fill(ds, PresentationCreationDate="20190317", PresentationCreationTime="080000", ContentLabel="ARROWS",
                ContentDescription="lesion marked", ContentCreatorName="", PresentationLUTShape="IDENTITY",
                ReferencedSeriesSequence=[item(SeriesInstanceUID=f"{ROOT}.{of}.1", ReferencedImageSequence=[references(of)])],
                DisplayedAreaSelectionSequence=[item(DisplayedAreaTopLeftHandCorner=[1, 1], PresentationSizeMode="SCALE TO FIT",
                                                     DisplayedAreaBottomRightHandCorner=[8, 8], PresentationPixelAspectRatio=[1, 1])],
                GraphicLayerSequence=[item(GraphicLayer="LAYER1", GraphicLayerOrder=1)])


def ecg(number):
    ds = head("9.1.1", "ECG", number)
    channel = item(ChannelSourceSequence=code("5.6.3-9-1", "SCPECG", "Lead I"), ChannelSensitivity="1", WaveformBitsStored=16,
                   ChannelSensitivityUnitsSequence=code("uV", "UCUM", "microvolt"), ChannelSensitivityCorrectionFactor="1",
                   ChannelBaseline="0", ChannelSampleSkew="0", ChannelLabel="I")
    group = item(WaveformOriginality="ORIGINAL", NumberOfWaveformChannels=1, NumberOfWaveformSamples=4, SamplingFrequency="500",
                 ChannelDefinitionSequence=[channel], WaveformBitsAllocated=16, WaveformSampleInterpretation="SS")
    group.add_new(0x54001010, "OW", struct.pack("<4h", number, -2, 3, 4))
    return fill(ds, AcquisitionDateTime="20190314101213", AcquisitionContextSequence=[], WaveformSequence=[group])


def pdf(number):
    ds = head("104.1", "DOC", number)
    return fill(ds, ConversionType="WSD", BurnedInAnnotation="YES", DocumentTitle="discharge letter", AcquisitionDateTime="",
                ConceptNameCodeSequence=[], MIMETypeOfEncapsulatedDocument="application/pdf",
                EncapsulatedDocument=b"%PDF-1.4 nothing to see ")


def wsi(number):
    ds = head("77.1.6", "SM", number)
    fill(ds, ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"], FrameOfReferenceUID=f"{ROOT}.{number}.99", AcquisitionDateTime="20190314101213",
         PositionReferenceIndicator="SLIDE_CORNER", ContainerIdentifier="K-77810", IssuerOfTheContainerIdentifierSequence=[],
         ContainerTypeCodeSequence=code("433466003", "SCT", "Microscope slide"), AcquisitionContextSequence=[],
         SpecimenDescriptionSequence=[item(SpecimenIdentifier="SP-77810", SpecimenUID=f"{ROOT}.{number}.97",
                                           SpecimenShortDescription="liver core biopsy", SpecimenPreparationSequence=[],
                                           IssuerOfTheSpecimenIdentifierSequence=[], PrimaryAnatomicStructureSequence=code(
                                               "10200004", "SCT", "Liver"))],
         TotalPixelMatrixColumns=8, TotalPixelMatrixRows=8, BurnedInAnnotation="NO", SpecimenLabelInImage="NO", FocusMethod="AUTO",
         ExtendedDepthOfField="NO", LossyImageCompression="00", VolumetricProperties="VOLUME", ImagedVolumeWidth=1.0,
         ImagedVolumeHeight=1.0, ImagedVolumeDepth=1.0, OpticalPathSequence=[item(
             OpticalPathIdentifier="1", OpticalPathDescription="Brightfield", IlluminationTypeCodeSequence=code(
                 "111744", "DCM", "Brightfield illumination"), IlluminationColorCodeSequence=code("R-102C0", "SRT", "Full Spectrum"))])
    return pixels(ds, bits=8, frames=1, samples=3)


def parametric(number):
    ds = enhanced(number)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = STORAGE + "30"
    ds.Modality = "OT"
    return fill(ds, ContentLabel="ADC", ContentDescription="apparent diffusion coefficient", ContentCreatorName="")


def photo(number):
    ds = head("77.1.4", "XC", number)
    fill(ds, ImageType=["ORIGINAL", "PRIMARY"], AcquisitionContextSequence=[], LossyImageCompression="00", AcquisitionDateTime="20190314101213")
    return pixels(ds, bits=8, samples=3)


def oct_(number):
    ds = head("77.1.5.1", "OP", number)
    fill(ds, ImageType=["ORIGINAL", "PRIMARY", ""], AcquisitionDateTime="20190314101213", ImageLaterality="R", PatientOrientation=["L", "F"],
         BurnedInAnnotation="NO", AcquisitionContextSequence=[], LossyImageCompression="00", EmmetropicMagnification=1.0,
         IntraOcularPressure=16.0, HorizontalFieldOfView=45.0, PupilDilated="NO")
    return pixels(ds, bits=8)


ALL = {"ct": ct, "mr": mr, "pet": pet, "us": us, "dx": dx, "mg": mg, "cr": cr, "xa": xa, "nm": nm, "sc": sc, "emr": enhanced,
       "ect": enhanced_ct, "seg": seg, "rtstruct": rtstruct, "rtplan": rtplan, "rtdose": rtdose, "sr": sr, "rdsr": rdsr, "ko": ko,
       "pr": pr, "ecg": ecg, "pdf": pdf, "wsi": wsi, "pmap": parametric, "photo": photo, "op": oct_}
