/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "testing.h"

#include <locale.h>
#include <math.h>

#include "library.h"

static wsnet_context *context;
static char warning[1024];

static int set_up(void **state) {
    (void)state;
    context = wsnet_context_create(NULL);
    wsnet_context_set_log(context, keep_warning, warning);
    warning[0] = '\0';
    return context ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    wsnet_context_destroy(context);
    return 0;
}

static wsnet_library *parse(const char *text) {
    wsnet_library *library = NULL;
    assert_works(context, wsnet_library_parse_csv(context, text, strlen(text), &library));
    return library;
}

static void csv_fails(const char *text, wsnet_status status, const char *words) {
    wsnet_library *library = (wsnet_library *)context, *before = library;
    assert_fails(context, wsnet_library_parse_csv(context, text, strlen(text), &library), status, words);
    assert_ptr_equal(library, before);
}

static void assert_spectrum(const wsnet_library *library, size_t index, size_t n, const double *expected,
                            double tolerance) {
    assert_int_equal(wsnet_library_n_bands(library), n);
    for (size_t b = 0; b < n; b++) {
        const double got = (double)wsnet_library_spectra(library)[index * n + b];
        if (!(fabs(got - expected[b]) <= tolerance)) fail_msg("spectrum %zu band %zu: %.9g", index, b, got);
    }
}

static void assert_wavelengths(const wsnet_library *library, size_t n, const double *expected) {
    assert_int_equal(wsnet_library_n_bands(library), n);
    for (size_t b = 0; b < n; b++)
        if (!(fabs(wsnet_library_wavelength_nm(library)[b] - expected[b]) <= 1e-9))
            fail_msg("band %zu: %.12g nm", b, wsnet_library_wavelength_nm(library)[b]);
}

/* ---- CSV ------------------------------------------------------------------------------------------------ */

static void csv_as_spreadsheets_write_it(void **state) {
    (void)state;
    const double waves[] = {400.5, 410, 420}, soil[] = {0.1, 0.2, 3e-1}, roof[] = {1, -2e-3, 0.5};
    const char *texts[] = {
        "wavelength_nm,soil,\"roof, \"\"red\"\"\"\n400.5,0.1,1\n410,0.2,-2e-3\n420,3e-1,.5\n",
        ("\xef\xbb\xbf\"Wave (nm)\", soil ,\"roof, \"\"red\"\"\" \r\n\r\n400.5,0.1,1\r\n410 , "
         "0.2,-2E-3\r\n\r\n420,3e-1,.5"),
        "# a comment, with commas\nnm;soil;\"roof, \"\"red\"\"\"\n400.5;0.1;1\n\n410;0.2;-2e-3\n  \n420;0.3;.5\n\n",
        "wavelength\tsoil\t\"roof, \"\"red\"\"\"\r400.5\t0.1\t1\r410\t0.2\t-2e-3\r420\t0.3\t.5\r",
        "wavelength_um,soil,\"roof, \"\"red\"\"\"\n0.4005,\"0.1\",1\n0.41,0.2,-2e-3\n0.42,3e-1,.5\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        wsnet_library *library = parse(texts[i]);
        assert_int_equal(wsnet_library_n_spectra(library), 2);
        assert_string_equal(wsnet_library_name(library, 0), "soil");
        assert_string_equal(wsnet_library_name(library, 1), "roof, \"red\"");
        assert_null(wsnet_library_name(library, 2));
        assert_wavelengths(library, 3, waves);
        assert_spectrum(library, 0, 3, soil, 1e-7);
        assert_spectrum(library, 1, 3, roof, 1e-7);
        assert_string_equal(warning, "");
        wsnet_library_destroy(library);
    }
}

static void units_are_guessed_aloud(void **state) {
    (void)state;
    const double waves[] = {400, 2450};
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"wavelength,a\n0.4,1\n2.45,1\n", "reach 2.45: they are taken as micrometres"},
        {"wavelength_nm,a\n0.4,1\n2.45,1\n", "taken as micrometres"},
        {"wavelength_um,a\n400,1\n2450,1\n", "reach 2450: they are taken as nanometres"},
        {"wavelength,a\n400,1\n2450,1\n", ""},
        {"Spectrum,a\n400,1\n2450,1\n", ""},
        {"umber,a\n400,1\n2450,1\n", ""},
        {"nm,\"a;b;c\"\n400,1\n2450,1\n", ""},
        {"Wellenl\xc3\xa4nge [\xc2\xb5m],a\n0.4,1\n2.45,1\n", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        warning[0] = '\0';
        wsnet_library *library = parse(cases[i].text);
        assert_wavelengths(library, 2, waves);
        if (cases[i].words[0] ? !strstr(warning, cases[i].words) : warning[0] != '\0') fail_msg("%zu: %s", i, warning);
        wsnet_library_destroy(library);
    }
}

