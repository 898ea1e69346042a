/* test_anonymise_rules.c: rules of one's own: what they match, what they do, what is said of them, and what
 * the stage then claims. It calls the stage's own callbacks over a faked context (anonymise_fakes.h). */
#include "anonymise_harness.h"

#define INSTITUTION 0x00080080U
#define PROTOCOL 0x00181030U
#define SEQUENCE_NAME 0x00180024U /* in no row */
#define STUDY_DATE 0x00080020U
#define METHOD 0x00120063U
#define METHOD_CODES 0x00120064U
#define REFERENCED_STUDY 0x00081110U

static void begin_with(const char *rules)
{
    begin(EXPLICIT);
    config.rules = rules;
    context.problems[0] = '\0';
}

/* Opens the stage with rules that are refused. */
static void refuse(const char *rules)
{
    const struct dcmchain_stage *stage = dcmchain_stage_entry();
    void *opened = NULL;

    begin_with(rules);
    ck_assert_int_ne(stage->run_open(&context, &config, &opened), DCMCHAIN_OK);
}

static void says(const char *line)
{
    ck_assert_msg(strstr(context.problems, line) != NULL, "'%s' is not in:\n%s", line, context.problems);
}

START_TEST(test_anonymise_rules_first_that_matches_wins_over_the_profile)
{
    begin_with("[{\"match\":{\"attribute\":\"InstitutionName\"},\"action\":\"keep\"},"
               "{\"match\":{\"attribute\":[\"0008,0080\",\"ProtocolName\"]},\"action\":\"remove\"}]");
    (void)put(root, INSTITUTION, DCMCHAIN_VR_LO, "Hospital of Zzyx");
    (void)put(root, PROTOCOL, DCMCHAIN_VR_LO, "abdomen");
    run();
    ck_assert_str_eq(text(root, INSTITUTION), "Hospital of Zzyx");
    ck_assert_str_eq(text(root, PROTOCOL), "<none>");
    ck_assert_str_eq(rule_of(PROTOCOL), "rules[1], line 11: remove");
}
END_TEST

