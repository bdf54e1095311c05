/* io/chip_file.h -- the system somebody names on a command line: a file, a name in a data folder, or one
 * compiled in.
 *
 * Native only. The forms of chip and system files are told in io/chip_json.h.
 * A data folder holds chips/NAME.json and systems/NAME.json (io/chip_folder.h)
 * and, if it likes, tiers.json; what it has goes before what is compiled in.
 */
#ifndef TOKENROOF_SRC_IO_CHIP_FILE_H
#define TOKENROOF_SRC_IO_CHIP_FILE_H

#include <tokenroof/chip.h>

#include "io/json_flat.h"

/* One chip, or one system, from a file in either form; a chip gives a system
 * of one. A chip that a system file names is looked up in data_folder (may be
 * NULL) and then in the catalog. On error *out is untouched; err names the
 * file, the key and the line.
 * Errors: TR_EIO, TR_EPARSE, TR_EUNKNOWN, TR_EDOMAIN, TR_EMISSING, TR_ECONFLICT, TR_ECAPACITY, TR_ENOMEM. */
tr_status tr_system_file_read(const char *path, const char *data_folder, tr_system *out, tr_error *err);

/* The same from text in memory. */
tr_status tr_system_text_read(const char *text, size_t size, const char *data_folder, tr_system *out,
                              tr_error *err);

/* What SYSTEM stands for, as typed, but for inline numbers (tr_system_inline):
 * a path (it has a '/' or ends in .json) or a name in data_folder or the
 * catalog, a count in front or not ("8xh100-sxm", "8 x ./mine.json"), with
 * changes and a host behind it ("./mine.json,mem=64GB+epyc-9654").
 * Errors: as tr_system_file_read and tr_system_catalog_get. */
tr_status tr_system_open(const char *text, const char *data_folder, tr_system *out, tr_error *err);

#endif
