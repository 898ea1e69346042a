/* command.c: `dcmchain lookup`: its arguments, find and forget. What it prints is identity, on purpose: each
 * look is noted before the first value is shown. */
#include "command.h"

#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "store.h"

#define EXIT_FAILED 1
#define EXIT_USAGE 2
#define VALUE_BYTES 1024

static const char usage_text[] =
    "usage: dcmchain lookup find    --accession N | --patient ID | --uid UID\n"
    "                               --reason TEXT [--json]\n"
    "       dcmchain lookup export  [--accessions FILE] --reason TEXT [--output FILE]\n"
    "       dcmchain lookup import  FILE [--plain]\n"
    "       dcmchain lookup forget  --patient ID\n\n"
    "Numbers, IDs and UIDs may be those of the source or those that were published;\n"
    "'-' reads one from standard input, so that it is in no list of processes.\n"
    "--persistence DIR names the persistence folder (default:\n"
    "MODULE_PERSISTENCE_DIR), --key-file FILE a key elsewhere.\n";

static int usage(const char *problem)
{
    (void)fprintf(stderr, "dcmchain lookup: %s\n\n%s", problem, usage_text);
    return EXIT_USAGE;
}

int lookup_failed(const char *what, const char *why)
{
    (void)fprintf(stderr, "dcmchain lookup %s: %s\n", what, why == NULL ? "out of memory" : why);
    return EXIT_FAILED;
}

/* ---- find ---- */

struct records {
    cJSON *list;   /* of records, "status" added */
    int64_t *rows; /* of each */
    size_t count;
};

static int collect(void *closure, const struct stored *stored)
{
    struct records *records = closure;
    int64_t *rows = reallocarray(records->rows, records->count + 1, sizeof *rows);
    if (rows == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    records->rows = rows;
    cJSON *copy = cJSON_Duplicate(stored->record, 1);
    if (copy == NULL ||
        cJSON_AddStringToObject(copy, "status", stored->confirmed ? "published" : "unconfirmed") == NULL ||
        !cJSON_AddItemToArray(records->list, copy)) {
        return DCMCHAIN_E_MEMORY;
    }
    records->rows[records->count++] = stored->row;
    return DCMCHAIN_OK;
}

static void free_records(struct records *records)
{
    cJSON_Delete(records->list);
    free(records->rows);
}

static void print_pair(const char *name, const cJSON *pair)
{
    (void)printf("  %-10s %s -> %s\n", name, record_text(pair, "source"), record_text(pair, "final"));
}

static void print_record(const cJSON *record)
{
    const cJSON *each = NULL;
    const cJSON *shift = cJSON_GetObjectItemCaseSensitive(record, "shift_days");
    (void)printf("%s, pipeline %s, project '%s', key %s, %s\n", record_text(record, "time"),
                 record_text(record, "pipeline"), record_text(record, "project"),
                 record_text(record, "key_id"), record_text(record, "status"));
    cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(record, "patients"))
    {
        const char *id = record_text(each, "id");
        const char *issuer = record_text(each, "issuer");
        (void)printf("  %-10s %s%s%s%s -> %s\n", "patient", id[0] != '\0' ? id : record_text(each, "key"),
                     issuer[0] != '\0' ? " (" : "", issuer, issuer[0] != '\0' ? ")" : "",
                     record_text(each, "final"));
    }
    print_pair("accession", cJSON_GetObjectItemCaseSensitive(record, "accession"));
    print_pair("study", cJSON_GetObjectItemCaseSensitive(record, "study"));
    cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(record, "series"))
    {
        print_pair("series", each);
    }
    const char *accession = record_pair(record, "task", "accession");
    const char *patient = record_pair(record, "task", "patient");
    if (accession[0] != '\0' || patient[0] != '\0') {
        (void)printf("  %-10s accession %s, patient %s\n", "task", accession, patient);
    }
    (void)printf("  %-10s %s\n", "folder", record_text(record, "folder"));
    if (cJSON_IsNumber(shift)) {
        (void)printf("  %-10s %.0f days\n", "shift", shift->valuedouble);
    }
}

static int print_records(const cJSON *list, bool json)
{
    const cJSON *each = NULL;
    if (json) {
        char *text = cJSON_Print(list);
        if (text == NULL) {
            return lookup_failed("find", NULL);
        }
        (void)printf("%s\n", text);
        cJSON_free(text);
        return 0;
    }
    cJSON_ArrayForEach(each, list)
    {
        print_record(each);
    }
    return 0;
}

/* Every record of the name; the store stays open in *ret_store. */
static int collect_all(dcmchain_context *context, const struct arguments *arguments, const char *what,
                       struct store **ret_store, struct records *ret_records)
{
    AUTO_FREE char *problem = NULL;
    struct store *store = NULL;
    if (store_open(context, false, &store, &problem) != DCMCHAIN_OK) {
        return lookup_failed(what, problem);
    }
    ret_records->list = cJSON_CreateArray();
    int result = ret_records->list == NULL
                     ? DCMCHAIN_E_MEMORY
                     : store_find(store, arguments->domain, arguments->value, collect, ret_records);
    if (result != DCMCHAIN_OK) {
        int code = lookup_failed(what, result == DCMCHAIN_E_MEMORY ? NULL : store_problem(store));
        store_close(store);
        return code;
    }
    *ret_store = store;
    return 0;
}

