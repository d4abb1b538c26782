/* SPDX-License-Identifier: Apache-2.0 */
/* The marker: data that is read before any code of the plugin runs. */
#include <spacecore/plugin.h>

const spc_plugin_marker spacecore_plugin_v1 = {
    .magic = SPC_PLUGIN_MAGIC,
    .abi_major = SPC_ABI_MAJOR,
    .abi_minor = SPC_ABI_MINOR,
    .min_host_minor = 0,
    .struct_size = sizeof(spc_plugin_marker),
    .name = "example_fortran",
    .version = "1.0",
    .license = "Apache-2.0",
    .build_id = "",
};
