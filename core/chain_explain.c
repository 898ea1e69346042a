/* chain_explain.c: dcmchain_chain_explain() (chain.h): what is asked, and the run that answers. The answers
 * are explain.c's. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "chain_parts.h"
#include "cleanup.h"
#include "run.h"
#include "text.h"

#define WORD_BYTES 80 /* no keyword is as long */

static int refuse(char **ret_problem, char *problem)
{
    *ret_problem = problem;
    return problem == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_E_USAGE;
}

/* "ContentSequence/PersonName": each a keyword or a tag. */
static int parse_path(const char *attribute, struct dcmchain_step *steps, struct dcmchain_subject *subject,
                      char **ret_problem)
{
    subject->depth = 0;
    subject->steps = steps;
    for (const char *at = attribute;;) {
        size_t length = strcspn(at, "/");
        char word[WORD_BYTES];
        uint32_t tag = 0;
        (void)snprintf(word, sizeof word, "%.*s", length < WORD_BYTES ? (int)length : WORD_BYTES, at);
        if (dcmchain_tag_parse(word, &tag) != DCMCHAIN_OK) {
            return refuse(ret_problem, text_format("'%s' is no keyword and no tag", word));
        }
        if (at[length] == '\0') {
            subject->tag = tag;
            return DCMCHAIN_OK;
        }
        if (subject->depth == DCMCHAIN_MAX_DEPTH) {
            return refuse(ret_problem, text_format("more than %d sequences", DCMCHAIN_MAX_DEPTH));
        }
        steps[subject->depth++].tag = tag;
        at += length + 1;
    }
}

static const char *or_none(const char *text)
{
    return text == NULL ? "" : text;
}

static int explain_attribute(struct run *run, const struct dcmchain_explain_options *options,
                             char **ret_problem)
{
    struct dcmchain_step steps[DCMCHAIN_MAX_DEPTH] = {{0}};
    struct dcmchain_subject subject = {.struct_size = sizeof subject,
                                       .sop_class_uid = or_none(options->sop_class_uid),
                                       .modality = or_none(options->modality),
                                       .private_creator = or_none(options->private_creator)};
    int result = parse_path(options->attribute, steps, &subject, ret_problem);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (options->vr != NULL && strlen(options->vr) != 2) {
        return refuse(ret_problem, strdup("a VR is two letters"));
    }
    subject.vr = dcmchain_tag_vr(subject.tag);
    if (options->vr != NULL) {
        subject.vr = DCMCHAIN_VR(options->vr[0], options->vr[1]);
    }
    subject.in_meta = (uint16_t)(DCMCHAIN_TAG_GROUP(subject.tag) == 2 && subject.depth == 0);
    result = memory_open_random(run);
    if (result == DCMCHAIN_OK) {
        result = contexts_open(run);
        result = result == DCMCHAIN_OK ? explain_subject(run->explain, run, &subject) : result;
        contexts_close(run, result == DCMCHAIN_OK ? DCMCHAIN_OUTCOME_DONE : DCMCHAIN_OUTCOME_FAILED);
    }
    return result;
}

/* Why the file would not come out; NULL: it would. */
static char *outcome(const struct run *run)
{
    const struct scan *scan = run->scan;
    if (run->study_count == 0) {
        const char *of_run = scan != NULL || run->problem == NULL ? "it is no DICOM instance" : run->problem;
        return strdup(scan != NULL && scan->failed_count > 0 ? scan->failed[0]->problem : of_run);
    }
    const dcmchain_study *study = &run->studies[0];
    const struct tally *dropped = &study->series[0].dropped;
    if (study->problem != NULL) {
        return strdup(study->problem);
    }
    if (dropped->count > 0) {
        return text_format("the chain leaves this file out: %s", dropped->entries[0].text);
    }
    return run->problem == NULL ? NULL : strdup(run->problem);
}

static int explain_file(struct run *run, const struct dcmchain_explain_options *options, char **ret_problem)
{
    AUTO_FREE char *file = realpath(options->file, NULL);
    struct stat there;
    if (file == NULL || stat(file, &there) != 0) {
        return refuse(ret_problem, text_format("the file: %s", strerror(errno)));
    }
    if (!S_ISREG(there.st_mode)) {
        return refuse(ret_problem, strdup(S_ISDIR(there.st_mode) ? "it is a folder: name one file of it"
                                                                 : "it is no regular file"));
    }
    char *slash = strrchr(file, '/');
    AUTO_FREE char *folder = slash == file ? strdup("/") : strndup(file, (size_t)(slash - file));
    if (folder == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    run->only_file = slash + 1;
    run->options = (struct dcmchain_run_options){.struct_size = sizeof run->options,
                                                 .threads = 1,
                                                 .input_folder = folder,
                                                 .key_file = options->key_file,
                                                 .dry_run = 1,
                                                 .show_phi = options->show_phi,
                                                 .persistence_folder = options->persistence_folder,
                                                 .reason = options->reason};
    int result = run_execute(run, NULL, ret_problem);
    run->options.input_folder = NULL;
    run->only_file = NULL;
    if (result != DCMCHAIN_OK) {
        return result;
    }
    *ret_problem = outcome(run);
    return *ret_problem == NULL ? DCMCHAIN_OK : DCMCHAIN_FAIL;
}

int dcmchain_chain_explain(dcmchain_chain *chain, const struct dcmchain_explain_options *options,
                           char **ret_text, char **ret_problem)
{
    struct dcmchain_explain_options own = {0};
    if (!chain_take_options(&own, sizeof own, options, options->struct_size) ||
        (own.attribute == NULL) == (own.file == NULL)) {
        return DCMCHAIN_E_USAGE;
    }
    struct run *run = run_new(chain->pipeline, chain->log);
    struct explain *explain = NULL;
    int result = run == NULL ? DCMCHAIN_E_MEMORY : explain_open(own.show_phi != 0, &explain);
    if (result == DCMCHAIN_OK) {
        run->explain = explain;
        result = own.file != NULL ? explain_file(run, &own, ret_problem)
                                  : explain_attribute(run, &own, ret_problem);
    }
    if (result == DCMCHAIN_OK || result == DCMCHAIN_FAIL) {
        char *text = explain_write(explain, own.as_json != 0);
        result = text == NULL ? DCMCHAIN_E_MEMORY : result;
        *ret_text = text;
    }
    run_free(run);
    explain_free(explain);
    return result;
}