START_TEST(test_anonymise_rules_replace_hash_truncate_and_regex_change_each_value)
{
    char hashed[64];

    begin_with(
        "[{\"match\":{\"attribute\":\"InstitutionName\"},\"action\":\"replace\",\"with\":\"SITE 7\"},"
        "{\"match\":{\"attribute\":\"AccessionNumber\"},\"action\":\"hash\"},"
        "{\"match\":{\"attribute\":\"ImageComments\"},\"action\":\"truncate\",\"length\":3},"
        "{\"match\":{\"attribute\":\"ProtocolName\"},\"action\":\"regex\",\"pattern\":\"([a-z]+)[0-9]+\","
        "\"with\":\"$1-#\"},"
        "{\"match\":{\"attribute\":\"InstanceNumber\"},\"action\":\"hash\"}]");
    (void)put(root, INSTITUTION, DCMCHAIN_VR_LO, "Hospital");
    (void)put(root, 0x00080050, DCMCHAIN_VR_SH, "A-1234");
    (void)put(root, 0x00204000, DCMCHAIN_VR_LT, "abcdef");
    (void)put(root, PROTOCOL, DCMCHAIN_VR_LO, "head12 neck7");
    (void)put(root, 0x00200013, DCMCHAIN_VR_IS, "17");
    run();
    ck_assert_str_eq(text(root, INSTITUTION), "SITE 7");
    (void)snprintf(hashed, sizeof hashed, "%s", text(root, 0x00080050));
    ck_assert_uint_eq(strlen(hashed), 16);
    ck_assert_uint_eq(strspn(hashed, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 16);
    ck_assert_str_eq(text(root, 0x00204000), "abc");
    ck_assert_str_eq(text(root, PROTOCOL), "head-# neck-#");
    ck_assert_str_ne(text(root, 0x00200013), "17");
    ck_assert_uint_eq(strspn(text(root, 0x00200013), "0123456789"), strlen(text(root, 0x00200013)));
    begin_with(config.rules);
    (void)put(root, 0x00080050, DCMCHAIN_VR_SH, "A-1234");
    run();
    ck_assert_str_eq(text(root, 0x00080050), hashed);
}
END_TEST

START_TEST(test_anonymise_rules_truncate_counts_characters_not_bytes)
{
    begin_with("[{\"match\":{\"attribute\":\"ImageComments\"},\"action\":\"truncate\",\"length\":3}]");
    (void)put(root, 0x00080005, DCMCHAIN_VR_CS, "ISO_IR 192");
    (void)put(root, 0x00204000, DCMCHAIN_VR_LT, "äöüß");
    run();
    ck_assert_str_eq(text(root, 0x00204000), "äöü");
}
END_TEST

START_TEST(test_anonymise_rules_what_a_regex_leaves_is_cleaned_of_identity)
{
    begin_with("[{\"match\":{\"attribute\":\"ProtocolName\"},\"action\":\"regex\",\"pattern\":\"x\",\"with\":"
               "\"y\"}]");
    (void)put(root, PROTOCOL, DCMCHAIN_VR_LO, "axial QX-4711");
    run();
    ck_assert_ptr_null(strstr(text(root, PROTOCOL), "4711"));
    ck_assert_ptr_nonnull(strstr(text(root, PROTOCOL), "ayial"));
}
END_TEST

START_TEST(test_anonymise_rules_pattern_that_runs_away_empties_the_value)
{
    begin_with(
        "[{\"match\":{\"attribute\":\"ImageComments\"},\"action\":\"regex\",\"pattern\":\"(a+)+(b+)+$\","
        "\"with\":\"y\"}]");
    (void)put(root, 0x00204000, DCMCHAIN_VR_LT,
              "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbc");
    run();
    ck_assert_str_eq(text(root, 0x00204000), "");
}
END_TEST

START_TEST(test_anonymise_rules_dates_shift_and_year_beside_the_table)
{
    begin_with("[{\"match\":{\"attribute\":\"StudyDate\"},\"action\":\"shift\"},"
               "{\"match\":{\"vr\":\"DA\"},\"action\":\"year\"}]");
    config.shift_days = 1;
    (void)put(root, STUDY_DATE, DCMCHAIN_VR_DA, "20240301");
    (void)put(root, 0x00080022, DCMCHAIN_VR_DA, "20240301");
    run();
    ck_assert_str_eq(text(root, STUDY_DATE), "20240229");
    ck_assert_str_eq(text(root, 0x00080022), "20240101");
}
END_TEST

START_TEST(test_anonymise_rules_paths_reach_where_they_say)
{
    static const struct {
        const char *path;
        const char *top, *below, *deeper;
    } cases[] = {{"", "k", "", ""},
                 {"ReferencedStudySequence", "", "k", ""},
                 {"ReferencedStudySequence/**", "", "k", "k"},
                 {"**", "k", "k", "k"},
                 {"*", "", "k", ""},
                 {"**/ReferencedSeriesSequence", "", "", "k"},
                 {"*/*", "", "", "k"},
                 {"ReferencedSeriesSequence", "", "", ""}};

    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        char rules[200];
        dcmchain_item *below = NULL;
        dcmchain_item *deeper = NULL;
        (void)snprintf(rules, sizeof rules,
                       "[{\"match\":{\"attribute\":\"ReferencedStudySequence\"},\"action\":\"keep\"},"
                       "{\"match\":{\"attribute\":\"AccessionNumber\",\"path\":\"%s\"},\"action\":\"keep\"}]",
                       cases[at].path);
        begin_with(rules);
        (void)put(root, 0x00080050, DCMCHAIN_VR_SH, "k");
        below = put_item(root, REFERENCED_STUDY);
        (void)put(below, 0x00080050, DCMCHAIN_VR_SH, "k");
        deeper = put_item(below, 0x00081115);
        (void)put(deeper, 0x00080050, DCMCHAIN_VR_SH, "k");
        run();
        ck_assert_msg(strcmp(text(root, 0x00080050), cases[at].top) == 0, "'%s' at top", cases[at].path);
        ck_assert_msg(strcmp(text(below, 0x00080050), cases[at].below) == 0, "'%s' below", cases[at].path);
        ck_assert_msg(strcmp(text(deeper, 0x00080050), cases[at].deeper) == 0, "'%s' deeper", cases[at].path);
    }
}
END_TEST

