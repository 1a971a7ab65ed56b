/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pixel_subset.h"

#include <cpl_vsi.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PIXELS = 200000 };
static const size_t most_sample_bytes = (size_t)256 << 20;

bool subset_create(size_t n_all, size_t n_bands, subset *made) {
    size_t capacity = most_sample_bytes / (n_bands * sizeof(float));
    if (capacity > MOST_PIXELS) capacity = MOST_PIXELS;
    if (capacity > n_all) capacity = n_all;
    *made = (subset){.capacity = capacity, .n_bands = n_bands};
    made->heap = VSI_MALLOC2_VERBOSE(capacity, sizeof *made->heap);
    made->pixels = VSI_MALLOC3_VERBOSE(capacity, n_bands, sizeof *made->pixels);
    return made->heap && made->pixels;
}

/** A well-mixed number for a pixel's index (splitmix64; Steele, Lea and Flood 2014). */
static uint64_t key_of(uint64_t index) {
    uint64_t z = index + 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static void sift_down(chosen_pixel *heap, size_t n, size_t at) {
    for (;;) {
        size_t largest = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < n; child++)
            if (heap[child].key > heap[largest].key) largest = child;
        if (largest == at) return;
        const chosen_pixel moved = heap[at];
        heap[at] = heap[largest];
        heap[largest] = moved;
        at = largest;
    }
}

void subset_offer(subset *chosen, uint64_t index, const float *spectrum) {
    const chosen_pixel pixel = {key_of(index), index, chosen->n};
    size_t row = chosen->n;
    if (chosen->n < chosen->capacity) {
        chosen->heap[chosen->n++] = pixel;
        if (chosen->n == chosen->capacity)
            for (size_t i = chosen->n / 2; i-- > 0;) sift_down(chosen->heap, chosen->n, i);
    } else {
        if (pixel.key >= chosen->heap[0].key) return;
        row = chosen->heap[0].row;
        chosen->heap[0] = pixel;
        chosen->heap[0].row = row;
        sift_down(chosen->heap, chosen->n, 0);
    }
    memcpy(chosen->pixels + row * chosen->n_bands, spectrum, chosen->n_bands * sizeof *spectrum);
}

static int by_index(const void *first, const void *second) {
    const uint64_t a = ((const chosen_pixel *)first)->index, b = ((const chosen_pixel *)second)->index;
    return (a > b) - (a < b);
}

/** Brings the spectra into raster order in place, following the cycles of the permutation. */
bool subset_sort(subset *chosen) {
    const size_t size = chosen->n_bands * sizeof(float);
    float *held = VSI_MALLOC_VERBOSE(size);
    if (!held) return false;
    qsort(chosen->heap, chosen->n, sizeof *chosen->heap, by_index);
    for (size_t start = 0; start < chosen->n; start++) {
        size_t to = start;
        memcpy(held, chosen->pixels + start * chosen->n_bands, size);
        while (chosen->heap[to].row != start) {
            const size_t from = chosen->heap[to].row;
            memcpy(chosen->pixels + to * chosen->n_bands, chosen->pixels + from * chosen->n_bands, size);
            chosen->heap[to].row = to;
            to = from;
        }
        memcpy(chosen->pixels + to * chosen->n_bands, held, size);
        chosen->heap[to].row = to;
    }
    VSIFree(held);
    return true;
}

float *subset_take(subset *chosen) {
    float *pixels = chosen->pixels;
    VSIFree(chosen->heap);
    *chosen = (subset){0};
    return pixels;
}
