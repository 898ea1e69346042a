/* generate.c: makes a synthetic study as mercure would hand it over: several series, two of them with one
 * description, invented identity at the top, in sequences, in private elements and in mercure's own files.
 * The same bytes every time. usage: generate-study FOLDER [INSTANCES-PER-SERIES [PIXELS-PER-SIDE]] */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dcmchain/chain.h"
#include "dcmchain/dataset.h"

#define STUDY_UID "1.2.826.0.1.99999.7.1"
#define PATIENT_NAME "Zyxwell^Synthetica"
#define PATIENT_ID "SYN-4711-Z"
#define ACCESSION "SYNACC0815"

static const struct {
    const char *description;
    const char *transfer_syntax;
    const char *charset;
} all_series[] = {
    {"T1 TSE SAG", "1.2.840.10008.1.2.1", "ISO_IR 100"},
    {"T2 TSE AX", "1.2.840.10008.1.2", "ISO_IR 100"},
    {"T2 TSE AX", "1.2.840.10008.1.2.1", "ISO_IR 192"},
    {"LOCALIZER " PATIENT_ID, "1.2.840.10008.1.2.2", "ISO_IR 100"},
};
#define SERIES_COUNT (sizeof all_series / sizeof all_series[0])

static void must(int result, const char *what)
{
    if (result != DCMCHAIN_OK) {
        (void)fprintf(stderr, "generate-study: %s: %s\n", what, dcmchain_result_text(result));
        exit(1);
    }
}

static void set(dcmchain_item *item, const char *keyword, const char *text)
{
    uint32_t tag = 0;
    must(dcmchain_tag_parse(keyword, &tag), keyword);
    must(dcmchain_item_set_text(item, tag, text), keyword);
}

static void set_number(dcmchain_item *item, const char *keyword, size_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%zu", number);
    set(item, keyword, text);
}

static dcmchain_item *add_sequence(dcmchain_item *item, const char *keyword)
{
    uint32_t tag = 0;
    dcmchain_element *sequence = NULL;
    dcmchain_item *inner = NULL;
    must(dcmchain_tag_parse(keyword, &tag), keyword);
    must(dcmchain_item_insert(item, tag, DCMCHAIN_VR_SQ, &sequence), keyword);
    must(dcmchain_element_add_item(sequence, &inner), keyword);
    return inner;
}

static void add_private(dcmchain_item *item)
{
    dcmchain_element *element = NULL;
    must(dcmchain_item_insert(item, 0x00191001, DCMCHAIN_VR_LO, &element), "private element");
    must(dcmchain_element_set_text(element, "for " PATIENT_NAME), "private element");
    must(dcmchain_item_insert(item, 0x00190010, DCMCHAIN_VR_LO, &element), "private creator");
    must(dcmchain_element_set_text(element, "SYNTHETIC DEVICES"), "private creator");
}

static void fill_patient_and_study(dcmchain_item *root)
{
    set(root, "PatientName", PATIENT_NAME);
    set(root, "PatientID", PATIENT_ID);
    set(root, "PatientBirthDate", "19610217");
    set(root, "PatientSex", "O");
    set(root, "StudyInstanceUID", STUDY_UID);
    set(root, "StudyDate", "20240229");
    set(root, "StudyTime", "101500");
    set(root, "AccessionNumber", ACCESSION);
    set(root, "StudyID", "SYNSTUDY7");
    set(root, "ReferringPhysicianName", "Referrer^Invented");
    set(root, "InstitutionName", "Synthetic Hospital");
    dcmchain_item *request = add_sequence(root, "RequestAttributesSequence");
    set(request, "RequestedProcedureID", "SYNPROC1");
    set(request, "ScheduledProcedureStepDescription", "Knee of " PATIENT_NAME);
    add_private(root);
}