START_TEST(test_anonymise_rules_modality_and_sop_class_narrow_a_rule)
{
    const char *rules =
        "[{\"match\":{\"attribute\":\"InstitutionName\",\"modality\":[\"CT\",\"MR\"]},\"action\":\"keep\"},"
        "{\"match\":{\"attribute\":\"SequenceName\",\"sop_class\":\"1.2.840.10008.5.1.4.1.1.4\"},"
        "\"action\":\"remove\"}]";

    begin_with(rules);
    instance_info.sop_class = "1.2.840.10008.5.1.4.1.1.4";
    (void)put(root, 0x00080060, DCMCHAIN_VR_CS, "MR");
    (void)put(root, INSTITUTION, DCMCHAIN_VR_LO, "Hospital");
    (void)put(root, SEQUENCE_NAME, DCMCHAIN_VR_SH, "tse");
    run();
    ck_assert_str_eq(text(root, INSTITUTION), "Hospital");
    ck_assert_str_eq(text(root, SEQUENCE_NAME), "<none>");
    begin_with(rules);
    instance_info.sop_class = "1.2.840.10008.5.1.4.1.1.2";
    (void)put(root, 0x00080060, DCMCHAIN_VR_CS, "US");
    (void)put(root, INSTITUTION, DCMCHAIN_VR_LO, "Hospital");
    (void)put(root, SEQUENCE_NAME, DCMCHAIN_VR_SH, "tse");
    run();
    ck_assert_str_ne(text(root, INSTITUTION), "Hospital");
    ck_assert_str_ne(text(root, SEQUENCE_NAME), "<none>");
}
END_TEST

START_TEST(test_anonymise_rules_private_element_stays_with_its_creator_and_no_neighbour)
{
    begin_with("[{\"match\":{\"private\":{\"creator\":\"ACME 1\",\"offset\":\"02\"}},\"action\":\"keep\"}]");
    (void)put(root, 0x00290010, DCMCHAIN_VR_LO, "OTHER");
    (void)put(root, 0x00290011, DCMCHAIN_VR_LO, "ACME 1 ");
    (void)put(root, 0x00291002, DCMCHAIN_VR_LO, "other's");
    (void)put(root, 0x00291101, DCMCHAIN_VR_LO, "neighbour");
    (void)put(root, 0x00291102, DCMCHAIN_VR_LO, "kept");
    run();
    ck_assert_str_eq(text(root, 0x00290011), "ACME 1");
    ck_assert_str_eq(text(root, 0x00291102), "kept");
    ck_assert_str_eq(text(root, 0x00290010), "<none>");
    ck_assert_str_eq(text(root, 0x00291002), "<none>");
    ck_assert_str_eq(text(root, 0x00291101), "<none>");
}
END_TEST

START_TEST(test_anonymise_rules_mask_matches_every_repeating_group)
{
    begin_with("[{\"match\":{\"attribute\":\"60xx,0022\"},\"action\":\"keep\"}]");
    (void)put(root, 0x60000022, DCMCHAIN_VR_LO, "one");
    (void)put(root, 0x60020022, DCMCHAIN_VR_LO, "two");
    (void)put(root, 0x60020040, DCMCHAIN_VR_CS, "G");
    run();
    ck_assert_str_eq(text(root, 0x60000022), "one");
    ck_assert_str_eq(text(root, 0x60020022), "two");
    ck_assert_str_eq(text(root, 0x60020040), "<none>");
}
END_TEST