/* Sensors with two detectors, and exports sorted downwards: the file's order is kept. */
static void wavelengths_in_any_order(void **state) {
    (void)state;
    const double waves[] = {420, 400, 400, 410}, spectrum[] = {1, 2, 3, 4};
    wsnet_library *library = parse("wavelength_nm,a\n420,1\n400,2\n400,3\n410,4\n");
    assert_wavelengths(library, 4, waves);
    assert_spectrum(library, 0, 4, spectrum, 0);
    wsnet_library_destroy(library);
}

static void csv_errors_name_their_line(void **state) {
    (void)state;
    csv_fails("", WSNET_E_FORMAT, "empty");
    csv_fails("\n \n# nothing\n", WSNET_E_FORMAT, "empty");
    csv_fails("wavelength_nm\n400\n", WSNET_E_FORMAT, "line 1: the header names no spectrum");
    csv_fails("wavelength_nm,a\n", WSNET_E_SHAPE, "0 bands");
    csv_fails("400,0.1\n410,0.2\n", WSNET_E_FORMAT, "line 1: a header as wavelength_nm,name,... is expected");
    csv_fails("wavelength_nm,a,b\n400,1,2\n\n410,1\n", WSNET_E_FORMAT, "line 4 has 2 cells where the header has 3");
    csv_fails("wavelength_nm,a,b\n400,1,2\n410,1,2,3\n", WSNET_E_FORMAT, "line 3 has more cells than the header");
    csv_fails("wavelength_nm,a,b\r\n400,1,2\r\n410,,2\r\n", WSNET_E_FORMAT, "line 3: the value in column 2 is missing");
    csv_fails("wavelength_nm,a\n400,x1\n", WSNET_E_FORMAT, "line 2: 'x1' in column 2 is not a number");
    csv_fails("wavelength_nm,a\n400,nan\n", WSNET_E_FORMAT, "line 2: 'nan'");
    csv_fails("wavelength_nm,a\n400,1e39\n", WSNET_E_FORMAT, "line 2: '1e39'");
    csv_fails("wavelength_nm;a\n400;0,5\n", WSNET_E_FORMAT, "line 2: '0,5'");
    csv_fails("wavelength_nm,a\n400,\x1b[31m\n", WSNET_E_FORMAT, "line 2: column 2 is not a number");
    csv_fails("wavelength_nm,a\n-400,1\n", WSNET_E_FORMAT, "line 2: a wavelength or width of -400");
    csv_fails("wavelength_nm,\"a\n400,1\n", WSNET_E_FORMAT, "line 1: a quoted cell does not end");
    csv_fails("wavelength_nm,\"a\"b\n400,1\n", WSNET_E_FORMAT, "line 1: there is more behind a quoted cell");
    csv_fails("wavelength_nm,a,\n400,1,2\n", WSNET_E_FORMAT, "line 1: the name in column 3");
    csv_fails("wavelength_nm,\xff\n400,1\n", WSNET_E_FORMAT, "line 1: the name in column 2");
    csv_fails("wavelength_nm,\"a\nb\"\n400,1\n", WSNET_E_FORMAT, "line 1: the name in column 2");
    char long_name[400] = "wavelength_nm,";
    memset(long_name + strlen(long_name), 'x', 300);
    csv_fails(long_name, WSNET_E_SHAPE, "0 bands");
    strcat(long_name, "\n400,1\n");
    csv_fails(long_name, WSNET_E_FORMAT, "the name in column 2 is not 1 to 255 bytes");
}

static wsnet_library *make_library(bool with_wavelengths) {
    const char *names[] = {"one, \"two\"", "tr\xc3\xa8s", "three;"};
    const double wave[] = {400.94, 1000.0 / 3, 2450.123456789}, fwhm[] = {6.5, 7.25, 10};
    const float spectra[] = {0.1f, 1e-30f, 3.4028235e38f, -1.17549435e-38f, 0, 1.0f / 3, 123456.789f, 1, 2};
    wsnet_library *library = NULL;
    assert_works(context, wsnet_library_create(context, 3, 3, names, with_wavelengths ? wave : NULL,
                                               with_wavelengths ? fwhm : NULL, spectra, &library));
    return library;
}