static int find(dcmchain_context *context, const struct arguments *arguments)
{
    struct records records = {0};
    struct store *store = NULL;
    int code = collect_all(context, arguments, "find", &store, &records);
    if (code == 0 && dcmchain_log_access(context, "lookup find", arguments->domain, records.count,
                                         arguments->reason) != DCMCHAIN_OK) {
        code = lookup_failed("find", "the access log could not be written: nothing is shown");
    }
    if (code == 0) {
        code = print_records(records.list, arguments->json);
    }
    if (code == 0 && records.count == 0) {
        code = lookup_failed("find", "nothing is known of it");
    }
    store_close(store);
    free_records(&records);
    return code;
}

/* ---- forget ---- */

static void print_forgotten(const struct records *records)
{
    const cJSON *each = NULL;
    cJSON_ArrayForEach(each, records->list)
    {
        (void)printf("%s\n", record_pair(each, "study", "final"));
    }
    (void)fputs(
        "These are the Study Instance UIDs under which recipients hold the patient's studies. The look-up no "
        "longer leads to them, but whoever has the key and the source can make the pseudonyms again: only "
        "destroying the key cuts the link.\n",
        stderr);
}

static int forget(dcmchain_context *context, const struct arguments *arguments)
{
    struct records records = {0};
    struct store *store = NULL;
    int code = collect_all(context, arguments, "forget", &store, &records);
    if (code == 0 && records.count == 0) {
        code = lookup_failed("forget", "nothing is known of the patient");
    }
    if (code == 0 && dcmchain_log_access(context, "lookup forget", arguments->domain, records.count,
                                         arguments->reason) != DCMCHAIN_OK) {
        code = lookup_failed("forget", "the access log could not be written: nothing is done");
    }
    for (size_t i = 0; code == 0 && i < records.count; i++) {
        if (store_remove(store, records.rows[i]) != DCMCHAIN_OK) {
            code = lookup_failed("forget", store_problem(store));
        }
    }
    if (code == 0) {
        print_forgotten(&records);
        code = store_scrub(store) == DCMCHAIN_OK ? 0 : lookup_failed("forget", store_problem(store));
    }
    store_close(store);
    free_records(&records);
    return code;
}

/* ---- arguments ---- */

static bool take_value(struct arguments *arguments, const char *option, const char *value)
{
    static const struct {
        const char *option;
        const char *domain;
    } domains[] = {{"--patient", RECORD_PATIENT}, {"--accession", RECORD_ACCESSION}, {"--uid", RECORD_UID}};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(option, domains[i].option) == 0 && arguments->domain == NULL) {
            arguments->domain = domains[i].domain;
            arguments->value = value;
            return true;
        }
    }
    const char **slot = strcmp(option, "--reason") == 0       ? &arguments->reason
                        : strcmp(option, "--accessions") == 0 ? &arguments->accessions
                        : strcmp(option, "--output") == 0     ? &arguments->output
                                                              : NULL;
    if (slot == NULL || *slot != NULL) {
        return false;
    }
    *slot = value;
    return true;
}

static bool parse(int argc, char **argv, struct arguments *ret_arguments)
{
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            ret_arguments->json = true;
        } else if (strcmp(argv[i], "--plain") == 0) {
            ret_arguments->plain = true;
        } else if (argv[i][0] != '-' && ret_arguments->file == NULL) {
            ret_arguments->file = argv[i];
        } else if (i + 1 < argc && take_value(ret_arguments, argv[i], argv[i + 1])) {
            i++;
        } else {
            return false;
        }
    }
    return true;
}

/* "-": one line of standard input. */
static bool read_value(struct arguments *arguments, char *buffer, size_t size)
{
    if (arguments->value == NULL || strcmp(arguments->value, "-") != 0) {
        return true;
    }
    if (fgets(buffer, (int)size, stdin) == NULL) {
        return false;
    }
    buffer[strcspn(buffer, "\r\n")] = '\0';
    arguments->value = buffer;
    return true;
}

static bool is_given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static int dispatch(dcmchain_context *context, const char *what, const struct arguments *arguments)
{
    bool one = is_given(arguments->value);
    bool reason = is_given(arguments->reason);
    if (strcmp(what, "find") == 0) {
        return !one      ? usage("find: say what: --accession, --patient or --uid")
               : !reason ? usage("find shows identity: --reason TEXT says why")
                         : find(context, arguments);
    }
    if (strcmp(what, "export") == 0) {
        return !reason ? usage("export shows identity: --reason TEXT says why")
                       : lookup_export(context, arguments);
    }
    if (strcmp(what, "import") == 0) {
        return arguments->file == NULL ? usage("import: name the CSV file")
                                       : lookup_import(context, arguments);
    }
    if (strcmp(what, "forget") == 0) {
        return !one || strcmp(arguments->domain, RECORD_PATIENT) != 0
                   ? usage("forget: say whom: --patient ID")
                   : forget(context, arguments);
    }
    return usage("there are find, export, import and forget");
}

int lookup_command(dcmchain_context *context, int argc, char **argv)
{
    struct arguments arguments = {0};
    char value[VALUE_BYTES];
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        (void)fputs(usage_text, stdout);
        return 0;
    }
    if (argc < 2 || !parse(argc, argv, &arguments)) {
        return usage(argc < 2 ? "say what to do" : "an option is unknown, given twice, or lacks its value");
    }
    if (!read_value(&arguments, value, sizeof value)) {
        return usage("standard input holds no value");
    }
    return dispatch(context, argv[1], &arguments);
}
