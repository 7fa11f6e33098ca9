package dev.lateen.cli.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.ProxyTraining;
import java.io.File;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Packs the class path of this test, which is that of all verbs.
class SidecarJarIT {
    private static final String BUILDER = "io/envoyproxy/envoy/config/cluster/v3/Cluster$Builder";

    @TempDir
    private static Path folder;

    private static Path packed;

    @BeforeAll
    static void pack() throws IOException {
        packed = folder.resolve("sidecar.jar");
        SidecarJar.main(new String[] {System.getProperty("java.class.path"), packed.toString()});
    }

    @Test
    void carriesRequestsInTheClearAndOverMutualTlsWithoutGeneratedDescriptors() throws Exception {
        TrainingCredentials.main(new String[] {folder.toString()});
        Path log = folder.resolve("classes");
        Process proxy = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:file=" + log,
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        packed.toString(),
                        ProxyTraining.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();

        assertThat(proxy.waitFor())
                .as(Files.readString(folder.resolve("output")))
                .isZero();
        try (Stream<String> lines = Files.lines(log)) {
            List<String> wrong = lines.filter(
                            line -> line.contains(" io.envoyproxy.envoy.config.cluster.v3.ClusterProto ")
                                    || line.contains(" io.envoyproxy.pgv.")
                                    || line.contains(" sun.security.ssl.SSLCipher "))
                    .toList();
            assertThat(wrong).isEmpty();
        }
    }

    @Test
    void leavesMostMethodsOfMessagesOut() throws IOException {
        ClassModel original = ClassFile.of().parse(ownClass(BUILDER));
        ClassModel trimmed = ClassFile.of().parse(packedFile(BUILDER + ".class"));

        assertThat(names(trimmed)).contains("mergeFrom", "build");
        assertThat(names(trimmed)).doesNotContain("setAltStatNameBytes");
        assertThat(trimmed.methods().size()).isLessThan(original.methods().size() / 2);
    }

    @Test
    void dropsTheNamesOfLocalVariables() throws IOException {
        assertThat(new String(
                        packedFile("dev/lateen/proxy/ProxyProcess.class"),
                        java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("LocalVariableTable");
    }

    private static List<String> names(ClassModel type) {
        return type.methods().stream()
                .map(method -> method.methodName().stringValue())
                .toList();
    }

    private static byte[] packedFile(String name) throws IOException {
        try (JarFile jar = new JarFile(new File(packed.toString()))) {
            return jar.getInputStream(jar.getEntry(name)).readAllBytes();
        }
    }

    private static byte[] ownClass(String name) throws IOException {
        try (var in = SidecarJarIT.class.getResourceAsStream("/" + name + ".class")) {
            return in.readAllBytes();
        }
    }
}
