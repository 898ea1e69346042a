# dcmchain_dictionary(TARGET): compiles the data dictionary into TARGET: DCMTK's dicom.dic, and what the standard has
# since. Needed when building only. -DDCMCHAIN_DICOM_DIC=FILE names another.
set(dictionary_folders)
foreach(prefix IN LISTS CMAKE_PREFIX_PATH CMAKE_SYSTEM_PREFIX_PATH)
  file(GLOB found ${prefix}/share/libdcmtk* ${prefix}/share/dcmtk* ${prefix}/lib/dcmtk*)
  list(SORT found COMPARE NATURAL ORDER DESCENDING) # the newest first
  list(APPEND dictionary_folders ${found})
endforeach()
find_file(DCMCHAIN_DICOM_DIC dicom.dic PATHS ${dictionary_folders} NO_DEFAULT_PATH
  DOC "DCMTK's data dictionary, which is compiled in")
if(NOT DCMCHAIN_DICOM_DIC)
  message(FATAL_ERROR "DCMTK's data dictionary, dicom.dic, was not found: install Debian's package dcmtk, or give "
    "-DDCMCHAIN_DICOM_DIC=FILE. It was sought in: ${dictionary_folders}")
endif()

function(dcmchain_dictionary target)
  set(folder ${PROJECT_SOURCE_DIR}/core/dataset)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/dictionary_tables.c)
  add_executable(dictionary_make ${folder}/dictionary_make.c)
  target_include_directories(dictionary_make PRIVATE ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(dictionary_make PRIVATE dcmchain_flags)
  set(files ${DCMCHAIN_DICOM_DIC} ${folder}/dictionary_newer.dic)
  add_custom_command(OUTPUT ${source} COMMAND dictionary_make ${source} ${files}
    DEPENDS dictionary_make ${files} COMMENT "Making the data dictionary of ${DCMCHAIN_DICOM_DIC}" VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
