/* io/safetensors.h -- the header of a .safetensors file: names, formats and shapes; never the payload.
 *
 * A file is eight bytes of length (little-endian), that many bytes of JSON, and
 * the payload. Everything the header claims is checked against the file: its
 * length, each tensor's bytes against shape and format, and that the tensors
 * cover the payload without overlap or gap.
 */
#ifndef TOKENROOF_SRC_IO_SAFETENSORS_H
#define TOKENROOF_SRC_IO_SAFETENSORS_H

#include "io/tensors.h"

#define TR_SAFETENSORS_HEADER_MAX ((uint64_t)100000000) /* the format's own limit, bytes */

/* Add every tensor of the file to sums (left as it was on error).
 * Errors: TR_EIO, TR_EPARSE, TR_EDOMAIN, TR_ECONFLICT, TR_ECAPACITY, TR_ENOMEM; texts name the file and
 * tensor. */
tr_status tr_safetensors_read(const char *path, tr_tensors *sums, tr_error *err);

/* The same for a header in memory that is followed by payload_byte bytes. */
tr_status tr_safetensors_parse(const char *header, size_t size, uint64_t payload_byte, tr_tensors *sums,
                               tr_error *err);

#endif
