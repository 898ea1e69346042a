/* command_explain.c: `dcmchain explain TAG|FILE`: what a pipeline does to an attribute, or to each element of
 * one file, and why. It writes nothing anywhere. */
#include <unistd.h>

#include "cli.h"

/* A word that names an attribute is one, unless it is the path of a file. */
static int ask(const struct options *options, dcmchain_chain *chain)
{
    const char *asked = options->operands[0];
    const bool is_file = access(asked, F_OK) == 0;
    struct dcmchain_explain_options explain = {
        .struct_size = sizeof explain,
        .as_json = options->json ? 1 : 0,
        .attribute = is_file ? NULL : asked,
        .file = is_file ? asked : NULL,
        .vr = options->vr,
        .sop_class_uid = options->sop_class,
        .modality = options->modality,
        .private_creator = options->creator,
        .key_file = options->key_file,
        .show_phi = options->show_phi ? 1 : 0,
        .persistence_folder = persistence_folder(options->persistence),
        .reason = options->reason,
    };
    char *text = NULL;
    char *problem = NULL;
    if (is_file && options->show_phi && explain.persistence_folder == NULL) { /* as a run says in its log */
        (void)fprintf(stderr, "dcmchain explain: warning: no note of this look at source values is kept: no "
                              "persistence folder is named\n");
    }
    int result = dcmchain_chain_explain(chain, &explain, &text, &problem);
    console_print_lines(stdout, text != NULL && text[0] == '\0' ? NULL : text);
    if (result != DCMCHAIN_OK) {
        console_print_failure("explain", problem, result);
    }
    if (result == DCMCHAIN_E_USAGE && !is_file) {
        (void)fputs("there is no file '", stderr);
        console_print(stderr, asked);
        (void)fputs("'; an attribute is a keyword or tag, below sequences as in ContentSequence/PersonName\n",
                    stderr);
    }
    dcmchain_free(text);
    dcmchain_free(problem);
    return result == DCMCHAIN_OK ? EXIT_DONE : result == DCMCHAIN_E_USAGE ? EXIT_USAGE : EXIT_FAILED;
}

int command_explain(const struct options *options)
{
    dcmchain_chain *chain = NULL;
    if (options->operand_count != 1) {
        return usage_error("explain", "name one attribute (a keyword or tag) or one file");
    }
    if (options->show_phi && (options->reason == NULL || options->reason[0] == '\0')) {
        return usage_error("explain", "--show-phi needs --reason TEXT: why you need to see source values");
    }
    int code = open_chain("explain", options, NULL, false, &chain); /* warnings are for `check` */
    if (code == EXIT_DONE) {
        code = ask(options, chain);
    }
    dcmchain_chain_free(chain);
    return code;
}
