package dev.lateen.cli.pack;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.util.List;

/// Classes other than messages, mostly without the names of their local variables.
///
/// A holder of a map's entries gives them their descriptor, with which come all descriptors of the file and of those
/// that it imports, for good. Only asking an entry by field needs it, and a sidecar does not: it gets null.
final class LeanClasses {
    private static final String HOLDER = "DefaultEntryHolder";

    /// The verifier would have to load dozens of classes for the frames that come with a new body: they name the
    /// nearest common class, where the compiler's name an interface, which needs no proof.
    private static final List<String> AS_THEY_ARE = List.of("io/netty/util/internal/", "io/netty/buffer/");

    private static final String DESCRIPTOR = "Lcom/google/protobuf/Descriptors$Descriptor;";

    byte[] trim(ClassModel type, ClassFile writer) {
        String name = type.thisClass().asInternalName();
        if (AS_THEY_ARE.stream().anyMatch(name::startsWith)) {
            return ClassFile.of().transformClass(type, ClassTransform.ACCEPT_ALL);
        }
        if (NettyProbes.isOne(name)) {
            return writer.transformClass(type, NettyProbes::replace);
        }
        CodeTransform transform = name.endsWith(HOLDER) && !name.startsWith("com/google/protobuf/")
                ? LeanClasses::withoutDescriptor
                : CodeTransform.ACCEPT_ALL;
        try {
            return writer.transformClass(type, ClassTransform.transformingMethodBodies(transform));
        } catch (IllegalArgumentException _) {
            return ClassFile.of()
                    .transformClass(type, ClassTransform.ACCEPT_ALL); // needs a class of an optional library
        }
    }

    private static void withoutDescriptor(CodeBuilder builder, CodeElement element) {
        if (element instanceof FieldInstruction field
                && field.opcode() == Opcode.GETSTATIC
                && field.type().equalsString(DESCRIPTOR)) {
            builder.aconst_null();
        } else {
            builder.with(element);
        }
    }
}