static void written_csv_reads_back_to_the_bit(void **state) {
    (void)state;
    const bool comma = setlocale(LC_ALL, "de_DE.UTF-8") != NULL; /* files do not follow the locale */
    for (int with_wavelengths = 0; with_wavelengths < 2; with_wavelengths++) {
        wsnet_library *library = make_library(with_wavelengths), *back;
        char *text;
        size_t n_bytes;
        assert_works(context, wsnet_library_format_csv(context, library, &text, &n_bytes));
        assert_int_equal(strlen(text), n_bytes);
        if (with_wavelengths) assert_non_null(strstr(text, "\n400.94,6.5,0.1,"));
        assert_works(context, wsnet_library_parse_csv(context, text, n_bytes, &back));
        assert_int_equal(back->n_spectra, 3);
        assert_memory_equal(back->spectra, library->spectra, 9 * sizeof(float));
        assert_memory_equal(back->names, library->names, 3 * WSNET_MAX_NAME);
        assert_memory_equal(back->wavelength_nm, library->wavelength_nm, 3 * sizeof(double));
        assert_memory_equal(back->fwhm_nm, library->fwhm_nm, 3 * sizeof(double));
        wsnet_release(context, text);
        wsnet_library_destroy(library);
        wsnet_library_destroy(back);
    }
    setlocale(LC_ALL, "C");
    if (!comma) print_message("no locale with a decimal comma is installed\n");
}

static void creation_is_checked(void **state) {
    (void)state;
    const char *names[] = {"a"}, *bad_names[] = {"a\nb"};
    const float values[] = {1, NAN};
    const double waves[] = {400, -1};
    wsnet_library *library;
    assert_fails(context, wsnet_library_create(context, 1, 2, names, NULL, NULL, values, &library), WSNET_E_ARGUMENT,
                 "'a' is not finite at band 2");
    assert_fails(context, wsnet_library_create(context, 1, 1, bad_names, NULL, NULL, values, &library),
                 WSNET_E_ARGUMENT, "name of spectrum 1");
    assert_fails(context, wsnet_library_create(context, 0, 1, names, NULL, NULL, values, &library), WSNET_E_SHAPE,
                 "0 spectra");
    assert_fails(context, wsnet_library_create(context, 1, 70000, names, NULL, NULL, values, &library), WSNET_E_SHAPE,
                 "70000 bands");
    const float good[] = {1, 2};
    assert_fails(context, wsnet_library_create(context, 1, 2, names, waves, NULL, good, &library), WSNET_E_ARGUMENT,
                 "band 2");
}

/* ---- ENVI ----------------------------------------------------------------------------------------------- */

static const char envi[] = "ENVI\ndescription = {two spectra = of\n three bands}\nsamples = 3\nlines   = 2\nbands = 1\n"
                           "header offset = 2\nfile type = ENVI Spectral Library\ndata type = %d\nbyte order = %d\n"
                           "wavelength units = Micrometers\nspectra names = {\n soil,\n green  roof}\n"
                           "Wavelength = {0.4, 0.5,\n 0.6}\nfwhm = {0.01, 0.02, 0.03}\n%s";

static wsnet_library *parse_envi(int type, int big_endian, const char *more, const void *data, size_t n_data) {
    char header[2000];
    snprintf(header, sizeof header, envi, type, big_endian, more);
    wsnet_library *library = NULL;
    assert_works(context, wsnet_library_parse_envi(context, header, strlen(header), data, n_data, &library));
    return library;
}

static void put_number(unsigned char *to, int type, bool big_endian, double value) {
    const int16_t i16 = (int16_t)value;
    const int32_t i32 = (int32_t)value;
    const float f32 = (float)value;
    const uint16_t u16 = (uint16_t)value;
    const uint32_t u32 = (uint32_t)value;
    const uint8_t u8 = (uint8_t)value;
    const void *from = type == 1    ? (const void *)&u8
                       : type == 2  ? (const void *)&i16
                       : type == 3  ? (const void *)&i32
                       : type == 4  ? (const void *)&f32
                       : type == 5  ? (const void *)&value
                       : type == 12 ? (const void *)&u16
                                    : (const void *)&u32;
    const size_t size = type == 1 ? 1 : type == 5 ? 8 : type == 2 || type == 12 ? 2 : 4;
    for (size_t i = 0; i < size; i++) to[i] = ((const unsigned char *)from)[big_endian ? size - 1 - i : i];
}

