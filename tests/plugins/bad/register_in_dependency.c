/* SPDX-License-Identifier: Apache-2.0 */
/* Has a marker; its entry point is that of a library that it needs. */
#include "tests/plugins/bad/plugin_parts.h"

SPACECORE_PLUGIN("register_in_dependency");
