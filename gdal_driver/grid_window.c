/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grid_window.h"

#include <gdal.h>
#include <math.h>

grid_window grid_window_of(const double transform[6], int width, int height, const OGREnvelope *envelope) {
    double inverse[6], least[2] = {INFINITY, INFINITY}, most[2] = {-INFINITY, -INFINITY};
    if (!GDALInvGeoTransform((double *)transform, inverse)) return (grid_window){0};
    for (int corner = 0; corner < 4; corner++) {
        double place[2];
        GDALApplyGeoTransform(inverse, corner & 1 ? envelope->MaxX : envelope->MinX,
                              corner & 2 ? envelope->MaxY : envelope->MinY, &place[0], &place[1]);
        for (int axis = 0; axis < 2; axis++) {
            least[axis] = fmin(least[axis], place[axis]);
            most[axis] = fmax(most[axis], place[axis]);
        }
    }
    const double left = fmax(floor(least[0]), 0), top = fmax(floor(least[1]), 0);
    const double right = fmin(floor(most[0]) + 1, width), bottom = fmin(floor(most[1]) + 1, height);
    if (!(right > left && bottom > top)) return (grid_window){0};
    return (grid_window){(int)left, (int)top, (int)(right - left), (int)(bottom - top)};
}
