/* test_guard_documents.c: a JSON document is searched key by key and value by value, whether it is small or
 * so large that it is parsed in pieces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard_study.h"
#include "inspect_parts.h"
#include "support/suite.h"

static const struct dcmchain_identity identity[] = {
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Zzyxner^Quentin"},
    {DCMCHAIN_IDENTITY_ID, 0x00101000, "0012345678"},
    {DCMCHAIN_IDENTITY_ID, 0x00101000, "9876543210123456789"},
};
static const dcmchain_study study = {identity, sizeof identity / sizeof identity[0]};

/* ---- documents ---- */

#define ROOM (1U << 20)

struct told {
    char text[1024]; /* where, a line for each finding */
    size_t count;
};

static int found(void *closure, const struct finding *finding)
{
    const struct inspection *inspection = closure;
    struct told *told = inspection->closure;
    const size_t used = strlen(told->text);
    (void)finding;
    (void)snprintf(told->text + used, sizeof told->text - used, "%s\n", inspection->where);
    told->count++;
    return DCMCHAIN_OK;
}

static struct told inspect_with(const struct own_words *own, const char *document)
{
    struct told told = {.count = 0};
    struct inspection inspection = {.closure = &told};
    inspection.search =
        (struct search){.patterns = patterns, .own = own, .found = found, .closure = &inspection};
    ck_assert_int_eq(document_inspect(&inspection, document, strlen(document), true), DCMCHAIN_OK);
    fold_free(&inspection.search.folded);
    return told;
}

static struct told inspect(const char *document)
{
    return inspect_with(NULL, document);
}

/* The document with as many harmless members as asked for in the place of each '@', and commas around. */
static char *filled(const char *pattern, unsigned members)
{
    char *document = malloc(ROOM);
    size_t used = 0;
    ck_assert_ptr_nonnull(document);
    for (const char *at = pattern; *at != '\0'; at++) {
        for (unsigned i = 0; *at == '@' && i < members; i++) {
            used +=
                (size_t)snprintf(document + used, ROOM - used,
                                 "%s{\"path\": \"1/\\\"]},\\\\\", \"size\": %u}", i == 0 ? "" : " ,\n ", i);
        }
        if (*at != '@') {
            document[used++] = *at;
        }
        ck_assert_uint_lt(used, ROOM - 200);
    }
    document[used] = '\0';
    return document;
}

/* Found in the same places, by as many findings, however long the document is. */
static const struct {
    const char *pattern;
    const char *where; /* of the first finding, where members is 1; NULL: nothing is found */
} cases[] = {
    {"{\"files\": [@], \"a\": {\"PatientName\": \"b\"}}", NULL},
    {"{\"PatientComments\": \"Zzyxner\", \"files\": [@]}", "/PatientComments\n"},
    {"{\"files\": [@], \"PatientComments\": \"Zzyxner\"}", "/PatientComments\n"},
    {"\xEF\xBB\xBF {\"files\": [@], \"PatientComments\" :\"Zzyxner\"\n}\n", "/PatientComments\n"},
    {"{\"files\": [@], \"PatientComments\": \"\\u005azyx\\u006Eer\"}", "/PatientComments\n"},
    {"{\"files\": [@], \"\\u005azyxner\": 1}", "/#1\n"},
    {"{\"files\": [@], \"x\": [[], {}, \"\", {\"y\": [\"of Zzyxner\"]}]}", "/#1/#3/#0/#0\n"},
    {"[@, \"Zzyxner\"]", "/#1\n"},
    {"[\"Zzyxner\", @]", "/#0\n"},
    {"[{\"deep\": [[@, [\"Zzyxner\"]]]}]", "/#0/#0/#0/#1/#0\n"},
    {"{\"a\": [@]} Zzyxner", "bytes behind the document\n"},
    {"{\"a\": [@]", NULL},
    {"{\"a\": [@], Zzyxner}", "\n"}, /* no JSON: all of it is text */
    {"{\"a\": [@] \"Zzyxner\"}", "\n"},
    {"{\"a\": [@], \"Zzyxner\"}", "\n"},
    {"[@, \"Zzyxner\",]", "\n"},
    {"[@, \"Zzyxner\"}", "\n"},
    {"[@, \"Zzyxner]", "\n"},
    {"[@, Zzyxner]", "\n"},
    {"[@, [\"Zzyxner\"], \"\\x\"]", "\n"},
    {"{\"a\": [@], \\u005azyxner", "\n"}, /* no JSON: its escapes are undone all the same */
    {"{\"a\": [@], of\\nZzyxne\\u0072 }", "\n"},
    {"[@, \"\\ud83d \\u005azyxner\"]", "\n"}, /* half a character */
    {"{\"files\": [@], \"x\": \"a\\u0000Zzyxner\"}", "/#1\n"},
    {"{\"files\": [@], \"sha256\\u0000Zzyxner\": 1}", "/#1\n"},
    {"{\"files\": [@], \"x\": \"\\ud83d\\ude00 Zzyxner\"}", "/#1\n"},
    {"{\"files\": [@], \"x\": \"{\\\"y\\\": \\\"\\\\u005azyxner\\\"}\"}", "/#1\n"}, /* JSON in JSON */
    {"{\"files\": [@], \"x\": \"Zzyxn\xE9r\"}", "/#1\n"}, /* a character set that JSON must not have */
    {"{\"files\": [@], \"x\": \"Zzyxn\xC3\xA9r\"}", "/#1\n"},
    {"{\"files\": [@], \"12345678\": 1}", "/#1\n"}, /* as a tag is written, but it is none */
    {"{\"files\": [@], \"x\": 1.2345678e7}", "/#1\n"},
    {"{\"files\": [@], \"x\": 1234567800e-2}", "/#1\n"},
    {"{\"files\": [@], \"x\": 9876543210123456789}", "/#1\n"}, /* more than a double holds */
    {"{\"files\": [@], \"policy\": 12345678}", "/policy\n"},   /* no digest */
    {"{\"files\": [@], \"Manufacturer\": 12345678}", "/Manufacturer\n"},
    {"{\"files\": [@], \"SeriesNumber\": 12345678}", NULL},
};

