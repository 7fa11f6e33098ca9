package dev.lateen.e2e.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import dev.lateen.e2e.crds.ProtoText.Field;
import dev.lateen.kubernetes.crd.ResourceDefinitions;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.kubernetes.tree.YamlText;
import dev.lateen.model.schema.FieldSchema;
import dev.lateen.model.schema.FieldType;
import dev.lateen.model.schema.KindSchema;
import dev.lateen.model.schema.ObjectSchema;
import dev.lateen.model.schema.Schemas;
import dev.lateen.proto.policy.v1alpha1.AccessList;
import dev.lateen.proto.policy.v1alpha1.Quota;
import dev.lateen.proto.policy.v1alpha1.RateLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Protos, schema and CustomResourceDefinitions of our own kinds say the same.
class CrdsGoldenTest {
    private static final String GROUP = "policy.lateen.dev";
    private static final Path ROOT = Path.of("..");
    private static final Path PROTOS = ROOT.resolve("proto/src/main/protobuf/lateen/policy/v1alpha1");
    private static final Path CRDS = ROOT.resolve("deploy/crds");

    enum Kind {
        RATE_LIMIT("RateLimit", "ratelimits", RateLimit.getDescriptor()),
        QUOTA("Quota", "quotas", Quota.getDescriptor()),
        ACCESS_LIST("AccessList", "accesslists", AccessList.getDescriptor());

        private final String kind;
        private final String plural;
        private final Descriptor descriptor;

        Kind(String kind, String plural, Descriptor descriptor) {
            this.kind = kind;
            this.plural = plural;
            this.descriptor = descriptor;
        }

        KindSchema schema() {
            return Schemas.standard().kind(GROUP, kind).orElseThrow();
        }
    }

    private static ProtoText protos() throws IOException {
        ProtoText protos = new ProtoText();
        for (String file : List.of("common", "rate_limit", "quota", "access_list")) {
            protos.read(Files.readString(PROTOS.resolve(file + ".proto")));
        }
        return protos;
    }

    @ParameterizedTest
    @EnumSource
    void definitionsAreThoseThatAreInstalled(Kind kind) throws IOException {
        Path file = CRDS.resolve(GROUP + "_" + kind.plural + ".yaml");
        String actual = YamlText.write(ResourceDefinitions.all(Schemas.standard()).stream()
                .filter(one -> Trees.text(one, "metadata", "name").equals(kind.plural + "." + GROUP))
                .findFirst()
                .orElseThrow());
        if (System.getProperty("lateen.golden", "").equals("write")) {
            Files.createDirectories(CRDS);
            Files.writeString(file, actual);
        }
        assertThat(actual)
                .as("%s differs from what is installed; run ./dev golden and review the difference", file)
                .isEqualTo(Files.exists(file) ? Files.readString(file) : "");
    }

    @Test
    void everyFieldIsDocumented() throws IOException {
        protos().messages()
                .values()
                .forEach(message -> assertThat(message.fields())
                        .as(message.name())
                        .allSatisfy(field ->
                                assertThat(field.doc()).as(field.name()).endsWith(".")));
    }

    /// The text is read by a reader of its own: what it makes of it must be what the compiler makes of it.
    @ParameterizedTest
    @EnumSource
    void protosAreReadAsTheirCompilerReadsThem(Kind kind) throws IOException {
        compare(kind.descriptor, protos(), 0);
    }

    private static void compare(Descriptor descriptor, ProtoText protos, int depth) {
        String name = descriptor.getFullName().substring("lateen.policy.v1alpha1.".length());
        Map<String, String> compiled = new TreeMap<>();
        descriptor.getFields().forEach(f -> compiled.put(f.getJsonName(), f.getNumber() + " " + shape(f)));
        Map<String, String> read = new TreeMap<>();
        for (Field field : protos.messages().get(name).fields()) {
            read.put(field.jsonName(), field.number() + " " + field.shape());
        }
        assertThat(read).as(name).isEqualTo(compiled);
        for (FieldDescriptor field : descriptor.getFields()) {
            boolean ours = field.getJavaType() == JavaType.MESSAGE
                    && field.getMessageType().getFullName().startsWith("lateen.")
                    && !field.isMapField();
            if (ours && depth < 8) {
                compare(field.getMessageType(), protos, depth + 1);
            }
        }
    }

    private static String shape(FieldDescriptor field) {
        if (field.isMapField()) {
            return "MAP";
        }
        return field.isRepeated() ? "LIST" : "ONE";
    }

    /// What `validate` knows and what the protos say are the same fields, types, words and groups.
    @ParameterizedTest
    @EnumSource
    void theSchemaIsWhatTheProtosSay(Kind kind) {
        FieldType spec = kind.schema().root().field("spec").orElseThrow().type();
        agree(kind.descriptor, object(spec), kind.kind);
    }

    private static ObjectSchema object(FieldType type) {
        assertThat(type).isInstanceOf(FieldType.ObjectOf.class);
        return Schemas.standard().object(((FieldType.ObjectOf) type).typeName());
    }

    private static void agree(Descriptor descriptor, ObjectSchema schema, String path) {
        assertThat(schema.fields().keySet())
                .as(path)
                .containsExactlyInAnyOrderElementsOf(descriptor.getFields().stream()
                        .map(FieldDescriptor::getJsonName)
                        .toList());
        for (FieldDescriptor field : descriptor.getFields()) {
            String at = path + "." + field.getJsonName();
            FieldSchema known = schema.field(field.getJsonName()).orElseThrow();
            assertThat(known.oneof().isEmpty()).as(at + " in a oneof").isEqualTo(field.getContainingOneof() == null);
            agree(field, known.type(), at);
        }
    }

    private static void agree(FieldDescriptor field, FieldType type, String at) {
        if (field.isMapField()) {
            assertThat(type).as(at).isInstanceOf(FieldType.MapOf.class);
            agreeOne(field.getMessageType().findFieldByName("value"), ((FieldType.MapOf) type).value(), at);
        } else if (field.isRepeated()) {
            assertThat(type).as(at).isInstanceOf(FieldType.ListOf.class);
            agreeOne(field, ((FieldType.ListOf) type).item(), at);
        } else {
            agreeOne(field, type, at);
        }
    }

    private static void agreeOne(FieldDescriptor field, FieldType type, String at) {
        switch (field.getJavaType()) {
            case STRING -> assertThat(type).as(at).isEqualTo(FieldType.Simple.STRING);
            case BOOLEAN -> assertThat(type).as(at).isEqualTo(FieldType.Simple.BOOL);
            case INT -> assertThat(type).as(at).isInstanceOf(FieldType.Whole.class);
            case ENUM -> {
                assertThat(type).as(at).isInstanceOf(FieldType.Choice.class);
                assertThat(((FieldType.Choice) type).words())
                        .as(at)
                        .containsExactlyElementsOf(field.getEnumType().getValues().stream()
                                .map(EnumValueDescriptor::getName)
                                .toList());
            }
            case MESSAGE -> {
                if (field.getMessageType().getFullName().equals("google.protobuf.Duration")) {
                    assertThat(type).as(at).isEqualTo(FieldType.Simple.DURATION);
                } else {
                    agree(field.getMessageType(), object(type), at);
                }
            }
            case LONG, FLOAT, DOUBLE, BYTE_STRING -> throw new AssertionError(at + ": not expected here");
        }
    }
}