START_TEST(test_anonymise_rules_character_set_is_beyond_them)
{
    begin_with("[{\"match\":{\"vr\":\"CS\"},\"action\":\"remove\"}]");
    (void)put(root, 0x00080005, DCMCHAIN_VR_CS, "ISO_IR 192");
    (void)put(root, 0x00080008, DCMCHAIN_VR_CS, "ORIGINAL");
    run();
    ck_assert_str_eq(text(root, 0x00080005), "ISO_IR 192");
    ck_assert_str_eq(text(root, 0x00080008), "<none>");
}
END_TEST

START_TEST(test_anonymise_rules_sequence_with_an_action_for_values_keeps_its_items)
{
    static const char *const actions[] = {"\"shift\"", "\"hash\"", "\"replace\",\"with\":\"X\"",
                                          "\"map-uid\"", "\"truncate\",\"length\":1"};

    for (size_t at = 0; at < sizeof actions / sizeof actions[0]; at++) {
        char rules[200];
        dcmchain_item *below = NULL;
        (void)snprintf(rules, sizeof rules,
                       "[{\"match\":{\"attribute\":\"ReferencedStudySequence\"},\"action\":%s}]",
                       actions[at]);
        begin_with(rules);
        below = put_item(root, REFERENCED_STUDY);
        (void)put(below, 0x00081155, DCMCHAIN_VR_UI, "1.2.3.4");
        run();
        ck_assert_ptr_nonnull(dcmchain_item_find(root, REFERENCED_STUDY));
        ck_assert_int_eq(strncmp(text(below, 0x00081155), "2.25.", 5), 0);
    }
}
END_TEST

START_TEST(test_anonymise_rules_problems_are_told_at_once_each_with_its_place)
{
    refuse(
        "[{\"match\":{\"attribute\":\"InstitutonName\"},\"action\":\"kep\"},"
        "{\"match\":{\"vr\":[\"PN\",\"XX\"],\"colour\":1},\"action\":\"keep\"},"
        "{\"match\":{\"attribute\":\"ProtocolName\"},\"action\":\"regex\",\"pattern\":\"(\",\"with\":\"$2\"},"
        "{\"match\":{\"modality\":\"MR\"},\"action\":\"remove\"},"
        "{\"match\":{\"path\":\"NoSequence\"},\"action\":\"truncate\",\"length\":0},"
        "{\"match\":{\"private\":{\"offset\":\"02\"}},\"action\":\"replace\"},"
        "{\"match\":{\"attribute\":\"00080005\"},\"action\":\"keep\",\"with\":\"x\"},"
        "7,"
        "{\"match\":{\"attribute\":\"ProtocolName\"},\"action\":\"regex\",\"pattern\":\"(a)\",\"with\":\"$"
        "2\"}]");
    says("rules/0/match/attribute: no keyword, tag or mask (as 60xx,3000); did you mean 'InstitutionName'?");
    says("rules/0/action: expected one of keep, remove");
    says("rules/1/match/vr/1: no VR");
    says("rules/1/match: it has a key that is none of attribute");
    says("rules/2/pattern: no regular expression: at character 2: ");
    says("rules/3/match: it would match every element");
    says("rules/4/match/path: a step is no keyword");
    says("rules/4/length: expected a whole number");
    says("rules/5/match/private: expected an object with a creator");
    says("rules/5: the action 'replace' needs the key 'with'");
    says("rules/6/match/attribute: Specific Character Set is needed");
    says("rules/6: the action 'keep' has no key 'with'");
    says("rules/7: expected an object");
    says("rules/8/with: it names a group that the pattern does not have");
    refuse("{}");
    says("rules: expected an array");
}
END_TEST