static void fill_image(dcmchain_item *root, size_t series, size_t instance, size_t side)
{
    char uid[80];
    (void)snprintf(uid, sizeof uid, STUDY_UID ".%zu", series + 1);
    set(root, "SeriesInstanceUID", uid);
    (void)snprintf(uid, sizeof uid, STUDY_UID ".%zu.%zu", series + 1, instance + 1);
    set(root, "SOPInstanceUID", uid);
    set(root, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.4");
    set(root, "Modality", "MR");
    set(root, "Manufacturer", "SYNTHETIC DEVICES");
    set(root, "SeriesDescription", all_series[series].description);
    set_number(root, "SeriesNumber", series + 1);
    set_number(root, "InstanceNumber", instance + 1);
    set(root, "FrameOfReferenceUID", STUDY_UID ".900");
    set(root, "PositionReferenceIndicator", "");
    set(root, "ImageType", "ORIGINAL\\PRIMARY\\M");
    set(root, "ScanningSequence", "SE");
    set(root, "SequenceVariant", "NONE");
    set(root, "ScanOptions", "");
    set(root, "MRAcquisitionType", "2D");
    set(root, "EchoTime", "90");
    set(root, "EchoTrainLength", "1");
    set(root, "RepetitionTime", "3000");
    set(root, "SliceThickness", "5");
    set(root, "PatientPosition", "HFS");
    set(root, "BodyPartExamined", "KNEE");
    set(root, "Laterality", "L");
    set(root, "ImagePositionPatient", "0\\0\\0");
    set(root, "ImageOrientationPatient", "1\\0\\0\\0\\1\\0");
    set(root, "PixelSpacing", "0.5\\0.5");
    set_number(root, "Rows", side);
    set_number(root, "Columns", side);
    set(root, "SamplesPerPixel", "1");
    set(root, "PhotometricInterpretation", "MONOCHROME2");
    set(root, "BitsAllocated", "16");
    set(root, "BitsStored", "12");
    set(root, "HighBit", "11");
    set(root, "PixelRepresentation", "0");
    dcmchain_item *reference = add_sequence(root, "ReferencedImageSequence");
    set(reference, "ReferencedSOPClassUID", "1.2.840.10008.5.1.4.1.1.4");
    set(reference, "ReferencedSOPInstanceUID", STUDY_UID ".1.1");
}

static unsigned char *make_pixels(size_t series, size_t instance, size_t side)
{
    unsigned char *pixels = malloc(side * side * 2);
    for (size_t i = 0; pixels != NULL && i < side * side; i++) {
        unsigned value = (unsigned)((i * (series + 3) + instance * 37) % 4096);
        pixels[2 * i] = (unsigned char)value;
        pixels[2 * i + 1] = (unsigned char)(value >> 8);
    }
    return pixels;
}

static void write_bytes(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) {
        (void)fprintf(stderr, "generate-study: %s: %s\n", path, strerror(errno));
        exit(1);
    }
}

static void write_tags(const char *stem, size_t series, size_t instance)
{
    char path[512];
    char text[1024];
    (void)snprintf(path, sizeof path, "%s.tags", stem);
    int length =
        snprintf(text, sizeof text,
                 "{\"SpecificCharacterSet\": \"ISO_IR 100\", \"SeriesInstanceUID\": \"" STUDY_UID
                 ".%zu\", \"SOPInstanceUID\": \"" STUDY_UID
                 ".%zu.%zu\", \"SenderAddress\": \"192.0.2.77\", \"SenderAET\": \"SYNSENDER\", "
                 "\"PatientName\": \"" PATIENT_NAME "\", \"PatientID\": \"" PATIENT_ID
                 "\", \"AccessionNumber\": \"" ACCESSION "\", \"Modality\": \"MR\", \"Modality\": \"MR\"}\n",
                 series + 1, series + 1, instance + 1);
    write_bytes(path, text, (size_t)length);
}

