/* Published test vectors: FIPS 180-4 examples, RFC 1321 appendix A.5. */

#include "support/tap.h"

#include <mecombo/digest.h>
#include <mecombo/sum.h>

static void check_sha(const char *text, size_t repeat, const char *want)
{
    mec_sha256 sha;
    char hex[65];

    mec_sha256_init(&sha);
    for (size_t i = 0; i < repeat; i++) {
        mec_sha256_add(&sha, text, strlen(text));
    }
    mec_sha256_hex(&sha, hex);
    CHECK_STR(hex, want);
}

static void test_sha256(void)
{
    check_sha("", 1,
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_sha("abc", 1,
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_sha("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    check_sha("aaaaaaaaaa", 100000,
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void check_md5(const char *text, const char *want)
{
    uint8_t digest[16];
    char hex[33];

    mec_md5(text, strlen(text), digest);
    for (int i = 0; i < 16; i++) {
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }
    CHECK_STR(hex, want);
}

static void test_md5(void)
{
    check_md5("", "d41d8cd98f00b204e9800998ecf8427e");
    check_md5("message digest", "f96b697d7cb7938d525a2f31aaf161d0");
    check_md5(
        "1234567890123456789012345678901234567890123456789012345678901234567890123456"
        "7890",
        "57edf4a22be3c955ac49da2e2107b67a");
}

static void test_numpy_sum(void)
{
    /* numpy.sum([0.1 + 1e-3*i*i for i in range(n)]) with numpy 2.4.6. */
    double x[300];

    for (int i = 0; i < 300; i++) {
        x[i] = 0.1 + 1e-3 * i * i;
    }
    CHECK_EQ(mec_numpy_sum(0, x), 0.0);
    CHECK_EQ(mec_numpy_sum(7, x), 0x1.94fdf3b645a1dp-1);
    CHECK_EQ(mec_numpy_sum(13, x), 0x1.f333333333334p+0);
    CHECK_EQ(mec_numpy_sum(128, x), 0x1.5fd70a3d70a3dp+9);
    CHECK_EQ(mec_numpy_sum(300, x), 0x1.18c8666666666p+13);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_sha256), TAP_CASE(test_md5),
                                     TAP_CASE(test_numpy_sum)};

    return TAP_RUN(cases, argc, argv);
}
