package io.virtualwire.cli.startup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/**
 * Makes of a jar one whose classes an ahead-of-time cache takes: those of Java 5 get the class file version and stack maps of
 * Java 8, and signatures are left out.
 *
 * <p>A cache leaves out classes of Java 5, because only the old verifier, which runs at link time, can check them, and those of
 * signed jars. picocli is of the first kind and BouncyCastle of the second; loading them without the cache, and checking the
 * signatures of each class again, is most of what a short command does. Maven has compared the jars with their checksums.
 */
final class ClassFileUpgrade {
    private static final int WITH_STACK_MAPS = 50;
    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");

    private final ClassFile classFile;

    private ClassFileUpgrade(URLClassLoader hierarchy) {
        classFile = ClassFile.of(
                StackMapsOption.GENERATE_STACK_MAPS,
                ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(hierarchy)));
    }

    /** Rewrites one jar in place; a jar without old classes and signatures keeps its content. */
    static void rewrite(Path jar) throws IOException {
        Path draft = jar.resolveSibling(jar.getFileName() + ".new");
        try (URLClassLoader hierarchy =
                        new URLClassLoader(new URL[] {jar.toUri().toURL()});
                JarFile from = new JarFile(jar.toFile());
                OutputStream file = Files.newOutputStream(draft);
                JarOutputStream to = new JarOutputStream(file)) {
            ClassFileUpgrade upgrade = new ClassFileUpgrade(hierarchy);
            for (JarEntry entry : Collections.list(from.entries())) {
                if (SIGNATURE.matcher(entry.getName()).matches()) {
                    continue;
                }
                to.putNextEntry(new JarEntry(entry.getName()));
                try (InputStream content = from.getInputStream(entry)) {
                    to.write(
                            entry.getName().equals(JarFile.MANIFEST_NAME)
                                    ? withoutDigests(content)
                                    : upgrade.entry(entry.getName(), content.readAllBytes()));
                }
                to.closeEntry();
            }
        }
        Files.move(draft, jar, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /* Without signatures nobody asks for the digest of each file, which a JVM would keep in memory: thousands of them. */
    private static byte[] withoutDigests(InputStream content) throws IOException {
        Manifest manifest = new Manifest(content);
        manifest.getEntries().clear();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        manifest.write(bytes);
        return bytes.toByteArray();
    }

    private byte[] entry(String name, byte[] content) {
        if (!name.endsWith(".class")) {
            return content;
        }
        ClassModel model = classFile.parse(content);
        if (model.majorVersion() >= WITH_STACK_MAPS) {
            return content;
        }
        MethodTransform sameCode = (method, element) -> {
            if (element instanceof CodeModel code) {
                method.transformCode(code, CodeTransform.ACCEPT_ALL);
            } else {
                method.with(element);
            }
        };
        return classFile.transformClass(model, (type, element) -> {
            switch (element) {
                case ClassFileVersion _ -> type.withVersion(ClassFile.JAVA_8_VERSION, 0);
                case MethodModel method -> type.transformMethod(method, sameCode);
                default -> type.with(element);
            }
        });
    }
}
