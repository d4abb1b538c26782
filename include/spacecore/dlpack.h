/* SPDX-License-Identifier: Apache-2.0 */
/* The records by which array libraries lend each other strided memory (DLPack, both generations).
 *
 * The layouts are those of the public interface, under names of this library, so that a program may
 * include its own copy of the interface beside this header. Pointers to the records of that copy are
 * what spc_array_from_dlpack and spc_array_to_dlpack take and give. */
#ifndef SPACECORE_DLPACK_H
#define SPACECORE_DLPACK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version that spc_array_to_dlpack writes. Readers need the same major; a greater minor adds
 * device types, type codes and flags only. */
enum { SPC_DL_MAJOR = 1, SPC_DL_MINOR = 0 };

/* spc_dl_device.type: ordinary host memory. */
enum { SPC_DL_CPU = 1 };

/* spc_dl_dtype.code */
enum {
  SPC_DL_INT = 0,
  SPC_DL_UINT = 1,
  SPC_DL_FLOAT = 2,
  SPC_DL_COMPLEX = 5, /* bits counts both parts */
  SPC_DL_BOOL = 6     /* one byte, 0 or 1 */
};

/* spc_dl_managed_versioned.flags */
#define SPC_DL_FLAG_READ_ONLY UINT64_C(1)
#define SPC_DL_FLAG_IS_COPIED UINT64_C(2)

typedef struct spc_dl_device {
  int32_t type;
  int32_t id; /* which one of several */
} spc_dl_device;

typedef struct spc_dl_dtype {
  uint8_t code;
  uint8_t bits;   /* of one lane */
  uint16_t lanes; /* numbers in an element; this library knows 1 */
} spc_dl_dtype;

typedef struct spc_dl_tensor {
  void *
      data; /* with byte_offset a multiple of the size of a real number of dtype, or it is refused */
  spc_dl_device device;
  int32_t ndim;
  spc_dl_dtype dtype;
  int64_t *shape;       /* ndim lengths */
  int64_t *strides;     /* ndim steps, in elements; NULL: row-major without gaps */
  uint64_t byte_offset; /* of the first element from data */
} spc_dl_tensor;

/* Generation 0: whoever is done calls deleter(self), once; NULL: nothing is to be freed. */
typedef struct spc_dl_managed {
  spc_dl_tensor tensor;
  void *manager; /* the lender's */
  void (*deleter)(struct spc_dl_managed *self);
} spc_dl_managed;

typedef struct spc_dl_version {
  uint32_t major;
  uint32_t minor;
} spc_dl_version;

/* Generation 1. version is the first field in every major; of another major nothing but manager and
 * deleter may be relied on. */
typedef struct spc_dl_managed_versioned {
  spc_dl_version version;
  void *manager;
  void (*deleter)(struct spc_dl_managed_versioned *self);
  uint64_t flags;
  spc_dl_tensor tensor;
} spc_dl_managed_versioned;

#ifdef __cplusplus
}
#endif

#endif
