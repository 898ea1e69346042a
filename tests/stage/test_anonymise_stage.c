/* test_anonymise_stage.c: the anonymise stage on data sets in memory, at top level and in sequences.
 * It calls the stage's own callbacks over a faked context (anonymise_fakes.h). */
#include <check.h>

#include "anonymise_fakes.h"
#include "config.h"
#include "dcmchain/chain.h"

#define IMPLICIT "1.2.840.10008.1.2"
#define EXPLICIT "1.2.840.10008.1.2.1"
#define TAG_SHARED_GROUPS 0x52009229U /* in no row: its items are visited */
#define TAG_MR_TIMING 0x00189112U

static const struct dcmchain_identity identity[] = {
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Zzyx^Quentin"},
    {DCMCHAIN_IDENTITY_ID, 0x00100020, "QX-4711"},
    {DCMCHAIN_IDENTITY_DATE, 0x00080020, "20240229"},
    {DCMCHAIN_IDENTITY_UID, 0x0020000D, "1.2.276.0.99999.1.1"},
    {DCMCHAIN_IDENTITY_DEVICE, 0x00081010, "QXSTN1"},
};

static struct dcmchain_context context;
static struct dcmchain_study study_info;
static struct dcmchain_instance instance_info;
static struct anonymise_config config;
static dcmchain_dataset *dataset;
static dcmchain_item *root;

static void begin(const char *transfer_syntax)
{
    dcmchain_dataset_free(dataset);
    dataset = NULL;
    ck_assert_int_eq(dcmchain_dataset_new(transfer_syntax, &dataset), 0);
    root = dcmchain_dataset_root(dataset);
    instance_info = (struct dcmchain_instance){dataset, "QX-4711"};
    context.change_count = 0;
}

static void set_up(void)
{
    context = (struct dcmchain_context){.project = "test"};
    study_info = (struct dcmchain_study){identity, sizeof identity / sizeof identity[0],
                                         "1.2.276.0.99999.1.1", "20240229"};
    config = (struct anonymise_config){.project = "test", .shift_days = 365, .reference_year = 2026};
    begin(EXPLICIT);
}

static void tear_down(void)
{
    dcmchain_dataset_free(dataset);
    dataset = NULL;
}

/* Runs the stage over the data set, from run_open to run_close. */
static void run(void)
{
    const struct dcmchain_stage *stage = dcmchain_stage_entry();
    struct dcmchain_scope scope = {.study_info = &study_info};

    ck_assert_int_eq(stage->run_open(&context, &config, &scope.run), DCMCHAIN_OK);
    ck_assert_int_eq(stage->study_open(&context, &scope, &scope.study), DCMCHAIN_OK);
    ck_assert_msg(stage->instance(&context, &scope, &instance_info) == DCMCHAIN_OK, "%s", context.error);
    ck_assert_int_eq(stage->study_close(&context, &scope, 1), DCMCHAIN_OK);
    stage->run_close(&context, scope.run, DCMCHAIN_OUTCOME_DONE);
}

static dcmchain_element *put(dcmchain_item *item, uint32_t tag, uint16_t vr, const char *text)
{
    dcmchain_element *element = NULL;

    ck_assert_int_eq(dcmchain_item_insert(item, tag, vr, &element), 0);
    if (text != NULL) {
        ck_assert_int_eq(dcmchain_element_set_text(element, text), 0);
    }
    return element;
}

static dcmchain_item *put_item(dcmchain_item *item, uint32_t tag)
{
    dcmchain_element *element = dcmchain_item_find(item, tag);
    dcmchain_item *inner = NULL;

    if (element == NULL) {
        element = put(item, tag, DCMCHAIN_VR_SQ, NULL);
    }
    ck_assert_int_eq(dcmchain_element_add_item(element, &inner), 0);
    return inner;
}

/* The text of an element, "<none>" where there is none; overwritten by the next calls but three. */
static const char *text(const dcmchain_item *item, uint32_t tag)
{
    static char ring[4][512];
    static size_t at;
    char *read = NULL;
    char *out = ring[at++ % 4];

    if (dcmchain_item_find(item, tag) == NULL) {
        return "<none>";
    }
    ck_assert_int_eq(dcmchain_item_get_text(item, tag, &read), 0);
    (void)snprintf(out, sizeof ring[0], "%s", read);
    dcmchain_free(read);
    return out;
}

