/* command.h: `dcmchain lookup find|export|import|forget`: what the files of the command share. */
#ifndef LOOKUP_COMMAND_H
#define LOOKUP_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "dcmchain/stage.h"

struct arguments {
    const char *domain; /* RECORD_PATIENT … NULL: all */
    const char *value;
    const char *reason;
    const char *accessions; /* a CSV file */
    const char *output;     /* NULL: stdout */
    const char *file;       /* what is no option */
    bool json;
    bool plain;
};

/* The command of the stage (stage.h). */
int lookup_command(dcmchain_context *context, int argc, char **argv);

/* transfer.c: CSV out and in. They return the exit code. */
int lookup_export(dcmchain_context *context, const struct arguments *arguments);
int lookup_import(dcmchain_context *context, const struct arguments *arguments);

/* Says what went wrong, without a value, and gives the exit code 1. */
int lookup_failed(const char *what, const char *why);

#endif