START_TEST(test_guard_documents_are_searched_whole_however_large)
{
    size_t once = 0;
    for (unsigned members = 1; members <= 4000; members = members == 1 ? 1600 : members + 2400) {
        char *document = filled(cases[_i].pattern, members);
        const struct told told = inspect(document);
        const char *where = cases[_i].where;
        ck_assert_msg((told.count > 0) == (where != NULL), "%s with %u: %zu findings", cases[_i].pattern,
                      members, told.count);
        once = members == 1 ? told.count : once;
        if (where != NULL && strcmp(where, "\n") == 0) { /* perhaps behind others */
            ck_assert_msg(told.text[0] == '\n' || strstr(told.text, "\n\n") != NULL, "%s", told.text);
        } else {
            ck_assert_uint_eq(told.count, once);
            ck_assert_msg(where == NULL || members > 1 || strncmp(told.text, where, strlen(where)) == 0, "%s",
                          told.text);
        }
        free(document);
    }
}
END_TEST

START_TEST(test_guard_documents_numbers_of_large_ones_are_searched)
{
    char *document = filled("{\"files\": [@], \"PatientComments\": 12345678}", 3000);
    char *decimal = filled("{\"files\": [@], \"PatientComments\": \"0012345678\"}", 3000);
    ck_assert_uint_eq(inspect(document).count, inspect("{\"PatientComments\": 12345678}").count);
    ck_assert_uint_eq(inspect(decimal).count, 1);
    free(document);
    free(decimal);
}
END_TEST

/* A word of a megabyte that is made of what is searched: whoever reads it again at each hit would not end. */
START_TEST(test_guard_documents_long_word_of_hits_is_read_once)
{
    static const char part[] = "ZzyxnerQuentin";
    const size_t parts = (ROOM - 3) / (sizeof part - 1);
    struct own_words *own = NULL;
    char *document = malloc(ROOM);
    ck_assert_ptr_nonnull(document);
    for (size_t i = 0; i < parts; i++) {
        memcpy(document + 1 + i * (sizeof part - 1), part, sizeof part - 1);
    }
    document[0] = '"';
    memcpy(document + 1 + parts * (sizeof part - 1), "\"", 2);
    ck_assert_int_eq(own_words_open("{\"project\": \"mercure\"}", &own), DCMCHAIN_OK);
    ck_assert_uint_ge(inspect_with(own, document).count, parts);
    own_words_free(own);
    free(document);
}
END_TEST

/* Deeper than any DICOM: it cannot be told to be clean. */
START_TEST(test_guard_documents_that_nest_too_deep_fail)
{
    struct inspection inspection = {.closure = NULL};
    char *document = malloc(ROOM);
    ck_assert_ptr_nonnull(document);
    const size_t depth = _i == 0 ? 500 : 100000;
    memset(document, '[', depth);
    memset(document + depth, ']', depth);
    inspection.search = (struct search){.patterns = patterns, .found = found, .closure = &inspection};
    ck_assert_int_eq(document_inspect(&inspection, document, 2 * depth, true), DCMCHAIN_E_RANGE);
    fold_free(&inspection.search.folded);
    free(document);
}
END_TEST