static const char *rule_of(uint32_t tag)
{
    for (size_t at = 0; at < context.change_count; at++) {
        if (context.changes[at].tag == tag) {
            return context.changes[at].rule;
        }
    }
    return "";
}

/* Elements of each action of the table. */
static void put_table_elements(dcmchain_item *item)
{
    (void)put(item, 0x00080020, DCMCHAIN_VR_DA, "20240229");          /* Study Date: Z */
    (void)put(item, 0x00080021, DCMCHAIN_VR_DA, "20240229");          /* Series Date: X/D */
    (void)put(item, 0x00080022, DCMCHAIN_VR_DA, "20240229");          /* Acquisition Date: X/Z */
    (void)put(item, 0x00080050, DCMCHAIN_VR_SH, "A1");                /* Accession Number: Z */
    (void)put(item, 0x00080080, DCMCHAIN_VR_LO, "Somewhere");         /* Institution Name: X/Z/D */
    (void)put(item, 0x00080081, DCMCHAIN_VR_ST, "Somewhere 1");       /* Institution Address: X */
    (void)put(item, 0x00081030, DCMCHAIN_VR_LO, "Abdomen");           /* Study Description: X */
    (void)put(item, 0x00081070, DCMCHAIN_VR_PN, "Techqx^Bo");         /* Operators' Name: X/Z/D */
    (void)put(item, 0x00189151, DCMCHAIN_VR_DT, "20240229101112.5");  /* Frame Reference DateTime: D */
    (void)put(item, 0x00200052, DCMCHAIN_VR_UI, "1.2.276.0.99999.9"); /* Frame of Reference UID: U */
    (void)put(item, 0x00280010, DCMCHAIN_VR_US, "256");               /* Rows: in no row */
}

static void expect_table_elements(const dcmchain_item *item)
{
    ck_assert_str_eq(text(item, 0x00080020), "");
    ck_assert_str_eq(text(item, 0x00080021), "19000101");
    ck_assert_str_eq(text(item, 0x00080022), "");
    ck_assert_str_eq(text(item, 0x00080050), "");
    ck_assert_str_eq(text(item, 0x00080080), "ANONYMIZED");
    ck_assert_str_eq(text(item, 0x00080081), "<none>");
    ck_assert_str_eq(text(item, 0x00081030), "<none>");
    ck_assert_str_eq(text(item, 0x00081070), "ANONYMIZED");
    ck_assert_str_eq(text(item, 0x00189151), "19000101000000");
    ck_assert_int_eq(strncmp(text(item, 0x00200052), "2.25.", 5), 0);
    ck_assert_str_eq(text(item, 0x00280010), "256");
}

START_TEST(test_anonymise_table_actions_are_done_at_every_depth)
{
    static const char *const syntaxes[] = {IMPLICIT, EXPLICIT, "1.2.840.10008.1.2.2"};

    for (size_t at = 0; at < 3; at++) {
        dcmchain_item *deep = NULL;
        begin(syntaxes[at]);
        put_table_elements(root);
        deep = put_item(put_item(put_item(root, TAG_SHARED_GROUPS), TAG_MR_TIMING), 0x00400260);
        put_table_elements(deep);
        run();
        expect_table_elements(root);
        expect_table_elements(deep);
    }
}
END_TEST

