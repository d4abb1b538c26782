// SPDX-License-Identifier: Apache-2.0
// The layouts that C++ sees are those that C sees.
#include "tests/abi/layout.c"
