package io.virtualwire.openssl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * The few functions of libcrypto's EVP interface. Initializing this class fails where one is not there: ask {@link #missing}'s
 * caller, {@link LibCrypto}, first.
 *
 * <p>Memory is passed by its address: segments as arguments would be objects, which the compiler does not always avoid. What a message
 * takes is called as <em>critical</em>: no safepoint is reached meanwhile, so none of these runs while the process ends.
 */
final class Evp {
    /** The name that every 3.x has, on every distribution. */
    static final String LIBRARY = "libcrypto.so.3";

    private static final List<String> FUNCTIONS = List.of(
            "OPENSSL_init_crypto",
            "OpenSSL_version",
            "ERR_clear_error",
            "EVP_CIPHER_CTX_new",
            "EVP_CIPHER_CTX_free",
            "EVP_CIPHER_CTX_ctrl",
            "EVP_aes_256_gcm",
            "EVP_chacha20_poly1305",
            "EVP_CipherInit_ex",
            "EVP_CipherUpdate",
            "EVP_CipherFinal_ex");

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CRITICAL = Linker.Option.critical(false);
    private static final SymbolLookup FOUND = library();

    private static final MethodHandle INIT_CRYPTO =
            bind("OPENSSL_init_crypto", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle VERSION = bind("OpenSSL_version", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    private static final MethodHandle CLEAR_ERROR = bind("ERR_clear_error", FunctionDescriptor.ofVoid());
    private static final MethodHandle NEW = bind("EVP_CIPHER_CTX_new", FunctionDescriptor.of(JAVA_LONG));
    private static final MethodHandle FREE = bind("EVP_CIPHER_CTX_free", FunctionDescriptor.ofVoid(JAVA_LONG));
    private static final MethodHandle AES_256_GCM = bind("EVP_aes_256_gcm", FunctionDescriptor.of(JAVA_LONG));
    private static final MethodHandle CHACHA20_POLY1305 =
            bind("EVP_chacha20_poly1305", FunctionDescriptor.of(JAVA_LONG));
    private static final MethodHandle INIT = bind(
            "EVP_CipherInit_ex",
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT),
            CRITICAL);
    private static final MethodHandle UPDATE = bind(
            "EVP_CipherUpdate",
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT),
            CRITICAL);
    private static final MethodHandle FINAL =
            bind("EVP_CipherFinal_ex", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG), CRITICAL);
    private static final MethodHandle CONTROL = bind(
            "EVP_CIPHER_CTX_ctrl", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG), CRITICAL);

    private Evp() {}

    /** Those that a library lacks. */
    static List<String> missing(SymbolLookup library) {
        return FUNCTIONS.stream().filter(name -> library.find(name).isEmpty()).toList();
    }

    /** Loads it, for as long as the process lives; {@link IllegalArgumentException} if there is none. */
    static SymbolLookup library() {
        return SymbolLookup.libraryLookup(LIBRARY, Arena.global());
    }

    private static MethodHandle bind(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return LINKER.downcallHandle(FOUND.findOrThrow(name), descriptor, options);
    }

    static int initialize(long options) {
        try {
            return (int) INIT_CRYPTO.invokeExact(options, 0L);
        } catch (Throwable e) {
            throw defect("OPENSSL_init_crypto", e);
        }
    }

    static String version() {
        try {
            return ((MemorySegment) VERSION.invokeExact(0)).reinterpret(256).getString(0);
        } catch (Throwable e) {
            throw defect("OpenSSL_version", e);
        }
    }

    static void clearError() {
        try {
            CLEAR_ERROR.invokeExact();
        } catch (Throwable e) {
            throw defect("ERR_clear_error", e);
        }
    }

    /** Its address; 0 if there is no memory for it. */
    static long newContext() {
        try {
            return (long) NEW.invokeExact();
        } catch (Throwable e) {
            throw defect("EVP_CIPHER_CTX_new", e);
        }
    }

    /** Overwrites what it holds, too. */
    static void free(long context) {
        try {
            FREE.invokeExact(context);
        } catch (Throwable e) {
            throw defect("EVP_CIPHER_CTX_free", e);
        }
    }

    static long aes256Gcm() {
        try {
            return (long) AES_256_GCM.invokeExact();
        } catch (Throwable e) {
            throw defect("EVP_aes_256_gcm", e);
        }
    }

    static long chacha20Poly1305() {
        try {
            return (long) CHACHA20_POLY1305.invokeExact();
        } catch (Throwable e) {
            throw defect("EVP_chacha20_poly1305", e);
        }
    }

    // HOT PATH. Each gives 1, or 0 if it failed; 0 as an address is NULL.

    static int init(long context, long cipher, long key, long nonce, int direction) {
        try {
            return (int) INIT.invokeExact(context, cipher, 0L, key, nonce, direction);
        } catch (Throwable e) {
            throw defect("EVP_CipherInit_ex", e);
        }
    }

    static int update(long context, long to, long written, long from, int length) {
        try {
            return (int) UPDATE.invokeExact(context, to, written, from, length);
        } catch (Throwable e) {
            throw defect("EVP_CipherUpdate", e);
        }
    }

    static int finish(long context, long to, long written) {
        try {
            return (int) FINAL.invokeExact(context, to, written);
        } catch (Throwable e) {
            throw defect("EVP_CipherFinal_ex", e);
        }
    }

    static int control(long context, int what, int length, long bytes) {
        try {
            return (int) CONTROL.invokeExact(context, what, length, bytes);
        } catch (Throwable e) {
            throw defect("EVP_CIPHER_CTX_ctrl", e);
        }
    }

    private static IllegalStateException defect(String call, Throwable e) {
        return new IllegalStateException("the binding of " + call + " is wrong", e);
    }
}