/* A patient whose name is a word of dcmchain's own, or begins or goes on as one does. */
static const struct dcmchain_identity namesakes[] = {
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Projectov^Zeno"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Stages^Vera"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Descriptor^Uli"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Quarantin^Ada"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Setting^Bo"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Layout^Filter"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Cbed^Edbe"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Process^Info"},
    {DCMCHAIN_IDENTITY_ID, 0x00100020, "trial2024007"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Alphabetic^Phonetic"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Acquisitio^Theo"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Subtractio^Ida"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Radiationov^Ute"},
};

static const char namesake_description[] = "{\"name\": \"mercure\", \"stages\": [{\"stage\": \"layout\", "
                                           "\"settings\": {\"descriptors\": \"clean\"}}, "
                                           "{\"stage\": \"filter\"}, {\"project\": \"trial2024007\"}]}";

static const struct {
    const char *document;
    bool found;
} own_cases[] = {
    {"{\"info\": {\"action\": \"process\"}, \"dispatch\": {}, \"process\": {}}", false},
    {"{\"dcmchain\": {\"project\": \"trial2024007\", \"stages\": [{\"id\": \"layout\", \"settings\": {}}]}}",
     false},
    {"{\"dcmchain\": {\"settings\": {\"descriptors\": \"filter layout\"}}, \"quarantined\": 0}", false},
    {"{\"policy\": \"7561c6609748cbed7725f37363f6edbe\", \"key_id\": \"cbed0949ca5edbe1\"}", false},
    {"{\"00100010\": {\"vr\": \"PN\", \"Value\": [{\"Alphabetic\": \"A\", \"Phonetic\": \"B\"}]}}", false},
    {"{\"x\": \"after acquisition\"}", false}, /* a name within a common word */
    {"{\"SeriesDescription\": \"subtraction before radiation\"}", false},
    {"{\"SeriesDescription\": \"subtractions\"}", true},
    /* and what is no word of dcmchain's, where it is none, or more than one */
    {"{\"x\": \"Projectov\"}", true},
    {"{\"Projectov\": 1}", true},
    {"{\"PatientComments\": \"layout\"}", true},
    {"{\"PatientComments\": \"of Projec\"}", true},
    {"{\"PatientComments\": \"trial2024007\"}", true},
    {"{\"description\": \"process\"}", true},
    {"{\"description\": \"descriptors\"}", true},
    {"{\"received_series\": [\"T1 stages\"]}", true},
    {"{\"policy\": \"cbed\"}", true},
    {"{\"key_id\": \"Projectov\"}", true},
    {"{\"dcmchain\": {\"project\": \"projectov\"}}", true},
    {"{\"dcmchain\": {\"project\": \"setting\"}}", true},
};

START_TEST(test_guard_documents_pass_words_of_dcmchains_own_where_they_are)
{
    const dcmchain_study namesake = {namesakes, sizeof namesakes / sizeof namesakes[0]};
    struct own_words *own = NULL;
    tear_down();
    ck_assert_int_eq(patterns_open(&namesake, 0, &patterns), DCMCHAIN_OK);
    ck_assert_int_eq(own_words_open(namesake_description, &own), DCMCHAIN_OK);
    const struct told told = inspect_with(own, own_cases[_i].document);
    ck_assert_msg((told.count > 0) == own_cases[_i].found, "%s: %zu findings, %s", own_cases[_i].document,
                  told.count, told.text);
    own_words_free(own);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard_documents");
    TCase *test_case = tcase_create("guard_documents");
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_set_timeout(test_case, 60);
    suite_add_tcase(suite, test_case);
    tcase_add_loop_test(test_case, test_guard_documents_are_searched_whole_however_large, 0,
                        (int)(sizeof cases / sizeof cases[0]));
    tcase_add_test(test_case, test_guard_documents_numbers_of_large_ones_are_searched);
    tcase_add_test(test_case, test_guard_documents_long_word_of_hits_is_read_once);
    tcase_add_loop_test(test_case, test_guard_documents_that_nest_too_deep_fail, 0, 2);
    tcase_add_loop_test(test_case, test_guard_documents_pass_words_of_dcmchains_own_where_they_are, 0,
                        (int)(sizeof own_cases / sizeof own_cases[0]));
    return run_suite(suite);
}
