/* temporary local */
#include "network.h"
network_dims network_dims_default(size_t b, size_t p) { network_dims d = {b, p, 3, 8, (b + 7) / 8, 24, 8, 4, 3, 2, 64}; return d; }
bool weights_info(const network_dims *d, size_t i, weight_info *w) {
    weight_info all[] = {{"embed.weight", d->D, d->Q, true, false, 0}, {"head.weight", d->J, d->T * d->D, true, false, 0}, {"endmembers", d->P, d->B, false, true, 0}};
    size_t off = 0;
    for (size_t k = 0; k < 3; k++) { all[k].offset = off; off += all[k].rows * all[k].columns; }
    if (i >= 3) return false;
    *w = all[i]; return true;
}
size_t weights_count(const network_dims *d) { return d->D * d->Q + d->J * d->T * d->D + d->P * d->B; }
