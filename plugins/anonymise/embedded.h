/* embedded.h: the stage's data files, compiled in by cmake/embed.cmake (each with a NUL behind it).
 * Nothing but declarations. */
#ifndef ANONYMISE_EMBEDDED_H
#define ANONYMISE_EMBEDDED_H

#include <stddef.h>

/* Each of the files below, ended by a NULL name. */
struct embedded_file {
    const char *name;
    const unsigned char *bytes;
    size_t size;
};
extern const struct embedded_file embedded_files[];

extern const unsigned char embedded_ps3_15_2025b_csv[];
extern const size_t embedded_ps3_15_2025b_csv_size;
extern const unsigned char embedded_registry_uids_txt[];
extern const size_t embedded_registry_uids_txt_size;
extern const unsigned char embedded_safe_private_2026a_csv[];
extern const size_t embedded_safe_private_2026a_csv_size;
extern const unsigned char embedded_concepts_csv[];
extern const size_t embedded_concepts_csv_size;
extern const unsigned char embedded_types_2024b_csv[];
extern const size_t embedded_types_2024b_csv_size;
extern const unsigned char embedded_descriptor_words_txt[];
extern const size_t embedded_descriptor_words_txt_size;
extern const unsigned char embedded_words_txt[];
extern const size_t embedded_words_txt_size;

#endif