START_TEST(test_anonymise_patient_study_and_birth_date_are_pseudonyms)
{
    dcmchain_item *other = put_item(root, 0x00081120); /* Referenced Patient Sequence: X */

    (void)other;
    (void)put(root, 0x00100010, DCMCHAIN_VR_PN, "Zzyx^Quentin");
    (void)put(root, 0x00100020, DCMCHAIN_VR_LO, "QX-4711");
    (void)put(root, 0x00100030, DCMCHAIN_VR_DA, "19610823");
    (void)put(root, 0x00200010, DCMCHAIN_VR_SH, "S1");
    run();
    ck_assert_uint_eq(strspn(text(root, 0x00100010), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 8);
    ck_assert_uint_eq(strspn(text(root, 0x00100020), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 16);
    ck_assert_uint_eq(strlen(text(root, 0x00100020)), 16);
    ck_assert_str_eq(text(root, 0x00100030), "19610101");
    ck_assert_uint_eq(strlen(text(root, 0x00200010)), 16);
    ck_assert_str_eq(text(root, 0x00081120), "<none>");
}
END_TEST

START_TEST(test_anonymise_patient_id_is_never_empty_and_follows_the_patient)
{
    char first[64];

    run(); /* there is none */
    (void)snprintf(first, sizeof first, "%s", text(root, 0x00100020));
    ck_assert_uint_eq(strlen(first), 16);
    ck_assert_str_eq(text(root, 0x00100010), "<none>");
    begin(IMPLICIT);
    (void)put(root, 0x00100020, DCMCHAIN_VR_LO, NULL);
    run();
    ck_assert_str_eq(text(root, 0x00100020), first);
    begin(IMPLICIT);
    instance_info.patient_key = "another";
    run();
    ck_assert_str_ne(text(root, 0x00100020), first);
}
END_TEST

START_TEST(test_anonymise_nested_ids_agree_with_the_top_level)
{
    dcmchain_item *same = put_item(root, TAG_SHARED_GROUPS);
    dcmchain_item *other = put_item(root, TAG_SHARED_GROUPS);

    (void)put(root, 0x00100020, DCMCHAIN_VR_LO, "QX-4711");
    (void)put(same, 0x00100020, DCMCHAIN_VR_LO, "QX-4711");
    (void)put(other, 0x00100020, DCMCHAIN_VR_LO, "QX-4712");
    run();
    ck_assert_str_eq(text(same, 0x00100020), text(root, 0x00100020));
    ck_assert_str_ne(text(other, 0x00100020), text(root, 0x00100020));
    ck_assert_uint_eq(strlen(text(other, 0x00100020)), 16);
}
END_TEST

START_TEST(test_anonymise_birth_date_that_is_no_date_or_of_90_years_is_empty)
{
    static const char *const empty[] = {"", "1961", "0101", "19611301", "00010101", "19360101", "19000101"};

    for (size_t at = 0; at < sizeof empty / sizeof empty[0]; at++) {
        begin(EXPLICIT);
        (void)put(root, 0x00100030, DCMCHAIN_VR_DA, empty[at]);
        run();
        ck_assert_msg(strcmp(text(root, 0x00100030), "") == 0, "%s became %s", empty[at],
                      text(root, 0x00100030));
    }
    begin(EXPLICIT);
    (void)put(root, 0x00100030, DCMCHAIN_VR_DA, "19371231"); /* 89 at the end of 2026 */
    run();
    ck_assert_str_eq(text(root, 0x00100030), "19370101");
    begin(EXPLICIT);
    config.birth_date = BIRTH_DATE_TABLE;
    (void)put(root, 0x00100030, DCMCHAIN_VR_DA, "19610823");
    run();
    ck_assert_str_eq(text(root, 0x00100030), "");
}
END_TEST

START_TEST(test_anonymise_empty_study_id_stays_empty)
{
    (void)put(root, 0x00200010, DCMCHAIN_VR_SH, NULL);
    run();
    ck_assert_str_eq(text(root, 0x00200010), "");
    begin(EXPLICIT);
    run();
    ck_assert_str_eq(text(root, 0x00200010), "<none>");
}
END_TEST

START_TEST(test_anonymise_uids_are_mapped_alike_and_classes_stay)
{
    dcmchain_item *reference = put_item(root, 0x00081140); /* Referenced Image Sequence: X/Z/U* */

    (void)put(root, 0x00080016, DCMCHAIN_VR_UI, "1.2.840.10008.5.1.4.1.1.4");
    (void)put(root, 0x00080018, DCMCHAIN_VR_UI, "1.2.276.0.99999.1.1.1.2");
    (void)put(root, 0x00200052, DCMCHAIN_VR_UI, "1.2.840.10008.1.4.1.1"); /* Talairach */
    (void)put(root, 0x0040E011, DCMCHAIN_VR_UI, "1.2.276.0.99999.77");    /* in no row */
    (void)put(reference, 0x00081150, DCMCHAIN_VR_UI, "1.2.840.10008.5.1.4.1.1.4");
    (void)put(reference, 0x00081155, DCMCHAIN_VR_UI, "1.2.276.0.99999.1.1.1.2");
    (void)put(root, 0x00080058, DCMCHAIN_VR_UI, "1.2.276.0.99999.1.1.1.2\\1.2.3");
    run();
    ck_assert_str_eq(text(root, 0x00080016), "1.2.840.10008.5.1.4.1.1.4");
    ck_assert_int_eq(strncmp(text(root, 0x00080018), "2.25.", 5), 0);
    ck_assert_str_eq(text(reference, 0x00081155), text(root, 0x00080018));
    ck_assert_str_eq(text(reference, 0x00081150), "1.2.840.10008.5.1.4.1.1.4");
    ck_assert_str_eq(text(root, 0x00200052), "1.2.840.10008.1.4.1.1");
    ck_assert_int_eq(strncmp(text(root, 0x0040E011), "2.25.", 5), 0);
    ck_assert_int_eq(strncmp(text(root, 0x00080058), text(root, 0x00080018), strlen(text(root, 0x00080018))),
                     0);
    ck_assert_ptr_nonnull(strstr(text(root, 0x00080058), "\\2.25."));
}
END_TEST

START_TEST(test_anonymise_private_groups_curves_and_overlays_are_removed)
{
    dcmchain_item *item = put_item(root, TAG_SHARED_GROUPS);

    (void)put(root, 0x00090010, DCMCHAIN_VR_LO, "ACME");
    (void)put(root, 0x00091001, DCMCHAIN_VR_LO, "Zzyx");
    (void)put(item, 0x00210010, DCMCHAIN_VR_LO, "ACME");
    (void)put(item, 0x00211001, DCMCHAIN_VR_LO, "Zzyx");
    (void)put(root, 0x50000005, DCMCHAIN_VR_US, "2");
    (void)put(root, 0x60020010, DCMCHAIN_VR_US, "8");
    (void)put(item, 0x60004000, DCMCHAIN_VR_LT, "overlay Zzyx");
    run();
    ck_assert_ptr_null(dcmchain_item_find(root, 0x00090010));
    ck_assert_ptr_null(dcmchain_item_find(root, 0x00091001));
    ck_assert_uint_eq(dcmchain_item_count(item), 0);
    ck_assert_ptr_null(dcmchain_item_find(root, 0x50000005));
    ck_assert_ptr_null(dcmchain_item_find(root, 0x60020010));
    ck_assert_str_eq(rule_of(0x00091001), "PS3.15 E.1-1 2025b X");
}
END_TEST

START_TEST(test_anonymise_what_nothing_knows_is_removed_with_a_warning)
{
    (void)put(root, 0x0018FFF0, DCMCHAIN_VR_LO, "x");
    run();
    ck_assert_ptr_null(dcmchain_item_find(root, 0x0018FFF0));
    ck_assert_ptr_nonnull(strstr(context.warnings, "neither dictionary nor table"));
}
END_TEST

START_TEST(test_anonymise_text_that_stays_is_cleaned_at_every_depth)
{
    dcmchain_item *item = put_item(root, 0x0018A001); /* Contributing Equipment Sequence: in no row */

    (void)put(root, 0x0008103E, DCMCHAIN_VR_LO, "Liver Zzyx");
    (void)put(root, 0x00181250, DCMCHAIN_VR_SH, "Body\\Zzyx");
    (void)put(root, 0x00180015, DCMCHAIN_VR_CS, "LIVER");
    (void)put(item, 0x00080070, DCMCHAIN_VR_LO, "ACME");
    (void)put(item, 0x0018A003, DCMCHAIN_VR_ST, "done by Quentin Zzyx\\and QX-4711");
    run();
    ck_assert_str_eq(text(root, 0x0008103E), "Liver");
    ck_assert_str_eq(text(root, 0x00181250), "Body\\REMOVED");
    ck_assert_str_eq(text(root, 0x00180015), "LIVER");
    ck_assert_ptr_null(strstr(text(item, 0x0018A003), "Zzyx"));
    ck_assert_str_eq(text(item, 0x00080070), "ACME");
}
END_TEST

START_TEST(test_anonymise_meaning_of_a_registered_code_keeps_a_lone_name)
{
    dcmchain_item *code = put_item(root, 0x00082218); /* Anatomic Region Sequence */
    dcmchain_item *local = put_item(root, 0x00082218);

    (void)put(code, 0x00080102, DCMCHAIN_VR_SH, "SCT");
    (void)put(code, 0x00080104, DCMCHAIN_VR_LO, "Zzyx space");
    (void)put(local, 0x00080102, DCMCHAIN_VR_SH, "99ACME");
    (void)put(local, 0x00080104, DCMCHAIN_VR_LO, "Zzyx space");
    run();
    ck_assert_str_eq(text(code, 0x00080104), "Zzyx space");
    ck_assert_str_eq(text(local, 0x00080104), "space");
}
END_TEST

START_TEST(test_anonymise_unchanged_values_are_not_reported_nor_rewritten)
{
    (void)put(root, 0x00100020, DCMCHAIN_VR_LO, "QX-4711");
    (void)put(root, 0x00180050, DCMCHAIN_VR_DS, "001.000000E+01 ");
    (void)put(root, 0x00180015, DCMCHAIN_VR_CS, "HEAD");
    (void)put(root, 0x00080090, DCMCHAIN_VR_PN, NULL);
    run();
    ck_assert_str_eq(rule_of(0x00180050), "");
    ck_assert_str_eq(rule_of(0x00180015), "");
    ck_assert_str_eq(rule_of(0x00080090), "");
    ck_assert_uint_eq(context.change_count, 4); /* Patient ID and three claims */
}
END_TEST

START_TEST(test_anonymise_dates_shift_keeps_intervals_and_times)
{

    config.dates = DATES_SHIFT;
    config.shift_days = 1; /* so that the shift is known */
    (void)put(root, 0x00080020, DCMCHAIN_VR_DA, "20240301");
    (void)put(root, 0x00080030, DCMCHAIN_VR_TM, "101112");
    (void)put(root, 0x0008002A, DCMCHAIN_VR_DT, "20240301101112.5+0100");
    (void)put(root, 0x00080022, DCMCHAIN_VR_DA, "00010101");
    (void)put(root, 0x00189151, DCMCHAIN_VR_DT, "17000101"); /* D: needs a value */
    run();
    ck_assert_str_eq(text(root, 0x00080020), "20240229");
    ck_assert_str_eq(text(root, 0x00080030), "101112");
    ck_assert_str_eq(text(root, 0x0008002A), "20240229101112.5+0100");
    ck_assert_str_eq(text(root, 0x00080022), "");
    ck_assert_str_eq(text(root, 0x00189151), "19000101000000");
    ck_assert_str_eq(text(root, 0x00280303), "MODIFIED");
    ck_assert_str_eq(text(dcmchain_element_item(dcmchain_item_find(root, 0x00120064), 0), 0x00080100),
                     "113107");
}
END_TEST

START_TEST(test_anonymise_dates_keep_and_year)
{
    config.dates = DATES_KEEP;
    (void)put(root, 0x00080020, DCMCHAIN_VR_DA, "20240229");
    (void)put(root, 0x0008103E, DCMCHAIN_VR_LO, "of 20240229");
    run();
    ck_assert_str_eq(text(root, 0x00080020), "20240229");
    ck_assert_str_eq(text(root, 0x0008103E), "of 20240229");
    ck_assert_str_eq(text(root, 0x00280303), "UNMODIFIED");
    begin(EXPLICIT);
    config.dates = DATES_YEAR;
    (void)put(root, 0x00080020, DCMCHAIN_VR_DA, "20240229");
    (void)put(root, 0x00080021, DCMCHAIN_VR_DA, "2024");
    run();
    ck_assert_str_eq(text(root, 0x00080020), "20240101");
    ck_assert_str_eq(text(root, 0x00080021), "");
}
END_TEST

START_TEST(test_anonymise_retain_options_keep_their_columns)
{
    config.retain = RETAIN_DEVICE | RETAIN_PATIENT;
    (void)put(root, 0x00081010, DCMCHAIN_VR_SH, "QXSTN1");
    (void)put(root, 0x00101010, DCMCHAIN_VR_AS, "093Y");
    (void)put(root, 0x00080080, DCMCHAIN_VR_LO, "Somewhere");
    run();
    ck_assert_str_eq(text(root, 0x00081010), "QXSTN1");
    ck_assert_str_eq(text(root, 0x00101010), "090Y");
    ck_assert_str_eq(text(root, 0x00080080), "ANONYMIZED");
    begin(EXPLICIT);
    config.retain = RETAIN_UIDS;
    (void)put(root, 0x00080018, DCMCHAIN_VR_UI, "1.2.276.0.99999.1.1.1.2");
    run();
    ck_assert_str_eq(text(root, 0x00080018), "1.2.276.0.99999.1.1.1.2");
}
END_TEST

START_TEST(test_anonymise_claims_name_what_is_weaker_and_list_no_code_then)
{
    dcmchain_item *code = put_item(root, 0x00120064);

    (void)put(code, 0x00080100, DCMCHAIN_VR_SH, "113100");
    (void)put(code, 0x00080102, DCMCHAIN_VR_SH, "DCM");
    (void)put(code, 0x00080104, DCMCHAIN_VR_LO, "Basic Application Confidentiality Profile");
    (void)put(root, 0x00120063, DCMCHAIN_VR_LO, "by another tool");
    run();
    ck_assert_str_eq(text(root, 0x00120062), "YES");
    ck_assert_str_eq(text(root, 0x00280303), "REMOVED");
    ck_assert_int_eq(strncmp(text(root, 0x00120063), "by another tool\\dcmchain ", 25), 0);
    ck_assert_ptr_nonnull(strstr(text(root, 0x00120063), "birth year kept"));
    ck_assert_uint_eq(dcmchain_element_value_count(dcmchain_item_find(root, 0x00120064)), 1);
    begin(EXPLICIT);
    run();
    ck_assert_ptr_null(dcmchain_item_find(root, 0x00120064));
    begin(EXPLICIT);
    config.birth_date = BIRTH_DATE_TABLE;
    config.series_description = SERIES_DESCRIPTION_TABLE;
    (void)put(root, 0x0008103E, DCMCHAIN_VR_LO, "Liver");
    run();
    ck_assert_str_eq(text(dcmchain_element_item(dcmchain_item_find(root, 0x00120064), 0), 0x00080100),
                     "113100");
    ck_assert_ptr_null(strstr(text(root, 0x00120063), "weaker"));
    ck_assert_ptr_null(dcmchain_item_find(root, 0x0008103E));
}
END_TEST

START_TEST(test_anonymise_meta_and_preamble_are_emptied)
{
    uint8_t preamble[128];
    dcmchain_item *meta = dcmchain_dataset_meta(dataset);

    (void)memset(preamble, 'Z', sizeof preamble);
    dcmchain_dataset_set_preamble(dataset, preamble);
    (void)put(meta, 0x00020016, DCMCHAIN_VR_AE, "QXAET");
    (void)put(meta, 0x00020100, DCMCHAIN_VR_UI, "1.2.3");
    run();
    dcmchain_dataset_get_preamble(dataset, preamble);
    for (size_t at = 0; at < sizeof preamble; at++) {
        ck_assert_uint_eq(preamble[at], 0);
    }
    ck_assert_ptr_null(dcmchain_item_find(meta, 0x00020016));
    ck_assert_ptr_null(dcmchain_item_find(meta, 0x00020100));
}
END_TEST

START_TEST(test_anonymise_text_that_does_not_decode_is_replaced)
{
    dcmchain_element *element = put(root, 0x0008103E, DCMCHAIN_VR_LO, NULL);
    dcmchain_element *coil = put(root, 0x00181250, DCMCHAIN_VR_SH, NULL);

    ck_assert_int_eq(dcmchain_element_set_bytes(element, "M\xFCller", 6),
                     0); /* no character set is declared */
    ck_assert_int_eq(dcmchain_element_set_bytes(coil, "Body", 4), 0);
    run();
    ck_assert_str_eq(text(root, 0x0008103E), "REMOVED");
    ck_assert_str_eq(text(root, 0x00181250), "Body");
    ck_assert_ptr_nonnull(strstr(context.warnings, "do not decode"));
}
END_TEST

START_TEST(test_anonymise_un_elements_are_judged_as_what_they_are)
{
    dcmchain_element *name = put(root, 0x0008103E, DCMCHAIN_VR_UN, NULL);
    dcmchain_element *uid = put(root, 0x00200052, DCMCHAIN_VR_UN, NULL);
    dcmchain_element *address = put(root, 0x00080081, DCMCHAIN_VR_OB, NULL);
    dcmchain_element *sequence = put(root, 0x0018A001, DCMCHAIN_VR_UN, NULL);

    ck_assert_int_eq(dcmchain_element_set_bytes(name, "Liver Zzyx", 10), 0);
    ck_assert_int_eq(dcmchain_element_set_bytes(uid, "1.2.276.0.99999.9\0", 18), 0);
    ck_assert_int_eq(dcmchain_element_set_bytes(address, "Street", 6), 0);
    ck_assert_int_eq(dcmchain_element_set_bytes(sequence, "no items", 8), 0);
    run();
    ck_assert_str_eq(text(root, 0x0008103E), "Liver");
    ck_assert_int_eq(strncmp(text(root, 0x00200052), "2.25.", 5), 0);
    ck_assert_ptr_null(dcmchain_item_find(root, 0x00080081));
    ck_assert_ptr_null(dcmchain_item_find(root, 0x0018A001));
}
END_TEST

START_TEST(test_anonymise_missing_table_file_fails_the_run)
{
    const struct dcmchain_stage *stage = dcmchain_stage_entry();
    void *state = NULL;

    config.table = "/nonexistent/table.csv";
    ck_assert_int_lt(stage->run_open(&context, &config, &state), 0);
    ck_assert_ptr_nonnull(strstr(context.error, "setting 'table'"));
}
END_TEST

START_TEST(test_anonymise_without_project_warns)
{
    context.project = "";
    run();
    ck_assert_ptr_nonnull(strstr(context.warnings, "no project is set"));
}
END_TEST

/* The library loads DCMTK's dictionary when a pipeline is opened, whatever comes of it. */
static void load_dictionary(void)
{
    const struct dcmchain_chain_options options = {.struct_size = sizeof options,
                                                   .pipeline = "/nonexistent/pipeline.json"};
    dcmchain_chain *chain = NULL;
    char *problems = NULL;

    if (dcmchain_chain_open(&options, &chain, &problems) == DCMCHAIN_OK) {
        dcmchain_chain_free(chain);
    }
    dcmchain_free(problems);
}

int main(void)
{
    Suite *suite = suite_create("anonymise stage");
    TCase *tests = tcase_create("stage");
    SRunner *runner = srunner_create(suite);
    int failed = 0;

    load_dictionary();
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_anonymise_table_actions_are_done_at_every_depth);
    tcase_add_test(tests, test_anonymise_patient_study_and_birth_date_are_pseudonyms);
    tcase_add_test(tests, test_anonymise_patient_id_is_never_empty_and_follows_the_patient);
    tcase_add_test(tests, test_anonymise_nested_ids_agree_with_the_top_level);
    tcase_add_test(tests, test_anonymise_birth_date_that_is_no_date_or_of_90_years_is_empty);
    tcase_add_test(tests, test_anonymise_empty_study_id_stays_empty);
    tcase_add_test(tests, test_anonymise_uids_are_mapped_alike_and_classes_stay);
    tcase_add_test(tests, test_anonymise_private_groups_curves_and_overlays_are_removed);
    tcase_add_test(tests, test_anonymise_what_nothing_knows_is_removed_with_a_warning);
    tcase_add_test(tests, test_anonymise_text_that_stays_is_cleaned_at_every_depth);
    tcase_add_test(tests, test_anonymise_meaning_of_a_registered_code_keeps_a_lone_name);
    tcase_add_test(tests, test_anonymise_unchanged_values_are_not_reported_nor_rewritten);
    tcase_add_test(tests, test_anonymise_dates_shift_keeps_intervals_and_times);
    tcase_add_test(tests, test_anonymise_dates_keep_and_year);
    tcase_add_test(tests, test_anonymise_retain_options_keep_their_columns);
    tcase_add_test(tests, test_anonymise_claims_name_what_is_weaker_and_list_no_code_then);
    tcase_add_test(tests, test_anonymise_meta_and_preamble_are_emptied);
    tcase_add_test(tests, test_anonymise_text_that_does_not_decode_is_replaced);
    tcase_add_test(tests, test_anonymise_un_elements_are_judged_as_what_they_are);
    tcase_add_test(tests, test_anonymise_missing_table_file_fails_the_run);
    tcase_add_test(tests, test_anonymise_without_project_warns);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