static void envi_of_every_type(void **state) {
    (void)state;
    static const struct {
        int type;
        size_t size;
        double values[6];
    } cases[] = {
        {1, 1, {0, 1, 255, 3, 4, 5}},
        {2, 2, {0, -32768, 32767, 3, -4, 5}},
        {3, 4, {0, -1000000, 1000000, 3, -4, 5}},
        {4, 4, {0, -0.25, 1e30, 3, -4, 5}},
        {5, 8, {0, -0.25, 1e30, 3, -4, 5}},
        {12, 2, {0, 65535, 2, 3, 4, 5}},
        {13, 4, {0, 4294967040.0, 2, 3, 4, 5}},
    };
    const double waves[] = {400, 500, 600};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int big_endian = 0; big_endian < 2; big_endian++) {
            unsigned char data[2 + 6 * 8] = {0};
            for (size_t i = 0; i < 6; i++)
                put_number(data + 2 + i * cases[c].size, cases[c].type, big_endian, cases[c].values[i]);
            const size_t n_data = 2 + 6 * cases[c].size;
            wsnet_library *library = parse_envi(cases[c].type, big_endian, "", data, n_data);
            assert_string_equal(wsnet_library_name(library, 0), "soil");
            assert_string_equal(wsnet_library_name(library, 1), "green  roof");
            assert_wavelengths(library, 3, waves);
            assert_true(fabs(library->fwhm_nm[2] - 30) < 1e-9);
            for (size_t k = 0; k < 2; k++)
                for (size_t b = 0; b < 3; b++)
                    assert_true(library->spectra[3 * k + b] == (float)cases[c].values[3 * k + b]);
            wsnet_library_destroy(library);
        }
}

static void envi_scale_factor(void **state) {
    (void)state;
    unsigned char data[2 + 12] = {0};
    for (size_t i = 0; i < 6; i++) put_number(data + 2 + 2 * i, 2, false, 1000.0 * (double)i);
    const double plain[] = {0, 1000, 2000}, scaled[] = {0, 0.1, 0.2};
    wsnet_library *library =
        parse_envi(2, 0, "z plot titles = {wavelength, reflectance [*10000]}\n", data, sizeof data);
    assert_spectrum(library, 0, 3, plain, 0);
    assert_non_null(strstr(warning, "reflectance times 10000"));
    wsnet_library_destroy(library);
    warning[0] = '\0';
    library =
        parse_envi(2, 0, "reflectance scale factor = 10000.0\nz plot titles = {x, [*10000]}\n", data, sizeof data);
    assert_spectrum(library, 0, 3, scaled, 1e-7);
    assert_string_equal(warning, "");
    wsnet_library_destroy(library);
}

static void envi_without_wavelengths(void **state) {
    (void)state;
    const char *header = "ENVI\r\nsamples = 2\r\nlines = 1\r\ndata type = 4\r\n";
    const float data[] = {1, 2};
    const double none[] = {0, 0};
    wsnet_library *library;
    assert_works(context, wsnet_library_parse_envi(context, header, strlen(header), data, sizeof data, &library));
    assert_string_equal(wsnet_library_name(library, 0), "spectrum 1");
    assert_wavelengths(library, 2, none);
    wsnet_library_destroy(library);
}

static void envi_fails(const char *before, const char *after, size_t n_data, wsnet_status status, const char *words) {
    char header[2000], edited[4000];
    const unsigned char data[26] = {0};
    snprintf(header, sizeof header, envi, 4, 0, "");
    char *at = strstr(header, before);
    assert_non_null(at);
    snprintf(edited, sizeof edited, "%.*s%s%s", (int)(at - header), header, after, at + strlen(before));
    wsnet_library *library = (wsnet_library *)context, *untouched = library;
    assert_fails(context, wsnet_library_parse_envi(context, edited, strlen(edited), data, n_data, &library), status,
                 words);
    assert_ptr_equal(library, untouched);
}

