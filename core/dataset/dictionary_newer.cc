/* dictionary_newer.cc: attributes that the standard has and the dictionary of DCMTK 3.6.7 (PS3.6 2022b) has
 * not: those of the de-identification table and of the objects that it depends on. In implicit VR nothing
 * else tells what they are. */
#include "dictionary_newer.h"

namespace {

const struct {
    uint32_t tag;
    DcmEVR vr;
    const char *keyword;
} newer[] = {
    {0x00081301, EVR_SQ, "PrincipalDiagnosisCodeSequence"},
    {0x00081302, EVR_SQ, "PrimaryDiagnosisCodeSequence"},
    {0x00081303, EVR_SQ, "SecondaryDiagnosesCodeSequence"},
    {0x00081304, EVR_SQ, "HistologicalDiagnosesCodeSequence"},
    {0x00100011, EVR_SQ, "PersonNamesToUseSequence"},
    {0x00100012, EVR_LT, "NameToUse"},
    {0x00100013, EVR_UT, "NameToUseComment"},
    {0x00100014, EVR_SQ, "ThirdPersonPronounsSequence"},
    {0x00100015, EVR_SQ, "PronounCodeSequence"},
    {0x00100016, EVR_UT, "PronounComment"},
    {0x00100041, EVR_SQ, "GenderIdentitySequence"},
    {0x00100042, EVR_UT, "SexParametersForClinicalUseCategoryComment"},
    {0x00100043, EVR_SQ, "SexParametersForClinicalUseCategorySequence"},
    {0x00100044, EVR_SQ, "GenderIdentityCodeSequence"},
    {0x00100045, EVR_UT, "GenderIdentityComment"},
    {0x00100046, EVR_SQ, "SexParametersForClinicalUseCategoryCodeSequence"},
    {0x00100047, EVR_UR, "SexParametersForClinicalUseCategoryReference"},
    {0x00102161, EVR_SQ, "EthnicGroupCodeSequence"},
    {0x00102162, EVR_UC, "EthnicGroups"},
    {0x00120022, EVR_LO, "IssuerOfClinicalTrialProtocolID"},
    {0x00120023, EVR_SQ, "OtherClinicalTrialProtocolIDsSequence"},
    {0x00120032, EVR_LO, "IssuerOfClinicalTrialSiteID"},
    {0x00120041, EVR_LO, "IssuerOfClinicalTrialSubjectID"},
    {0x00120043, EVR_LO, "IssuerOfClinicalTrialSubjectReadingID"},
    {0x00120055, EVR_LO, "IssuerOfClinicalTrialTimePointID"},
    {0x00120073, EVR_LO, "IssuerOfClinicalTrialSeriesID"},
    {0x00181204, EVR_DA, "DateOfManufacture"},
    {0x00181205, EVR_DA, "DateOfInstallation"},
    {0x00189821, EVR_SQ, "PhotoacousticExcitationCharacteristicsSequence"},
    {0x00189822, EVR_FD, "ExcitationSpectralWidth"},
    {0x00189823, EVR_FD, "ExcitationEnergy"},
    {0x00189824, EVR_FD, "ExcitationPulseDuration"},
    {0x00189825, EVR_SQ, "ExcitationWavelengthSequence"},
    {0x00189826, EVR_FD, "ExcitationWavelength"},
    {0x00189828, EVR_CS, "IlluminationTranslationFlag"},
    {0x00189829, EVR_CS, "AcousticCouplingMediumFlag"},
    {0x0018982A, EVR_SQ, "AcousticCouplingMediumCodeSequence"},
    {0x0018982B, EVR_FD, "AcousticCouplingMediumTemperature"},
    {0x0018982C, EVR_SQ, "TransducerResponseSequence"},
    {0x0018982D, EVR_FD, "CenterFrequency"},
    {0x0018982E, EVR_FD, "FractionalBandwidth"},
    {0x0018982F, EVR_FD, "LowerCutoffFrequency"},
    {0x00189830, EVR_FD, "UpperCutoffFrequency"},
    {0x00189831, EVR_SQ, "TransducerTechnologySequence"},
    {0x00189832, EVR_SQ, "SoundSpeedCorrectionMechanismCodeSequence"},
    {0x00189833, EVR_FD, "ObjectSoundSpeed"},
    {0x003A0329, EVR_ST, "WaveformFilterDescription"},
    {0x003A032B, EVR_ST, "FilterLookupTableDescription"},
    {0x0040A034, EVR_DT, "EffectiveStartDateTime"},
    {0x0040A035, EVR_DT, "EffectiveStopDateTime"},
    {0x0040B034, EVR_DT, "AnnotationDateTime"},
    {0x0040B036, EVR_DT, "SegmentDefinitionDateTime"},
    {0x0040B03B, EVR_LT, "MontageName"},
    {0x0040B03F, EVR_LO, "MontageChannelLabel"},
    {0x30020121, EVR_LO, "PositionAcquisitionTemplateName"},
    {0x30020123, EVR_LT, "PositionAcquisitionTemplateDescription"},
    {0x3006002D, EVR_DT, "ROIDateTime"},
    {0x3006002E, EVR_DT, "ROIObservationDateTime"},
    {0x3006004C, EVR_SQ, "SourceSeriesInformationSequence"},
    {0x3006004D, EVR_SQ, "ROICreatorSequence"},
    {0x3006004E, EVR_SQ, "ROIInterpreterSequence"},
    {0x300A0054, EVR_UI, "TableTopPositionAlignmentUID"},
};

} // namespace

void dictionary_add_newer(DcmDataDictionary &dictionary)
{
    for (const auto &entry : newer) {
        DcmTagKey key = wrap::key_of(entry.tag);
        if (dictionary.findEntry(key, nullptr) == nullptr) { /* a newer DCMTK knows better */
            dictionary.addEntry(new DcmDictEntry(key.getGroup(), key.getElement(), DcmVR(entry.vr),
                                                 entry.keyword, 1, DcmVariableVM, "DICOM", OFFalse, nullptr));
        }
    }
}
