/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts and numbers of the public headers, frozen. Compiling this file, as C and as C++, is the
 * test. layout.def is only appended to; the size of a struct grows with the fields appended. */
#include <assert.h>
#include <stddef.h>

#include "spacecore/plugin.h"
#include "spacecore/types.h"

#define SPC_SIZE(TYPE, BYTES) static_assert(sizeof(TYPE) == (BYTES), "size of " #TYPE);
#define SPC_FIELD(TYPE, FIELD, OFFSET) \
  static_assert(offsetof(TYPE, FIELD) == (OFFSET), "offset of " #TYPE "." #FIELD);
#define SPC_NUMBER(NAME, VALUE) static_assert((NAME) == (VALUE), "value of " #NAME);
#include "tests/abi/layout.def"