static void envi_errors(void **state) {
    (void)state;
    envi_fails("ENVI\n", "IVNE\n", 26, WSNET_E_FORMAT, "its first line is not ENVI");
    envi_fails("ENVI Spectral Library", "ENVI Standard", 26, WSNET_E_FORMAT, "file type is not");
    envi_fails("samples = 3", "pixels = 3", 26, WSNET_E_FORMAT, "has no 'samples'");
    envi_fails("samples = 3", "samples = three", 26, WSNET_E_FORMAT, "'samples' is not a whole number");
    envi_fails("samples = 3", "samples = 0", 26, WSNET_E_SHAPE, "0 bands");
    envi_fails("lines   = 2", "lines = 99999", 26, WSNET_E_FORMAT, "'lines' is not a whole number up to 16384");
    envi_fails("bands = 1", "bands = 2", 26, WSNET_E_FORMAT, "has 1 band, this has 2");
    envi_fails("data type = 4", "data type = 6", 26, WSNET_E_FORMAT, "data type 6");
    envi_fails("byte order = 0", "byte order = 2", 26, WSNET_E_FORMAT, "byte order");
    envi_fails("data type = 4", "data type = 5", 26, WSNET_E_FORMAT, "promises 50 bytes, the file has 26");
    envi_fails("data type", "data type", 25, WSNET_E_FORMAT, "promises 26 bytes, the file has 25");
    envi_fails("data type", "data type", 1, WSNET_E_FORMAT, "the file has 1");
    envi_fails("0.4, 0.5,\n 0.6", "0.4, 0.5", 26, WSNET_E_FORMAT, "'wavelength' has no number >= 0 at place 3 of 3");
    envi_fails("0.4, 0.5,\n 0.6", "0.4, 0.5, 0.6, 0.7", 26, WSNET_E_FORMAT, "'wavelength' has more than 3 numbers");
    envi_fails("soil,\n", "", 26, WSNET_E_FORMAT,
               "'spectra names' have no name of 1 to 255 bytes of UTF-8 text at place 2");
    envi_fails("soil,\n", "soil, tree,\n", 26, WSNET_E_FORMAT, "more than 2 spectra names");
    envi_fails("byte order = 0", "byte order = 0\nreflectance scale factor = 0", 26, WSNET_E_FORMAT, "scale factor");
    envi_fails("0.6}", "0.6", 26, WSNET_E_FORMAT, "'wavelength' has no number");
}

/* ---- choosing, resampling, merging ---------------------------------------------------------------------- */

static void selection_by_name(void **state) {
    (void)state;
    wsnet_library *library = parse("nm,clay,grass dry,grass green,asphalt\n400,1,2,3,4\n500,5,6,7,8\n"), *chosen;
    const char *names[] = {"asphalt", "clay"}, *unknown[] = {"clay", "Grass"}, *mistyped[] = {"asfalt"};
    const double asphalt[] = {4, 8}, clay[] = {1, 5}, waves[] = {400, 500};
    assert_works(context, wsnet_library_select(context, library, 2, names, &chosen));
    assert_string_equal(wsnet_library_name(chosen, 0), "asphalt");
    assert_spectrum(chosen, 0, 2, asphalt, 0);
    assert_spectrum(chosen, 1, 2, clay, 0);
    assert_wavelengths(chosen, 2, waves);
    wsnet_library_destroy(chosen);
    assert_fails(context, wsnet_library_select(context, library, 2, unknown, &chosen), WSNET_E_ARGUMENT,
                 "the library has no spectrum 'Grass'; near it are 'grass dry', 'grass green', ");
    assert_fails(context, wsnet_library_select(context, library, 1, mistyped, &chosen), WSNET_E_ARGUMENT,
                 "near it are 'asphalt', ");
    assert_fails(context, wsnet_library_select(context, library, 0, names, &chosen), WSNET_E_SHAPE, "0 spectra");
    wsnet_library_destroy(library);
}

/* n samples of f at first, first + step, ... */
static wsnet_library *sampled(size_t n, double first, double step, double (*f)(double)) {
    double *waves = malloc(n * sizeof *waves);
    float *values = malloc(n * sizeof *values);
    const char *names[] = {"f"};
    for (size_t b = 0; b < n; b++) {
        waves[b] = first + step * (double)b;
        values[b] = (float)f(waves[b]);
    }
    wsnet_library *library = NULL;
    assert_works(context, wsnet_library_create(context, 1, n, names, waves, NULL, values, &library));
    free(waves);
    free(values);
    return library;
}

