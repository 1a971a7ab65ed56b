/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/block.h"
#include "layers.h"

extern const network_kernels KERNEL(network_kernels);

const network_kernels KERNEL(network_kernels) = {
    .name = WSNET_KERNEL_NAME,
    .scratch_size = network_scratch_size,
    .forward = network_forward,
#ifndef WSNET_MINIMAL
    .backward = network_backward,
    .loss_simulated = network_loss_simulated,
    .loss_real = network_loss_real,
    .loss_endmembers = network_loss_endmembers,
#endif
    .turn = pixels_turn,
    .project = pixels_project,
    .judge = pixels_judge,
    .along = pixels_along,
};