START_TEST(test_anonymise_rules_that_can_never_match_are_told)
{
    begin_with("[{\"match\":{\"attribute\":\"0008,xxxx\"},\"action\":\"remove\"},"
               "{\"match\":{\"attribute\":[\"InstitutionName\",\"ProtocolName\"]},\"action\":\"remove\"},"
               "{\"match\":{\"attribute\":\"ScheduledProcedureStepID\",\"vr\":\"PN\"},\"action\":\"remove\"},"
               "{\"match\":{\"attribute\":\"0002,0016\"},\"action\":\"remove\"},"
               "{\"match\":{\"vr\":\"UI\",\"path\":\"PatientName\"},\"action\":\"remove\"},"
               "{\"match\":{\"vr\":\"ST\"},\"action\":\"remove\"},"
               "{\"match\":{\"vr\":\"ST\",\"modality\":\"MR\"},\"action\":\"remove\"}]");
    run();
    says("rules/1/match/attribute: warning: InstitutionName can never match: rules[0] comes before it");
    ck_assert_ptr_null(strstr(context.problems, "ProtocolName can never"));
    says("rules/2/match/attribute: warning: it can never match: ScheduledProcedureStepID never has that VR");
    says("rules/3/match/attribute: warning: it can never match: SourceApplicationEntityTitle is no element "
         "of a data set");
    says("rules/4/match/path: warning: it can never match: PatientName is no sequence");
    ck_assert_ptr_null(strstr(context.problems, "rules/5"));
    says("rules/6: warning: it can never match: rules[5] comes before it");
}
END_TEST

START_TEST(test_anonymise_rules_that_can_never_match_keep_nothing)
{
    config.birth_date = BIRTH_DATE_TABLE;
    config.series_description = SERIES_DESCRIPTION_TABLE;
    begin_with("[{\"match\":{\"attribute\":\"0008,xxxx\"},\"action\":\"remove\"},"
               "{\"match\":{\"attribute\":[\"InstitutionName\",\"StationName\"]},\"action\":\"keep\"},"
               "{\"match\":{\"attribute\":\"PatientName\",\"path\":\"PatientID\"},\"action\":\"keep\"},"
               "{\"match\":{\"attribute\":\"0002,0016\"},\"action\":\"keep\"},"
               "{\"match\":{\"attribute\":\"0008,0081\",\"modality\":\"MR\"},\"action\":\"keep\"}]");
    run();
    ck_assert_ptr_null(strstr(context.problems, "keeps more"));
    ck_assert_ptr_null(strstr(text(root, METHOD), "weaker: rules[1]"));

    begin_with("[{\"match\":{\"attribute\":\"InstitutionName\"},\"action\":\"remove\"},"
               "{\"match\":{\"attribute\":[\"InstitutionName\",\"StationName\"]},\"action\":\"keep\"}]");
    run();
    says("rules/1: warning: it keeps more than the profile does of StationName, an identifying attribute");
    ck_assert_ptr_nonnull(strstr(text(root, METHOD), "weaker: rules[1] keep StationName"));
}
END_TEST

START_TEST(test_anonymise_rules_weaker_than_the_profile_is_told_and_takes_the_claim_out)
{
    config.birth_date = BIRTH_DATE_TABLE;
    config.series_description = SERIES_DESCRIPTION_TABLE;
    begin_with("[{\"match\":{\"attribute\":\"InstitutionName\"},\"action\":\"remove\"}]");
    run();
    ck_assert_str_eq(context.problems, "");
    ck_assert_ptr_nonnull(dcmchain_item_find(root, METHOD_CODES));
    ck_assert_ptr_null(strstr(text(root, METHOD), "weaker"));
    ck_assert_ptr_nonnull(strstr(text(root, METHOD), "policy 00112233445566778899aabbccddeeff"));

    begin_with("[{\"match\":{\"attribute\":\"InstitutionName\"},\"action\":\"keep\"}]");
    run();
    says(
        "rules/0: warning: it keeps more than the profile does of InstitutionName, an identifying attribute");
    ck_assert_ptr_null(dcmchain_item_find(root, METHOD_CODES));
    ck_assert_ptr_nonnull(strstr(text(root, METHOD), "weaker: rules[0] keep InstitutionName"));
}
END_TEST