static double line(double w) { return 0.1 + w / 2000; }
static double dip(double w) { return 1 - 0.5 * exp(-0.5 * (w - 700) * (w - 700) / (10.0 * 10)); }

/* A Gaussian dip of sigma 10 seen through a Gaussian of FWHM 40 has sigma sqrt(100 + 40^2/2.3548^2), same area. */
static void wide_bands_see_a_gaussian(void **state) {
    (void)state;
    wsnet_library *library = sampled(1001, 200, 1, dip), *seen;
    const double waves[] = {660, 680, 700, 725, 800}, fwhm[] = {40, 40, 40, 40, 40};
    const double sigma = sqrt(100 + 1600 / (2.3548 * 2.3548));
    double expected[5];
    for (size_t i = 0; i < 5; i++) expected[i] = 1 - 0.5 * 10 / sigma * exp(-0.5 * pow((waves[i] - 700) / sigma, 2));
    assert_works(context, wsnet_library_resample(context, library, 5, waves, fwhm, &seen));
    assert_spectrum(seen, 0, 5, expected, 2e-3);
    assert_wavelengths(seen, 5, waves);
    assert_string_equal(wsnet_library_name(seen, 0), "f");
    wsnet_library_destroy(seen);
    assert_works(context, wsnet_library_resample(context, library, 5, waves, NULL, &seen)); /* spacing 20 as width */
    const double narrow = sqrt(100 + 400 / (2.3548 * 2.3548));
    const double peak[] = {1 - 0.5 * 10 / narrow};
    assert_true(fabs((double)seen->spectra[2] - peak[0]) < 2e-3);
    wsnet_library_destroy(seen);
    wsnet_library_destroy(library);
}

/* A dip seen at 30 nm already needs only what 40 nm add. */
static void what_is_blurred_is_not_blurred_twice(void **state) {
    (void)state;
    enum { N = 101 };
    double waves[N], fwhm[N];
    float values[N];
    const char *names[] = {"f"};
    const double at_30 = sqrt(100 + 900 / (2.3548 * 2.3548)), at_40 = sqrt(100 + 1600 / (2.3548 * 2.3548));
    for (size_t b = 0; b < N; b++) {
        waves[b] = 500 + 4 * (double)b;
        fwhm[b] = 30;
        values[b] = (float)(1 - 5 / at_30 * exp(-0.5 * pow((waves[b] - 700) / at_30, 2)));
    }
    wsnet_library *library = NULL, *seen;
    assert_works(context, wsnet_library_create(context, 1, N, names, waves, fwhm, values, &library));
    const double centre[] = {700}, width[] = {40}, expected[] = {1 - 5 / at_40};
    library->fwhm_nm[50] = 19; /* below half of 40: the band at 700 nm is not taken as it is */
    assert_works(context, wsnet_library_resample(context, library, 1, centre, width, &seen));
    assert_true(fabs((double)seen->spectra[0] - expected[0]) > 0.01);
    wsnet_library_destroy(seen);
    library->fwhm_nm[50] = 30;
    const double beside[] = {701.9};
    assert_works(context, wsnet_library_resample(context, library, 1, beside, width, &seen));
    assert_true(fabs((double)seen->spectra[0] - expected[0]) < 2e-3);
    wsnet_library_destroy(seen);
    wsnet_library_destroy(library);
}

static void straight_spectra_stay_straight(void **state) {
    (void)state;
    wsnet_library *library = sampled(101, 400, 10, line), *seen;
    const double waves[] = {523.3, 504.9, 998.1, 612, 500}; /* any order, as with two detectors */
    const double widths[] = {1, 5, 15, 60, 200};
    for (size_t i = 0; i < 5; i++) {
        const double fwhm[] = {widths[i], widths[i], widths[i], widths[i], widths[i]};
        double expected[5];
        for (size_t b = 0; b < 5; b++) expected[b] = line(waves[b]);
        assert_works(context, wsnet_library_resample(context, library, 5, waves, fwhm, &seen));
        assert_spectrum(seen, 0, 5, expected, i == 4 ? 0.03 : 1e-6); /* 200 nm reach past the library's end */
        wsnet_library_destroy(seen);
    }
    wsnet_library_destroy(library);
}

static double wiggle(double w) { return 0.5 + 0.4 * sin(w / 7); }

