/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "testing.h"

/* The examples of FIPS 180-4 (NIST CSRC) and lengths around a block's end. */
static void known_digests(void **state) {
    (void)state;
    char digest[65];
    wsnet_sha256("", 0, digest);
    assert_string_equal(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    wsnet_sha256("abc", 3, digest);
    assert_string_equal(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const char *two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    wsnet_sha256(two_blocks, strlen(two_blocks), digest);
    assert_string_equal(digest, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *million = malloc(1000000);
    memset(million, 'a', 1000000);
    wsnet_sha256(million, 1000000, digest);
    assert_string_equal(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    wsnet_sha256(million, 64, digest);
    assert_string_equal(digest, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
    wsnet_sha256(million, 55, digest);
    assert_string_equal(digest, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
    free(million);
}

static void pieces_equal_the_whole(void **state) {
    (void)state;
    unsigned char bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * 37);
    for (size_t n = 0; n < sizeof bytes; n++)
        for (size_t piece = 1; piece < 140; piece += 23) {
            char whole[65], pieces[65];
            wsnet_sha256_state hash;
            wsnet_sha256_begin(&hash);
            for (size_t i = 0; i < n; i += piece) wsnet_sha256_add(&hash, bytes + i, piece < n - i ? piece : n - i);
            wsnet_sha256_end(&hash, pieces);
            wsnet_sha256(bytes, n, whole);
            assert_string_equal(whole, pieces);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_digests), cmocka_unit_test(pieces_equal_the_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
