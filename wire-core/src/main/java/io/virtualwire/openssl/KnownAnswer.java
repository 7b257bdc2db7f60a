package io.virtualwire.openssl;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What somebody else has published that a message becomes when it is sealed.
 *
 * @param nonceHigh its first four bytes
 * @param nonceLow its other eight
 */
record KnownAnswer(
        Aead.Algorithm algorithm, byte[] key, int nonceHigh, long nonceLow, byte[] header, byte[] text, byte[] sealed) {
    /** NIST's gcmEncryptExtIV256.rsp: the first of 96 bits of IV, and 128 of text, header and tag. */
    static final KnownAnswer AES_256_GCM = of(
            Aead.Algorithm.AES_256_GCM,
            "92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b",
            0xac93a1a6,
            0x145299bde902f21aL,
            "1e0889016f67601c8ebea4943bc23ad6",
            "2d71bcfa914e4ac045b2aa60955fad24",
            "8995ae2e6df3dbf96fac7b7137bae67f" + "eca5aa77d51d4a0a14d9c51e1da474ab");

    /** RFC 8439 section 2.8.2. */
    static final KnownAnswer CHACHA20_POLY1305 = of(
            Aead.Algorithm.CHACHA20_POLY1305,
            "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
            0x07000000,
            0x4041424344454647L,
            "50515253c0c1c2c3c4c5c6c7",
            "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666657220"
                    + "796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e",
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5"
                    + "b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116"
                    + "1ae10b594f09e26a7e902ecbd0600691");

    private static KnownAnswer of(
            Aead.Algorithm algorithm,
            String key,
            int nonceHigh,
            long nonceLow,
            String header,
            String text,
            String sealed) {
        HexFormat hex = HexFormat.of();
        return new KnownAnswer(
                algorithm,
                hex.parseHex(key),
                nonceHigh,
                nonceLow,
                hex.parseHex(header),
                hex.parseHex(text),
                hex.parseHex(sealed));
    }

    /** Whether this library gives the same, takes it, and takes nothing else for it. */
    boolean isGiven() {
        int from = header.length;
        byte[] message = Arrays.copyOf(header, from + sealed.length);
        System.arraycopy(text, 0, message, from, text.length);
        byte[] opened = new byte[text.length];
        try (Aead sealing = Aead.sealing(algorithm, key);
                Aead opening = Aead.opening(algorithm, key)) {
            sealing.seal(nonceHigh, nonceLow, message, 0, from, text.length);
            boolean right = Arrays.equals(sealed, 0, sealed.length, message, from, message.length)
                    && opening.open(nonceHigh, nonceLow, message, 0, from, text.length, opened, 0)
                    && Arrays.equals(text, opened);
            message[0] ^= 1;
            return right && !opening.open(nonceHigh, nonceLow, message, 0, from, text.length, opened, 0);
        }
    }
}
