/* SPDX-License-Identifier: Apache-2.0 */
/* Has a marker and no entry point. */
#include "tests/plugins/bad/plugin_parts.h"

SPACECORE_PLUGIN("no_register");