/* A library measured on the image's own bands, bad ones left out, must not be smoothed again. */
static void own_bands_are_taken_as_they_are(void **state) {
    (void)state;
    wsnet_library *library = sampled(100, 400, 6.5, wiggle), *seen;
    double waves[50], fwhm[50];
    for (size_t b = 0; b < 50; b++) {
        waves[b] = 400 + 6.5 * (double)(2 * b) + 0.005;
        fwhm[b] = 8;
    }
    assert_works(context, wsnet_library_resample(context, library, 50, waves, fwhm, &seen));
    for (size_t b = 0; b < 50; b++) assert_true(seen->spectra[b] == library->spectra[2 * b]);
    wsnet_library_destroy(seen);
    wsnet_library_destroy(library);
}

static void ranges_are_compared(void **state) {
    (void)state;
    wsnet_library *library = sampled(11, 500, 10, line), *seen;
    const double inside[] = {495.5, 505, 595, 604.5}, outside[] = {480, 490, 500, 510},
                 apart[] = {2000, 2010, 2020, 2030};
    const double held[] = {line(500), line(505), line(595), line(600)};
    assert_works(context, wsnet_library_resample(context, library, 4, inside, NULL, &seen));
    assert_spectrum(seen, 0, 4, held, 5e-4);
    wsnet_library_destroy(seen);
    const double close[] = {496, 497, 498, 499};
    assert_works(context, wsnet_library_resample(context, library, 4, close, NULL, &seen));
    wsnet_library_destroy(seen);
    assert_fails(context, wsnet_library_resample(context, library, 4, outside, NULL, &seen), WSNET_E_SHAPE,
                 "the library covers 500.0 to 600.0 nm; the bands that are used span 480.0 to 510.0 nm");
    assert_fails(context, wsnet_library_resample(context, library, 4, apart, NULL, &seen), WSNET_E_SHAPE,
                 "2000.0 to 2030.0");
    const double unknown[11] = {0};
    assert_works(context, wsnet_library_resample(context, library, 11, unknown, NULL, &seen));
    assert_non_null(strstr(warning, "the image has no wavelengths"));
    assert_memory_equal(seen->spectra, library->spectra, 11 * sizeof(float));
    wsnet_library_destroy(seen);
    assert_fails(context, wsnet_library_resample(context, library, 4, unknown, NULL, &seen), WSNET_E_SHAPE,
                 "the image has no wavelengths, and the library has 11 bands where 4 are used");
    wsnet_library_destroy(library);
    library = parse("\xef\xbb\xbf"
                    "band,a\n1,5\n2,6\n");
    const double two[] = {5, 6};
    assert_works(context, wsnet_library_resample(context, library, 2, inside, NULL, &seen));
    assert_non_null(strstr(warning, "the library has no wavelengths"));
    assert_spectrum(seen, 0, 2, two, 0);
    wsnet_library_destroy(seen);
    wsnet_library_destroy(library);
}

static void holes_are_announced(void **state) {
    (void)state;
    wsnet_library *library = parse("nm,a\n400,1\n410,1\n420,1\n430,1\n440,1\n450,1\n460,1\n600,3\n610,3\n620,3\n"),
                  *seen;
    const double waves[] = {440, 450, 530, 540, 600, 610}, expected[] = {1, 1, 2, 15.0 / 7, 3, 3};
    assert_works(context, wsnet_library_resample(context, library, 6, waves, NULL, &seen));
    assert_spectrum(seen, 0, 6, expected, 1e-6);
    assert_non_null(strstr(warning, "2 bands, at 530.0 nm the first, lie in a gap"));
    wsnet_library_destroy(seen);
    wsnet_library_destroy(library);
}

static void merging_keeps_every_name_apart(void **state) {
    (void)state;
    wsnet_library *first = parse("nm,a,b\n400,1,2\n410,3,4\n"), *merged;
    wsnet_library *second = parse("nm,b,b (2),c,b\n400,5,6,7,8\n405,5,6,7,8\n410,5,6,7,8\n");
    const char *names[] = {"a", "b", "b (2)", "b (2) (2)", "c", "b (3)"};
    const double a[] = {1, 3}, c[] = {7, 7}, waves[] = {400, 410};
    assert_works(context, wsnet_library_merge(context, first, second, &merged));
    assert_int_equal(wsnet_library_n_spectra(merged), 6);
    for (size_t k = 0; k < 6; k++) assert_string_equal(wsnet_library_name(merged, k), names[k]);
    assert_wavelengths(merged, 2, waves);
    assert_spectrum(merged, 0, 2, a, 0);
    assert_spectrum(merged, 4, 2, c, 1e-6);
    wsnet_library_destroy(merged);
    wsnet_library_destroy(second);
    second = parse("nm,d\n700,5\n710,5\n");
    assert_fails(context, wsnet_library_merge(context, first, second, &merged), WSNET_E_SHAPE, "700.0 to 710.0");
    wsnet_library_destroy(first);
    wsnet_library_destroy(second);
}

