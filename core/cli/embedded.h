/* embedded.h: the files of template/, compiled in by cmake/embed.cmake (each with a NUL behind it).
 * Nothing but declarations. */
#ifndef CLI_EMBEDDED_H
#define CLI_EMBEDDED_H

#include <stddef.h>

extern const unsigned char embedded_CMakeLists_txt_in[];
extern const size_t embedded_CMakeLists_txt_in_size;
extern const unsigned char embedded_README_md_in[];
extern const size_t embedded_README_md_in_size;
extern const unsigned char embedded_pipeline_json_in[];
extern const size_t embedded_pipeline_json_in_size;
extern const unsigned char embedded_stage_c_in[];
extern const size_t embedded_stage_c_in_size;
extern const unsigned char embedded_test_sh_in[];
extern const size_t embedded_test_sh_in_size;

#endif
