package dev.lateen.cli.pack;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.reflect.AccessFlag;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;

/// Every file of the jars, the first of a name wins; service files are joined.
final class PackedFiles {
    private static final Set<String> MESSAGE_PARENTS = Set.of(
            "com/google/protobuf/GeneratedMessage",
            "com/google/protobuf/GeneratedMessage$Builder",
            "com/google/protobuf/GeneratedMessage$ExtendableMessage",
            "com/google/protobuf/GeneratedMessage$ExtendableBuilder");
    private static final Set<String> INTERFACE_PARENTS = Set.of(
            "com/google/protobuf/MessageOrBuilder", "com/google/protobuf/GeneratedMessage$ExtendableMessageOrBuilder");
    /// Jars of which only the referenced classes are taken; others may look theirs up by name.
    private static final Pattern BY_REFERENCE =
            Pattern.compile("(lateen|proto-google-common-protos|guava|failureaccess)-.*");

    private static final Set<String> ROOTS = Set.of(
            "dev/lateen/cli/ProxyMain.class", "dev/lateen/cli/ProxyTraining.class", "dev/lateen/cli/PilotAgent.class");
    private static final Pattern TYPE_IN_DESCRIPTOR = Pattern.compile("L([\\w/$]+);");

    /// Messages lose their line numbers too: nobody looks for a mistake there.
    private static final ClassFile MESSAGES =
            ClassFile.of(ClassFile.LineNumbersOption.DROP_LINE_NUMBERS, ClassFile.DebugElementsOption.DROP_DEBUG);

    private final List<Path> jars;
    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, ClassModel> messages = new HashMap<>();
    private final Set<String> optional = new HashSet<>();

    PackedFiles(List<Path> jars) {
        this.jars = jars;
    }

    void read() throws IOException {
        for (Path jar : jars) {
            boolean byReference =
                    BY_REFERENCE.matcher(jar.getFileName().toString()).matches();
            try (JarFile file = new JarFile(jar.toFile())) {
                for (JarEntry entry : (Iterable<JarEntry>) file.stream()::iterator) {
                    if (!entry.isDirectory() && isTaken(entry.getName())) {
                        add(entry.getName(), file.getInputStream(entry).readAllBytes(), byReference);
                    }
                }
            }
        }
    }

    private static boolean isTaken(String name) {
        return name.startsWith("META-INF/services/")
                || name.startsWith("META-INF/native/")
                || (!name.startsWith("META-INF/") && !name.equals("module-info.class") && !name.endsWith(".proto"));
    }

    private void add(String name, byte[] bytes, boolean byReference) {
        if (name.startsWith("META-INF/services/") && files.containsKey(name)) {
            String joined = new String(files.get(name), StandardCharsets.UTF_8) + "\n"
                    + new String(bytes, StandardCharsets.UTF_8);
            files.put(name, joined.getBytes(StandardCharsets.UTF_8));
            return;
        }
        if (files.putIfAbsent(name, bytes) != null || !name.endsWith(".class")) {
            return;
        }
        if (byReference && !ROOTS.contains(name)) {
            optional.add(name);
        }
        ClassModel model = MESSAGES.parse(bytes);
        if (isMessage(model)) {
            messages.put(name, model);
        }
    }

    /// The small messages of `google.protobuf` stay as they are: the runtime's JSON reads and writes those by field.
    private static boolean isMessage(ClassModel model) {
        String name = model.thisClass().asInternalName();
        if (name.startsWith("com/google/protobuf/") && !name.startsWith("com/google/protobuf/DescriptorProtos$")) {
            return false;
        }
        return model.superclass()
                        .filter(it -> MESSAGE_PARENTS.contains(it.asInternalName()))
                        .isPresent()
                || (model.flags().has(AccessFlag.INTERFACE)
                        && model.interfaces().stream()
                                .map(ClassEntry::asInternalName)
                                .anyMatch(INTERFACE_PARENTS::contains));
    }

    boolean isMessage(String internalName) {
        return messages.containsKey(internalName + ".class");
    }

    Optional<ClassModel> find(String internalName) {
        return Optional.ofNullable(files.get(internalName + ".class")).map(ClassFile.of()::parse);
    }

    Iterable<ClassModel> messages() {
        return messages.values();
    }

    /// To be gone through once.
    @SuppressWarnings("StreamToIterable") // a model that is not kept costs no memory
    Iterable<ClassModel> others() {
        return files.keySet().stream()
                .filter(name -> name.endsWith(".class") && !messages.containsKey(name))
                .map(name -> ClassFile.of().parse(files.get(name)))
                .toList();
    }

    interface Trim {
        byte[] trim(ClassModel model, ClassFile writer);
    }

    void replaceMessages(Trim trim) throws IOException {
        try (URLClassLoader loader = loader()) {
            ClassFile writer = writer(loader, ClassFile.LineNumbersOption.DROP_LINE_NUMBERS);
            messages.forEach((name, model) -> files.put(name, trim.trim(model, writer)));
        }
    }

    void replaceOthers(Trim trim) throws IOException {
        try (URLClassLoader loader = loader()) {
            ClassFile writer = writer(loader, ClassFile.LineNumbersOption.PASS_LINE_NUMBERS);
            files.replaceAll((name, bytes) -> name.endsWith(".class") && !messages.containsKey(name)
                    ? trim.trim(ClassFile.of().parse(bytes), writer)
                    : bytes);
        }
    }

    private URLClassLoader loader() {
        return new URLClassLoader(
                jars.stream().map(PackedFiles::url).toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static ClassFile writer(ClassLoader loader, ClassFile.LineNumbersOption lines) {
        return ClassFile.of(
                ClassFile.ConstantPoolSharingOption.NEW_POOL,
                lines,
                ClassFile.DebugElementsOption.DROP_DEBUG,
                ClassFile.ClassHierarchyResolverOption.of(
                        ClassHierarchyResolver.ofResourceParsing(loader).cached()));
    }

    /// Resources, by their path.
    void put(Map<String, byte[]> more) {
        files.putAll(more);
    }

    void dropUnreferenced() {
        Set<String> unreferenced = new HashSet<>(optional);
        Deque<String> pending = new ArrayDeque<>();
        files.keySet().stream()
                .filter(name -> name.endsWith(".class") && !optional.contains(name))
                .forEach(pending::add);
        while (!pending.isEmpty()) {
            for (PoolEntry entry :
                    ClassFile.of().parse(files.get(pending.pop())).constantPool()) {
                for (String type : typesIn(entry)) {
                    if (unreferenced.remove(type + ".class")) {
                        pending.add(type + ".class");
                    }
                }
            }
        }
        files.keySet().removeAll(unreferenced);
        messages.keySet().removeAll(unreferenced);
        optional.removeAll(unreferenced);
    }

    private static List<String> typesIn(PoolEntry entry) {
        return switch (entry) {
            case ClassEntry it -> List.of(it.asInternalName());
            case StringEntry it -> List.of(it.stringValue().replace('.', '/'));
            case Utf8Entry it ->
                TYPE_IN_DESCRIPTOR
                        .matcher(it.stringValue())
                        .results()
                        .map(found -> found.group(1))
                        .toList();
            default -> List.of();
        };
    }

    void write(Path target) throws IOException {
        try (OutputStream stream = Files.newOutputStream(target);
                JarOutputStream to = new JarOutputStream(stream)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                JarEntry entry = new JarEntry(file.getKey());
                entry.setTime(0);
                to.putNextEntry(entry);
                to.write(file.getValue());
                to.closeEntry();
            }
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }
}
