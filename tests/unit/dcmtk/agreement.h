/* agreement.h: what the suites ask of our data set and DCMTK together: that both see the same, of what is
 * read and of what is written. */
#ifndef TEST_AGREEMENT_H
#define TEST_AGREEMENT_H

#include "second_reader.h"

extern "C" {
#include "random_set.h"
}

typedef std::unique_ptr<dcmchain_dataset, decltype(&dcmchain_dataset_free)> dataset_pointer;

extern second::counts differences; /* of one test: each has a process of its own */

uint64_t sets_of_a_seed();

/* The bytes of a C builder, freed. */
std::string take(struct dicom_bytes &bytes);

dataset_pointer read_ours(const std::string &bytes, int &ret_result);

/* Where the last element ends: DCMTK takes what is behind it, padding and the like, for elements. */
size_t end_of(const std::string &bytes);

bool is_deflated(const dcmchain_dataset *dataset);

#define MUST_AGREE(problem, what, seed)                                                                      \
    do {                                                                                                     \
        const std::string found = (problem);                                                                 \
        ck_assert_msg(found.empty(), "%s of %s: %s", what, std::string(seed).c_str(), found.c_str());        \
    } while (0)

/* "", or the first difference. */
std::string compare_read(dcmchain_dataset *ours, second::reading &theirs);
/* DCMTK reads what ours is written as; read: how DCMTK read what ours was read from, or NULL. */
std::string compare_written(dcmchain_dataset *ours, second::reading *read);
/* … with native Pixel Data, that goes in when writing. */
std::string compare_written_pixels(dcmchain_dataset *ours, const std::string &pixels);
/* A sound file, both ways. */
void check_file(const std::string &bytes, const std::string &name);

enum kind { IMPLICIT, EXPLICIT, BIG, DEFLATED, ENCAPSULATED, KINDS };

/* A random file of a kind. */
std::string make_file(struct random_set &random, int kind);
std::string name_of(const char *what, int seed, uint64_t number);

#endif