/* ---- real files ----------------------------------------------------------------------------------------- */

static char *read_shared(const char *name, size_t *n_bytes) {
    char path[1000];
    snprintf(path, sizeof path, "%s/../shared/data/%s", WSNET_SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    *n_bytes = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*n_bytes + 1);
    *n_bytes = fread(bytes, 1, *n_bytes, file);
    fclose(file);
    return bytes;
}

static void real_csv(void **state) {
    (void)state;
    static const struct {
        const char *name, *first;
        size_t n_spectra, n_bands;
    } cases[] = {
        {"library/usgs1995.csv", "Acmite NMNH133746", 498, 224}, {"dlr_hysu/endmembers_field.csv", "bitumen", 6, 135},
        {"dlr_hysu/endmembers_image.csv", "bitumen", 6, 135},    {"samson/endmembers_fcls.csv", "soil", 3, 156},
        {"samson/endmembers_peak.csv", "soil", 3, 156},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n_bytes;
        char *text = read_shared(cases[i].name, &n_bytes);
        if (!text) {
            print_message("the shared data are absent\n");
            skip();
        }
        wsnet_library *library = NULL;
        assert_works(context, wsnet_library_parse_csv(context, text, n_bytes, &library));
        assert_int_equal(wsnet_library_n_spectra(library), cases[i].n_spectra);
        assert_int_equal(wsnet_library_n_bands(library), cases[i].n_bands);
        assert_string_equal(wsnet_library_name(library, 0), cases[i].first);
        assert_true(wsnet_library_wavelength_nm(library)[0] > 380);
        wsnet_library_destroy(library);
        free(text);
    }
}

static void real_envi(void **state) {
    (void)state;
    size_t n_header, n_data, n_table;
    char *header = read_shared("library/berlin.hdr", &n_header), *data = read_shared("library/berlin.sli", &n_data);
    char *table = read_shared("library/berlin.csv", &n_table);
    if (!header || !data || !table) {
        print_message("the shared data are absent\n");
        skip();
    }
    wsnet_library *library = NULL;
    assert_works(context, wsnet_library_parse_envi(context, header, n_header, data, n_data, &library));
    assert_int_equal(wsnet_library_n_spectra(library), 75);
    assert_int_equal(wsnet_library_n_bands(library), 177);
    assert_string_equal(wsnet_library_name(library, 15), "white roof material (polyethylene)");
    assert_string_equal(wsnet_library_name(library, 74), "water 2");
    assert_true(fabs(wsnet_library_wavelength_nm(library)[0] - 460) < 1e-9);
    assert_true(fabs(library->fwhm_nm[176] - 9.1) < 1e-9);
    assert_non_null(strstr(warning, "times 10000"));
    wsnet_library_destroy(library);
    /* A table of classes is no library, and is said not to be one. */
    assert_fails(context, wsnet_library_parse_csv(context, table, n_table, &library), WSNET_E_FORMAT,
                 "line 2: 'red clay tile 1' in column 1 is not a number");
    free(header);
    free(data);
    free(table);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(csv_as_spreadsheets_write_it),
        TEST(units_are_guessed_aloud),
        TEST(wavelengths_in_any_order),
        TEST(csv_errors_name_their_line),
        TEST(written_csv_reads_back_to_the_bit),
        TEST(creation_is_checked),
        TEST(envi_of_every_type),
        TEST(envi_scale_factor),
        TEST(envi_without_wavelengths),
        TEST(envi_errors),
        TEST(what_is_blurred_is_not_blurred_twice),
        TEST(selection_by_name),
        TEST(wide_bands_see_a_gaussian),
        TEST(straight_spectra_stay_straight),
        TEST(own_bands_are_taken_as_they_are),
        TEST(ranges_are_compared),
        TEST(holes_are_announced),
        TEST(merging_keeps_every_name_apart),
        TEST(real_csv),
        TEST(real_envi),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