START_TEST(test_anonymise_rules_explain_answers_as_the_walk_decides)
{
    const struct dcmchain_stage *stage = dcmchain_stage_entry();
    const struct dcmchain_step step = {REFERENCED_STUDY, 0};
    struct dcmchain_subject subject = {.struct_size = sizeof subject,
                                       .tag = INSTITUTION,
                                       .vr = DCMCHAIN_VR_LO,
                                       .sop_class_uid = "",
                                       .modality = "MR",
                                       .private_creator = ""};
    void *opened = NULL;

    begin_with("[{\"match\":{\"attribute\":\"InstitutionName\",\"modality\":\"MR\",\"path\":\"\"},\"action\":"
               "\"keep\"}]");
    ck_assert_int_eq(stage->run_open(&context, &config, &opened), DCMCHAIN_OK);
    ck_assert_int_eq(stage->explain(&context, opened, &subject), DCMCHAIN_OK);
    ck_assert_str_eq(context.explained, "keep [rules[0], line 10: keep]");
    subject.depth = 1;
    subject.steps = &step;
    ck_assert_int_eq(stage->explain(&context, opened, &subject), DCMCHAIN_OK);
    ck_assert_ptr_nonnull(strstr(context.explained, "X/Z/D"));
    subject.tag = 0x00290010;
    subject.depth = 0;
    ck_assert_int_eq(stage->explain(&context, opened, &subject), DCMCHAIN_OK);
    ck_assert_ptr_nonnull(strstr(context.explained, "private creator"));
    ck_assert_uint_gt(context.policy_bytes, 10000);
    stage->run_close(&context, opened, DCMCHAIN_OUTCOME_DONE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("anonymise_rules");
    TCase *cases = tcase_create("rules");

    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, test_anonymise_rules_first_that_matches_wins_over_the_profile);
    tcase_add_test(cases, test_anonymise_rules_replace_hash_truncate_and_regex_change_each_value);
    tcase_add_test(cases, test_anonymise_rules_truncate_counts_characters_not_bytes);
    tcase_add_test(cases, test_anonymise_rules_what_a_regex_leaves_is_cleaned_of_identity);
    tcase_add_test(cases, test_anonymise_rules_pattern_that_runs_away_empties_the_value);
    tcase_add_test(cases, test_anonymise_rules_dates_shift_and_year_beside_the_table);
    tcase_add_test(cases, test_anonymise_rules_paths_reach_where_they_say);
    tcase_add_test(cases, test_anonymise_rules_modality_and_sop_class_narrow_a_rule);
    tcase_add_test(cases, test_anonymise_rules_private_element_stays_with_its_creator_and_no_neighbour);
    tcase_add_test(cases, test_anonymise_rules_mask_matches_every_repeating_group);
    tcase_add_test(cases, test_anonymise_rules_character_set_is_beyond_them);
    tcase_add_test(cases, test_anonymise_rules_sequence_with_an_action_for_values_keeps_its_items);
    tcase_add_test(cases, test_anonymise_rules_problems_are_told_at_once_each_with_its_place);
    tcase_add_test(cases, test_anonymise_rules_that_can_never_match_are_told);
    tcase_add_test(cases, test_anonymise_rules_that_can_never_match_keep_nothing);
    tcase_add_test(cases, test_anonymise_rules_weaker_than_the_profile_is_told_and_takes_the_claim_out);
    tcase_add_test(cases, test_anonymise_rules_explain_answers_as_the_walk_decides);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
