/* io/chip_folder.h -- the chips and systems of a data folder: found by name or alias, and listed with the
 * catalog's.
 *
 * Native only. FOLDER/chips/NAME.json and FOLDER/systems/NAME.json; either may be missing.
 */
#ifndef TOKENROOF_SRC_IO_CHIP_FOLDER_H
#define TOKENROOF_SRC_IO_CHIP_FOLDER_H

#include <tokenroof/chip.h>

#include "io/file.h"

/* The path of the chip or system that kind ("chips", "systems") calls name, by
 * its file or an alias in it; *found 0 if there is none. folder may be NULL.
 * Errors: TR_EIO (folder is no folder), TR_ECAPACITY, TR_ENOMEM, and those of a broken file that was looked
 * into. */
tr_status tr_chip_folder_find(const char *folder, const char *kind, const char *name, char path[TR_PATH_MAX],
                              int *found, tr_error *err);

/* Names of the .json files of folder/kind, sorted, one after another in *out,
 * each with its end; free(*out). Errors: TR_EIO, TR_ENOMEM. */
tr_status tr_data_folder_list(const char *folder, const char *kind, char **out, size_t *count, tr_error *err);

/* Everything there is: chips, then systems, each sorted; what the folder has
 * stands in place of the catalog's of the same name. */
typedef struct tr_chip_list tr_chip_list;
tr_status tr_chip_list_create(const char *folder, tr_chip_list **out, tr_error *err);
void tr_chip_list_destroy(tr_chip_list *list);                        /* NULL is fine */
size_t tr_chip_list_count(const tr_chip_list *list);
const char *tr_chip_list_name(const tr_chip_list *list, size_t index); /* NULL past the end */
/* A chip announced without figures comes as one of it, as the catalog has it. Errors: those of its file. */
tr_status tr_chip_list_get(const tr_chip_list *list, size_t index, tr_system *out, tr_error *err);

#endif
