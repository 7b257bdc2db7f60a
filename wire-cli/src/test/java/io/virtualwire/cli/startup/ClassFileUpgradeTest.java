package io.virtualwire.cli.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.bouncycastle.asn1.ASN1Encodable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClassFileUpgradeTest {
    @Test
    void everyClassOfAnUpgradedJarStillVerifies(@TempDir Path folder) throws Exception {
        Path jar = rewritten(CommandLine.class, folder);

        int classes = 0;
        try (JarFile upgraded = new JarFile(jar.toFile());
                URLClassLoader loader =
                        new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            for (JarEntry entry : Collections.list(upgraded.entries())) {
                String name = entry.getName();
                if (!name.startsWith("picocli/") || !name.endsWith(".class")) {
                    continue;
                }
                try (InputStream content = upgraded.getInputStream(entry)) {
                    assertThat(ClassFile.of().parse(content.readAllBytes()).majorVersion())
                            .isGreaterThanOrEqualTo(ClassFile.JAVA_8_VERSION);
                }
                // Initialising links, and linking verifies; groovy's support class needs a library that is not here.
                if (!name.startsWith("picocli/groovy/")) {
                    Class.forName(name.replace('/', '.').replaceAll("\\.class$", ""), true, loader);
                    classes++;
                }
            }
        }
        assertThat(classes).isGreaterThan(200);
    }

    @Test
    void aSignedJarIsSignedNoMore(@TempDir Path folder) throws Exception {
        Path jar = rewritten(ASN1Encodable.class, folder);
        String name = ASN1Encodable.class.getName();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            assertThat(ASN1Encodable.class.getSigners()).isNotEmpty();
            assertThat(Class.forName(name, true, loader).getSigners()).isNull();
        }
    }

    private static Path rewritten(Class<?> oneOfIt, Path folder) throws Exception {
        Path jar = folder.resolve("copy.jar");
        Files.copy(
                Path.of(oneOfIt.getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI()),
                jar);
        ClassFileUpgrade.rewrite(jar);
        return jar;
    }
}