static void write_instance(const char *folder, size_t series, size_t instance, size_t side)
{
    char stem[480];
    char path[512];
    void *bytes = NULL;
    size_t length = 0;
    dcmchain_dataset *dataset = NULL;
    must(dcmchain_dataset_new(all_series[series].transfer_syntax, &dataset), "new dataset");
    dcmchain_item *root = dcmchain_dataset_root(dataset);
    set(root, "SpecificCharacterSet", all_series[series].charset);
    fill_patient_and_study(root);
    fill_image(root, series, instance, side);
    unsigned char *pixels = make_pixels(series, instance, side);
    must(pixels == NULL ? DCMCHAIN_E_MEMORY
                        : dcmchain_dataset_write(dataset, pixels, side * side * 2, &bytes, &length),
         "writing");
    (void)snprintf(stem, sizeof stem, "%s/" STUDY_UID ".%zu#MR.X.%zu.%zu", folder, series + 1, series + 1,
                   instance + 1);
    (void)snprintf(path, sizeof path, "%s.dcm", stem);
    write_bytes(path, bytes, length);
    write_tags(stem, series, instance);
    free(pixels);
    dcmchain_free(bytes);
    dcmchain_dataset_free(dataset);
}

static void write_task(const char *folder)
{
    static const char text[] =
        "{\"info\": {\"action\": \"both\", \"uid\": \"" STUDY_UID
        "\", \"uid_type\": \"study\", \"triggered_rules\": {\"synthetic-rule\": true}, "
        "\"applied_rule\": \"synthetic-rule\", \"patient_name\": \"" PATIENT_NAME "\", \"mrn\": \"" PATIENT_ID
        "\", \"acc\": \"" ACCESSION "\", \"sender_address\": \"192.0.2.77\", \"mercure_version\": \"0.4.1\", "
        "\"mercure_appliance\": \"synthetic\", \"mercure_server\": "
        "\"synserver01\", \"sender_aet\": \"SYNSENDER\", \"receiver_aet\": \"mercure\"}, \"id\": "
        "\"00000000-0000-1000-8000-00000000c0de\", "
        "\"dispatch\": {\"target_name\": [\"syntarget\"]}, \"process\": {\"module_name\": \"dcmchain\", "
        "\"settings\": {}, \"retain_input_images\": "
        "false}, \"study\": {\"study_uid\": \"" STUDY_UID
        "\", \"complete_trigger\": \"timeout\", \"creation_time\": \"2024-02-29 10:30:00\", "
        "\"received_series\": [\"T1 TSE SAG\", \"T2 TSE AX\"], \"received_series_uid\": [\"" STUDY_UID
        ".1\", \"" STUDY_UID ".2\"]}, \"nomad_info\": "
        "null}\n";
    char path[512];
    (void)snprintf(path, sizeof path, "%s/task.json", folder);
    write_bytes(path, text, sizeof text - 1);
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 4 || argv[1][0] == '-') {
        (void)fprintf(stderr, "usage: generate-study FOLDER [INSTANCES-PER-SERIES [PIXELS-PER-SIDE]]\n");
        return 2;
    }
    size_t instances = argc > 2 ? strtoul(argv[2], NULL, 10) : 5;
    size_t side = argc > 3 ? strtoul(argv[3], NULL, 10) : 64;
    if (instances == 0 || instances > 100000 || side == 0 || side > 4096) {
        (void)fprintf(stderr, "generate-study: 1 to 100000 instances of 1 to 4096 pixels a side\n");
        return 2;
    }
    if (mkdir(argv[1], 0777) != 0 && errno != EEXIST) {
        (void)fprintf(stderr, "generate-study: %s: %s\n", argv[1], strerror(errno));
        return 1;
    }
    for (size_t series = 0; series < SERIES_COUNT; series++) {
        for (size_t instance = 0; instance < instances; instance++) {
            write_instance(argv[1], series, instance, side);
        }
    }
    write_task(argv[1]);
    return 0;
}
